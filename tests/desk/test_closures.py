"""Closed from .. until ..: promises move honestly, and come back when we open early."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from intake.audit.models import AuditEvent
from intake.audit.trail import history
from intake.clinic.closure_models import ClosureReason
from intake.clinic.closures import known_closures, stored_closures
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.closed_promises import MOVED, PUT_BACK, keep_promises
from intake.desk.closing import close
from intake.desk.closures import booked_in, close_clinic, closures_told, open_early
from intake.desk.models import Channel, Clock, Result
from intake.desk.replies import information_came
from intake.errors import Conflict, InvalidInput, NotFound, NotPermitted
from intake.inquiries.models import Inquiry, Outcome
from intake.inquiries.promise_models import MovedPromise
from intake.operations.rounds import DeskRounds
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import rounds, told
from tests.desk.work import Desk, a_desk_member, row_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TUESDAY_9, TUESDAY_NOON = NOON + 21 * HOUR, NOON + DAY
WEDNESDAY_9 = NOON + 45 * HOUR


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def shut(desk: Desk, starts_at: datetime, ends_at: datetime, at: datetime = NOON) -> str:
    with desk.database.write() as session:
        return close_clinic(
            session,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=ClosureReason.WEATHER,
            by=desk.ida,
            at=at,
        )


def opened(desk: Desk, public_id: str, at: datetime) -> None:
    with desk.database.write() as session:
        open_early(session, public_id, by=desk.ida, at=at)


def round_made(desk: Desk, at: datetime) -> int:
    return DeskRounds(desk.database, desk.office).keep_promises(at)


def events(desk: Desk, reference: str, action: str) -> list[dict[str, object]]:
    with desk.database.read() as session:
        trail = history(session, row_of(session, reference).public_id)
        return [dict(entry.detail) for entry in trail if entry.action == action]


def test_a_promise_in_the_closure_moves_and_the_start_stays(desk: Desk) -> None:
    reference = desk.inquiry()  # Monday noon, promised for Tuesday noon
    shut(desk, TUESDAY_9 - HOUR, WEDNESDAY_9)

    moved = round_made(desk, NOON + HOUR)

    row = desk.look(reference)
    assert moved == 1
    assert row.received_at == NOON
    assert row.first_response_due_at == row.due_at == TUESDAY_NOON + DAY
    with desk.database.read() as session:
        kept = session.scalars(select(MovedPromise)).one()
    assert (kept.promised_at, kept.moved_to) == (TUESDAY_NOON, TUESDAY_NOON + DAY)
    assert len(events(desk, reference, MOVED)) == 1


def test_the_round_changes_nothing_a_second_time(desk: Desk) -> None:
    reference = desk.inquiry()
    shut(desk, TUESDAY_9 - HOUR, WEDNESDAY_9)
    round_made(desk, NOON + HOUR)
    version = desk.look(reference).version

    assert round_made(desk, NOON + 2 * HOUR) == 0
    with desk.database.write() as session:
        assert not keep_promises(session, desk.office, reference, at=NOON + 3 * HOUR)
    assert desk.look(reference).version == version


def test_what_is_promised_before_the_closure_or_after_it_stays(desk: Desk) -> None:
    before = desk.inquiry()
    shut(desk, TUESDAY_NOON, WEDNESDAY_9)
    shut(desk, NOON + 10 * DAY, NOON + 11 * DAY)

    assert round_made(desk, NOON + HOUR) == 0
    assert desk.look(before).first_response_due_at == TUESDAY_NOON


@pytest.mark.parametrize(
    ("opened_at", "due_at"),
    [
        (NOON + 2 * HOUR, TUESDAY_NOON),  # called off before it began
        (TUESDAY_9 + HOUR, TUESDAY_NOON),  # open again before the promise
        (TUESDAY_NOON + 2 * HOUR, TUESDAY_NOON + 5 * HOUR),  # 3 open hours were left at 9
    ],
)
def test_opening_early_brings_the_promise_back(
    desk: Desk, opened_at: datetime, due_at: datetime
) -> None:
    reference = desk.inquiry()
    closure = shut(desk, TUESDAY_9 - HOUR, WEDNESDAY_9)
    round_made(desk, NOON + HOUR)

    opened(desk, closure, opened_at)
    changed = round_made(desk, opened_at + timedelta(minutes=1))

    row = desk.look(reference)
    assert changed == 1
    assert row.first_response_due_at == row.due_at == due_at
    assert len(events(desk, reference, PUT_BACK)) == (due_at == TUESDAY_NOON)
    assert round_made(desk, opened_at + HOUR) == 0


def test_a_longer_closure_moves_from_the_first_promise(desk: Desk) -> None:
    reference = desk.inquiry()
    shut(desk, TUESDAY_9 - HOUR, WEDNESDAY_9)
    round_made(desk, NOON + HOUR)

    shut(desk, WEDNESDAY_9 - HOUR, NOON + 7 * DAY - 3 * HOUR)  # until Monday 9
    round_made(desk, NOON + 2 * HOUR)

    with desk.database.read() as session:
        moves = session.scalars(select(MovedPromise).order_by(MovedPromise.id)).all()
    assert [move.promised_at for move in moves] == [TUESDAY_NOON, TUESDAY_NOON]
    assert [move.ended_at is None for move in moves] == [False, True]
    assert desk.look(reference).first_response_due_at == NOON + 7 * DAY


def test_what_is_answered_or_closed_is_not_moved(desk: Desk) -> None:
    answered, ended = desk.inquiry(), desk.inquiry(full_name="Bo Made-Up")
    desk.do(log_attempt, answered, channel=Channel.CALL, result=Result.VOICEMAIL)
    desk.do(
        close,
        ended,
        outcome=Outcome.NOT_OFFERED,
        reason="not_our_field",
        no_message_because="no_way",
    )
    shut(desk, TUESDAY_9 - HOUR, WEDNESDAY_9)

    round_made(desk, NOON + HOUR)

    for reference in (answered, ended):
        assert desk.look(reference).first_response_due_at == TUESDAY_NOON
        assert events(desk, reference, MOVED) == []


def test_our_reply_to_the_person_moves_as_well(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    desk.wrote(information_came, reference)
    with desk.database.read() as session:
        started, due = session.execute(select(Clock.started_at, Clock.due_at)).one()
    shut(desk, due - 2 * HOUR, due + 4 * HOUR)

    round_made(desk, NOON + HOUR)

    with desk.database.read() as session:
        clock = session.scalars(select(Clock)).one()
    assert clock.started_at == started
    assert clock.due_at > due
    assert desk.look(reference).due_at == clock.due_at
    assert [one["clock"] for one in events(desk, reference, MOVED)] == ["reply"]


def test_a_booked_call_is_not_moved_but_told(desk: Desk) -> None:
    reference = desk.inquiry()
    booked = desk.do(book_callback, reference, starts_at=TUESDAY_NOON)
    shut(desk, TUESDAY_9 - HOUR, WEDNESDAY_9)
    round_made(desk, NOON + HOUR)

    with desk.database.read() as session:
        row = closures_told(session)[0]
        found = booked_in(session, row, at=NOON + HOUR)

    assert found == [(booked.done.reference, TUESDAY_NOON)]


def test_an_urgent_answer_is_due_two_open_hours_after_reopening(desk: Desk) -> None:
    reference = desk.inquiry(safety="yes")
    closure = shut(desk, NOON + HOUR, TUESDAY_9 + HOUR)

    round_made(desk, NOON + HOUR)
    while_closed = desk.look(reference).due_at
    opened(desk, closure, NOON + 2 * HOUR)
    round_made(desk, NOON + 2 * HOUR)

    assert while_closed == TUESDAY_9 + 2 * HOUR
    assert desk.look(reference).due_at == NOON + 3 * HOUR


def test_the_ladder_stands_still_while_we_are_closed(desk: Desk) -> None:
    desk.inquiry()
    shut(desk, NOON + HOUR, WEDNESDAY_9)
    round_made(desk, NOON + HOUR)
    climbing = rounds(desk.database)

    assert climbing.climb(TUESDAY_NOON + 2 * HOUR) == 0
    assert told(desk.database, "inquiry.overdue") == []
    assert climbing.climb(WEDNESDAY_9 + 2 * HOUR) == 0  # three of its eight hours are used up
    assert climbing.climb(WEDNESDAY_9 + 4 * HOUR) == 1


def test_nobody_looking_is_no_alarm_while_we_are_closed(desk: Desk) -> None:
    desk.inquiry()
    shut(desk, NOON, WEDNESDAY_9)
    watching = rounds(desk.database)

    assert not watching.watch(TUESDAY_NOON)
    assert watching.watch(WEDNESDAY_9 + 3 * HOUR)


@pytest.mark.parametrize(
    ("starts", "ends", "problems"),
    [
        (-25 * HOUR, DAY, [("starts_at", "past")]),
        (-2 * HOUR, -HOUR, [("ends_at", "past")]),
        (HOUR, HOUR, [("ends_at", "order")]),
        (2 * HOUR, HOUR, [("ends_at", "order")]),
        (HOUR, 181 * DAY, [("ends_at", "too_long")]),
    ],
)
def test_a_closure_that_cannot_be_is_refused(
    desk: Desk, starts: timedelta, ends: timedelta, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        shut(desk, NOON + starts, NOON + ends)

    assert [(one.field, one.code) for one in refused.value.problems] == problems


def test_closures_in_a_row_are_no_longer_than_one(desk: Desk) -> None:
    shut(desk, NOON, NOON + 100 * DAY)

    with pytest.raises(InvalidInput):
        shut(desk, NOON + 100 * DAY, NOON + 190 * DAY, at=NOON + 50 * DAY)


def test_the_same_closure_twice_is_one(desk: Desk) -> None:
    shut(desk, NOON, NOON + DAY)

    with pytest.raises(Conflict, match="closure_exists"):
        shut(desk, NOON, NOON + DAY)


def test_a_closure_ends_once_and_by_who_may(desk: Desk) -> None:
    closure = shut(desk, NOON, NOON + DAY)
    auditor = a_desk_member(desk.database, "audra", "auditor")

    with desk.database.write() as session, pytest.raises(NotPermitted):
        open_early(session, closure, by=auditor, at=NOON)
    with desk.database.write() as session, pytest.raises(NotFound):
        open_early(session, "unknown", by=desk.ida, at=NOON)
    opened(desk, closure, NOON + HOUR)
    with pytest.raises(Conflict, match="closure_over"):
        opened(desk, closure, NOON + 2 * HOUR)

    with desk.database.read() as session:
        (row,) = closures_told(session)
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == closure).order_by(AuditEvent.id)
        ).all()
        assert [one.ends_at for one in stored_closures(session)] == [NOON + HOUR]
    assert (row.ends_at, row.ended_at, row.ended_by) == (NOON + DAY, NOON + HOUR, "ida Made-Up")
    assert actions == ["clinic.closed", "clinic.opened_early"]


def test_every_process_knows_within_seconds_and_asks_seldom(desk: Desk) -> None:
    known = known_closures(desk.database)
    assert known.at(NOON) == ()

    shut(desk, NOON, NOON + DAY)

    assert known.at(NOON + timedelta(seconds=19)) == ()
    assert len(known.at(NOON + timedelta(seconds=20))) == 1


def test_a_database_without_the_table_or_away_leaves_what_was_known(
    empty_database: Database,
) -> None:
    assert known_closures(empty_database).at(NOON) == ()


def test_nothing_is_looked_for_where_nothing_is_closed(desk: Desk) -> None:
    desk.inquiry()

    assert round_made(desk, NOON + DAY) == 0
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(MovedPromise)) == 0
        assert session.scalar(select(Inquiry.first_response_due_at)) == TUESDAY_NOON
