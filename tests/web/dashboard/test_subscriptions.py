"""What a member hears of: kept, refused with what to do, and seen by administrators."""

import re

import html5lib
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.notifications.attendance import Presence, Quiet, presence_of
from intake.notifications.outbox import ensure_channels
from intake.notifications.subscriptions import Filters, Pace, Subscribed, subscriptions_of
from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

PAGE = "/staff/subscriptions"
RULE = {"event": "inquiry.submitted", "pace": "now"}


def rules(database: Database, colleague: Colleague) -> tuple[Subscribed, ...]:
    with database.read() as session:
        return subscriptions_of(session, colleague.staff_id)


def presence(database: Database, colleague: Colleague) -> Presence:
    with database.read() as session:
        return presence_of(session, colleague.staff_id)


def with_channels(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)


def test_a_rule_is_kept_shown_and_removed(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    with_channels(sqlite_database)
    token = re.search(r'name="csrf_token" value="([^"]+)"', coordinator.get(PAGE).text)
    assert token
    answer = coordinator.client.post(
        f"{PAGE}/rule",
        data={
            "csrf_token": token[1],
            "event": "inquiry.submitted",
            "languages": ["en", "es"],
            "conditions": ["lupus", "by_phone"],
            "states": "fl, ga",
            "urgent_only": "yes",
            "pace": "daily",
        },
    )

    assert (answer.status_code, answer.location) == (303, PAGE)
    (kept,) = rules(sqlite_database, coordinator)
    assert kept.filters == Filters(("en", "es"), ("by_phone", "lupus"), ("FL", "GA"), True)
    assert kept.pace == Pace.DAILY
    text = coordinator.get(PAGE).text
    assert "Lupus" in text
    assert "only with urgent signs" in text
    assert "Once a day, at 8 am" in text

    removed = coordinator.post(f"{PAGE}/{kept.id}/ending")
    assert removed.location == PAGE
    assert rules(sqlite_database, coordinator) == ()
    assert "Administrators are told of those instead" in coordinator.get(PAGE).text


def test_the_trail_says_that_a_rule_changed_but_not_for_which_condition(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    with_channels(sqlite_database)
    coordinator.post(f"{PAGE}/rule", **RULE, conditions="lupus")

    with sqlite_database.read() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert (last.action, last.subject) == ("subscription.changed", coordinator.public_id)
    assert "lupus" not in str(last.detail)


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    with_channels(sqlite_database)
    wrong = coordinator.post(
        f"{PAGE}/rule", event="made-up", states="FL, Narnia", pace="never", conditions="gout"
    )

    assert wrong.status_code == 422
    for field in ("event", "conditions", "states", "pace"):
        assert f'href="#f-{field}"' in wrong.text
    assert 'value="FL, Narnia"' in wrong.text
    assert rules(sqlite_database, coordinator) == ()


def test_quiet_hours_are_kept_and_ended(coordinator: Colleague, sqlite_database: Database) -> None:
    coordinator.post(f"{PAGE}/quiet", quiet_from="22:00", quiet_until="07:00")
    assert presence(sqlite_database, coordinator).quiet == Quiet(1320, 420)
    assert 'value="22:00"' in coordinator.get(PAGE).text

    assert coordinator.post(f"{PAGE}/quiet", quiet_from="25:00", quiet_until="").status_code == 422
    same = coordinator.post(f"{PAGE}/quiet", quiet_from="9:00", quiet_until="09:00")
    assert "another time than they begin" in same.text
    assert presence(sqlite_database, coordinator).quiet == Quiet(1320, 420)

    coordinator.post(f"{PAGE}/quiet", quiet_from="", quiet_until="")
    assert presence(sqlite_database, coordinator).quiet is None


def test_an_absence_is_whole_days_of_the_clinic(
    app: Flask, coordinator: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    ida = Colleague(app, sqlite_database, clock(), ["coordinator"], name="ida")
    coordinator.post(
        f"{PAGE}/absence",
        away_from="2026-12-24",
        away_until="2027-01-03",
        backup=ida.public_id,
    )

    absence = presence(sqlite_database, coordinator).absence
    assert absence is not None
    assert absence.from_at.isoformat() == "2026-12-24T05:00:00+00:00"
    assert absence.until_at is not None
    assert absence.until_at.isoformat() == "2027-01-04T05:00:00+00:00"
    assert absence.backup_id == ida.staff_id
    text = coordinator.get(PAGE).text
    assert 'value="2026-12-24"' in text
    assert 'value="2027-01-03"' in text
    assert f'value="{ida.public_id}" selected' in text


def test_a_wrong_absence_is_refused(coordinator: Colleague, sqlite_database: Database) -> None:
    backwards = coordinator.post(f"{PAGE}/absence", away_from="2026-12-24", away_until="2026-12-01")
    no_date = coordinator.post(f"{PAGE}/absence", away_from="", away_until="2026-02-30")
    oneself = coordinator.post(
        f"{PAGE}/absence", away_from="2026-12-24", backup=coordinator.public_id
    )
    stranger = coordinator.post(f"{PAGE}/absence", away_from="2026-12-24", backup="made-up")

    assert "must not be before the first" in backwards.text
    assert "Enter the first day away" in no_date.text
    assert "Enter the last day away" in no_date.text
    assert "Select somebody else" in oneself.text
    assert "Select somebody from the list" in stranger.text
    assert presence(sqlite_database, coordinator).absence is None


def test_an_administrator_sees_and_changes_everybodys(
    app: Flask, coordinator: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    with_channels(sqlite_database)
    boss = Colleague(app, sqlite_database, clock(), ["administrator"])
    theirs = f"{PAGE}/of/{coordinator.public_id}"

    page = boss.get(f"{PAGE}/all").text
    assert "reach nobody by these rules" in page
    html5lib.HTMLParser(strict=True).parse(page)
    assert boss.post(f"{theirs}/rule", **RULE).location == theirs
    (kept,) = rules(sqlite_database, coordinator)
    assert "reach nobody by these rules" not in boss.get(f"{PAGE}/all").text
    assert "Notifications of Rosa Soto" in boss.get(theirs).text
    assert boss.post(f"{theirs}/{kept.id}/ending").location == theirs
    assert rules(sqlite_database, coordinator) == ()
    assert boss.get(f"{PAGE}/of/made-up").status_code == 404


def test_nobody_ends_a_rule_of_somebody_else(
    app: Flask, coordinator: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    with_channels(sqlite_database)
    other = Colleague(app, sqlite_database, clock(), ["coordinator"], name="ida")
    coordinator.post(f"{PAGE}/rule", **RULE)
    (kept,) = rules(sqlite_database, coordinator)

    assert other.post(f"{PAGE}/{kept.id}/ending").status_code == 404
    assert other.post(f"{PAGE}/of/{coordinator.public_id}/rule", **RULE).status_code == 403
    assert len(rules(sqlite_database, coordinator)) == 1
    assert clock() == NOON
