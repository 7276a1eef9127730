"""A visitor who holds a private link, on a service of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.conftest import made_intake, made_settings
from tests.web.status.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    intake = made_intake(made_settings(tmp_path))
    yield Desk(intake)
    intake.close()
