"""How far people get in the form, by page: counts that the web wrote, added up over days.

Nobody is followed: a page has a number for each day and language, that is all. So the pages of one
day are not always of the same people, and a later page can have more than an earlier one; each
page then counts at least as many as the pages after it.

Source: PRODUCT.md 63; content/ux.md 3, metrics worth showing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.desk.numbers.models import FormVisit
from intake.storage.upsert import insert_into, table_of

START, CHECK, SENT = "start", "check", "sent"
ONE_PAGE, ONE_PAGE_SENT = "one_page", "one_page_sent"
# The way through the steps, in order; and the other way, on one page.
STEPS = (
    START,
    "who",
    "about",
    "condition",
    "question",
    "contact",
    "language",
    "permissions",
    CHECK,
    SENT,
)
AT_ONCE = (ONE_PAGE, ONE_PAGE_SENT)

_visits = table_of(FormVisit)


@dataclass(frozen=True, slots=True)
class Visit:
    """One kind of count: a day of the clinic's calendar, a page, and its language."""

    day: str
    page: str
    language: str


def add_visits(session: Session, counts: Mapping[Visit, int]) -> None:
    """Add counts to those of the same day, page and language, in one statement."""
    rows = [
        {"day": one.day, "page": one.page, "language": one.language, "count": count}
        for one, count in sorted(counts.items(), key=lambda each: (each[0].day, each[0].page))
    ]
    if not rows:
        return
    statement = insert_into(session.get_bind().dialect.name, FormVisit)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=[_visits.c.day, _visits.c.page, _visits.c.language],
            set_={"count": _visits.c["count"] + statement.excluded["count"]},
        ),
        rows,
    )


def visits_of(session: Session, first: date, last: date) -> Mapping[str, Mapping[str, int]]:
    """Return how often each page was reached from ``first`` to ``last``, by language, then page."""
    found: dict[str, dict[str, int]] = {}
    rows = session.execute(
        select(FormVisit.language, FormVisit.page, func.sum(_visits.c["count"]))
        .where(FormVisit.day.between(first.isoformat(), last.isoformat()))
        .group_by(FormVisit.language, FormVisit.page)
    )
    for language, page, count in rows:
        found.setdefault(language, {})[page] = int(count)
    return found


def in_order(counts: Mapping[str, int], pages: Sequence[str]) -> list[int]:
    """Return the counts of pages in order, none smaller than one that comes after it."""
    falling: list[int] = []
    for page in reversed(pages):
        falling.append(max(counts.get(page, 0), falling[-1] if falling else 0))
    return falling[::-1]
