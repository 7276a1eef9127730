"""An endpoint that cannot work is refused with what to do, or shown as not working and why."""

import html
import sys

import pytest
from flask import Flask
from sqlalchemy import update

from intake.notifications.endpoints import list_endpoints
from intake.notifications.models import Channel
from intake.notifications.outbox import ensure_channels
from intake.notifications.reasons import TO_DO, WORDS
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

PAGE = "/staff/endpoints"


@pytest.fixture
def administrator(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["administrator", "coordinator"])


# kind, address, the beginning of what the administrator reads
REFUSED = {
    "not encrypted": ("webhook", "http://hooks.clinic.example/", "Enter an address that begins"),
    "this machine": ("webhook", "https://localhost/", "Enter a name that the Internet"),
    "this network": (
        "webhook",
        "https://records.internal/",
        "Enter a name that the Internet",
    ),
    "a private number": ("webhook", "https://10.0.0.7/", "Enter a name such as hooks.example.org."),
    "the cloud's metadata": ("webhook", "https://169.254.169.254/", "Enter a name such as hooks"),
    "another port": ("webhook", "https://hooks.clinic.example:8443/", "Take the port out"),
    "no such service": ("chat", "gopher://token", "Enter an Apprise address of a service"),
    "a way into the network": ("chat", "json://10.0.0.7/", "Enter an Apprise address of a service"),
    "half an address": ("sms", "twilio://AccountSID", "Enter the whole Apprise address;"),
}


@pytest.mark.parametrize(("kind", "address", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_an_address_that_cannot_work_is_refused_with_what_to_do(
    administrator: Colleague, sqlite_database: Database, kind: str, address: str, sentence: str
) -> None:
    answer = administrator.post(
        PAGE, PAGE, kind=kind, name="Records", address=address, events="inquiry.submitted"
    )

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert page.count(sentence) == 2  # in the summary and beside the field
    assert "Traceback" not in page
    with sqlite_database.read() as session:
        assert list_endpoints(session, keyring=a_keyring()) == ()


def test_without_the_extra_a_chat_is_refused_with_how_to_install_it(
    administrator: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    answer = administrator.post(
        PAGE, PAGE, kind="chat", name="Desk", address="slack://a/b/c", events="inquiry.submitted"
    )

    assert answer.status_code == 422
    assert "pip install 'clinic-intake[notify]'" in html.unescape(answer.text)


@pytest.mark.parametrize("code", ["dns", "sign_in_refused", "certificate", "tls", "no_answer"])
def test_the_health_page_says_why_mail_does_not_go_out_and_what_to_check(
    administrator: Colleague, sqlite_database: Database, code: str
) -> None:
    with sqlite_database.write() as session:
        ensure_channels(session)
        session.execute(
            update(Channel)
            .where(Channel.name == "email")
            .values(failing_since=NOON, failing_reason=code, failures=3, probe_at=NOON)
        )

    page = html.unescape(administrator.get("/staff/deliveries").text)

    assert f"{WORDS[code]}. {TO_DO[code]}." in page
