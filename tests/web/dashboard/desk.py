"""The whole application with a desk, and members of staff who are signed in at it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from intake.audit.models import OPERATOR
from intake.bootstrap import Intake
from intake.clinic.closures import known_closures
from intake.clinic.profile import ClinicProfile, profile
from intake.i18n import LANGUAGES
from intake.notifications.outbox import ensure_channels
from intake.pages.catalog import CONTENT, Catalog
from intake.settings import Settings, load_settings
from intake.staff.members import create_member
from intake.staff.models import Staff
from intake.staff.sessions import begin_session
from intake.storage.database import Database
from intake.web.app import create_app
from tests.factories import a_keyring, search_tokens


@cache
def settings() -> Settings:
    """Return the shipped settings."""
    return load_settings()


@cache
def _clinic(language: str) -> ClinicProfile:
    return profile(settings().clinic, language)


@cache
def _catalog() -> Catalog:
    return Catalog.load(CONTENT, {name: _clinic(name).placeholders for name in LANGUAGES})


def an_intake(database: Database, clock: Callable[[], datetime]) -> Intake:
    """Return a running service around this database and clock."""
    return Intake(
        settings=settings(),
        clinic={language: _clinic(language) for language in LANGUAGES},
        database=database,
        keyring=a_keyring(),
        tokens=search_tokens(),
        catalog=_catalog(),
        clock=clock,
        closures=known_closures(database),
    )


def a_desk(database: Database, clock: Callable[[], datetime]) -> Flask:
    """Return the application as it is served."""
    with database.write() as session:
        ensure_channels(session)
    app = create_app(an_intake(database, clock))
    app.config["TESTING"] = True
    return app


class Colleague:
    """Somebody at a browser; signed in as a member with these roles, or nobody."""

    def __init__(
        self,
        app: Flask,
        database: Database,
        at: datetime,
        roles: Sequence[str] | None,
        name: str = "",
    ) -> None:
        self.client: FlaskClient = app.test_client()
        self.email = f"{name or '-'.join(roles or ['nobody'])}@clinic.example".replace("_", "-")
        if roles is None:
            return
        with database.write() as session:
            create_member(
                session,
                email=self.email,
                full_name="Rosa Soto",
                roles=roles,
                at=at,
                actor=OPERATOR,
            )
            session.execute(
                update(Staff).where(Staff.email == self.email).values(password="x", active=True)
            )
            staff_id, uniquifier, self.public_id = session.execute(
                select(Staff.id, Staff.fs_uniquifier, Staff.public_id).where(
                    Staff.email == self.email
                )
            ).one()
        self.staff_id: int = staff_id
        self.uniquifier: str = uniquifier
        self._begin(database, at)

    def _begin(self, database: Database, at: datetime) -> None:
        with database.write() as session:
            secret = begin_session(session, self.staff_id, device="Firefox on Linux", at=at)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["sid"], cookie["_fresh"] = (
                self.uniquifier,
                secret,
                True,
            )

    def on_another_device(self, app: Flask, database: Database, at: datetime) -> "Colleague":
        """Return the same member, signed in once more."""
        again = Colleague(app, database, at, None)
        again.staff_id, again.uniquifier = self.staff_id, self.uniquifier
        again._begin(database, at)
        return again

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, page: str = "/staff/account", /, **fields: str) -> TestResponse:
        """Send a form with the token that stands on a page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        token = found[1] if found else ""
        return self.client.post(path, data={"csrf_token": token, **fields})
