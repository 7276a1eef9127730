"""Rows that the queue's tests start from."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from intake.notifications.outbox import NewMessage, enqueue, ensure_channels
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


def a_message(number: int = 1, *, due_at: datetime | None = None, event: str = "x") -> NewMessage:
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
