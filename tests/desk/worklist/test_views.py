"""Each view holds its own, in order, from one index; filters and searches narrow it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from intake.desk.assignment import claim
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.models import Channel, Result
from intake.desk.moves import hand_to_clinician
from intake.desk.replies import information_came
from intake.desk.snooze import snooze
from intake.desk.worklist.counts import COUNTED_TO, count_words, counted, counts
from intake.desk.worklist.filters import Filters, conditions_of
from intake.desk.worklist.listing import Looker, last_received_at, list_statement, page_of
from intake.desk.worklist.views import SHAPES, View
from intake.errors import InvalidInput
from intake.inquiries.models import Inquiry
from intake.inquiries.search import search_statement
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk
from tests.factories import a_keyring, an_inquiry, search_tokens

DOUBTED: dict[str, Any] = {"signs": ("honeypot",), "email": "x@spam.example", "phone": "3055550111"}
REACHED: dict[str, Any] = {"channel": Channel.CALL, "result": Result.REACHED}


def references(
    database: Database,
    view: View = View.OPEN,
    *,
    me: int = 0,
    at: datetime = NOON,
    filters: Filters | None = None,
) -> list[str]:
    where = conditions_of(filters, search_tokens()) if filters else ()
    with database.read() as session:
        page = page_of(session, a_keyring(), view, Looker(me, at), where=where)
        return [row.reference for row in page.rows]


def close(database: Database, reference: str) -> None:
    changes = {"status": "closed", "outcome": "not_offered", "closed_at": NOON}
    with database.write() as session:
        session.execute(update(Inquiry).where(Inquiry.reference == reference).values(changes))


def test_the_least_time_left_comes_first(database: Database) -> None:
    late = an_inquiry(database, at=NOON + timedelta(hours=2))
    early = an_inquiry(database, at=NOON)

    assert references(database) == [early.reference, late.reference]


def test_each_list_holds_its_own(database: Database) -> None:
    kept = an_inquiry(database)
    doubted = an_inquiry(database, **DOUBTED)
    gone, later = an_inquiry(database), an_inquiry(database, at=NOON + timedelta(days=1))
    close(database, gone.reference)
    close(database, later.reference)

    assert references(database) == [kept.reference]
    assert references(database, View.FIRST_REPLY) == [kept.reference]
    assert references(database, View.UNASSIGNED) == [kept.reference]
    assert references(database, View.QUARANTINED) == [doubted.reference]
    assert references(database, View.CLOSED) == [later.reference, gone.reference]


def test_a_view_follows_what_is_done(desk: Desk) -> None:
    first, talking, asleep = desk.inquiry(), desk.inquiry(), desk.inquiry()
    desk.do(claim, first, by=desk.rosa)
    desk.do(log_attempt, talking, **REACHED)
    desk.do(snooze, asleep, until=desk.now + timedelta(days=1))
    database, at = desk.database, desk.now

    assert references(database, View.FIRST_REPLY, at=at) == [first]
    assert references(database, View.MINE, me=desk.rosa.id, at=at) == [first]
    assert references(database, View.MINE, me=desk.doctor.id, at=at) == []
    assert first not in references(database, View.UNASSIGNED, at=at)
    assert references(database, View.SNOOZED, at=at) == [asleep]
    assert set(references(database, View.OPEN, at=at)) == {first, talking, asleep}


def test_what_should_have_woken_is_back_though_no_worker_woke_it(desk: Desk) -> None:
    asleep = desk.inquiry()
    desk.do(snooze, asleep, until=desk.now + timedelta(hours=1))
    later = desk.now + timedelta(hours=2)

    assert references(desk.database, View.FIRST_REPLY, at=desk.now) == []
    assert references(desk.database, View.FIRST_REPLY, at=later) == [asleep]
    assert references(desk.database, View.SNOOZED, at=later) == []


def test_replies_and_reviews_have_their_views(desk: Desk) -> None:
    wrote, reviewed = desk.inquiry(), desk.inquiry()
    for one in (wrote, reviewed):
        desk.do(log_attempt, one, **REACHED)
    desk.do(hand_to_clinician, reviewed, summary="Short.", question="Suitable?")
    desk.wrote(information_came, wrote, by=desk.person(wrote))

    assert references(desk.database, View.CLINICAL, at=desk.now) == [reviewed]
    assert references(desk.database, View.REPLIES, at=desk.now) in ([wrote], [])


def test_call_backs_are_todays_where_the_person_lives(desk: Desk) -> None:
    east, west = desk.inquiry(), desk.inquiry(state="CA")
    morning = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)  # Tuesday, 9:30 in New York
    desk.do(book_callback, east, starts_at=morning)
    desk.do(book_callback, west, starts_at=morning + timedelta(hours=3))
    evening = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # Tuesday 0:30 in New York, Monday in LA

    assert references(desk.database, View.CALLBACKS, at=NOON) == []
    assert references(desk.database, View.CALLBACKS, at=evening) == [east]
    assert references(desk.database, View.CALLBACKS, at=morning) == [east, west]
    assert references(desk.database, View.CALLBACKS, at=morning + timedelta(days=1)) == [east, west]
    with desk.database.read() as session:
        assert counts(session, Looker(0, morning))[View.CALLBACKS] == 2


def test_pages_of_call_backs_repeat_nothing(desk: Desk) -> None:
    stored = [desk.inquiry() for _ in range(3)]
    for hours, one in enumerate(stored):
        desk.do(book_callback, one, starts_at=NOON + timedelta(hours=2, minutes=hours))
    seen: list[str] = []
    cursor = None

    for _ in range(2):
        with desk.database.read() as session:
            page = page_of(
                session, a_keyring(), View.CALLBACKS, Looker(0, NOON), after=cursor, size=2
            )
        seen += [row.reference for row in page.rows]
        cursor = page.next_cursor

    assert seen == stored
    assert cursor is None


def test_counts_say_how_many_each_view_holds(desk: Desk) -> None:
    desk.do(claim, desk.inquiry(), by=desk.rosa)
    desk.inquiry()
    an_inquiry(desk.database, **DOUBTED)

    with desk.database.read() as session:
        found = counts(session, Looker(desk.rosa.id, desk.now))

    assert found == {
        View.FIRST_REPLY: 2,
        View.MINE: 1,
        View.UNASSIGNED: 1,
        View.CALLBACKS: 0,
        View.REPLIES: 0,
        View.QUARANTINED: 1,
        View.CLINICAL: 0,
        View.SNOOZED: 0,
        View.OPEN: 2,
        View.CLOSED: 0,
    }


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (COUNTED_TO, "1,000"), (COUNTED_TO + 1, "1,000+")]
)
def test_nobody_counts_past_a_thousand(number: int, words: str) -> None:
    assert count_words(number) == words


@pytest.mark.parametrize("view", [View.OPEN, View.FIRST_REPLY, View.UNASSIGNED])
def test_pages_stay_put_while_inquiries_arrive(database: Database, view: View) -> None:
    stored = [an_inquiry(database, at=NOON + timedelta(minutes=n)).reference for n in range(7)]
    seen: list[str] = []
    cursor = None

    for round_ in range(4):
        with database.read() as session:
            page = page_of(session, a_keyring(), view, Looker(0, NOON), after=cursor, size=2)
        seen += [row.reference for row in page.rows]
        cursor = page.next_cursor
        an_inquiry(database, at=NOON - timedelta(hours=round_ + 1))  # lands on pages already read

    assert seen == stored
    assert cursor is None


def test_equal_due_times_lose_and_repeat_no_row(database: Database) -> None:
    stored = {an_inquiry(database).reference for _ in range(5)}
    seen: list[str] = []
    cursor = None

    while True:
        with database.read() as session:
            page = page_of(session, a_keyring(), View.OPEN, Looker(0, NOON), after=cursor, size=2)
        seen += [row.reference for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == 5
    assert set(seen) == stored


def test_closed_pages_go_from_the_newest_to_the_oldest(database: Database) -> None:
    stored = [an_inquiry(database, at=NOON + timedelta(minutes=n)).reference for n in range(5)]
    for reference in stored:
        close(database, reference)
    seen: list[str] = []
    cursor = None

    for _ in range(3):
        with database.read() as session:
            page = page_of(session, a_keyring(), View.CLOSED, Looker(0, NOON), after=cursor, size=2)
        seen += [row.reference for row in page.rows]
        cursor = page.next_cursor

    assert seen == stored[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "bnVsbA", "WzEsInMiXQ", "é"])
@pytest.mark.parametrize("view", [View.OPEN, View.CALLBACKS])
def test_a_made_up_cursor_is_refused(sqlite_database: Database, view: View, cursor: str) -> None:
    with sqlite_database.read() as session, pytest.raises(InvalidInput):
        page_of(session, a_keyring(), view, Looker(0, NOON), after=cursor)


INDEXES = {
    View.FIRST_REPLY: ("inquiries_first_reply",),
    View.MINE: ("inquiries_of_member",),
    View.UNASSIGNED: ("inquiries_unassigned", "inquiries_of_member"),
    View.REPLIES: ("clocks_due",),
    View.QUARANTINED: ("inquiries_in_status",),
    View.CLINICAL: ("inquiries_in_status",),
    View.SNOOZED: ("inquiries_snoozed",),
    View.OPEN: ("inquiries_worklist",),
    View.CLOSED: ("inquiries_by_status",),
}


@pytest.mark.parametrize("after", [None, "WzEsMV0"])
@pytest.mark.parametrize("view", list(SHAPES))
def test_each_list_is_read_from_its_index_in_order(
    database: Database, view: View, after: str | None
) -> None:
    plan = plan_of(database, list_statement(view, after=after))

    assert any(index in plan for index in INDEXES[view])
    assert "TEMP B-TREE" not in plan
    # Equal times in different rows: PostgreSQL sorts what is equal, SQLite reads it sorted.
    assert "Sort Key: inquiries" not in plan


@pytest.mark.parametrize("view", list(SHAPES))
def test_each_count_is_read_from_the_same_index(database: Database, view: View) -> None:
    plan = plan_of(database, counted(SHAPES[view]))

    assert any(index in plan for index in INDEXES[view])
    assert "TEMP B-TREE" not in plan


def test_a_search_is_read_from_the_tokens_in_order(database: Database) -> None:
    plan = plan_of(database, search_statement([b"a" * 16, b"b" * 16]))

    assert "pk_search_tokens" in plan or "PRIMARY KEY" in plan
    assert "SCAN" not in plan.upper().replace("INDEX SCAN", "").replace("INDEX ONLY SCAN", "")


def plan_of(database: Database, statement: Any) -> str:  # noqa: ANN401 - any statement
    compiled = statement.params(me=1, now=NOON).compile(
        dialect=database.writer.dialect, compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
    with database.write() as session:
        if database.dialect == "postgresql":  # an empty table is read whole, whatever is there
            for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        return repr(session.connection().exec_driver_sql(f"{explain} {compiled}").all())


def test_the_last_one_that_came_is_no_test_of_ours(database: Database) -> None:
    with database.read() as session:
        assert last_received_at(session) is None
    an_inquiry(database)
    an_inquiry(database, at=NOON + timedelta(hours=1))
    with database.write() as session:
        session.execute(
            update(Inquiry)
            .where(Inquiry.received_at > NOON)
            .values(status="closed", outcome="test", closed_at=NOON)
        )
        assert last_received_at(session) == NOON
