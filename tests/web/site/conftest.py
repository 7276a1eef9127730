"""The public site around a real service, with a clock that tests set."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from intake.bootstrap import Intake
from intake.clinic.closures import known_closures
from intake.clinic.profile import profile
from intake.i18n import LANGUAGES
from intake.notifications.outbox import ensure_channels
from intake.pages.catalog import CONTENT, Catalog
from intake.settings import Settings, load_settings
from intake.storage.database import Database
from intake.web.app import create_app
from tests.conftest import NOON
from tests.databases import put_sqlite
from tests.factories import a_keyring, search_tokens


@dataclass
class Clock:
    """A wall clock that moves only when told."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@cache
def shipped() -> Settings:
    return load_settings()


@cache
def catalog() -> Catalog:
    words = {name: profile(shipped().clinic, name).placeholders for name in LANGUAGES}
    return Catalog.load(CONTENT, words)


def made_app(database: Database, settings: Settings, clock: Clock) -> Flask:
    """Return the application on a database of the test."""
    with database.write() as session:
        ensure_channels(session)
    service = Intake(
        settings=settings,
        clinic={name: profile(settings.clinic, name) for name in LANGUAGES},
        database=database,
        keyring=a_keyring(),
        tokens=search_tokens(),
        catalog=catalog(),
        clock=clock,
        closures=known_closures(database),
    )
    return create_app(service)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Flask]:
    """Give the site on one SQLite file for a module; each test asks as somebody else."""
    database = Database(put_sqlite(tmp_path_factory.mktemp("site") / "intake.db"))
    yield made_app(database, shipped(), clock)
    database.close()


@pytest.fixture(autouse=True)
def _start_at_noon(request: pytest.FixtureRequest) -> None:
    if "clock" in request.fixturenames:
        request.getfixturevalue("clock").at = NOON


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def both_apps(database: Database) -> Flask:
    """Give the site on each database engine."""
    return made_app(database, shipped(), Clock())


@pytest.fixture
def https_app(app: Flask) -> Flask:
    """Give the same service as it is configured on https."""
    service: Intake = app.extensions["intake"]
    settings = service.settings.model_copy(update={"base_url": "https://intake.clinic.example"})
    return create_app(replace(service, settings=settings))


def count(app: Flask, table: str) -> int:
    """Return how many rows a table has."""
    with app.extensions["intake"].database.read() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
