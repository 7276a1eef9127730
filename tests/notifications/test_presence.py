"""Which workers live."""

import fcntl
import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.errors import Unavailable
from intake.notifications import presence
from intake.notifications.models import WorkerSeen
from intake.notifications.presence import Presence, forget_seen, lock_path, record_seen
from intake.storage.database import Database
from intake.storage.migrate import upgrade
from tests.conftest import NOON
from tests.notifications.rows import claimed, enqueued, rows


def test_who_is_alone_frees_the_messages_of_the_dead(sqlite_database: Database) -> None:
    enqueued(sqlite_database)
    claimed(sqlite_database)
    first, second = Presence(sqlite_database), Presence(sqlite_database)

    assert first.enter(NOON) == 1
    assert rows(sqlite_database)[0].due_at == NOON
    claimed(sqlite_database)
    assert second.enter(NOON) == 0  # the first lives, the lease may be its own

    first.leave()
    second.leave()


def test_who_is_alone_and_finds_nothing_writes_nothing(sqlite_database: Database) -> None:
    one = Presence(sqlite_database)

    assert one.enter(NOON) == 0
    one.leave()


def test_on_postgresql_there_is_no_lock_and_leases_run_out(database: Database) -> None:
    enqueued(database)
    claimed(database)
    one = Presence(database)
    freed = one.enter(NOON)
    one.touch()
    one.leave()

    assert freed == (1 if database.dialect == "sqlite" else 0)
    assert (lock_path(database) is None) is (database.dialect == "postgresql")


def test_a_start_that_fails_leaves_no_lock_behind(empty_database: Database) -> None:
    if lock_path(empty_database) is None:
        return  # no lock, nothing to leave
    one = Presence(empty_database)
    with pytest.raises(Unavailable):
        one.enter(NOON)
    upgrade(empty_database)

    assert one.enter(NOON) == 0
    one.leave()


def test_a_lock_that_is_never_shared_is_not_waited_for_for_ever(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "SHARE_SECONDS", 0.05)
    path = lock_path(sqlite_database)
    assert path is not None
    holder = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(holder, fcntl.LOCK_EX)

    with pytest.raises(BlockingIOError):
        Presence(sqlite_database).enter(NOON)
    os.close(holder)


def test_workers_not_seen_for_long_are_forgotten_with_the_one_that_stops(
    database: Database,
) -> None:
    with database.write() as session:
        for name, at in (("old", NOON - timedelta(days=2)), ("me", NOON), ("other", NOON)):
            record_seen(session, name, started_at=at, at=at, version="1", busy=0)
        forget_seen(session, "me", before=NOON - timedelta(days=1))

        assert session.scalars(select(WorkerSeen.worker)).all() == ["other"]
