"""Information pages: drawn once for each language, kept as bytes, served with a strong ETag.

They hold nothing of a visitor: no token, no nonce, no cookie. They are drawn when the process
starts, so that a broken page stops the start and not a reader, and again when the clinic's day
changes, because an overdue review must be told on the day it falls due, and when a mark of
``web/freshness`` says that something they tell has changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from intake.clinic.notices import Notice, notices_for
from intake.i18n import LANGUAGES, N_, words
from intake.pages.models import CellKind, Group, Kind, Page
from intake.web.context import absolute, current, language, now, path
from intake.web.freshness import Stamp, stamp
from intake.web.live_pages import live
from intake.web.prepared import Prepared, answer, prepare
from intake.web.site.blueprint import site

DRAWING = Lock()
CHECK_EACH_TIME = "public, no-cache"
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
    """Every page as it stands on one day, by its path; ``drafts`` are kept from search engines."""

    day: date
    stamp: Stamp
    pages: Mapping[str, Prepared]
    drafts: frozenset[str]


def today() -> date:
    """Return the day it is at the clinic."""
    return now().astimezone(ZoneInfo(current().settings.clinic.zone)).date()


def book() -> Book:
    """Return today's pages; draws them again when the day or what they tell has changed.

    One thread draws them; the others answer with what was, for the blink of an eye that it takes.
    """
    kept = cast(Book, current_app.extensions["intake_book"])
    if kept.day == today() and kept.stamp == stamp():
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
    with app.app_context():
        day, drawn_for, catalog = today(), stamp(), live().catalog
    for lang in LANGUAGES:
        prefix = "/es" if lang == "es" else ""
        slugs = [page.slug for page in catalog.conditions(lang)]
        addresses = ["/", "/conditions", *(f"/conditions/{slug}" for slug in slugs)]
        addresses += [f"/{page.slug}" for page in catalog.general(lang)]
        for address in addresses:
            with app.test_request_context(prefix + address):
                is_draft, html = _draw(address, day)
            pages[prefix + address] = prepare(html.encode(), "text/html")
            if is_draft:
                drafts.add(prefix + address)
    with app.test_request_context("/"):
        pages["/sitemap.xml"] = prepare(_sitemap(pages, drafts).encode(), "application/xml")
        pages["/robots.txt"] = prepare(_robots().encode(), "text/plain")
    return Book(day, drawn_for, pages, frozenset(drafts))


def _draw(address: str, day: date) -> tuple[bool, str]:
    if address == "/":
        return _index("site/home.html", HOME_TITLE, HOME_DESCRIPTION, crumbs=())
    home = (path("/"), _say(HOME))
    if address == "/conditions":
        return _index(
            "site/conditions.html", CONDITIONS_TITLE, CONDITIONS_DESCRIPTION, crumbs=(home,)
        )
    page = live().catalog.page(language(), address.rpartition("/")[2])
    notices = notices_for(current().settings.clinic) if page.about_treatment else ()
    return draw_page(page, day, live().notices((page.language, page.slug), notices))


def draw_page(
    page: Page, day: date, notices: tuple[Notice, ...], preview: str = ""
) -> tuple[bool, str]:
    """Draw one page under its own address; say whether it is a draft.

    Args:
        page: what to draw; published or not.
        day: the day at the clinic.
        notices: those the page carries.
        preview: what a mark above the page says, where readers do not see this text.
    """
    is_condition = page.kind is Kind.CONDITION
    home = (path("/"), _say(HOME))
    listed = ((path("/conditions"), _say(CONDITIONS_TITLE)),) if is_condition else ()
    unconfirmed = _unconfirmed(notices)
    html = render_template(
        "site/condition.html" if is_condition else "site/general.html",
        title=page.title,
        description=page.description,
        page=page,
        is_draft=page.is_draft,
        is_unconfirmed=unconfirmed,
        is_overdue=page.is_overdue(day),
        notices=notices,
        crumbs=(home, *listed),
        preview=preview,
    )
    return page.is_draft or unconfirmed, html


def _index(
    template: str, title: str, description: str, crumbs: tuple[tuple[str, str], ...]
) -> tuple[bool, str]:
    """Draw a page that lists the conditions: about treatment, so it carries the notices."""
    conditions = live().catalog.conditions(language())
    notices = notices_for(current().settings.clinic)
    unconfirmed = _unconfirmed(notices)
    html = render_template(
        template,
        title=_say(title),
        description=_say(description),
        is_draft=False,
        is_unconfirmed=unconfirmed,
        notices=notices,
        crumbs=crumbs,
        autoimmune=[(p, shown_label(p)) for p in conditions if p.group is Group.AUTOIMMUNE],
        nerve=[(p, shown_label(p)) for p in conditions if p.group is Group.NERVE],
    )
    return unconfirmed, html


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


def _sitemap(pages: Mapping[str, Prepared], drafts: set[str]) -> str:
    return render_template("site/sitemap.xml", pairs=_pairs(pages, drafts))


def _pairs(pages: Mapping[str, Prepared], drafts: set[str]) -> Iterator[tuple[str, str]]:
    """Pair the addresses of pages that may be found: finished in both languages."""
    for address in pages:
        spanish = f"/es{address}"
        if spanish in pages and not {address, spanish} & drafts:
            yield absolute(address), absolute(spanish)


def _robots() -> str:
    closed = ("/ask", "/es/ask", "/s/", "/es/s/", "/withdraw", "/es/withdraw", "/staff", "/api/")
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in closed)]
    return "\n".join([*lines, "", f"Sitemap: {absolute('/sitemap.xml')}", ""])


def _page() -> Response:
    try:
        return answer(book().pages[request.path], CHECK_EACH_TIME)
    except KeyError:
        raise NotFound from None


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


def search_engine_file() -> Response:
    """Give ``/sitemap.xml`` or ``/robots.txt``; they exist once, at the root."""
    return _page()


def install(app: Flask) -> None:
    """Register what stands outside the languages, and draw everything once."""
    app.add_url_rule("/sitemap.xml", "sitemap", search_engine_file)
    app.add_url_rule("/robots.txt", "robots", search_engine_file)
    app.extensions["intake_draw_page"] = draw_page  # the desk previews with it; edges stay apart
    app.extensions["intake_book"] = draw_all(app)
