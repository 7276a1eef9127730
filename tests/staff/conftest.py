"""An application with accounts, a stopped clock and a member with a password, on both databases."""

import pytest
from flask import Flask

from intake.staff.accounts import accept_link
from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import PASSWORD, Person, StoppedClock, accounts_app, invite


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def app(database: Database, clock: StoppedClock) -> Flask:
    return accounts_app(database, clock)


@pytest.fixture
def rosa(app: Flask, database: Database, clock: StoppedClock) -> Person:
    """Rosa has chosen a password and never signed in."""
    token = invite(database, at=clock())
    with app.test_request_context():
        assert accept_link(token, PASSWORD)
    return Person(app, clock)
