"""One next action for each row, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from intake.audit.trail import history
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.models import Channel, DispositionCode, Result
from intake.desk.moves import hand_to_clinician, record_disposition, request_information
from intake.desk.next_action import ActionKind, next_actions
from intake.desk.notes import add_note, draft_of, keep_draft
from intake.desk.reading import texts_of
from intake.desk.replies import information_came
from intake.errors import InvalidInput
from intake.inquiries.queries import inquiry_by_reference
from intake.notifications.models import OutboxMessage
from intake.operations.rounds import DeskRounds
from intake.storage.database import Database
from tests.desk.work import Desk, row_of
from tests.factories import a_keyring

CALL = Channel.CALL


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def action(desk: Desk, reference: str) -> tuple[ActionKind, str]:
    with desk.database.read() as session:
        row = inquiry_by_reference(session, a_keyring(), reference)
        found = next_actions(session, desk.office, [row], at=desk.now)[row.id]
    return found.kind, found.reason


def test_a_new_inquiry_is_called_now(desk: Desk) -> None:
    assert action(desk, desk.inquiry()) == (ActionKind.CALL, "Call 1 of 3, now")


def test_before_it_is_decent_there_the_call_waits_for_the_morning_there(desk: Desk) -> None:
    desk.now = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # 9:30 in Miami, 7:30 in Denver

    said = action(desk, desk.inquiry(state="CO"))

    assert said == (ActionKind.CALL, "Call 1 of 3, after 08:00 in Denver")


def test_the_second_call_is_put_into_another_part_of_the_day(desk: Desk) -> None:
    desk.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # 9:00 in Denver
    reference = desk.inquiry(state="CO")

    desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)

    assert action(desk, reference) == (ActionKind.CALL, "Call 2 of 3, after 12:00 in Denver")


def test_the_last_call_is_put_on_another_day(desk: Desk) -> None:
    reference = desk.inquiry()
    for hours in (0, 3):
        desk.now += timedelta(hours=hours)
        desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)

    assert action(desk, reference)[1] == "Call 3 of 3, after Tuesday 09:00 in New York"


def test_after_the_calls_a_message_is_written_and_then_it_may_be_closed(desk: Desk) -> None:
    reference = desk.inquiry()
    for hours in (0, 20, 6):
        desk.now += timedelta(hours=hours)
        desk.do(log_attempt, reference, channel=CALL, result=Result.NO_ANSWER)
    before = action(desk, reference)
    desk.do(log_attempt, reference, channel=Channel.EMAIL, result=Result.SENT)

    assert before == (ActionKind.WRITE, "Write: message 1 of 1")
    assert action(desk, reference)[0] is ActionKind.CLOSE_NOT_REACHED


def test_a_booked_call_back_comes_first_and_names_the_hour_there(desk: Desk) -> None:
    reference = desk.inquiry(state="CO")

    desk.do(book_callback, reference, starts_at=datetime(2026, 11, 24, 22, 30, tzinfo=UTC))

    assert action(desk, reference) == (ActionKind.CALL_BACK, "Call back at 15:30 in Denver")


def test_each_status_has_an_action_of_its_own(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=CALL, result=Result.REACHED)
    seen = [action(desk, reference)[0]]
    desk.do(request_information, reference, text="Where?")
    seen.append(action(desk, reference)[0])
    desk.wrote(information_came, reference)
    seen.append(action(desk, reference)[0])
    desk.do(log_attempt, reference, channel=Channel.MESSAGE, result=Result.SENT)
    desk.do(hand_to_clinician, reference, summary="A.", question="B?")
    seen.append(action(desk, reference)[0])
    offer = DispositionCode.OFFER
    desk.do(record_disposition, reference, by=desk.doctor, disposition=offer, words="Yes.")
    seen.append(action(desk, reference)[0])

    assert seen == [
        ActionKind.FOLLOW_UP,
        ActionKind.WAIT,
        ActionKind.REPLY,
        ActionKind.DECIDE,
        ActionKind.SCHEDULE,
    ]
    with desk.database.read() as session:
        texts = texts_of(session, a_keyring(), reference)
    assert [(one.kind, one.text) for one in texts] == [
        ("request", "Where?"),
        ("summary", "A."),
        ("question", "B?"),
        ("disposition", "Yes."),
    ]


def test_a_note_is_kept_sealed_and_its_draft_dropped(desk: Desk) -> None:
    reference = desk.inquiry()
    words = {"by": desk.ida, "at": desk.now}
    with desk.database.write() as session:
        keep_draft(session, desk.office, reference, text="Likes mor", **words)  # type: ignore[arg-type]
        half = draft_of(session, desk.office, reference, by=desk.ida)
        hers = draft_of(session, desk.office, reference, by=desk.rosa)
        add_note(session, desk.office, reference, text="Likes mornings.", **words)  # type: ignore[arg-type]
        left = draft_of(session, desk.office, reference, by=desk.ida)

    with desk.database.read() as session:
        texts = texts_of(session, a_keyring(), reference)
    assert (half, hers, left) == ("Likes mor", "", "")
    assert [(one.kind, one.text) for one in texts] == [("note", "Likes mornings.")]
    assert desk.look(reference).version == 1


def test_a_note_of_10000_characters_is_named(desk: Desk) -> None:
    reference = desk.inquiry()

    with pytest.raises(InvalidInput) as refused, desk.database.write() as session:
        add_note(session, desk.office, reference, text="x" * 10_000, by=desk.ida, at=desk.now)

    assert [(one.field, one.code) for one in refused.value.problems] == [("note", "too_long")]


@pytest.mark.parametrize(
    ("ways", "kind", "reason"),
    [
        (["call"], ActionKind.CALL, "Call to remind them: they get nothing in writing"),
        (["call", "email"], ActionKind.WAIT, "Wait for their answer"),
    ],
)
def test_who_gets_no_mail_is_reminded_by_us(
    desk: Desk, ways: list[str], kind: ActionKind, reason: str
) -> None:
    reference = desk.inquiry(contact_by=ways)
    desk.do(log_attempt, reference, channel=CALL, result=Result.REACHED)
    desk.do(request_information, reference, text="Which medicines?")
    before = desk.look(reference).due_at
    assert action(desk, reference) == (ActionKind.WAIT, "Wait for their answer")

    desk.now += timedelta(days=3)
    rounds = DeskRounds(desk.database, desk.office)
    assert rounds.remind(desk.now) == 1
    assert rounds.remind(desk.now) == 0

    is_called = kind is ActionKind.CALL
    assert action(desk, reference) == (kind, reason)
    assert (desk.look(reference).due_at < before) is is_called
    with desk.database.read() as session:
        found = history(session, row_of(session, reference).public_id)[-1]
        mails = session.scalars(
            select(OutboxMessage.event).where(OutboxMessage.event == "inquiry.reminded")
        ).all()
    assert found.action == ("inquiry.reminder_by_phone" if is_called else "inquiry.reminded")
    assert len(mails) == (0 if is_called else 1)


def test_after_the_call_we_wait_again_until_the_next_reminder(desk: Desk) -> None:
    reference = desk.inquiry(contact_by=["call"], email="")
    desk.do(log_attempt, reference, channel=CALL, result=Result.REACHED)
    desk.do(request_information, reference, text="Which medicines?")
    before = desk.look(reference).due_at
    rounds = DeskRounds(desk.database, desk.office)
    desk.now += timedelta(days=3)
    rounds.remind(desk.now)

    desk.do(log_attempt, reference, channel=CALL, result=Result.VOICEMAIL)

    assert action(desk, reference) == (ActionKind.WAIT, "Wait for their answer")
    assert desk.look(reference).due_at == before
    desk.now += timedelta(days=4)
    rounds.remind(desk.now)
    assert action(desk, reference)[0] is ActionKind.CALL
