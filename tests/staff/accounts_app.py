"""A small application with staff accounts, and a browser without a screen to sign in with."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from intake.audit.models import OPERATOR
from intake.crypto.keyring import Keyring
from intake.settings import load_settings
from intake.shared import shared
from intake.staff.accounts import current_member, install_accounts
from intake.staff.members import create_member
from intake.storage.database import Database

PASSWORD = "four calm herons at the pier"
QUICK = {"argon2__rounds": 1, "argon2__memory_cost": 1024}
BASE = (
    "<!doctype html><title>{{ title }}</title>"
    "{% for words in get_flashed_messages() %}<p>{{ words }}</p>{% endfor %}"
    "<main>{% block main %}{% endblock %}</main>"
)


@dataclass
class StoppedClock:
    """A clock that moves when it is told to."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def made_up_keyring() -> Keyring:
    from intake.crypto.keyring import Master

    return Keyring(masters=(Master(1, b"m" * 32, None),), root=b"r" * 32, signing=b"s" * 32)


def accounts_app(database: Database, clock: Callable[[], datetime], *, quick: bool = True) -> Flask:
    """Return an application that has staff accounts and one page that names the member."""
    app = Flask("accounts")
    app.config.update(SECRET_KEY="made up for tests", TESTING=True)
    if quick:
        app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = QUICK
    app.jinja_loader = ChoiceLoader(
        [DictLoader({"dashboard/base.html": BASE}), FileSystemLoader(shared("templates"))]
    )
    app.jinja_env.globals["_"] = lambda words, **values: words % values if values else words
    install_accounts(
        app, database=database, keyring=made_up_keyring(), clock=clock, settings=load_settings()
    )
    dashboard = Blueprint("dashboard", __name__, url_prefix="/staff")

    @dashboard.get("/account")
    def account() -> tuple[str, int]:
        member = current_member()
        return (member.full_name, 200) if member else ("nobody", 401)

    @dashboard.get("/")
    def home() -> str:
        return "home"

    app.register_blueprint(dashboard)

    @app.get("/public")
    def public() -> str:
        return "public"

    return app


def invite(
    database: Database,
    *,
    email: str = "rosa.soto@clinic.example",
    full_name: str = "Rosa Soto",
    roles: Sequence[str] = ("coordinator",),
    at: datetime,
) -> str:
    with database.write() as session:
        return create_member(
            session, email=email, full_name=full_name, roles=roles, at=at, actor=OPERATOR
        )


class Person:
    """A member of staff at a browser: reads forms, keeps cookies, has an authenticator."""

    def __init__(
        self, app: Flask, clock: StoppedClock, email: str = "rosa.soto@clinic.example"
    ) -> None:
        self.app, self.clock, self.email = app, clock, email
        self.client: FlaskClient = app.test_client()
        self.key = ""

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, page: str | None = None, /, **fields: str) -> TestResponse:
        """Send a form with the token of the page it stands on."""
        token = token_in(self.get(page or path).text)
        return self.client.post(path, data={"csrf_token": token, **fields})

    def enter_password(self, password: str = PASSWORD) -> TestResponse:
        return self.post("/staff/login", email=self.email, password=password)

    def scan(self) -> str:
        """Ask for a new key, take it into the authenticator, and return the page."""
        page = self.post("/staff/tf-setup", setup="authenticator").text
        found = re.search(r'<code class="key">([^<]+)</code>', page)
        assert found, page
        self.key = found[1]
        return page

    def code(self) -> str:
        token = TOTP(key=self.key).generate(self.clock().timestamp()).token
        return str(token)

    def enter_code(self, code: str | None = None) -> TestResponse:
        page = self.get("/staff/tf-validate").text
        return self.client.post(
            "/staff/tf-validate", data={"csrf_token": token_in(page), "code": code or self.code()}
        )

    def first_sign_in(self) -> TestResponse:
        self.enter_password()
        page = self.scan()
        answer = self.client.post(
            "/staff/tf-validate", data={"csrf_token": token_in(page), "code": self.code()}
        )
        self.clock.advance(seconds=31)
        return answer

    def sign_in(self) -> TestResponse:
        self.enter_password()
        answer = self.enter_code()
        self.clock.advance(seconds=31)
        return answer

    def is_in(self) -> bool:
        return self.get("/staff/account").status_code == 200


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""
