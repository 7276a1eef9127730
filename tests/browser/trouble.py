"""A desk where much has gone wrong, as a coordinator finds it: for the tests and for the pictures.

Everything is written by the house's own verbs, but for outcomes that would take days to come about.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import select, update

from intake.audit.models import OPERATOR
from intake.crypto.keyring import open_keyring
from intake.notifications import alarms
from intake.notifications.endpoints import create_endpoint
from intake.notifications.models import Channel, DeliveryAttempt, OutboxMessage
from intake.notifications.outbox import NewMessage, enqueue
from intake.storage.database import Database

LONG_NAME = "Records of the harbor clinic, second building, behind the pharmacy"
DEAD: Mapping[str, tuple[str, int | None]] = {
    "person": ("recipient_refused", 550),
    "staff:1": ("timed_out", None),
    "staff:2": ("content_refused", 552),
}


def in_trouble(data_dir: Path) -> None:
    """Fill the database of a running service with alarms, dead letters and a failing channel."""
    database = Database(f"sqlite:///{data_dir / 'intake.db'}")
    try:
        _raise_alarms(database)
        _give_up(database)
        _add_endpoints(database, data_dir)
        _fail(database)
    finally:
        database.close()


def _raise_alarms(database: Database) -> None:
    at = datetime.now(UTC)
    since = int((at - timedelta(hours=3)).timestamp() * 1000)
    raised: tuple[tuple[str, str, Mapping[str, str | int]], ...] = (
        (alarms.URGENT, "made-up", {"reference": "K7QF29MD"}),
        (alarms.DEAD, "email", {"count": 3}),
        (alarms.FAILING, "email", {"since": since, "reason": "sign_in_refused"}),
        (alarms.ON_CALL_MISSING, "desk-chat", {}),
        (alarms.SYNTHETIC_FAILED, "", {"reason": "no confirmation came within 10 minutes"}),
        (alarms.RECEIPTS_MISSING, "", {"missing": 1}),
    )
    with database.write() as session:
        for kind, subject, detail in raised:
            alarms.raise_alarm(session, kind, subject, at=at, detail=dict(detail))


def _give_up(database: Database) -> None:
    at = datetime.now(UTC)
    with database.write() as session:
        enqueue(
            session,
            [
                NewMessage(None, recipient, "email", "inquiry.submitted", f"trouble:{recipient}")
                for recipient in DEAD
            ],
            at=at + timedelta(hours=1),  # no worker takes them before they are given up
        )
        for recipient, (error, status) in DEAD.items():
            (row,) = session.execute(
                update(OutboxMessage)
                .where(
                    OutboxMessage.recipient == recipient,
                    OutboxMessage.inquiry_id.is_(None),
                    OutboxMessage.event == "inquiry.submitted",
                )
                .values(state="dead", due_at=None, finished_at=at, last_error=error, attempts=2)
                .returning(OutboxMessage.id)
            ).all()
            for number in (1, 2):
                session.add(
                    DeliveryAttempt(
                        message_id=row.id,
                        number=number,
                        started_at=at - timedelta(seconds=9),
                        ended_at=at,
                        outcome="retryable" if number == 1 else "permanent",
                        status_code=status,
                        error=error,
                        worker="made-up:1:ab",
                    )
                )


def _add_endpoints(database: Database, data_dir: Path) -> None:
    keyring = open_keyring(data_dir / "keys" / "keyring.json")
    at = datetime.now(UTC)
    with database.write() as session:
        for name, address in (
            ("Records", "https://hooks.clinic.example/"),
            (LONG_NAME, f"https://{'a-long-name-of-a-system.' * 4}clinic.example/intake"),
        ):
            create_endpoint(
                session,
                kind="webhook",
                name=name,
                address=address,
                at=at,
                actor=OPERATOR,
                keyring=keyring,
            )


def _fail(database: Database) -> None:
    at = datetime.now(UTC)
    failing = {"endpoint_certificate": "webhook:%", "sign_in_refused": "email"}
    with database.write() as session:
        for reason, name in failing.items():
            found = select(Channel.id).where(Channel.name.like(name)).order_by(Channel.id.desc())
            session.execute(
                update(Channel)
                .where(Channel.id == found.limit(1).scalar_subquery())
                .values(
                    failing_since=at - timedelta(hours=3),
                    failing_reason=reason,
                    failures=9,
                    probe_at=at + timedelta(minutes=50),
                )
            )


def troubled_pages(page: Page) -> Iterator[str]:
    """Open each page of the desk that tells of trouble, and give its name."""
    page.goto("/staff/inquiries")
    yield "band"
    page.locator(".queue a.open").first.click()
    yield "inquiry"
    page.goto("/staff/deliveries")
    yield "deliveries"
    page.locator('main a[href*="/staff/deliveries/"]').first.click()
    yield "delivery"
    page.goto("/staff/endpoints")
    yield "endpoints"
    page.get_by_label("Address", exact=True).fill("http://hooks.clinic.example/")
    page.get_by_label(re.compile("An inquiry arrived")).uncheck()
    page.get_by_label(re.compile("Somebody said")).uncheck()
    page.get_by_role("button", name="Add webhook").click()
    yield "endpoints-errors"
    page.goto("/staff/subscriptions/all")
    yield "subscriptions-all"
    page.goto("/staff/subscriptions")
    page.get_by_label(re.compile("^States")).fill("Nowhere")
    page.get_by_role("button", name="Keep this rule").click()
    yield "subscriptions-rule-errors"
    page.get_by_label(re.compile("^From")).fill("25:00")
    page.get_by_role("button", name="Keep quiet hours").click()
    yield "subscriptions-quiet-errors"
    page.get_by_label(re.compile("^First day away")).fill("tomorrow")
    page.get_by_role("button", name="Keep this absence").click()
    yield "subscriptions-absence-errors"
    page.goto("/staff/endpoints")
    page.get_by_label("Name", exact=True).fill("Reports")
    page.get_by_label("Address", exact=True).fill("https://reports.clinic.example/")
    page.get_by_role("button", name="Add webhook").click()
    yield "endpoints-secret"
