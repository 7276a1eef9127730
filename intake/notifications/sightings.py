"""When staff last looked at the work list: what the dead-man alarm watches.

One row for the list, written at most once a minute, so that a busy desk does not write on each
look. Who looked is not kept: the alarm asks whether anybody did.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.errors import Unavailable
from intake.notifications.alarms import UNOPENED, clear_alarm, open_alarm
from intake.notifications.models import QueueSighting
from intake.storage.database import Database
from intake.storage.upsert import insert_into

WORK_LIST = "work_list"
NOTED_EVERY = timedelta(minutes=1)


def last_sighting(session: Session) -> datetime | None:
    """Return when anybody last opened the work list."""
    return session.scalar(select(QueueSighting.seen_at).where(QueueSighting.name == WORK_LIST))


def note_sighting(database: Database, at: datetime) -> None:
    """Write that the work list is open before somebody, and end the alarm that nobody looked.

    A busy database is no reason to refuse the list: the next look is noted instead.
    """
    with database.read() as session:
        seen_at = last_sighting(session)
        is_fresh = seen_at is not None and timedelta() <= at - seen_at < NOTED_EVERY
        if is_fresh and open_alarm(session, UNOPENED) is None:
            return
    try:
        with database.write() as session:
            _note(session, at)
            clear_alarm(session, UNOPENED, at=at)
    except Unavailable:
        return


def _note(session: Session, at: datetime) -> None:
    connection = session.connection()
    row = insert_into(connection.dialect.name, QueueSighting)
    connection.execute(
        row.on_conflict_do_update(index_elements=["name"], set_={"seen_at": row.excluded.seen_at}),
        {"name": WORK_LIST, "seen_at": at},
    )
