"""What becomes of messages while a test looks the other way."""

from datetime import datetime

from sqlalchemy import update

from intake.notifications.models import OutboxMessage, State
from intake.storage.database import Database


def end_messages(database: Database, state: State, *, at: datetime, reason: str = "") -> None:
    """End every message that waits."""
    with database.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.due_at.is_not(None))
            .values(state=state.value, due_at=None, finished_at=at, last_error=reason or None)
        )
