"""What a mail system reported later about a message, written where staff and the queue see it.

Each kind is taken once for a message, so the same report again, or read by two workers, changes
nothing. What it means for an inquiry is decided by the room that knows inquiries.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Bounce, Channel, OutboxMessage
from intake.notifications.reports import BOUNCE, Report

# The kinds of channel whose messages are mails; the others send nothing that could come back.
MAIL_KINDS = ("email", "mailbox")


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that something was reported about for the first time."""

    public_id: str
    inquiry_id: int | None
    recipient: str
    event: str
    kind: str


def note_report(session: Session, report: Report, *, at: datetime) -> Returned | None:
    """Write a report down; ``None`` when no mail of ours is meant, or it was known before.

    Args:
        session: An open write.
        report: From ``read_report``.
        at: When it came.
    """
    message = session.scalar(
        select(OutboxMessage)
        .join(Channel, Channel.id == OutboxMessage.channel_id)
        .where(
            OutboxMessage.public_id == report.public_id,
            OutboxMessage.generation == report.generation,
            OutboxMessage.attempts > 0,
            Channel.kind.in_(MAIL_KINDS),
        )
        .with_for_update(of=OutboxMessage)
    )
    if message is None or _is_known(session, message.id, report.kind):
        return None
    session.add(
        Bounce(
            message_id=message.id,
            kind=report.kind,
            status_code=report.status_code,
            received_at=at,
        )
    )
    if report.kind == BOUNCE:
        message.bounced_at = at
    session.flush()
    return Returned(
        message.public_id, message.inquiry_id, message.recipient, message.event, report.kind
    )


def _is_known(session: Session, message_id: int, kind: str) -> bool:
    """A delay that is told after the bounce is no news either."""
    kinds = session.scalars(select(Bounce.kind).where(Bounce.message_id == message_id)).all()
    return kind in kinds or (kind == "delayed" and BOUNCE in kinds)
