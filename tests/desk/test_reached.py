"""A mail that came back runs the first response again only where nothing else reached them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from intake.desk.attempts import log_attempt
from intake.desk.models import Channel, Result
from intake.desk.reached import take_mail
from intake.desk.undo import undo
from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.desk.work import Desk
from tests.factories import a_keyring
from tests.inquiries.test_recipients import delivered
from tests.notifications.samples import sample

BOUNCE = "postfix.bounce.5.1.1.eml"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def sent(desk: Desk) -> str:
    """Send the confirmation and return its public id."""
    delivered(desk.database)
    with desk.database.read() as session:
        return session.scalars(
            select(OutboxMessage.public_id).where(OutboxMessage.event == "inquiry.acknowledged")
        ).one()


def came_back(desk: Desk, message: str, at: datetime) -> None:
    with desk.database.write() as session:
        mail = sample(BOUNCE, f"{message}-1@clinic.example")
        assert take_mail(session, a_keyring(), mail, at=at) == "bounce"


def tried(desk: Desk, reference: str, channel: Channel, result: Result, message: str = "") -> int:
    done = desk.do(
        log_attempt,
        reference,
        channel=channel,
        result=result,
        message_public_id=message or None,
    )
    return done.move_id or 0


@pytest.mark.parametrize(
    ("channel", "result", "holds"),
    [
        (Channel.CALL, Result.VOICEMAIL, True),
        (Channel.CALL, Result.NO_ANSWER, False),
        (Channel.CALL, Result.WRONG_NUMBER, False),
        (Channel.EMAIL, Result.SENT, False),  # their own mail, to the address that failed
        (Channel.MESSAGE, Result.SENT, False),  # they learn of it by mail
    ],
)
def test_only_what_did_not_go_by_mail_holds_the_clock(
    desk: Desk, channel: Channel, result: Result, holds: bool
) -> None:
    reference = desk.inquiry()
    message = sent(desk)
    tried(desk, reference, channel, result)
    stopped_at = desk.now

    came_back(desk, message, desk.now + HOUR)

    row = desk.look(reference)
    assert row.first_responded_at == (stopped_at if holds else None)
    if not holds:
        assert row.due_at == row.first_response_due_at


def test_a_voicemail_left_after_the_letter_is_the_first_response(desk: Desk) -> None:
    reference = desk.inquiry()
    message = sent(desk)
    tried(desk, reference, Channel.EMAIL, Result.SENT, message)
    by_mail = desk.look(reference).first_responded_at
    tried(desk, reference, Channel.CALL, Result.VOICEMAIL)
    voicemail_at, before = desk.now, desk.look(reference)

    came_back(desk, message, desk.now + HOUR)

    row = desk.look(reference)
    assert by_mail is not None
    assert row.first_responded_at == voicemail_at > by_mail
    assert row.due_at == before.due_at
    assert row.version == before.version + 1


def test_a_voicemail_left_before_the_letter_stays_the_first_response(desk: Desk) -> None:
    reference = desk.inquiry()
    message = sent(desk)
    tried(desk, reference, Channel.CALL, Result.VOICEMAIL)
    before = desk.look(reference)
    tried(desk, reference, Channel.EMAIL, Result.SENT, message)

    came_back(desk, message, desk.now + HOUR)

    assert desk.look(reference).first_responded_at == before.first_responded_at


def test_a_letter_that_arrived_holds_when_another_message_comes_back(desk: Desk) -> None:
    reference = desk.inquiry()
    message = sent(desk)
    desk.inquiry(full_name="Bo Made-Up", email="bo@mail.example.org")
    with desk.database.read() as session:
        other = session.scalars(
            select(OutboxMessage.public_id).where(
                OutboxMessage.recipient == "person", OutboxMessage.public_id != message
            )
        ).one()
    tried(desk, reference, Channel.EMAIL, Result.SENT, other)
    by_mail = desk.look(reference).first_responded_at

    came_back(desk, message, desk.now + HOUR)

    assert by_mail is not None
    assert desk.look(reference).first_responded_at == by_mail


def test_a_voicemail_that_was_taken_back_holds_nothing(desk: Desk) -> None:
    reference = desk.inquiry()
    message = sent(desk)
    tried(desk, reference, Channel.EMAIL, Result.SENT, message)
    move = tried(desk, reference, Channel.CALL, Result.VOICEMAIL)
    desk.do(undo, reference, move_id=move)

    came_back(desk, message, desk.now + HOUR)

    assert desk.look(reference).first_responded_at is None
