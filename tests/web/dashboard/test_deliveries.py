"""Notification health: what went wrong is seen and can be sent again."""

import re
from dataclasses import asdict
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select, update

from intake.audit.models import AuditEvent
from intake.crypto.tokens import show_reference
from intake.inquiries.submit import Receipt
from intake.notifications.models import Channel, OutboxMessage, SyntheticRun
from intake.notifications.outcome import Outcome, Result
from intake.operations.preflight import Light, MailFinding
from intake.operations.results import keep_result
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.notifications.rows import claimed, ended
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague


def one_message(database: Database) -> Receipt:
    """Store an inquiry of which the person alone is told, whoever else would hear of it."""
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(delete(OutboxMessage).where(OutboxMessage.recipient != "person"))
    return receipt


def give_up(database: Database) -> None:
    with database.write() as session:
        session.execute(
            update(OutboxMessage).values(
                state="dead", due_at=None, finished_at=NOON, last_error="recipient_refused"
            )
        )


def test_a_message_that_was_given_up_is_shown_and_sent_again(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = one_message(sqlite_database)
    give_up(sqlite_database)

    page = coordinator.get("/staff/deliveries").text
    assert show_reference(receipt.reference) in page
    assert "the mail server refused the address" in page
    assert "ana.diaz" not in page
    action = page.split('/replay"')[0].rsplit('action="', 1)[1] + "/replay"
    again = coordinator.post(action)

    assert again.status_code == 303
    after = coordinator.get("/staff/deliveries").text
    assert "on its way again" in after
    assert "Nothing needs a person" in after


def test_what_waits_is_counted(coordinator: Colleague, sqlite_database: Database) -> None:
    one_message(sqlite_database)

    page = coordinator.get("/staff/deliveries").text

    assert re.search(r'<td class="number"[^>]*>1</td>', page)
    assert "Outbox: 1 waiting · 0 stopped" in page


def test_a_channel_that_fails_is_shown_with_its_reason(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one_message(sqlite_database)
    with sqlite_database.write() as session:
        session.execute(
            update(Channel).values(
                failing_since=NOON - timedelta(hours=1), failing_reason="sign_in_refused"
            )
        )

    page = coordinator.get("/staff/deliveries").text

    assert "refuses our user name or password" in page
    assert "No worker is running" in page


def test_a_message_that_is_not_given_up_is_not_sent_again(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    assert coordinator.post("/staff/deliveries/made-up/replay").status_code == 409


def public_id(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(OutboxMessage.public_id)).one()


def recorded(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.action.startswith("delivery."))
            .order_by(AuditEvent.id)
        )
        return [(row.action, row.actor_id, row.subject) for row in rows]


def test_a_message_that_waits_or_was_given_up_is_taken_back_and_recorded(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one_message(sqlite_database)
    give_up(sqlite_database)
    name = public_id(sqlite_database)

    answer = coordinator.post(f"/staff/deliveries/{name}/cancel")

    assert answer.status_code == 303
    assert "Nothing needs a person" in coordinator.get("/staff/deliveries").text
    assert recorded(sqlite_database) == [("delivery.cancelled", coordinator.public_id, name)]


def test_whoever_comes_second_is_told_so(coordinator: Colleague, sqlite_database: Database) -> None:
    one_message(sqlite_database)
    give_up(sqlite_database)
    name = public_id(sqlite_database)
    coordinator.post(f"/staff/deliveries/{name}/replay")

    second = coordinator.post(f"/staff/deliveries/{name}/replay")

    assert second.location == f"/staff/deliveries/{name}"
    assert "Somebody was faster" in coordinator.get(second.location).text
    assert len(recorded(sqlite_database)) == 1


def test_the_dead_letters_of_a_span_are_sent_again_at_once(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    for _ in range(3):
        one_message(sqlite_database)
    give_up(sqlite_database)
    page = "/staff/deliveries"

    none = coordinator.post(
        f"{page}/replay-many", page, channel="email", since="2026-11-23T12:01", before=""
    )
    nonsense = coordinator.post(
        f"{page}/replay-many", page, channel="email", since="soon", before=""
    )
    unknown = coordinator.post(f"{page}/replay-many", page, channel="pigeon", since="", before="")
    with sqlite_database.read() as session:
        before = set(session.scalars(select(OutboxMessage.state)))
    # NOON is noon in New York: the clinic's clock counts, not UTC.
    coordinator.post(
        f"{page}/replay-many",
        page,
        channel="email",
        since="2026-11-23T12:00",
        before="2026-11-23T12:01",
    )

    assert (none.status_code, nonsense.status_code, unknown.status_code) == (303, 303, 404)
    assert before == {"dead"}
    with sqlite_database.read() as session:
        assert set(session.scalars(select(OutboxMessage.state))) == {"pending"}
    assert "3 messages are on the way again" in coordinator.get(page).text
    assert [row[0] for row in recorded(sqlite_database)] == ["delivery.range_replayed"] * 2


def test_each_try_of_a_message_can_be_seen(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = one_message(sqlite_database)
    (one,) = claimed(sqlite_database)
    ended(sqlite_database, one, Result(Outcome.RETRYABLE, "recipient_refused", "4.2.1", 450))

    page = coordinator.get(f"/staff/deliveries/{one.public_id}").text

    assert show_reference(receipt.reference) in page
    assert "Failed for now" in page
    assert "450" in page
    assert f"/staff/deliveries/{one.public_id}/cancel" in page
    assert "ana.diaz" not in page
    assert coordinator.get("/staff/deliveries/made-up").status_code == 404
    inquiry = coordinator.get(f"/staff/inquiries/{show_reference(receipt.reference)}").text
    assert f"/staff/deliveries/{one.public_id}" in inquiry


def test_the_page_says_not_modified_until_something_changes(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    first = coordinator.get("/staff/deliveries")
    tag = first.headers["ETag"]
    tags = {"If-None-Match": tag, "X-Intake-Watch": "1"}

    same = coordinator.client.get("/staff/deliveries", headers=tags)
    one_message(sqlite_database)
    changed = coordinator.client.get("/staff/deliveries", headers=tags)

    assert (same.status_code, same.data) == (304, b"")
    assert changed.status_code == 200
    assert f'data-watch="{tag.strip(chr(34))}"' in first.text
    assert first.headers["Cache-Control"] == "no-store"


def test_a_page_that_looks_by_itself_does_not_keep_a_sign_in_alive(
    coordinator: Colleague, clock: StoppedClock
) -> None:
    for _ in range(8):
        clock.advance(minutes=2)
        last = coordinator.client.get("/staff/deliveries", headers={"X-Intake-Watch": "1"})

    assert last.status_code == 303
    assert "/staff/login" in last.location


def test_who_may_only_look_sees_no_buttons(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    one_message(sqlite_database)
    give_up(sqlite_database)
    officer = Colleague(app, sqlite_database, clock(), ["privacy_officer"])

    page = officer.get("/staff/deliveries").text
    refused = officer.post(f"/staff/deliveries/{public_id(sqlite_database)}/cancel")

    assert "Mark done" not in page
    assert "Try again" not in page
    assert refused.status_code == 403


def test_a_missing_receipt_is_the_first_thing_said(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        detail = {"shown": 40, "missing": 2, "damaged": 0, "first_missing_at": None}
        keep_result(session, "ledger", good=False, detail=detail, at=NOON)

    page = coordinator.get("/staff/deliveries").text

    assert "2 inquiries were shown to people as received and cannot be found" in page
    assert "2 of 40 references shown have no inquiry" in page


def test_a_test_inquiry_that_failed_and_the_record_to_add_are_shown(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    found = MailFinding("SPF", Light.RED, "No SPF record.", "clinic.example", 'TXT "v=spf1 ~all"')
    with sqlite_database.write() as session:
        session.add(SyntheticRun(started_at=NOON, failed_reason="site_away"))
        keep_result(session, "mail", good=False, detail={"findings": [asdict(found)]}, at=NOON)

    page = coordinator.get("/staff/deliveries").text

    assert "the site did not answer" in page
    assert "clinic.example  TXT &#34;v=spf1 ~all&#34;" in page
    assert "Must be mended" in page
