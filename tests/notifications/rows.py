"""Rows that the queue's tests start from."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Channel, DeliveryAttempt, OutboxMessage
from intake.notifications.outbox import NewMessage, claim, enqueue, ensure_channels, finish
from intake.notifications.outcome import Finished, Result, Uniform
from intake.notifications.recipient import ClaimedMessage
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON


def a_member(session: Session) -> int:
    """Store a made-up coordinator and return the row id."""
    mark = uuid4().hex
    member = Staff(
        public_id=mark,
        email=f"{mark}@clinic.example",
        full_name="Ida Made-Up",
        active=True,
        fs_uniquifier=mark,
        created_at=NOON,
    )
    session.add(member)
    session.flush()
    return member.id


def a_message(
    number: int = 1, *, due_at: datetime | None = None, event: str = "inquiry.submitted"
) -> NewMessage:
    """Return a message to a member about nothing in particular."""
    return NewMessage(
        inquiry_id=None,
        recipient="staff:1",
        channel="email",
        event=event,
        subject_id=f"test:{number}",
        due_at=due_at,
    )


def enqueued(database: Database, count: int = 1, at: datetime = NOON) -> None:
    """Store ``count`` messages that are due at ``at``."""
    with database.write() as session:
        ensure_channels(session)
        enqueue(session, [a_message(number) for number in range(count)], at=at)


def channel_id(database: Database, name: str = "email") -> int:
    """Return the row id of a channel."""
    with database.read() as session:
        return session.scalars(select(Channel.id).where(Channel.name == name)).one()


def rows(database: Database) -> list[OutboxMessage]:
    """Return all messages as they stand, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def states(database: Database) -> list[str]:
    """Return the state of each message, oldest first."""
    return [row.state for row in rows(database)]


def attempts(database: Database) -> list[DeliveryAttempt]:
    """Return all recorded tries, oldest first."""
    with database.read() as session:
        return list(session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id)))


def claimed(
    database: Database,
    at: datetime | None = NOON,
    limit: int = 10,
    *,
    busy: Collection[int] = (),
    take_lost: bool = True,
) -> list[ClaimedMessage]:
    """Claim as a worker does, in a transaction of its own."""
    number = channel_id(database)
    with database.write() as session:
        return claim(
            session, number, limit=limit, owner="test", at=at, busy=busy, take_lost=take_lost
        )


def ended(
    database: Database,
    message: ClaimedMessage,
    result: Result,
    at: datetime | None = NOON,
    uniform: Uniform = lambda _low, high: high,
) -> frozenset[int]:
    """Write how one try ended, with the longest wait by default."""
    with database.write() as session:
        return finish(
            session, [Finished(message, result, 0.5)], owner="test", at=at, uniform=uniform
        )
