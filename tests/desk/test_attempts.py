"""Attempts, the policy they must meet, call-backs, and what stops which clock."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.closing import close, mark_deceased, reopen
from intake.desk.models import Channel, ContactAttempt, Result
from intake.desk.queries import attempts_of, booked_for
from intake.desk.refusals import NotFromHere, Stale
from intake.errors import Conflict, InvalidInput, Problem
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk

CALL = Channel.CALL


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def problems(refused: pytest.ExceptionInfo[InvalidInput]) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in refused.value.problems}


@pytest.mark.parametrize(
    ("result", "stops"),
    [
        (Result.REACHED, True),
        (Result.VOICEMAIL, True),
        (Result.NO_ANSWER, False),
        (Result.BUSY, False),
        (Result.WRONG_NUMBER, False),
    ],
)
def test_the_first_response_ends_when_something_reached_them(
    desk: Desk, result: Result, stops: bool
) -> None:
    reference = desk.inquiry()

    desk.do(log_attempt, reference, channel=CALL, result=result)

    row = desk.look(reference)
    assert (row.first_responded_at is not None) is stops
    assert (row.contact_made_at is not None) is (result is Result.REACHED)
    assert row.first_response_due_at == NOON + timedelta(days=1)


def test_not_reached_names_everything_that_was_not_tried(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)

    with pytest.raises(InvalidInput) as refused:
        desk.do(close, reference, outcome=Outcome.NOT_REACHED)

    assert problems(refused) == {
        ("attempts", "too_few"),
        ("days", "too_few"),
        ("day_parts", "too_few"),
        ("written", "too_few"),
    }


def test_three_tries_on_two_days_in_two_parts_and_one_message_are_enough(desk: Desk) -> None:
    reference = desk.inquiry()
    for hours in (0, 20, 6):  # noon; the next morning; the afternoon after it
        desk.now += timedelta(hours=hours)
        desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)
    desk.do(log_attempt, reference, channel=Channel.EMAIL, result=Result.SENT)

    closed = desk.do(close, reference, outcome=Outcome.NOT_REACHED)

    assert (closed.status, closed.outcome) == (Status.CLOSED, "not_reached")


def test_a_written_message_that_came_back_does_not_count(desk: Desk) -> None:
    reference = desk.inquiry()
    with desk.database.write() as session:
        message = session.scalars(
            select(OutboxMessage.public_id).where(OutboxMessage.recipient == "person")
        ).one()
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.public_id == message)
            .values(bounced_at=desk.now)
        )
    for hours in (0, 20, 6):
        desk.now += timedelta(hours=hours)
        desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)
    desk.do(
        log_attempt,
        reference,
        channel=Channel.EMAIL,
        result=Result.SENT,
        message_public_id=message,
    )

    with pytest.raises(InvalidInput) as refused:
        desk.do(close, reference, outcome=Outcome.NOT_REACHED)

    assert problems(refused) == {("written", "too_few")}


def test_who_allows_no_written_way_needs_no_message(desk: Desk) -> None:
    reference = desk.inquiry(contact_by=["call"], email="")
    for hours in (0, 20, 6):
        desk.now += timedelta(hours=hours)
        desk.do(log_attempt, reference, channel=CALL, result=Result.VOICEMAIL)

    assert desk.do(close, reference, outcome=Outcome.NOT_REACHED).status is Status.CLOSED


def test_a_channel_they_did_not_choose_is_refused_unless_they_came_to_us(desk: Desk) -> None:
    reference = desk.inquiry(contact_by=["email"])

    with pytest.raises(InvalidInput) as refused:
        desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)
    reached = desk.do(log_attempt, reference, channel=CALL, result=Result.REACHED, incoming=True)

    assert problems(refused) == {("channel", "not_permitted")}
    assert reached.status is Status.IN_DISCUSSION


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"result": Result.SENT}, ("result", "choice")),
        ({"note": "x" * 10_000}, ("note", "too_long")),
        ({"made_at": NOON + timedelta(days=1)}, ("made_at", "future")),
        ({"made_at": NOON - timedelta(minutes=1)}, ("made_at", "past")),
    ],
)
def test_an_attempt_that_cannot_be_is_named(
    desk: Desk, given: dict[str, object], problem: tuple[str, str]
) -> None:
    reference = desk.inquiry()
    said: dict[str, object] = {"channel": CALL, "result": Result.NO_ANSWER, **given}

    with pytest.raises(InvalidInput) as refused:
        desk.do(log_attempt, reference, by=None, version=None, **said)

    assert problems(refused) == {problem}
    assert desk.look(reference).status == "new"


def test_an_attempt_keeps_the_day_and_the_part_of_it_where_they_live(desk: Desk) -> None:
    reference = desk.inquiry(state="HI")
    desk.now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # still Monday, 5 pm, in Honolulu

    desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)

    with desk.database.read() as session:
        row = session.scalars(select(ContactAttempt)).one()
    assert (row.local_on, row.day_part) == ("2026-11-23", "evening")


def test_who_asks_us_to_stop_is_left_alone_at_once(desk: Desk) -> None:
    reference = desk.inquiry()

    closed = desk.do(
        log_attempt, reference, channel=CALL, result=Result.ASKED_TO_STOP, note="No more calls."
    )

    with desk.database.read() as session:
        waits = session.scalars(
            select(OutboxMessage.state).where(OutboxMessage.recipient == "person")
        ).all()
        assert not is_permitted(session, closed.inquiry_id, Purpose.CONTACT)
        assert len(attempts_of(session, [closed.inquiry_id])[closed.inquiry_id]) == 1
    assert (closed.status, closed.outcome) == (Status.CLOSED, "withdrawn")
    assert set(waits) == {"cancelled"}
    with pytest.raises(Conflict, match="withdrawn_by_person"):
        desk.do(reopen, reference, reason="mistake")


def test_one_step_stops_everything_for_somebody_who_died(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(book_callback, reference, starts_at=NOON + timedelta(hours=3))

    closed = desk.do(mark_deceased, reference)

    with desk.database.read() as session:
        live = session.scalars(
            select(OutboxMessage.id).where(
                OutboxMessage.recipient == "person", OutboxMessage.due_at.is_not(None)
            )
        ).all()
        assert booked_for(session, [closed.inquiry_id]) == {}
        assert not is_permitted(session, closed.inquiry_id, Purpose.CONTACT)
    assert live == []
    assert desk.look(reference).deceased_at == desk.now


@pytest.mark.parametrize(
    ("state", "utc_hour", "allowed"),
    [
        ("FL", 13, True),  # 8:00 in Miami
        ("FL", 12, False),  # 7:00
        ("CO", 14, False),  # 7:00 in Denver, 9:00 in Miami
        ("CO", 15, True),
        ("HI", 17, False),  # 7:00 in Honolulu
        ("HI", 18, True),
    ],
)
def test_a_call_back_is_booked_at_a_decent_hour_where_they_live(
    desk: Desk, state: str, utc_hour: int, allowed: bool
) -> None:
    reference = desk.inquiry(state=state)
    when = datetime(2026, 11, 24, utc_hour, 0, tzinfo=UTC)

    if not allowed:
        with pytest.raises(InvalidInput) as refused:
            desk.do(book_callback, reference, starts_at=when)
        assert refused.value.problems == (Problem("starts_at", "outside_hours"),)
        return
    booked = desk.do(book_callback, reference, starts_at=when)
    assert (booked.starts_at, booked.clinic_zone) == (when, "America/New_York")


def test_the_evening_ends_at_eight_and_not_a_minute_later(desk: Desk) -> None:
    reference = desk.inquiry()
    eight = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)

    with pytest.raises(InvalidInput):
        desk.do(book_callback, reference, starts_at=eight)

    assert desk.do(book_callback, reference, starts_at=eight - timedelta(minutes=1))


def test_a_call_back_in_the_past_is_refused(desk: Desk) -> None:
    reference = desk.inquiry()

    with pytest.raises(InvalidInput) as refused:
        desk.do(book_callback, reference, starts_at=NOON - timedelta(days=1))

    assert problems(refused) == {("starts_at", "past")}


def test_a_stale_version_changes_nothing_and_says_what_was_done(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, by=desk.rosa, channel=CALL, result=Result.NO_ANSWER)

    with pytest.raises(Stale) as refused:
        desk.do(log_attempt, reference, version=1, channel=CALL, result=Result.REACHED)

    (change,) = refused.value.changes
    assert (change.verb, change.actor_id) == ("log_attempt", desk.rosa.public_id)
    assert refused.value.version == 2
    assert desk.look(reference).status == "contacting"


def test_nobody_is_called_out_of_quarantine(desk: Desk) -> None:
    reference = desk.inquiry(signs=("honeypot", "too_fast"))

    with pytest.raises(NotFromHere):
        desk.do(log_attempt, reference, channel=CALL, result=Result.REACHED)

    with desk.database.read() as session:
        assert session.scalars(select(Inquiry.status)).all() == ["quarantined"]
