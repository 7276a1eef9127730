"""What load balancers are told: that it answers, and whether it can work."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert

from intake.bootstrap import Intake
from intake.notifications.models import WorkerSeen
from intake.operations.readiness import readiness
from intake.storage.database import Database
from intake.web.app import create_app
from tests.conftest import NOON


def saw_worker(database: Database, *, ago: timedelta) -> None:
    with database.write() as session:
        session.execute(
            insert(WorkerSeen).values(
                worker=f"made-up:{ago}",
                started_at=NOON - timedelta(hours=1),
                seen_at=NOON - ago,
                version="test",
                in_flight=0,
            )
        )


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").get_data(as_text=True) == "ok\n"


def test_a_service_without_a_worker_still_takes_inquiries(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {"ready": True, "database": "answers", "worker": "silent"}


def test_a_worker_counts_for_two_minutes(database: Database) -> None:
    saw_worker(database, ago=timedelta(minutes=3))
    assert not readiness(database, at=NOON).worker_is_alive

    saw_worker(database, ago=timedelta(seconds=90))
    assert readiness(database, at=NOON).worker_is_alive


def gone(folder: Path) -> Database:
    """Return a database whose disk is not there."""
    return Database(f"sqlite:///{folder / 'missing' / 'intake.db'}")


def test_a_database_that_is_away_is_told_and_not_raised(tmp_path: Path) -> None:
    found = readiness(gone(tmp_path), at=NOON)

    assert not found.is_ready
    assert not found.worker_is_alive


def test_readyz_turns_visitors_away_only_without_a_database(intake: Intake, tmp_path: Path) -> None:
    client = create_app(replace(intake, database=gone(tmp_path))).test_client()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "database": "away", "worker": "silent"}
    assert client.get("/healthz").status_code == 200
