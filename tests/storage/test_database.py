"""The two doors: what each lets through, and what happens when it cannot open."""

import fcntl
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intake.errors import IntakeError, Misconfigured, Unavailable
from intake.storage import database as doors
from intake.storage.database import Database, after_commit, normalise_url


@pytest.fixture
def numbers(empty_database: Database) -> Database:
    with empty_database.write() as session:
        session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    return empty_database


def _count(database: Database) -> int:
    with database.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM numbers")) or 0)


def test_a_write_is_seen_after_its_block_and_not_before(numbers: Database) -> None:
    with numbers.write() as session:
        session.execute(text("INSERT INTO numbers VALUES (1)"))
        before = _count(numbers)

    assert (before, _count(numbers)) == (0, 1)


def test_an_error_in_the_block_leaves_nothing(numbers: Database) -> None:
    def fail() -> None:
        with numbers.write() as session:
            session.execute(text("INSERT INTO numbers VALUES (1)"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert _count(numbers) == 0


def test_the_read_door_cannot_write(numbers: Database) -> None:
    with pytest.raises((IntakeError, DBAPIError)), numbers.read() as session:
        session.execute(text("INSERT INTO numbers VALUES (1)"))

    assert _count(numbers) == 0


def test_the_writer_still_writes_after_the_read_door_refused(numbers: Database) -> None:
    test_the_read_door_cannot_write(numbers)

    with numbers.write() as session:
        session.execute(text("INSERT INTO numbers VALUES (2)"))

    assert _count(numbers) == 1


def test_callbacks_run_after_the_commit_and_never_after_a_rollback(numbers: Database) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(_count(numbers))

    with numbers.write() as session:
        session.execute(text("INSERT INTO numbers VALUES (1)"))
        after_commit(session, look)
        after_commit(session, look)
    try:
        with numbers.write() as session:
            after_commit(session, look)
            raise KeyError
    except KeyError:
        pass

    assert seen == [1]


def test_durability_is_asserted(numbers: Database) -> None:
    numbers.check()


def test_normal_synchronous_is_refused_by_the_check(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}", synchronous="NORMAL")

    with pytest.raises(Misconfigured, match="synchronous is 1, must be 2"):
        database.check()

    database.close()


def test_threads_take_turns_at_the_write_door(numbers: Database) -> None:
    def add(start: int) -> None:
        for n in range(start, start + 20):
            with numbers.write() as session:
                session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": n})

    threads = [threading.Thread(target=add, args=(k * 100,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert _count(numbers) == 120


def test_a_held_file_lock_ends_in_unavailable_and_reads_go_on(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "WAIT_SECONDS", 0.3)
    began = time.monotonic()
    with (tmp_path / "intake.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="database_busy"), sqlite_database.write():
            pass
        with sqlite_database.read() as session:
            assert session.scalar(text("SELECT 1")) == 1

    with sqlite_database.write():
        pass
    assert 0.3 <= time.monotonic() - began < 3


def test_a_foreign_writer_that_stays_ends_in_unavailable(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "WAIT_SECONDS", 0.3)
    other = sqlite3.connect(tmp_path / "intake.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="database_busy"), sqlite_database.write():
        pass
    other.execute("ROLLBACK")
    other.close()

    with sqlite_database.write() as session:
        session.execute(text("SELECT 1"))


def test_one_waiter_that_gives_up_does_not_free_the_lock_of_the_holder(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "WAIT_SECONDS", 0.2)
    codes: list[str] = []

    def wait_in_vain() -> None:
        try:
            with sqlite_database.write():
                codes.append("entered")
        except Unavailable as refused:
            codes.append(refused.code)

    with sqlite_database.write():
        for _ in range(2):
            waiter = threading.Thread(target=wait_in_vain)
            waiter.start()
            waiter.join()

    assert codes == ["database_busy", "database_busy"]


def test_a_database_that_cannot_be_reached_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")

    with pytest.raises(Unavailable, match="database_away"), database.read() as session:
        session.execute(text("SELECT 1"))

    database.close()


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg2://h/d"])
def test_postgresql_always_means_psycopg_3(url: str) -> None:
    assert normalise_url(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["mysql://h/d", "not a url", ""])
def test_another_database_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(Misconfigured, match="INTAKE_DATABASE_URL"):
        normalise_url(url)


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))

    with pytest.raises(Misconfigured, match="too old"):
        Database("sqlite:///x.db")
