"""A desk with two coordinators and a clinician, on each database."""

import pytest

from intake.storage.database import Database
from tests.desk.work import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
