"""Information pages: drawn once for each language, kept as bytes, served with a strong ETag.

They hold nothing of a visitor: no token, no nonce, no cookie. They are drawn when the process
starts, so that a broken page stops the start and not a reader, and again when the clinic's day
changes, because an overdue review must be told on the day it falls due, or when something they
say has changed (``web/changing``).

A visitor may choose a state to see its notice: a plain link to ``?state=CA`` on the same page, no
cookie. The choice is part of the address, so every cache keeps the two apart by itself and nothing
has to ``Vary``; each such page is drawn when it is first asked for, under an ETag of its own. A
state whose notice we do not know gives the page as it is for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import cast

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from intake.clinic.notices import Notice, notices_for, places_to_choose
from intake.i18n import LANGUAGES, N_, words
from intake.pages.models import CellKind, Group, Kind, Page
from intake.web.changing import Changing, changing
from intake.web.context import clinic, current, language, path, today
from intake.web.live_pages import live
from intake.web.prepared import Prepared, answer, prepare
from intake.web.site import meta
from intake.web.site.blueprint import site
from intake.web.site.waiting_words import promise_and_waiting

DRAWING = Lock()
CHECK_EACH_TIME = "public, no-cache"
MANIFEST = "application/manifest+json"
HOME_TITLE = N_("Clear facts about cell treatment research")
HOME_DESCRIPTION = N_(
    "What research shows about cell treatments for autoimmune diseases and ALS, with sources."
)
CONDITIONS_TITLE = N_("Conditions")
CONDITIONS_DESCRIPTION = N_(
    "Seven conditions: usual care, what research shows, and when to get help."
)
HOME = N_("Home")
GENERAL = (
    "autoimmune-diseases",
    "stem-cells",
    "research",
    "what-is-approved",
    "questions-to-ask",
    "emergency",
    "how-we-work",
    "privacy",
    "accessibility",
    "language-help",
    "nondiscrimination",
)


@dataclass(frozen=True, slots=True)
class Book:
    """Every page as it stands on one day, by its path.

    ``chosen`` fills up with what visitors ask for, by (path, state): as many as there are pages
    with notices times states with one, whatever anybody writes into an address.
    """

    day: date
    said: Changing
    pages: Mapping[str, Prepared]
    with_notices: frozenset[str]
    chosen: dict[tuple[str, str], Prepared] = field(default_factory=dict)


def book() -> Book:
    """Return today's pages; draws them again when the day, or what they say, has changed.

    One thread draws them; the others answer with what was, for the blink of an eye that it takes.
    """
    kept = cast(Book, current_app.extensions["intake_book"])
    if (kept.day, kept.said) == (today(), changing()):
        return kept
    if DRAWING.acquire(blocking=False):
        try:
            kept = current_app.extensions["intake_book"] = draw_all(current_app)
        finally:
            DRAWING.release()
    return kept


def draw_all(app: Flask) -> Book:
    """Draw every page of both languages; a template's fault is raised here."""
    pages: dict[str, Prepared] = {}
    drafts: set[str] = set()
    with_notices: set[str] = set()
    with app.app_context():
        day, said, catalog = today(), changing(), live().catalog
    for lang in LANGUAGES:
        prefix = "/es" if lang == "es" else ""
        slugs = [page.slug for page in catalog.conditions(lang)]
        addresses = ["/", "/conditions", *(f"/conditions/{slug}" for slug in slugs)]
        addresses += [f"/{page.slug}" for page in catalog.general(lang)]
        for address in addresses:
            with app.test_request_context(prefix + address):
                drawn = _draw(address, day)
            pages[prefix + address] = prepare(drawn.html.encode(), "text/html")
            if drawn.is_draft:
                drafts.add(prefix + address)
            if drawn.shows_notices:
                with_notices.add(prefix + address)
        with app.test_request_context(prefix or "/"):
            pages[f"{prefix}/site.webmanifest"] = prepare(meta.manifest().encode(), MANIFEST)
    with app.test_request_context("/"):
        pages["/sitemap.xml"] = prepare(meta.sitemap(pages, drafts).encode(), "application/xml")
        pages["/robots.txt"] = prepare(meta.robots().encode(), "text/plain")
    return Book(day, said, pages, frozenset(with_notices))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as HTML; ``shows_notices`` says that a visitor may choose a state on it."""

    html: str
    is_draft: bool
    shows_notices: bool


def _draw(address: str, day: date, state: str = "") -> Drawn:
    if address == "/":
        return _index("site/home.html", HOME_TITLE, HOME_DESCRIPTION, crumbs=(), state=state)
    home = (path("/"), _say(HOME))
    if address == "/conditions":
        return _index(
            "site/conditions.html",
            CONDITIONS_TITLE,
            CONDITIONS_DESCRIPTION,
            crumbs=(home,),
            state=state,
        )
    page = live().catalog.page(language(), address.rpartition("/")[2])
    notices = notices_for(current().settings.clinic, chosen=state) if page.about_treatment else ()
    carried = live().notices((page.language, page.slug), notices)
    return draw_page(page, day, carried, state=state)


def draw_page(
    page: Page, day: date, notices: tuple[Notice, ...], *, state: str = "", preview: str = ""
) -> Drawn:
    """Draw one page under its own address.

    Args:
        page: what to draw; published or not.
        day: the day at the clinic.
        notices: those it carries, where it is about treatment.
        state: the letters a visitor chose.
        preview: what a mark above the page says, where staff look at it.
    """
    is_condition = page.kind is Kind.CONDITION
    address = f"/conditions/{page.slug}" if is_condition else f"/{page.slug}"
    home = (path("/"), _say(HOME))
    listed = ((path("/conditions"), _say(CONDITIONS_TITLE)),) if is_condition else ()
    shown = _notices(notices, state) if page.about_treatment else NO_NOTICES
    html = render_template(
        "site/condition.html" if is_condition else "site/general.html",
        title=page.title,
        description=page.description,
        page=page,
        is_draft=page.is_draft,
        is_medical=page.is_medical,
        is_overdue=page.is_overdue(day),
        crumbs=(home, *listed),
        preview=preview,
        structured=meta.of_page(page, meta.Address(path(address), page.title, page.description)),
        **shown,
    )
    return Drawn(html, page.is_draft or bool(shown["is_unconfirmed"]), page.about_treatment)


NO_NOTICES: Mapping[str, object] = {
    "notices": (),
    "is_unconfirmed": False,
    "other_states": (),
    "state": "",
}


def _notices(notices: tuple[Notice, ...], state: str) -> Mapping[str, object]:
    """Return what a template is told of notices: the clinic's own, and that of a state chosen.

    What nobody has confirmed makes a draft of the page that carries it, and of no other.
    """
    return {
        "notices": notices,
        "is_unconfirmed": _unconfirmed(notices),
        "other_states": places_to_choose(current().settings.clinic),
        "state": state,
    }


def _index(
    template: str, title: str, description: str, crumbs: tuple[tuple[str, str], ...], state: str
) -> Drawn:
    """Draw a page that lists the conditions: about treatment, so it carries the notices."""
    catalog = live().catalog
    conditions = catalog.conditions(language())
    shown = _notices(notices_for(current().settings.clinic, chosen=state), state)
    html = render_template(
        template,
        title=_say(title),
        description=_say(description),
        is_draft=False,
        is_medical=True,
        crumbs=crumbs,
        waiting=promise_and_waiting(changing().answer_times, clinic().reply_time_text, language()),
        autoimmune=[(p, shown_label(p)) for p in conditions if p.group is Group.AUTOIMMUNE],
        nerve=[(p, shown_label(p)) for p in conditions if p.group is Group.NERVE],
        drafts={p.slug for p in catalog.general(language()) if p.is_draft},
        structured=meta.of_list(
            meta.Address(path("/conditions" if crumbs else "/"), _say(title), _say(description))
        ),
        **shown,
    )
    return Drawn(html, bool(shown["is_unconfirmed"]), shows_notices=True)


def shown_label(page: Page) -> str:
    """Return the label of the cells most clinics advertise: MSC by drip, never the most hopeful.

    Empty where a page tells of no such study.
    """
    for kind in (CellKind.MSC, CellKind.ANY):
        for approach in page.approaches:
            if approach.cell_kind is kind:
                return approach.evidence.value
    return ""


def _unconfirmed(notices: tuple[Notice, ...]) -> bool:
    return any(not notice.is_confirmed for notice in notices)


def _say(message: str) -> str:
    return words(language()).gettext(message)


def _page() -> Response:
    kept, state = book(), request.args.get("state", "").upper()
    known = {letters for letters, _ in places_to_choose(current().settings.clinic)}
    if state in known and request.path in kept.with_notices:
        return answer(_with_choice(kept, state), CHECK_EACH_TIME)
    try:
        return answer(kept.pages[request.path], CHECK_EACH_TIME)
    except KeyError:
        raise NotFound from None


def _with_choice(kept: Book, state: str) -> Prepared:
    """Return this page with one more notice; two threads may both draw it: the same bytes."""
    key = (request.path, state)
    if key not in kept.chosen:
        address = request.path.removeprefix("/es") if language() == "es" else request.path
        drawn = _draw(address or "/", kept.day, state)
        kept.chosen[key] = prepare(drawn.html.encode(), "text/html")
    return kept.chosen[key]


@site.get("/")
def home() -> Response:
    """Show the front page."""
    return _page()


@site.get("/conditions")
def conditions() -> Response:
    """Show the list of conditions, ALS apart."""
    return _page()


@site.get("/conditions/<slug>")
def condition(slug: str) -> Response:  # noqa: ARG001 - the path itself is the key
    """Show one condition."""
    return _page()


def general(slug: str) -> Response:  # noqa: ARG001 - as above
    """Show a general page; each has a rule of its own, so that no address is caught by chance."""
    return _page()


for _slug in GENERAL:
    site.add_url_rule(f"/{_slug}", "general", general, defaults={"slug": _slug})


@site.get("/site.webmanifest")
def manifest() -> Response:
    """Give what a phone's home screen needs."""
    return _page()


def search_engine_file() -> Response:
    """Give ``/sitemap.xml`` or ``/robots.txt``; they exist once, at the root."""
    return _page()


def install(app: Flask) -> None:
    """Register what stands outside the languages, and draw everything once."""
    app.add_url_rule("/sitemap.xml", "sitemap", search_engine_file)
    app.add_url_rule("/robots.txt", "robots", search_engine_file)
    app.extensions["intake_draw_page"] = draw_page  # the desk previews with it; edges stay apart
    app.extensions["intake_book"] = draw_all(app)
