"""Break-glass: one inquiry, half an hour, a reason, an alert that somebody else puts away."""

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.inquiries.opening_models import EmergencyOpening
from intake.inquiries.recipients import recipient_of
from intake.notifications.alarms import open_alarms
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import Recipient
from intake.storage.database import Database
from tests.by_hand import claimed
from tests.factories import a_clinic, a_keyring, an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk

REASON = "The person is on the phone and no coordinator can be reached."


@pytest.fixture
def app(database: Database, clock: StoppedClock) -> Flask:
    return a_desk(database, clock)


@pytest.fixture
def ada(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    """An administrator, who may not read inquiries."""
    return Colleague(app, database, clock(), ["administrator"])


@pytest.fixture
def officer(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, database, clock(), ["privacy_officer"])


def test_the_answers_are_shown_for_half_an_hour_and_to_nobody_else(
    ada: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(database).reference
    other = Colleague(app, database, clock(), ["administrator"], name="second")

    opened = ada.post("/staff/openings", reference=reference, reason=REASON)
    page = ada.get(opened.location).text
    theirs = other.get(opened.location)
    clock.advance(minutes=14)
    ada.get(opened.location)
    clock.advance(minutes=14)
    still = ada.get(opened.location)
    clock.advance(minutes=3)
    over = ada.get(opened.location)

    assert "I would like to know what research shows" in page
    assert "Opened by break-glass until" in page
    assert theirs.location == "/staff/openings"
    assert still.status_code == 200
    assert over.location == "/staff/openings"
    assert "This opening is over" in ada.get("/staff/openings").text
    assert ada.get(f"/staff/inquiries/{reference}").status_code == 403


def test_opening_and_reading_are_on_the_trail_of_the_inquiry_and_the_reason_is_sealed(
    ada: Colleague, officer: Colleague, database: Database
) -> None:
    reference = an_inquiry(database).reference

    ada.get(ada.post("/staff/openings", reference=reference, reason=REASON).location)

    with database.read() as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
        stored = session.scalars(select(EmergencyOpening.reason)).one()
        details = str(session.scalars(select(AuditEvent.detail)).all())
    assert actions.index("inquiry.glass_broken") < actions.index("inquiry.read")
    assert b"phone" not in stored
    assert "phone" not in details
    trail = officer.get(f"/staff/inquiries/{reference}").text
    assert "Opened by break-glass, with this reason" in trail
    assert REASON in trail


def test_the_privacy_officer_and_the_other_administrators_are_told_at_once(
    ada: Colleague, officer: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    other = Colleague(app, database, clock(), ["administrator"], name="second")
    Colleague(app, database, clock(), ["coordinator"])
    reference = an_inquiry(database).reference

    ada.post("/staff/openings", reference=reference, reason=REASON)

    with database.read() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.event == "inquiry.glass_broken")
            .order_by(OutboxMessage.recipient)
        ).all()
        letters = [
            recipient_of(
                session,
                claimed(row),
                clock(),
                keyring=a_keyring(),
                clinic=a_clinic(),
                base_url="https://desk.example",
            )
            for row in rows
        ]
        (alarm,) = open_alarms(session)
    told = [one for one in letters if isinstance(one, Recipient)]
    assert sorted(one.address for one in told) == sorted([officer.email, other.email])
    assert told[0].values["url"] == "https://desk.example/staff/openings"
    assert REASON not in str(told)
    assert alarm.kind == "glass.broken"
    assert "was opened by break-glass" in officer.get("/staff/inquiries").text


def test_somebody_else_looks_at_the_reason_and_puts_the_alarm_away(
    ada: Colleague, officer: Colleague, database: Database
) -> None:
    reference = an_inquiry(database).reference
    opening = ada.post("/staff/openings", reference=reference, reason=REASON).location
    with database.read() as session:
        number = open_alarms(session)[0].id

    own = ada.post(f"{opening}/review")
    around = ada.post(f"/staff/alarms/{number}/dismissal")
    listed = officer.get("/staff/openings").text
    done = officer.post(f"{opening}/review", "/staff/openings")
    twice = officer.post(f"{opening}/review", "/staff/openings")

    assert own.status_code == 303
    assert around.status_code == 409
    assert REASON in listed
    assert done.status_code == twice.status_code == 303
    with database.read() as session:
        assert open_alarms(session) == ()
        actions = list(session.scalars(select(AuditEvent.action)))
    assert actions.count("inquiry.glass_reviewed") == 1
    assert REASON not in ada.get("/staff/openings").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "Enter why you must see this inquiry"),
        ({"reason": "because"}, "15 characters or more"),
        ({"reason": "x" * 501}, "500 characters at most"),
        ({"reference": "K7QF-29MD"}, "No inquiry that can be opened has this reference"),
        ({"reference": "'; --"}, "No inquiry that can be opened has this reference"),
    ],
)
def test_a_wrong_request_is_told_opens_nothing_and_keeps_the_reason(
    ada: Colleague, database: Database, typed: dict[str, str], sentence: str
) -> None:
    asked = {"reference": an_inquiry(database).reference, "reason": REASON, **typed}

    answer = ada.post("/staff/openings", **asked)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert asked["reason"] in answer.text
    with database.read() as session:
        assert session.scalars(select(EmergencyOpening.id)).all() == []


def test_a_sign_in_that_is_not_fresh_asks_first_and_keeps_the_reason(
    ada: Colleague, database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(database).reference
    clock.advance(minutes=10)

    page = ada.post("/staff/openings", reference=reference, reason=REASON).text

    assert "Confirm that it is you" in page
    assert REASON in page
