"""Which inquiry a message of the outbox is about, by the name staff know it by.

The outbox itself holds no more than a row id; the room that shows dead letters to people needs the
reference, and is the lowest one that may know both.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.inquiries.models import Inquiry
from intake.notifications.models import OutboxMessage


def references_of(session: Session, messages: Iterable[str]) -> Mapping[str, str]:
    """Return the stored reference for each message's public id, where it is about an inquiry."""
    rows = session.execute(
        select(OutboxMessage.public_id, Inquiry.reference)
        .join(Inquiry, Inquiry.id == OutboxMessage.inquiry_id)
        .where(OutboxMessage.public_id.in_(set(messages)))
    )
    return {row.public_id: row.reference for row in rows}
