"""Whether something else reached a person when a mail to them came back, or never left.

A voicemail that was left holds the first response stopped, whatever becomes of a letter. A mail
that staff wrote themselves went to the address that has just failed, so it holds nothing. A mail
that was refused at once, or never sent, sends no bounce: the worker looks for those.

Source: PRODUCT.md 2 and 38.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.crypto.keyring import Keyring
from intake.desk.attempts import LEFT_SOMETHING
from intake.desk.models import Channel, ContactAttempt
from intake.inquiries import returned_mail
from intake.inquiries.models import Inquiry
from intake.notifications.models import OutboxMessage, State
from intake.notifications.recipient import PERSON
from intake.storage.types import UtcMillis

NOT_BY_MAIL = (Channel.CALL.value, Channel.IN_PERSON.value, Channel.TEXT.value)
UNSENT = (State.DEAD.value, State.CANCELLED.value)
UNDELIVERED = "message.undelivered"
LOOKS_BACK = timedelta(days=2)  # a worker that was off for longer finds dead letters all the same


def reached_otherwise(session: Session, inquiry_id: int) -> datetime | None:
    """Return when the first try reached a person or left them something that did not come back."""
    arrived = and_(
        OutboxMessage.id.is_not(None),
        OutboxMessage.bounced_at.is_(None),
        OutboxMessage.state.not_in(UNSENT),
    )
    return session.scalar(
        select(func.min(ContactAttempt.at, type_=UtcMillis()))
        .outerjoin(OutboxMessage, OutboxMessage.public_id == ContactAttempt.message_public_id)
        .where(
            ContactAttempt.inquiry_id == inquiry_id,
            ContactAttempt.voided_at.is_(None),
            ContactAttempt.result.in_([result.value for result in LEFT_SOMETHING]),
            or_(
                and_(
                    ContactAttempt.message_public_id.is_(None),
                    ContactAttempt.channel.in_(NOT_BY_MAIL),
                ),
                arrived,
            ),
        )
    )


def take_mail(session: Session, keyring: Keyring, raw: bytes, *, at: datetime) -> str | None:
    """Take one mail that came back, as ``inquiries/returned_mail`` does, with the tries in view."""
    return returned_mail.take_mail(
        session, keyring, raw, reached_otherwise=reached_otherwise, at=at
    )


def unsent_answers(session: Session, *, at: datetime) -> Sequence[tuple[int, str]]:
    """Return inquiries whose first response was a message that never left, with that message.

    Reads only. Whoever acts on one changes what is asked for here, so each is found once.
    """
    rows = session.execute(
        select(Inquiry.id, OutboxMessage.public_id)
        .join(OutboxMessage, OutboxMessage.inquiry_id == Inquiry.id)
        .join(ContactAttempt, ContactAttempt.inquiry_id == Inquiry.id)
        .where(
            OutboxMessage.state.in_(UNSENT),
            OutboxMessage.finished_at > at - LOOKS_BACK,
            OutboxMessage.recipient == PERSON,
            ContactAttempt.message_public_id == OutboxMessage.public_id,
            ContactAttempt.voided_at.is_(None),
            ContactAttempt.at == Inquiry.first_responded_at,
            Inquiry.status.in_(returned_mail.NOT_REACHED_YET),
        )
        .order_by(Inquiry.id)
    )
    return [(row[0], row[1]) for row in rows]


def run_again(session: Session, inquiry_id: int, message: str, *, at: datetime) -> bool:
    """Let the first response run again that only a message had stopped which never left.

    Args:
        session: A session of the write door.
        inquiry_id: Of :func:`unsent_answers`.
        message: The public id of the message.
        at: Now.

    Returns:
        Whether it runs again, or counts from another try than before.
    """
    row = session.scalars(select(Inquiry).where(Inquiry.id == inquiry_id).with_for_update()).one()
    if (inquiry_id, message) not in unsent_answers(session, at=at):
        return False  # another worker was faster, or something else happened since
    reached_at = reached_otherwise(session, inquiry_id)
    if not returned_mail.run_clock_again(session, inquiry_id, reached_at):
        return False
    detail = {"message": message}
    trail.record(session, UNDELIVERED, actor=SYSTEM, subject=row.public_id, at=at, detail=detail)
    return True
