"""A desk on SQLite at a stopped clock; what differs by engine is tested in tests/staff."""

import pytest
from flask import Flask

from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk
from tests.web.dashboard.inquiries import InquiryPage


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def app(sqlite_database: Database, clock: StoppedClock) -> Flask:
    return a_desk(sqlite_database, clock)


@pytest.fixture
def coordinator(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["coordinator"])


@pytest.fixture
def page(coordinator: Colleague, sqlite_database: Database) -> InquiryPage:
    reference = an_inquiry(sqlite_database).reference
    return InquiryPage(coordinator, sqlite_database, reference)


@pytest.fixture
def doctor(
    app: Flask, sqlite_database: Database, clock: StoppedClock, page: InquiryPage
) -> InquiryPage:
    clinician = Colleague(app, sqlite_database, clock(), ["clinician"])
    return InquiryPage(clinician, sqlite_database, page.reference)
