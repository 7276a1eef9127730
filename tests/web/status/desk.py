"""A service with one inquiry, and a visitor who holds its link."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Timer
from typing import cast

import html5lib
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from intake.bootstrap import Intake
from intake.inquiries.addresses import mail_proof
from intake.inquiries.models import Inquiry
from intake.inquiries.submit import Receipt
from intake.web.afterwards import KEY, Afterwards
from intake.web.app import create_app
from tests.conftest import NOON
from tests.factories import a_keyring, an_inquiry, search_tokens

HOME = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Begun:
    """A timer that waits for the test."""

    run: Callable[[], None]
    begun: list[Callable[[], None]]
    daemon: bool = False

    def start(self) -> None:
        self.begun.append(self.run)


class Desk:
    """A service with one inquiry, and a visitor who holds its link."""

    def __init__(self, intake: Intake) -> None:
        self.at: datetime = NOON
        self.intake = replace(
            intake, keyring=a_keyring(), tokens=search_tokens(), clock=lambda: self.at
        )
        self.app = create_app(self.intake)
        self.begun: list[Callable[[], None]] = []
        afterwards: Afterwards = self.app.extensions[KEY]
        afterwards.later = lambda _, run: cast(Timer, Begun(run, self.begun))
        self.client: FlaskClient = self.app.test_client()
        self.receipt: Receipt = an_inquiry(intake.database)
        self.link = f"/s/{self.receipt.link_token}"

    @property
    def not_me(self) -> str:
        """The link that only the mail to the address carries."""
        proof = mail_proof(self.intake.keyring, self.receipt.link_token)
        return f"{self.link}/not-me/{proof}"

    @property
    def wrong_code(self) -> str:
        """Six digits that are not the code."""
        return f"{(int(self.receipt.code) + 1) % 1_000_000:06d}"

    def page(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(response.text)
        assert response.text.count("<h1") == 1
        assert 'name="robots" content="noindex"' in response.text
        return response.text

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        return self.client.post(path, data=fields, headers=HOME)

    def settle(self) -> None:
        """Do what follows the answers so far."""
        while self.begun:
            self.begun.pop(0)()

    def open(self, prefix: str = "") -> TestResponse:
        """Enter the right code."""
        answer = self.post(f"{prefix}{self.link}/code", code=self.receipt.code)
        assert answer.status_code == 303, answer.text
        return answer

    def set(self, **values: object) -> None:
        with self.intake.database.write() as session:
            session.execute(update(Inquiry).values(values))
