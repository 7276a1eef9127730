"""The information pages at the desk: how each one stands, and which are due for review."""

from collections.abc import Mapping

from flask import render_template
from flask.typing import ResponseReturnValue

from intake.i18n import LANGUAGES
from intake.pages.judging import judge
from intake.pages.models import Page
from intake.publishing.live import Live
from intake.publishing.queries import (
    PageKey,
    Publication,
    Revision,
    newest_revisions,
    planned,
)
from intake.staff.permissions import Permission
from intake.web.context import current, now, today
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.page_parts import SOON, at, clinic_notices, moment
from intake.web.dashboard.page_words import LANGUAGE_NAMES, name_of, state_of
from intake.web.dashboard.policies import needs
from intake.web.live_pages import live

HEADS = [
    ("Page", ""),
    ("State", ""),
    ("Reviewer", ""),
    ("Next review", "when"),
    ("Sources", "number"),
    ("Notices", ""),
    ("At work", ""),
]
NOBODY = "Nobody yet"


@dashboard.get("/pages")
@needs(Permission.SEE_PAGES)
def pages() -> ResponseReturnValue:
    """Show every page in both languages."""
    intake, shown = current(), live()
    with intake.database.read() as session:
        newest, plans = newest_revisions(session), planned(session, now())
    return render_template(
        "dashboard/pages.html",
        title="Pages",
        section="pages",
        heads=HEADS,
        due=[_due(page) for page in due_pages(shown)],
        broken=[_link(intake.catalog.pages[key]) for key in shown.broken],
        tables=[
            (
                f"{LANGUAGE_NAMES[language]} pages",
                [
                    _row(shown, page, newest, plans)
                    for page in _by_title(shown)
                    if page.language == language
                ],
            )
            for language in LANGUAGES
        ],
    )


def due_pages(shown: Live) -> list[Page]:
    """Return the pages whose review is overdue or comes soon, the longest overdue first."""
    until = today() + SOON
    due = [page for page in shown.catalog.pages.values() if page.next_review_on <= until]
    return sorted(due, key=lambda page: (page.next_review_on, page.title, page.language))


def _by_title(shown: Live) -> list[Page]:
    return sorted(shown.catalog.pages.values(), key=lambda page: (page.kind, page.title))


def _link(page: Page) -> dict[str, str]:
    key = (page.language, page.slug)
    return {"url": at("page", key), "words": page.title}


def _due(page: Page) -> dict[str, object]:
    stands = state_of(page, today(), SOON.days)
    is_late = page.is_overdue(today())
    return {
        "link": _link(page),
        "language": LANGUAGE_NAMES[page.language],
        "words": f"{'was' if is_late else 'is'} due for review on {page.next_review_on}",
        "state": "bad" if is_late else "soon",
        "label": stands.words if is_late else "Due soon",
    }


def _row(
    shown: Live,
    page: Page,
    newest: Mapping[PageKey, Revision],
    plans: Mapping[PageKey, Publication],
) -> list[object]:
    stands = state_of(page, today(), SOON.days)
    return [
        _link(page),
        {"words": stands.words, "state": stands.state},
        f"{page.review.reviewed_by}, {page.review.credentials}" if page.review else NOBODY,
        str(page.next_review_on),
        str(len(page.sources)),
        _notices(shown, page),
        _work(shown, (page.language, page.slug), newest, plans),
    ]


def _notices(shown: Live, page: Page) -> object:
    if not page.about_treatment:
        return "None needed"
    notices = shown.notices((page.language, page.slug), clinic_notices())
    cells = [
        {
            "words": f"{one.jurisdiction} {'confirmed' if one.is_confirmed else 'not confirmed'}",
            "state": "ok" if one.is_confirmed else "soon",
        }
        for one in notices
    ]
    return {"several": cells} if cells else "None known"


def _work(
    shown: Live,
    key: PageKey,
    newest: Mapping[PageKey, Revision],
    plans: Mapping[PageKey, Publication],
) -> object:
    """Say what is under way: a plan, or a revision that readers do not see."""
    cells: list[object] = []
    if key in plans:
        plan = plans[key]
        words = name_of(plan.number).capitalize()
        cells.append({"words": f"{words} from {moment(plan.publish_at)}", "state": "soon"})
    waiting = newest.get(key)
    if waiting and waiting.number != shown.number(key) and key not in plans:
        faults = len(judge(shown.catalog, *key, waiting.text).faults)
        words = f"Revision {waiting.number} is not published"
        several = f"{words}, {faults} {'fault' if faults == 1 else 'faults'}"
        cells.append(
            {
                "url": at("page_revision", key, number=waiting.number),
                "words": several if faults else words,
            }
        )
    return {"several": cells} if cells else ""
