"""The numbers beside a member's own views: exact as far as the list is counted, then "and more"."""

from datetime import timedelta
from typing import Any

import pytest

from intake.desk.callbacks import book_callback
from intake.desk.worklist import own_counts as module
from intake.desk.worklist.counts import COUNTED_TO, counts
from intake.desk.worklist.filters import Filters
from intake.desk.worklist.listing import Looker
from intake.desk.worklist.own_counts import own_counts
from intake.desk.worklist.views import View
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk
from tests.factories import an_inquiry, search_tokens


def numbers(
    database: Database, counted: dict[View, int] | None = None, **wanted: tuple[View, Filters]
) -> dict[str, str]:
    looker = Looker(0, NOON)
    with database.read() as session:
        known = {**counts(session, looker), **(counted or {})}
        return own_counts(session, search_tokens(), wanted, known, looker)


def test_each_own_view_tells_how_many_it_holds(database: Database) -> None:
    for changes in ({}, {"language": "es"}, {"conditions": ["als"]}, {"state": "CA"}):
        an_inquiry(database, **dict[str, Any](changes))

    assert numbers(
        database,
        everything=(View.OPEN, Filters()),
        spanish=(View.OPEN, Filters(language="es")),
        als=(View.FIRST_REPLY, Filters(condition="als")),
        californian=(View.UNASSIGNED, Filters(state="CA")),
        owed=(View.REPLIES, Filters(language="en")),
        none=(View.CLOSED, Filters(language="es")),
    ) == {
        "everything": "4",
        "spanish": "1",
        "als": "1",
        "californian": "1",
        "owed": "0",
        "none": "0",
    }


def test_the_call_backs_of_today_are_narrowed_too(desk: Desk) -> None:
    for state in ("FL", "CA"):
        reference = desk.inquiry(state=state)
        desk.do(book_callback, reference, starts_at=NOON + timedelta(hours=5))

    wanted = (View.CALLBACKS, Filters(state="CA"))

    assert numbers(desk.database, mine=wanted) == {"mine": "1"}


def test_past_what_is_counted_a_number_says_that_there_may_be_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNTED_TO", 2)
    for language in ("es", "en", "es"):
        an_inquiry(database, language=language)

    told = numbers(
        database,
        {View.OPEN: COUNTED_TO + 1},
        spanish=(View.OPEN, Filters(language="es")),
        everything=(View.OPEN, Filters()),
    )

    assert told == {"spanish": "1+", "everything": "1,000+"}
