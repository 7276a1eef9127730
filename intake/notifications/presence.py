"""Which workers live: for a restart on SQLite, and for people.

On SQLite every worker holds a shared lock on one file. Who gets it exclusively at its start knows
that no other worker lives, and may make the messages of the dead due at once instead of waiting for
their leases. The kernel lets go of a killed process's lock; nothing has to be cleaned.
"""

import fcntl
import os
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from intake.notifications.leases import free_orphans, has_leases
from intake.notifications.models import WorkerSeen
from intake.storage.database import Database
from intake.storage.upsert import insert_into, table_of

LOCK_SUFFIX = ".workers"
SHARE_SECONDS = 10.0

_seen = table_of(WorkerSeen)


def lock_path(database: Database) -> Path | None:
    """Return the workers' lock file, ``None`` on PostgreSQL."""
    if database.dialect != "sqlite":
        return None
    return Path(f"{database.writer.url.database}{LOCK_SUFFIX}")


class Presence:
    """This worker's sign of life; hold it from before the first claim until after the last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._path = lock_path(database)
        self._descriptor: int | None = None

    def enter(self, at: datetime | None) -> int:
        """Take a share of the lock; return how many messages of dead workers became due."""
        if self._path is None:
            return 0
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._descriptor = descriptor
        try:
            freed = self._free_orphans(at) if _is_alone(descriptor) else 0
            _share(descriptor)
        except BaseException:
            self.leave()  # whoever tries again must not meet a lock of its own
            raise
        return freed

    def leave(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def touch(self) -> None:
        """Show on the lock file that this worker lives, without writing to the database."""
        if self._descriptor is not None:
            os.utime(self._descriptor)

    def _free_orphans(self, at: datetime | None) -> int:
        with self._database.read() as session:
            if not has_leases(session):
                return 0
        with self._database.write() as session:
            return free_orphans(session, at=at)


def _is_alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False  # another worker lives, or is just starting
    return True


def _share(descriptor: int) -> None:
    """Share the lock; polled, as a blocking ``flock`` has no time-out."""
    until = time.monotonic() + SHARE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def someone_works(path: Path) -> bool:
    """Whether any worker of this SQLite database lives: the kernel knows, no clock is asked."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _is_alone(descriptor)
    finally:
        os.close(descriptor)


def record_seen(
    session: Session, worker: str, *, started_at: datetime, at: datetime, version: str, busy: int
) -> None:
    """Write that a worker lives and how much it carries; for people only."""
    connection = session.connection()
    row = insert_into(connection.dialect.name, WorkerSeen)
    statement = row.on_conflict_do_update(
        index_elements=["worker"],
        set_={"seen_at": row.excluded.seen_at, "in_flight": row.excluded.in_flight},
    )
    connection.execute(
        statement,
        {
            "worker": worker,
            "started_at": started_at,
            "seen_at": at,
            "version": version,
            "in_flight": busy,
        },
    )


def forget_seen(session: Session, worker: str, *, before: datetime) -> None:
    """Remove a worker that stops, and those not seen since ``before``."""
    session.execute(delete(_seen).where((_seen.c.worker == worker) | (_seen.c.seen_at < before)))
