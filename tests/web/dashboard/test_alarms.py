"""The band of open alarms: on every staff page, until it is over."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.notifications import alarms
from intake.notifications.models import Alarm, QueueSighting
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import an_endpoint
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

HEADING = "Needs attention now"


def raised(database: Database, kind: str, subject: str = "", **detail: str | int) -> int:
    with database.write() as session:
        alarms.raise_alarm(session, kind, subject, at=NOON, detail=detail)
        return session.scalars(select(Alarm.id).order_by(Alarm.id.desc()).limit(1)).one()


def test_an_open_alarm_stands_on_every_page_and_says_there_is_no_second_channel(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    assert HEADING not in coordinator.get("/staff/account").text
    raised(sqlite_database, alarms.DEAD, "email", count=2)

    for path in ("/staff/account", "/staff/inquiries", "/staff/deliveries"):
        page = coordinator.get(path).text
        assert HEADING in page
        assert "2 messages were not delivered by email" in page
        assert "There is no second channel" in page
    an_endpoint(sqlite_database, "desk-chat")
    assert "There is no second channel" not in coordinator.get("/staff/account").text


def test_opening_the_work_list_is_noted_and_ends_the_alarm_that_nobody_looked(
    coordinator: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    raised(sqlite_database, alarms.UNOPENED, minutes=120, count=1)
    assert HEADING in coordinator.get("/staff/inquiries?view=closed").text

    assert HEADING not in coordinator.get("/staff/inquiries").text

    with sqlite_database.read() as session:
        assert session.scalars(select(QueueSighting.seen_at)).one() == NOON
    clock.at = NOON + timedelta(seconds=61)
    coordinator.get("/staff/inquiries")
    with sqlite_database.read() as session:
        assert session.scalars(select(QueueSighting.seen_at)).one() == clock.at


def test_an_alarm_can_be_put_away_once_and_that_is_recorded(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    number = raised(sqlite_database, alarms.DEAD, "email", count=1)
    assert "Put away" in coordinator.get("/staff/account").text

    assert coordinator.post(f"/staff/alarms/{number}/dismissal").status_code == 303
    assert coordinator.post(f"/staff/alarms/{number}/dismissal").status_code == 409

    assert HEADING not in coordinator.get("/staff/account").text
    with sqlite_database.read() as session:
        actor = session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.action == "alarm.dismissed")
        ).one()
    assert actor == coordinator.public_id


def test_an_alarm_that_ends_by_itself_has_no_button(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    raised(sqlite_database, alarms.FAILING, "email", since=0, reason="refused")

    assert "Put away" not in coordinator.get("/staff/account").text


def test_who_may_see_neither_list_sees_no_band_and_puts_nothing_away(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    editor = Colleague(app, sqlite_database, clock(), ["editor"])
    number = raised(sqlite_database, alarms.DEAD, "email", count=1)

    assert HEADING not in editor.get("/staff/account").text
    assert editor.post(f"/staff/alarms/{number}/dismissal").status_code == 403


def test_many_alarms_are_all_there_and_most_of_them_folded(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    for number in range(8):
        raised(sqlite_database, alarms.URGENT, str(number), reference="K7QF29MD")

    page = coordinator.get("/staff/account").text

    shown, _, folded = page.partition("<summary>And 5 more</summary>")
    assert shown.count("is urgent, and nobody has opened it yet.</a>") == 3
    assert folded.count("is urgent, and nobody has opened it yet.</a>") == 5
