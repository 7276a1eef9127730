"""The band of open alarms: on every staff page, until it is over."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.crypto.tokens import show_reference
from intake.notifications import alarms
from intake.notifications.models import Alarm, QueueSighting
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import an_endpoint
from tests.factories import an_inquiry
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
    assert coordinator.post(f"/staff/alarms/{'9' * 40}/dismissal").status_code == 409

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
        raised(sqlite_database, alarms.DEAD, f"way{number}", count=1)

    page = coordinator.get("/staff/account").text

    shown, _, folded = page.partition("<summary>And 7 more</summary>")
    assert shown.count("needs a person.</a>") == 1
    assert folded.count("needs a person.</a>") == 7


def test_an_urgent_inquiry_is_one_click_away_beside_the_list_it_is_in(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database, safety="yes").reference
    raised(sqlite_database, alarms.URGENT, "one", reference=reference)

    page = coordinator.get("/staff/account").text

    (url,) = re.findall(r'href="([^"]+)">\S+ is urgent, and nobody has opened it yet', page)
    assert url == f"/staff/inquiries/{reference}?view=open"
    assert coordinator.get(url).status_code == 200


def test_several_urgent_ones_are_one_line_to_all_of_them_and_one_each_beneath(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    urgent = [an_inquiry(sqlite_database, safety="yes").reference for _ in range(2)]
    an_inquiry(sqlite_database)
    for reference in urgent:
        raised(sqlite_database, alarms.URGENT, reference, reference=reference)

    page = coordinator.get("/staff/account").text

    shown, _, folded = page.partition("<summary>Show each of them</summary>")
    assert "2 inquiries are urgent, and nobody has opened them yet." in shown
    assert "is urgent, and nobody" not in shown
    assert folded.count("is urgent, and nobody has opened it yet.</a>") == 2
    assert folded.count("Put away") == 2
    (url,) = re.findall(r'href="([^"]+)">2 inquiries are urgent', shown)
    listed = coordinator.get(url.replace("&amp;", "&")).text
    assert sorted(re.findall(r'data-row="(\w+)"', listed)) == sorted(urgent)


def test_an_administrator_is_led_from_an_urgent_alarm_to_break_glass(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(sqlite_database, safety="yes").reference
    raised(sqlite_database, alarms.URGENT, "one", reference=reference)
    administrator = Colleague(app, sqlite_database, clock(), ["administrator"])

    (url,) = re.findall(
        r'href="([^"]+)">\S+ is urgent, and', administrator.get("/staff/account").text
    )

    assert url == f"/staff/openings?reference={show_reference(reference)}"
    assert f'value="{show_reference(reference)}"' in administrator.get(url).text
