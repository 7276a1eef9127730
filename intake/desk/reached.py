"""Whether something else reached a person when a mail to them came back.

A voicemail that was left holds the first response stopped, whatever becomes of a letter. A mail
that staff wrote themselves went to the address that has just failed, so it holds nothing.

Source: PRODUCT.md 2 and 38.
"""

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.desk.attempts import LEFT_SOMETHING
from intake.desk.models import Channel, ContactAttempt
from intake.inquiries import returned_mail
from intake.notifications.models import OutboxMessage, State
from intake.storage.types import UtcMillis

NOT_BY_MAIL = (Channel.CALL.value, Channel.IN_PERSON.value, Channel.TEXT.value)
UNSENT = (State.DEAD.value, State.CANCELLED.value)


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
