"""A mail to oneself, by the road that every other message takes.

Whoever doubts that mail goes out sees it with their own eyes, and sees each try on the health page
when it does not. One in a minute is enough: pressing twice sends one.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.inquiries.alerts import TRIAL
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import STAFF
from intake.notifications.ways import MAIL


def send_trial_mail(session: Session, staff_id: int, *, actor: Actor, at: datetime) -> str:
    """Put a test mail to a member on its way and return the message's public id.

    Args:
        session: An open write.
        staff_id: Who presses, and who gets it.
        actor: The same member, for the trail.
        at: Now; the same minute again is the same message.
    """
    recipient = f"{STAFF}{staff_id}"
    message = NewMessage(
        inquiry_id=None,
        recipient=recipient,
        channel=MAIL,
        event=TRIAL,
        subject_id=f"trial:{at:%Y%m%d%H%M}",
    )
    enqueue(session, [message], at=at)
    newest = select(OutboxMessage.public_id).where(
        OutboxMessage.recipient == recipient, OutboxMessage.event == TRIAL
    )
    public_id = session.scalars(newest.order_by(OutboxMessage.id.desc()).limit(1)).one()
    trail.record(session, "delivery.tested", actor=actor, subject=public_id, at=at)
    return public_id
