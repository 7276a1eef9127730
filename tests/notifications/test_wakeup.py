"""Hearing that there is work."""

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.notifications import wakeup
from intake.notifications.bell import bell_of
from intake.notifications.statements import NOTIFY
from intake.notifications.wakeup import Ears
from intake.storage.database import Database
from tests.databases import new_postgresql, put_sqlite
from tests.fakes import eventually
from tests.notifications.rows import enqueued


@pytest.fixture
def sqlite_database() -> Iterator[Database]:
    """Give a database in a folder with a short name: a socket beside it takes 107 bytes at most."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(put_sqlite(Path(folder) / "intake.db"))
        yield database
        database.close()


def test_enqueueing_rings_in_the_same_process_after_the_commit(database: Database) -> None:
    heard = threading.Event()
    with bell_of(database.writer).heard_by(heard):
        enqueued(database)
        assert heard.is_set()

    heard.clear()
    enqueued(database, count=2)
    assert not heard.is_set()  # no longer listening


def test_another_process_rings_through_its_socket(sqlite_database: Database) -> None:
    heard, ears = threading.Event(), Ears(sqlite_database)
    ears.start()
    try:
        with bell_of(sqlite_database.writer).heard_by(heard):
            ring = (
                "import sys; from sqlalchemy import create_engine;"
                "from intake.notifications.bell import bell_of;"
                "bell_of(create_engine(sys.argv[1])).ring()"
            )
            url = str(sqlite_database.writer.url)
            subprocess.run(
                [sys.executable, "-c", ring, url], check=True, cwd=Path(__file__).parents[2]
            )
            assert heard.wait(20)
    finally:
        ears.stop()

    folder = bell_of(sqlite_database.writer).folder
    assert folder is not None
    assert list(folder.iterdir()) == []


def test_the_socket_of_a_killed_worker_is_forgotten(sqlite_database: Database) -> None:
    folder = bell_of(sqlite_database.writer).folder
    assert folder is not None
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(folder / "1-dead"))
    (folder / "1-file").write_text("not a socket at all")

    enqueued(sqlite_database)

    assert [one.name for one in folder.iterdir()] in ([], ["1-file"])


def test_a_full_socket_does_not_stop_the_sender(sqlite_database: Database) -> None:
    folder = bell_of(sqlite_database.writer).folder
    assert folder is not None
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(folder / "1-deaf"))
        for _ in range(2000):
            bell_of(sqlite_database.writer).ring()

        assert (folder / "1-deaf").exists()


def test_a_path_too_long_for_a_socket_leaves_the_looks(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    database = Database(f"sqlite:///{deep / 'intake.db'}")
    ears = Ears(database)
    ears.start()
    ears.stop()

    assert not ears.is_listening.is_set()
    assert 0.8 <= ears.longest_wait() <= 1.0
    database.close()


def test_a_folder_that_cannot_be_made_leaves_the_looks(sqlite_database: Database) -> None:
    folder = bell_of(sqlite_database.writer).folder
    assert folder is not None
    folder.write_text("in the way")
    ears = Ears(sqlite_database)
    ears.start()
    ears.stop()

    assert not ears.is_listening.is_set()


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[Database]:
    """Give a PostgreSQL database only."""
    with new_postgresql(postgresql_server) as url:
        database = Database(url)
        yield database
        database.close()


def test_listening_hears_a_notify_of_any_other_connection(postgresql: Database) -> None:
    heard, ears = threading.Event(), Ears(postgresql)
    with bell_of(postgresql.writer).heard_by(heard):
        ears.start()
        assert ears.is_listening.wait(10)
        eventually(heard.is_set)  # what was written before it listened
        heard.clear()
        with postgresql.write() as session:
            session.execute(NOTIFY)
        assert heard.wait(5)
    ears.stop()


def test_listening_survives_the_loss_of_its_connection(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeup, "RECONNECT_SECONDS", 0.3)
    heard, ears = threading.Event(), Ears(postgresql)
    ears.start()
    assert ears.is_listening.wait(10)
    with postgresql.write() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )
    eventually(lambda: not ears.is_listening.is_set())
    assert ears.is_listening.wait(10)
    with bell_of(postgresql.writer).heard_by(heard), postgresql.write() as session:
        session.execute(NOTIFY)
        session.commit()
        assert heard.wait(5)
    ears.stop()


def test_polling_listens_to_nothing_and_looks_every_second(postgresql: Database) -> None:
    ears = Ears(postgresql, "poll")
    ears.start()
    ears.stop()

    assert not ears.is_listening.is_set()
    assert ears.longest_wait() <= 1.0
