"""A member leaves: out at once, their work handed over, their subscriptions silent."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.inquiries.models import Inquiry
from intake.notifications.models import Subscription
from intake.notifications.recipient import Recipient
from intake.notifications.subscriptions import Facts, staff_messages
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk
from tests.web.dashboard.members_page import LI, actions, letters, link_in


@pytest.fixture
def app(database: Database, clock: StoppedClock) -> Flask:
    return a_desk(database, clock)


@pytest.fixture
def ada(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    """An administrator."""
    return Colleague(app, database, clock(), ["administrator"])


@pytest.fixture
def rosa(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, database, clock(), ["coordinator"])


def test_a_deactivated_member_is_out_at_once_and_their_work_is_somebody_elses(
    ada: Colleague, rosa: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    li = Colleague(app, database, clock(), ["clinician"])
    an_inquiry(database)
    give_to(database, rosa)
    path = f"/staff/members/{rosa.public_id}/deactivation"

    without = ada.post(path, reason="left", successor="")
    done = ada.post(path, reason="left", successor=li.public_id)

    assert without.status_code == 422
    assert "Choose who takes over the open inquiries" in without.text
    assert done.status_code == 303
    assert rosa.get("/staff/account").location.startswith("/staff/login")
    with database.read() as session:
        inquiry = session.scalars(select(Inquiry)).one()
    assert inquiry.assignee_id == li.staff_id
    assert inquiry.version == 2
    assert actions(database, inquiry.public_id)[-1] == "inquiry.assigned"
    told = [one for one in letters(database, clock()) if isinstance(one, Recipient)]
    assert [one.address for one in told] == [rosa.email, li.email]


def test_work_may_go_to_nobody_and_only_to_who_may_read_it(
    ada: Colleague, rosa: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    auditor = Colleague(app, database, clock(), ["auditor"])
    an_inquiry(database)
    give_to(database, rosa)
    path = f"/staff/members/{rosa.public_id}/deactivation"

    refused = ada.post(path, reason="left", successor=auditor.public_id)
    unsaid = ada.post(path, successor="nobody")
    done = ada.post(path, reason="misuse", successor="nobody")

    assert (refused.status_code, unsaid.status_code, done.status_code) == (422, 422, 303)
    assert "Choose why the account ends" in unsaid.text
    assert 'value="nobody" selected' in unsaid.text
    with database.read() as session:
        assert session.scalars(select(Inquiry.assignee_id)).one() is None
        events = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "staff.deactivated")
        ).one()
    assert events["reason"] == "misuse"


def test_subscriptions_count_while_their_member_is_active(
    ada: Colleague, database: Database
) -> None:
    ada.post("/staff/members", **LI)
    with database.read() as session:
        li = session.scalars(select(Staff).where(Staff.email == LI["email"])).unique().one()

    ada.post(f"/staff/members/{li.public_id}/deactivation", reason="left")

    with database.read() as session:
        assert staff_messages(session, "inquiry.submitted", facts=Facts("en")) == []
        assert session.scalars(select(Subscription.id)).all()


def test_a_member_comes_back_with_a_new_link_and_their_roles(
    ada: Colleague, rosa: Colleague, database: Database
) -> None:
    ada.post(f"/staff/members/{rosa.public_id}/deactivation", reason="away")
    again = ada.post(f"/staff/members/{rosa.public_id}/deactivation", reason="away")

    page = ada.post(f"/staff/members/{rosa.public_id}/reactivation").text

    assert again.status_code == 409
    assert "This account is not active" in again.text
    assert ada.get(link_in(page)).status_code == 200
    assert "Coordinator" in page
    assert "staff.reactivated" in actions(database, rosa.public_id)


def give_to(database: Database, member: Colleague) -> None:
    with database.write() as session:
        session.execute(update(Inquiry).values(assignee_id=member.staff_id))
