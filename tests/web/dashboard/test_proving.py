"""A sign-in that is too old for something sensitive: proved again, and on where one was."""

import html
import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.staff.accounts import accept_link
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.staff.accounts_app import PASSWORD, StoppedClock, invite, token_in
from tests.staff.soft_key import SoftKey
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.test_passkeys import add, asked_on


@pytest.fixture
def administrator(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    """A signed-in administrator with a real password."""
    found = Colleague(app, sqlite_database, clock(), ["administrator"])
    other = invite(sqlite_database, email="other@clinic.example", at=clock())
    with app.test_request_context():
        assert accept_link(other, PASSWORD)
    with sqlite_database.write() as session:
        hashed = session.scalars(
            select(Staff.password).where(Staff.email == "other@clinic.example")
        ).one()
        session.execute(update(Staff).where(Staff.id == found.staff_id).values(password=hashed))
    return found


def an_endpoint(administrator: Colleague) -> str:
    """Add a webhook and return the address that makes it a new secret."""
    page = administrator.post(
        "/staff/endpoints",
        kind="webhook",
        name="CRM",
        address="https://hooks.example.org/in",
        events="inquiry.submitted",
    ).text
    found = re.search(r'action="(/staff/endpoints/[^"]+/secret)"', page)
    assert found, page
    return found[1]


def go_on(member: Colleague, page: str, **proof: str) -> object:
    """Send the page that asks for proof, with everything it carries."""
    form = page[page.index("<main") :]
    action = re.search(r'<form method="post" action="([^"]+)" class="stack"', form)
    assert action, page
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    kept = {name: html.unescape(value) for name, value in fields.items()}
    return member.client.post(html.unescape(action[1]), data={**kept, **proof})


def test_a_fresh_sign_in_is_asked_nothing(administrator: Colleague) -> None:
    assert "Copy the secret" in administrator.post(an_endpoint(administrator)).text


def test_the_password_leads_on_in_one_step_with_what_was_typed(
    administrator: Colleague, clock: StoppedClock, sqlite_database: Database
) -> None:
    address = an_endpoint(administrator)
    clock.advance(minutes=10)

    page = administrator.post(address, typed="Ünïcode & <b>").text
    done = go_on(administrator, page, proof_password=PASSWORD)
    again = administrator.post(address)

    assert "Confirm that it is you" in page
    assert 'name="typed" value="Ünïcode &amp; &lt;b&gt;"' in page
    assert "What you typed is kept" in page
    assert "Copy the secret" in done.text  # type: ignore[attr-defined]
    assert "Copy the secret" in again.text
    with sqlite_database.read() as session:
        proofs = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "staff.proved_again")
        ).all()
    assert proofs == [{"with": "password"}]


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "Enter your password."), ("wrong", "This is not your password")]
)
def test_a_wrong_password_goes_nowhere_and_loses_nothing(
    administrator: Colleague, clock: StoppedClock, typed: str, sentence: str
) -> None:
    address = an_endpoint(administrator)
    clock.advance(minutes=10)
    page = administrator.post(address, typed="kept").text

    answer = go_on(administrator, page, proof_password=typed)

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in answer.text  # type: ignore[attr-defined]
    assert 'name="typed" value="kept"' in answer.text  # type: ignore[attr-defined]
    assert 'value="wrong"' not in answer.text  # type: ignore[attr-defined]


def test_a_passkey_leads_on_too_but_not_somebody_elses(
    administrator: Colleague, app: Flask, clock: StoppedClock, sqlite_database: Database
) -> None:
    address, key, other = an_endpoint(administrator), SoftKey(), SoftKey()
    add(administrator, key)
    add(Colleague(app, sqlite_database, clock(), ["coordinator"]), other)
    clock.advance(minutes=10)
    page = administrator.post(address).text
    options, _sealed = asked_on(page)

    refused = go_on(administrator, page, proof_answer=other.sign(options))
    done = go_on(administrator, page, proof_answer=key.sign(options))

    assert "This passkey could not be used" in refused.text  # type: ignore[attr-defined]
    assert "Copy the secret" in done.text  # type: ignore[attr-defined]


def test_a_page_that_was_asked_for_comes_after_the_proof(
    administrator: Colleague, clock: StoppedClock
) -> None:
    clock.advance(minutes=10)

    page = administrator.get("/staff/account/passkeys/new").text
    done = go_on(administrator, page, proof_password=PASSWORD)

    assert done.location == "/staff/account/passkeys/new"  # type: ignore[attr-defined]
    assert "Make the passkey" in administrator.get(done.location).text  # type: ignore[attr-defined]


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_proof_never_leads_to_another_site(
    administrator: Colleague, clock: StoppedClock, next_: str
) -> None:
    page = administrator.get("/staff/proof").text
    answer = administrator.client.post(
        "/staff/proof",
        data={"csrf_token": token_in(page), "next": next_, "proof_password": PASSWORD},
    )

    assert answer.location.startswith("/")
    assert not answer.location.startswith("//")


def test_the_library_asks_on_the_same_page(administrator: Colleague) -> None:
    answer = administrator.get("/staff/tf-setup")

    assert answer.location == "/staff/proof?next=/staff/tf-setup"
