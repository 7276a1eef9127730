"""The one-time link, the whole sign-in on the real pages, and a member's own account."""

import re

import pytest
from flask import Flask
from sqlalchemy import event, select

from intake.audit.models import AuditEvent
from intake.storage.database import Database
from tests.factories import an_inquiry
from tests.staff.accounts_app import PASSWORD, Person, StoppedClock, invite, token_in
from tests.web.dashboard.desk import Colleague


def test_a_link_leads_from_a_password_to_the_work_list(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    link = f"/staff/welcome/{invite(sqlite_database, at=clock())}"
    rosa = Person(app, clock)

    assert "Rosa Soto" in rosa.get(link).text
    assert rosa.get(link).status_code == 200  # looking does not spend it
    chosen = rosa.post(link, password=PASSWORD, again=PASSWORD)
    assert chosen.location == "/staff/login"
    assert "set up your authenticator app" in rosa.get("/staff/login").text
    assert rosa.enter_password().location == "/staff/tf-setup"
    assert rosa.first_sign_in().location == "/staff/"
    assert rosa.get("/staff/").location == "/staff/inquiries"
    assert "You have no recovery codes" in rosa.get("/staff/account").text


def test_a_poor_password_does_not_spend_the_link(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    link = f"/staff/welcome/{invite(sqlite_database, at=clock())}"
    rosa = Person(app, clock)

    common = rosa.post(link, password="rosa.soto@clinic", again="rosa.soto@clinic")
    other = rosa.post(link, password=PASSWORD, again=PASSWORD + "x")

    assert common.status_code == other.status_code == 422
    assert "mostly your name" in common.text
    assert "<title>Error: Welcome" in common.text
    assert "<title>Error:" not in rosa.get(link).text
    assert 'href="#f-password"' in common.text
    assert 'aria-invalid="true"' in common.text
    assert PASSWORD not in other.text
    assert rosa.get(link).status_code == 200


def test_spent_late_and_made_up_links_are_answered_alike(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    spent = f"/staff/welcome/{invite(sqlite_database, at=clock())}"
    late = f"/staff/welcome/{invite(sqlite_database, email='li@clinic.example', at=clock())}"
    rosa = Person(app, clock)
    rosa.post(spent, password=PASSWORD, again=PASSWORD)
    clock.advance(hours=24)

    answers = [rosa.get(path) for path in (spent, late, "/staff/welcome/made-up")]
    bodies = {re.sub(r'value="[^"]+"', "", answer.text) for answer in answers}

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "This link cannot be used" in bodies.pop()
    assert len(bodies) <= 1  # the first page also tells that the password is set


def test_a_member_ends_one_session_and_then_all(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    here = Colleague(app, sqlite_database, clock(), ["coordinator"])
    there = here.on_another_device(app, sqlite_database, clock())
    page = here.get("/staff/account").text
    (end,) = re.findall(r'action="(/staff/account/sessions/[0-9a-f]{32}/ending)"', page)
    assert there.get("/staff/account").status_code == 200

    assert here.post(end).status_code == 303
    assert there.get("/staff/account").status_code == 303
    assert here.get("/staff/account").status_code == 200
    assert here.post("/staff/account/sessions/ending").location == "/staff/login"

    assert here.get("/staff/account").status_code == 303


def test_nobody_ends_the_session_of_a_colleague(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    rosa = Colleague(app, sqlite_database, clock(), ["coordinator"])
    other = Colleague(app, sqlite_database, clock(), ["administrator"])
    rosa.on_another_device(app, sqlite_database, clock())
    page = rosa.get("/staff/account")
    assert page.status_code == 200
    (end,) = re.findall(r'action="(/staff/account/sessions/[0-9a-f]{32}/ending)"', page.text)

    assert other.post(end).status_code == 404


def test_the_sensitive_asks_for_the_password_again(coordinator: Colleague) -> None:
    answer = coordinator.get("/staff/mf-recovery-codes")

    assert answer.status_code == 303
    assert answer.location == "/staff/proof?next=/staff/mf-recovery-codes"


def test_signing_out_everywhere_is_on_the_trail(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    coordinator.post("/staff/account/sessions/ending")

    with sqlite_database.read() as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions[-1] == "staff.session_ended"


def test_no_page_but_the_inquiry_takes_the_write_lock(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    coordinator.get("/staff/inquiries")  # the work list notes a look, once a minute at most
    taken: list[object] = []
    event.listen(sqlite_database.writer, "begin", taken.append)

    for path in ("inquiries", "inquiries?view=closed", "deliveries", "account", "change", "login"):
        coordinator.get(f"/staff/{path}")
    assert taken == []
    coordinator.get(f"/staff/inquiries/{receipt.reference}")

    assert len(taken) == 1  # the record of the reading and who looks, together


def test_the_token_of_one_session_is_no_use_in_another(
    app: Flask, sqlite_database: Database, clock: StoppedClock, coordinator: Colleague
) -> None:
    thief = Colleague(app, sqlite_database, clock(), ["clinician"])
    token = token_in(thief.get("/staff/account").text)

    answer = coordinator.client.post("/staff/account/sessions/ending", data={"csrf_token": token})

    assert answer.status_code == 400
    assert coordinator.get("/staff/account").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/staff/account", "/staff/change", "/staff/verify", "/staff/tf-setup", "/staff/login"],
)
def test_no_browser_keeps_a_staff_page(coordinator: Colleague, address: str) -> None:
    """The library's own pages said ``no-store=True``, which browsers do not understand."""
    assert coordinator.get(address).headers["Cache-Control"] == "no-store"
