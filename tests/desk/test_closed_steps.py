"""A closure moves our next step and the promise of the late; what is booked stays."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from intake.audit.trail import history
from intake.clinic.closure_models import ClosureReason
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.closed_promises import MOVED, to_move
from intake.desk.closures import close_clinic
from intake.desk.models import Channel, Result
from intake.inquiries.models import Inquiry
from intake.operations.rounds import DeskRounds
from intake.storage.database import Database
from intake.storage.types import to_millis
from tests.conftest import NOON
from tests.desk.work import MINUTE, Desk, row_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Thanksgiving is on Thursday, and Friday is free in Florida: after Wednesday comes Monday.
TO_MONDAY = 5 * DAY
TUESDAY, WEDNESDAY, THURSDAY = (NOON + number * DAY - 3 * HOUR for number in (1, 2, 3))  # at 9


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def shut(desk: Desk, starts_at: datetime, ends_at: datetime) -> None:
    with desk.database.write() as session:
        close_clinic(
            session,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=ClosureReason.WEATHER,
            by=desk.ida,
            at=desk.now,
        )


def go_round(desk: Desk) -> int:
    desk.now += MINUTE
    return DeskRounds(desk.database, desk.office).keep_promises(desk.now)


def moves(desk: Desk, reference: str) -> list[dict[str, object]]:
    with desk.database.read() as session:
        trail = history(session, row_of(session, reference).public_id)
        return [dict(entry.detail) for entry in trail if entry.action == MOVED]


def test_a_follow_up_in_a_closure_keeps_the_time_that_was_left(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    before = desk.look(reference)
    assert before.due_at == desk.now + 2 * DAY  # Wednesday, a little after noon
    shut(desk, WEDNESDAY, THURSDAY)

    rounds = [go_round(desk), go_round(desk)]

    row = desk.look(reference)
    assert rounds == [1, 0]
    assert (row.due_at, row.version) == (before.due_at + TO_MONDAY, before.version + 1)
    assert moves(desk, reference) == []


def test_the_next_try_is_worked_out_with_the_closure(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.VOICEMAIL)
    tried_at = desk.now
    assert desk.look(reference).due_at == tried_at + DAY
    shut(desk, TUESDAY, WEDNESDAY)

    rounds = [go_round(desk), go_round(desk)]

    assert rounds == [1, 0]
    assert desk.look(reference).due_at == tried_at + 2 * DAY


def test_a_call_that_is_booked_stays_booked(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    desk.do(book_callback, reference, starts_at=WEDNESDAY + 2 * HOUR)
    shut(desk, WEDNESDAY, THURSDAY)

    assert go_round(desk) == 0
    assert desk.look(reference).due_at == WEDNESDAY + 2 * HOUR


def test_the_promise_of_the_late_moves_too_and_says_so(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.now = NOON + DAY + HOUR  # the promise was for Tuesday noon
    assert DeskRounds(desk.database, desk.office).say_late(desk.now) == 1
    told = desk.look(reference)
    promised = told.new_promise_at
    assert promised == desk.now + DAY
    shut(desk, WEDNESDAY, THURSDAY)

    rounds = [go_round(desk), go_round(desk)]

    row = desk.look(reference)
    assert rounds == [1, 0]
    assert row.new_promise_at == promised + TO_MONDAY
    assert row.first_response_due_at == told.first_response_due_at
    assert moves(desk, reference) == [
        {
            "clock": "new_promise",
            "was_due_at": to_millis(promised),
            "due_at": to_millis(promised + TO_MONDAY),
        }
    ]


def test_a_new_promise_that_has_passed_is_broken_and_stays(desk: Desk) -> None:
    reference = desk.inquiry()
    with desk.database.write() as session:
        session.execute(update(Inquiry).values(new_promise_at=WEDNESDAY + HOUR))
    desk.now = WEDNESDAY + 2 * HOUR
    shut(desk, WEDNESDAY, THURSDAY)

    go_round(desk)

    assert desk.look(reference).new_promise_at == WEDNESDAY + HOUR


def test_with_one_inquiry_of_each_kind_the_second_round_opens_no_write(desk: Desk) -> None:
    for result in (Result.REACHED, Result.VOICEMAIL, Result.NO_ANSWER):
        reference = desk.inquiry()
        desk.do(log_attempt, reference, channel=Channel.CALL, result=result)
    desk.inquiry()
    shut(desk, TUESDAY, THURSDAY)
    go_round(desk)

    with desk.database.read() as session:
        assert to_move(session, desk.office, at=desk.now) == ()
