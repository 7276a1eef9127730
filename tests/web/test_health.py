"""What load balancers are told: that it answers, and whether it can work."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import insert, update

from intake.bootstrap import Intake, utc_now
from intake.notifications.alarms import raise_alarm
from intake.notifications.models import Channel, WorkerSeen
from intake.notifications.outbox import ensure_channels
from intake.notifications.presence import Presence
from intake.operations.readiness import readiness
from intake.storage.database import Database
from intake.web.app import create_app
from tests.conftest import NOON


def worker_row(seen_at: datetime) -> dict[str, object]:
    return {
        "worker": "made-up:1",
        "started_at": seen_at,
        "seen_at": seen_at,
        "version": "test",
        "in_flight": 0,
    }


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").get_data(as_text=True) == "ok\n"


def test_a_service_without_a_worker_still_takes_inquiries(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    told = answer.get_json()
    told.pop("delivery")  # the service of these tests is shared, and others leave things behind
    assert told == {"ready": True, "database": "answers", "worker": "silent"}


def test_a_worker_that_lives_is_seen_and_a_dead_one_is_not(database: Database) -> None:
    now = utc_now()  # the lock file of SQLite carries the machine's own time
    with database.write() as session:
        session.execute(insert(WorkerSeen).values(**worker_row(now - timedelta(minutes=30))))
    before = readiness(database, at=now).worker_is_alive
    Presence(database).enter(now)
    with database.write() as session:
        session.execute(update(WorkerSeen).values(seen_at=now))

    assert (before, readiness(database, at=now).worker_is_alive) == (False, True)


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
    assert answer.get_json() == {
        "ready": False,
        "database": "away",
        "worker": "silent",
        "delivery": "unknown",
    }
    assert client.get("/healthz").status_code == 200


def test_metrics_are_for_whoever_shows_the_token(intake: Intake) -> None:
    settings = intake.settings.model_copy(update={"metrics_token": SecretStr("made-up-token")})
    with intake.database.write() as session:
        ensure_channels(session)
    client = create_app(replace(intake, settings=settings)).test_client()

    refused = client.get("/metrics")
    wrong = client.get("/metrics", headers={"Authorization": "Bearer other"})
    given = client.get("/metrics", headers={"Authorization": "Bearer made-up-token"})

    assert (refused.status_code, wrong.status_code, given.status_code) == (404, 404, 200)
    assert 'intake_outbox_waiting{channel="email"} 0.0' in given.text
    assert "intake_workers_alive" in given.text


def test_without_a_token_in_the_settings_nobody_gets_metrics(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_readyz_says_in_a_word_how_messages_fare(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
    words = [readiness(database, at=NOON).delivery]
    with database.write() as session:
        session.execute(update(Channel).values(failing_since=NOON, failing_reason="refused"))
    words.append(readiness(database, at=NOON).delivery)
    with database.write() as session:
        raise_alarm(session, "synthetic.failed", at=NOON, detail={"reason": "site_away"})
    words.append(readiness(database, at=NOON).delivery)

    assert words == ["working", "failing", "needs_a_person"]


def test_figures_behind_readyz_are_for_whoever_shows_the_token(intake: Intake) -> None:
    settings = intake.settings.model_copy(update={"metrics_token": SecretStr("made-up-token")})
    client = create_app(replace(intake, settings=settings)).test_client()

    open_to_all = client.get("/readyz").get_json()
    given = client.get("/readyz", headers={"Authorization": "Bearer made-up-token"}).get_json()

    assert "detail" not in open_to_all
    assert given["detail"]["channels"]["email"]["dead"] == 0
