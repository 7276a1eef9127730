"""The messages between the person and the clinic: kept once, sealed, and read in order.

Storing is all that happens here. What follows from a message, for clocks and status and who hears
of it, is the business of the rooms above: ``patient.messages`` and ``desk.messages``.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import seal, unseal_text
from intake.crypto.tokens import new_public_id
from intake.inquiries.conversation_models import ConversationMessage
from intake.inquiries.models import Inquiry
from intake.inquiries.unsealing import data_key
from intake.storage.upsert import insert_into

MESSAGE_MAX_CHARACTERS = 2000
RECEIVED = "message.received"  # tells staff that the person wrote
SENT = "message.sent"
TABLE = ConversationMessage.__tablename__

_ALL = (
    select(ConversationMessage)
    .where(ConversationMessage.inquiry_id == bindparam("of_inquiry"))
    .order_by(ConversationMessage.id)
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message; ``staff_id`` is empty where the person wrote it."""

    public_id: str
    at: datetime
    from_person: bool
    staff_id: int | None
    seen_at: datetime | None
    text: str = field(repr=False)


def keep_message(
    session: Session,
    keyring: Keyring,
    inquiry: Inquiry,
    *,
    text: str,
    form_key: str,
    from_person: bool,
    staff_id: int | None = None,
    at: datetime,
) -> str | None:
    """Seal and store a message and return its public id; None where this form was sent before.

    Raises:
        NotFound: ``inquiry_unknown``: it is erased.
    """
    key, public_id = data_key(keyring, inquiry), new_public_id()
    connection = session.connection()
    row = insert_into(connection.dialect.name, ConversationMessage)
    stored = connection.execute(
        row.on_conflict_do_nothing().returning(ConversationMessage.id),
        {
            "public_id": public_id,
            "inquiry_id": inquiry.id,
            "form_key": form_key,
            "from_person": from_person,
            "kind": "message",
            "body": seal(key, text.encode(), table=TABLE, column="body", record=public_id),
            "staff_id": staff_id,
            "at": at,
            "seen_at": None,
        },
    )
    return None if stored.first() is None else public_id


def is_kept(session: Session, inquiry_id: int, form_key: str) -> bool:
    """Say whether a form was sent before."""
    found = session.scalar(
        select(ConversationMessage.id).where(
            ConversationMessage.inquiry_id == inquiry_id,
            ConversationMessage.form_key == form_key,
        )
    )
    return found is not None


def count_since(session: Session, inquiry_id: int, since: datetime) -> int:
    """Return how many messages the person wrote after an instant."""
    count = session.scalar(
        select(func.count()).where(
            ConversationMessage.inquiry_id == inquiry_id,
            ConversationMessage.from_person,
            ConversationMessage.at > since,
        )
    )
    return count or 0


def conversation_of(session: Session, keyring: Keyring, inquiry: Inquiry) -> tuple[Said, ...]:
    """Return every message, oldest first; only after the reading was recorded and committed."""
    if inquiry.data_key is None:
        return ()
    key = data_key(keyring, inquiry)
    return tuple(
        Said(
            public_id=row.public_id,
            at=row.at,
            from_person=row.from_person,
            staff_id=row.staff_id,
            seen_at=row.seen_at,
            text=unseal_text(key, row.body, table=TABLE, column="body", record=row.public_id),
        )
        for row in session.scalars(_ALL, {"of_inquiry": inquiry.id})
    )


def unseen(session: Session, inquiry_id: int, *, from_person: bool) -> int:
    """Return how many messages of one side the other has not had before it."""
    count = session.scalar(
        select(func.count()).where(
            ConversationMessage.inquiry_id == inquiry_id,
            ConversationMessage.from_person == from_person,
            ConversationMessage.seen_at.is_(None),
        )
    )
    return count or 0


def mark_seen(session: Session, inquiry_id: int, *, from_person: bool, at: datetime) -> None:
    """Note that the other side has these messages before it now; the first time stays."""
    session.execute(
        update(ConversationMessage)
        .where(
            ConversationMessage.inquiry_id == inquiry_id,
            ConversationMessage.from_person == from_person,
            ConversationMessage.seen_at.is_(None),
        )
        .values(seen_at=at)
    )
