"""How many automatic messages an address gets that somebody typed into our form.

Anybody can type anybody's address. So one address, known here by its keyed hash alone, gets one
message in 15 minutes and three in a day; and none once it was told that it was not them.
Source: SAFETY.md T4.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.notifications.address_models import AddressSending, Suppression
from intake.notifications.recipient import Withheld
from intake.storage.turns import one_at_a_time
from intake.storage.upsert import insert_into

BETWEEN_MINUTES = 15
DAILY_MAX = 3


def reserve(
    session: Session, message_id: int, address_hash: bytes, at: datetime
) -> Withheld | None:
    """Take one of the address's places for a message, or say why it has none.

    Call it in a write of its own before sending: two senders that only looked would both send.
    A message keeps its place over all its tries.
    """
    one_at_a_time(session, address_hash)
    if session.get(Suppression, address_hash) is not None:
        return Withheld("suppressed")
    sendings = session.execute(
        select(AddressSending.message_id, AddressSending.sent_at)
        .where(
            AddressSending.address_hash == address_hash,
            AddressSending.sent_at > at - timedelta(days=1),
        )
        .order_by(AddressSending.sent_at)
    ).all()
    if message_id in {sending.message_id for sending in sendings}:
        return None
    if len(sendings) >= DAILY_MAX:
        return Withheld("address_limit")
    if sendings:
        free_at: datetime = sendings[-1].sent_at + timedelta(minutes=BETWEEN_MINUTES)
        if free_at > at:
            return Withheld("address_limit", free_at)
    connection = session.connection()
    place = insert_into(connection.dialect.name, AddressSending)
    connection.execute(
        place.on_conflict_do_nothing(),
        {"message_id": message_id, "address_hash": address_hash, "sent_at": at},
    )
    return None


def free_at(session: Session, address_hash: bytes, at: datetime) -> datetime:
    """Return when the address has a place again, were it only for the minutes between two."""
    last = session.scalar(
        select(func.max(AddressSending.sent_at)).where(AddressSending.address_hash == address_hash)
    )
    return at if last is None else max(at, last + timedelta(minutes=BETWEEN_MINUTES))


def suppress(session: Session, address_hash: bytes, reason: str, at: datetime) -> bool:
    """Send no automatic message to the address any more; ``False`` when it was so already."""
    connection = session.connection()
    row = insert_into(connection.dialect.name, Suppression)
    done = connection.execute(
        row.on_conflict_do_nothing().returning(Suppression.address_hash),
        {"address_hash": address_hash, "reason": reason, "created_at": at},
    )
    return done.first() is not None
