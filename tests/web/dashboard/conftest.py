"""A desk on SQLite at a stopped clock; what differs by engine is tested in tests/staff."""

import pytest
from flask import Flask

from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def app(sqlite_database: Database, clock: StoppedClock) -> Flask:
    return a_desk(sqlite_database, clock)


@pytest.fixture
def coordinator(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["coordinator"])
