"""Which inquiry a message of the outbox is about and who reads it, by the names staff know them by.

The outbox itself holds no more than row ids; the room that shows dead letters to people needs the
reference and the reader's name, and is the lowest one that may know both.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.inquiries.models import Inquiry
from intake.notifications.endpoint_names import readers_named
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import STAFF
from intake.staff.queries import names_by_id


def references_of(session: Session, messages: Iterable[str]) -> Mapping[str, str]:
    """Return the stored reference for each message's public id, where it is about an inquiry."""
    rows = session.execute(
        select(OutboxMessage.public_id, Inquiry.reference)
        .join(Inquiry, Inquiry.id == OutboxMessage.inquiry_id)
        .where(OutboxMessage.public_id.in_(set(messages)))
    )
    return {row.public_id: row.reference for row in rows}


def reader_names(session: Session, recipients: Iterable[str]) -> Mapping[str, str]:
    """Return the names of members and endpoints by what messages call them: ``staff:17``."""
    numbers = [int(one.removeprefix(STAFF)) for one in recipients if one.startswith(STAFF)]
    members = names_by_id(session, numbers)
    return {
        **{f"{STAFF}{number}": name for number, name in members.items()},
        **readers_named(session),
    }
