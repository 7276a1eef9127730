"""A web application around a real service: real pages, real keys, a real database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.bootstrap import Intake, build
from intake.crypto.keyring import create_keyring
from intake.notifications.outbox import ensure_channels
from intake.settings import Settings, load_settings
from intake.web.app import create_app
from tests.conftest import NOON
from tests.databases import put_sqlite


def made_settings(folder: Path, **changes: object) -> Settings:
    """Return the shipped settings with their data in ``folder``."""
    return load_settings().model_copy(update={"data_dir": folder, **changes})


def made_intake(settings: Settings, clock: Callable[[], datetime] = lambda: NOON) -> Intake:
    """Return a service on a new database and new keys."""
    settings.keyring_path.parent.mkdir(parents=True, exist_ok=True)
    if not settings.keyring_path.exists():
        create_keyring(settings.keyring_path)
        put_sqlite(settings.data_dir / "intake.db")
    return build(settings, clock)


@pytest.fixture(scope="session")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    service = made_intake(made_settings(tmp_path_factory.mktemp("web")))
    with service.database.write() as session:
        ensure_channels(session)
    yield service
    service.close()


@pytest.fixture(scope="session")
def app(intake: Intake) -> Flask:
    return create_app(intake)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def secure_client(intake: Intake) -> FlaskClient:
    """Give a visitor of the same service as it is configured on https."""
    settings = intake.settings.model_copy(update={"base_url": "https://intake.clinic.example"})
    return create_app(replace(intake, settings=settings)).test_client()
