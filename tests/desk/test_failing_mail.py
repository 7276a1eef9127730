"""Mail that comes back, or never leaves: the clock runs again, and a call or a text is next."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.audit import trail
from intake.desk.attempts import log_attempt
from intake.desk.closing import close
from intake.desk.failing_mail import failing_mail
from intake.desk.messages import write_to_person
from intake.desk.models import Channel, ContactAttempt, Result
from intake.desk.moves import request_information
from intake.desk.next_action import ActionKind, NextAction, next_actions
from intake.desk.reached import UNDELIVERED, take_mail
from intake.errors import InvalidInput
from intake.inquiries.conversation_models import AnswerCorrection
from intake.inquiries.models import Outcome, Status
from intake.inquiries.news import INFORMATION_REQUESTED, TEXT_FORMS, WAITING
from intake.inquiries.queries import inquiry_by_reference
from intake.notifications.models import OutboxMessage, State
from intake.notifications.text_channel import keep_in_step
from intake.operations.rounds import DeskRounds
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.told import messages
from tests.desk.work import Desk
from tests.factories import a_keyring
from tests.inquiries.test_recipients import delivered
from tests.inquiries.test_text_readers import an_inquiry as of_texter
from tests.notifications.samples import sample

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
REFUSED = "recipient_refused"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def write(desk: Desk, reference: str) -> None:
    desk.do(write_to_person, reference, text="We would like to talk.", form_key=str(desk.now))


def ends(desk: Desk, event: str, state: State, error: str | None = None) -> None:
    """Let every message of an event end so, a minute later."""
    desk.now += MINUTE
    with desk.database.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.event == event)
            .values(state=state.value, due_at=None, finished_at=desk.now, last_error=error)
        )


def came_back(desk: Desk, event: str) -> None:
    """Send what waits, and take the bounce of an event's last mail."""
    for _ in range(4):  # an address gets one mail in a quarter of an hour
        desk.now += timedelta(minutes=16)
        delivered(desk.database, desk.now)
    message = messages(desk.database, event)[-1]
    with desk.database.write() as session:
        mail = sample("postfix.bounce.5.1.1.eml", f"{message.public_id}-1@clinic.example")
        assert take_mail(session, a_keyring(), mail, at=desk.now) == "bounce"


def go_round(desk: Desk) -> int:
    return DeskRounds(desk.database, desk.office).run_again(desk.now)


def next_of(desk: Desk, reference: str) -> NextAction:
    with desk.database.read() as session:
        row = inquiry_by_reference(session, a_keyring(), reference)
        return next_actions(session, desk.office, [row], at=desk.now)[row.id]


def fails(desk: Desk, reference: str) -> bool:
    number = desk.look(reference).id
    with desk.database.read() as session:
        return failing_mail(session, [number]) == {number}


def acts(desk: Desk, reference: str) -> list[str]:
    with desk.database.read() as session:
        return [one.action for one in trail.history(session, desk.look(reference).public_id)]


@pytest.mark.parametrize(
    ("state", "error"), [(State.DEAD, REFUSED), (State.CANCELLED, "address_limit")]
)
def test_a_message_that_never_left_runs_the_first_response_again_once(
    desk: Desk, state: State, error: str
) -> None:
    reference = desk.inquiry()
    write(desk, reference)
    before = desk.look(reference)
    ends(desk, WAITING, state, error)

    rounds = [go_round(desk), go_round(desk)]

    row = desk.look(reference)
    assert before.first_responded_at is not None
    assert (rounds, row.first_responded_at, row.due_at) == (
        [1, 0],
        None,
        row.first_response_due_at,
    )
    assert row.version == before.version + 1
    assert acts(desk, reference).count(UNDELIVERED) == 1


def test_a_message_on_its_way_or_delivered_holds_the_clock(desk: Desk) -> None:
    reference = desk.inquiry()
    write(desk, reference)
    on_its_way = go_round(desk)
    ends(desk, WAITING, State.DELIVERED)

    assert (on_its_way, go_round(desk)) == (0, 0)
    assert desk.look(reference).first_responded_at is not None


def test_a_voicemail_left_since_is_the_first_response(desk: Desk) -> None:
    reference = desk.inquiry()
    write(desk, reference)
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.VOICEMAIL)
    left_at = desk.now
    ends(desk, WAITING, State.DEAD, REFUSED)

    assert go_round(desk) == 1
    assert desk.look(reference).first_responded_at == left_at


def test_whom_we_talked_with_is_no_silence(desk: Desk) -> None:
    reference = desk.inquiry()
    write(desk, reference)
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    ends(desk, WAITING, State.DEAD, REFUSED)

    assert go_round(desk) == 0
    assert desk.look(reference).first_responded_at is not None


def test_a_message_whose_mail_came_back_is_no_written_message(desk: Desk) -> None:
    reference = desk.inquiry()
    write(desk, reference)
    came_back(desk, WAITING)

    with desk.database.read() as session:
        tied = session.scalars(select(ContactAttempt.message_public_id)).one()
    assert tied == messages(desk.database, WAITING)[0].public_id
    assert desk.look(reference).first_responded_at is None
    for days in (0, 1, 1):
        desk.now += days * DAY + timedelta(hours=3)
        desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.NO_ANSWER)
    said = next_of(desk, reference)
    assert said.kind is ActionKind.CALL
    assert said.reason.startswith("Mail comes back. Call 4 of 4")


def test_one_more_call_stands_for_the_message_where_all_mail_comes_back(desk: Desk) -> None:
    reference = desk.inquiry()
    ends(desk, "inquiry.acknowledged", State.DEAD, REFUSED)
    for days in (0, 1, 1):
        desk.now += days * DAY + timedelta(hours=3)
        desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.NO_ANSWER)
    with pytest.raises(InvalidInput):
        desk.do(close, reference, outcome=Outcome.NOT_REACHED)
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.NO_ANSWER)

    assert next_of(desk, reference).kind is ActionKind.CLOSE_NOT_REACHED


def test_the_next_call_says_that_mail_comes_back(desk: Desk) -> None:
    reference = desk.inquiry()
    ends(desk, "inquiry.acknowledged", State.DEAD, REFUSED)

    assert next_of(desk, reference).reason == "Mail comes back. Call 1 of 4, now"


@pytest.mark.parametrize(
    ("ways", "reason"),
    [
        (["email"], "Write on their page: mail comes back, and they gave no other way"),
        (["email", "text"], "Text: mail to them comes back; ask for another address"),
    ],
)
def test_who_gave_no_number_to_call_is_written_to_otherwise(
    desk: Desk, ways: list[str], reason: str
) -> None:
    perm_text = "yes" if "text" in ways else ""
    reference = of_texter(desk.database, contact_by=ways, perm_text=perm_text).reference
    ends(desk, "inquiry.acknowledged", State.DEAD, REFUSED)

    assert next_of(desk, reference) == NextAction(ActionKind.WRITE, reason)


def test_who_does_not_know_that_we_wait_comes_up_to_be_called(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    desk.do(request_information, reference, text="Which medicines do you take?")
    asked = desk.look(reference)

    came_back(desk, INFORMATION_REQUESTED)

    row = desk.look(reference)
    assert row.status == Status.WAITING_ON_PATIENT.value
    assert asked.due_at > row.due_at == desk.now
    assert row.first_responded_at == asked.first_responded_at
    said = next_of(desk, reference)
    assert said.reason == "Call: mail to them comes back; they do not know that we wait"
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.VOICEMAIL)
    assert next_of(desk, reference).kind is ActionKind.WAIT
    assert desk.look(reference).due_at > desk.now


def test_with_their_permission_the_next_message_is_a_text(desk: Desk) -> None:
    keep_in_step(desk.database, is_on=True)
    ways = ["call", "text", "email"]
    reference = of_texter(desk.database, contact_by=ways, perm_text="yes").reference
    write(desk, reference)
    came_back(desk, WAITING)

    write(desk, reference)

    assert len(messages(desk.database, WAITING)) == 1
    assert len(messages(desk.database, TEXT_FORMS[WAITING])) == 1


@pytest.mark.parametrize("error", ["timed_out", "worker_lost", "content_refused"])
def test_our_own_faults_say_nothing_of_the_address(desk: Desk, error: str) -> None:
    reference = desk.inquiry()
    ends(desk, "inquiry.acknowledged", State.DEAD, error)

    assert not fails(desk, reference)


def test_what_arrived_later_or_was_corrected_since_speaks_for_the_address(desk: Desk) -> None:
    reference = desk.inquiry()
    ends(desk, "inquiry.acknowledged", State.DEAD, REFUSED)
    write(desk, reference)
    seen = [fails(desk, reference)]
    ends(desk, WAITING, State.DELIVERED)
    seen.append(fails(desk, reference))
    ends(desk, WAITING, State.DEAD, REFUSED)
    seen.append(fails(desk, reference))
    corrected(desk, reference, NOON + DAY)
    seen.append(fails(desk, reference))

    assert seen == [True, False, True, False]


def corrected(desk: Desk, reference: str, at: datetime) -> None:
    with desk.database.write() as session:
        session.add(
            AnswerCorrection(
                public_id="c1",
                inquiry_id=desk.look(reference).id,
                form_key="c1",
                changes=b"sealed",
                at=at,
            )
        )
