"""All of a submission or nothing of it, once per key, from many threads and processes."""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from intake.audit.models import VISITOR, AuditEvent
from intake.consent.models import ConsentRecord, ConsentWording
from intake.crypto.tokens import hash_secret
from intake.errors import Conflict
from intake.inquiries import submit
from intake.inquiries.models import Inquiry, SearchToken, Status
from intake.inquiries.news import ACKNOWLEDGED
from intake.inquiries.submit import SUBMITTED, submit_inquiry
from intake.notifications.models import Channel, OutboxMessage, Subscription
from intake.notifications.outbox import ensure_channels
from intake.notifications.subscriptions import subscribe
from intake.storage.database import Database
from intake.storage.types import Base
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, a_sealed_inquiry, a_submission_key, an_inquiry
from tests.notifications.rows import a_member

WRITTEN = (Inquiry, SearchToken, ConsentRecord, ConsentWording, OutboxMessage, AuditEvent)
EVERYTHING = (*WRITTEN, Channel, Subscription)


def counts(database: Database, tables: tuple[type[Base], ...] = WRITTEN) -> dict[str, int]:
    with database.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def subscribed(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        subscribe(session, a_member(session), SUBMITTED, "email", NOON)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect the statements of the write door."""
    seen: list[str] = []

    def saw(_c: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.writer, "before_cursor_execute", saw)
    try:
        yield seen
    finally:
        event.remove(database.writer, "before_cursor_execute", saw)


def own(seen: list[str]) -> list[str]:
    """Leave out what opens the transaction."""
    return [one for one in seen if not one.startswith(("PRAGMA", "BEGIN"))]


def test_an_inquiry_its_permissions_messages_and_record_are_stored_together(
    database: Database,
) -> None:
    subscribed(database)

    receipt = an_inquiry(database)

    with database.read() as session:
        inquiry = session.scalars(select(Inquiry)).one()
        assert inquiry.reference == receipt.reference
        assert inquiry.status == Status.NEW
        assert inquiry.receipt_hash == hash_secret(receipt.receipt_token)
        assert inquiry.link_hash == hash_secret(receipt.link_token)
        assert session.scalars(select(AuditEvent.subject)).all() == [inquiry.public_id]
        assert session.scalar(select(AuditEvent.action)) == SUBMITTED
        messages = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        assert [(one.event, one.recipient[:5]) for one in messages] == [
            (SUBMITTED, "staff"),
            (ACKNOWLEDGED, "perso"),
        ]
        purposes = session.scalars(select(ConsentRecord.purpose).order_by(ConsentRecord.id)).all()
        assert purposes == ["contact", "health", "notice"]
        assert (session.scalar(select(func.count()).select_from(SearchToken)) or 0) > 8
    assert receipt.due_at == NOON + timedelta(days=1)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_failure_at_any_statement_leaves_nothing_behind(
    database: Database, is_first: bool
) -> None:
    subscribed(database)
    if not is_first:  # the wordings are known by then, so that other statements run
        an_inquiry(database)
    before = counts(database, EVERYTHING)
    with statements(database) as seen, suppress(ZeroDivisionError):
        rolled_back(database, at_statement=None)
    total = len(own(seen))

    for number in range(total):
        with pytest.raises(ZeroDivisionError):
            rolled_back(database, at_statement=number)
        assert counts(database, EVERYTHING) == before

    assert total >= 6
    an_inquiry(database)
    assert counts(database)["inquiries"] == before["inquiries"] + 1


def rolled_back(database: Database, *, at_statement: int | None) -> None:
    """Submit; fail just before the n-th own statement, or after all of them when None."""
    count = 0

    def fail(_c: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal count
        if own([statement]):
            if count == at_statement:
                raise ZeroDivisionError
            count += 1

    event.listen(database.writer, "before_cursor_execute", fail)
    try:
        with database.write() as session:
            submit_inquiry(session, a_sealed_inquiry(), actor=VISITOR, at=NOON)
            raise ZeroDivisionError
    finally:
        event.remove(database.writer, "before_cursor_execute", fail)


def test_a_failure_after_the_last_statement_leaves_nothing_behind(database: Database) -> None:
    subscribed(database)

    with suppress(ZeroDivisionError):
        rolled_back(database, at_statement=None)

    assert set(counts(database).values()) == {0}


def test_submitting_twice_keeps_the_first_and_writes_nothing(database: Database) -> None:
    subscribed(database)
    key = a_submission_key()
    first = an_inquiry(database, key=key)
    before = counts(database, EVERYTHING)

    again = an_inquiry(database, key=key, full_name="Somebody Else", at=NOON + timedelta(hours=3))

    assert again == first
    assert (first.repeated, again.repeated) == (False, True)
    assert counts(database, EVERYTHING) == before


def test_the_receipt_of_a_repeat_equals_the_first_to_the_millisecond(database: Database) -> None:
    key = a_submission_key()
    odd = NOON.replace(microsecond=123_456)

    assert an_inquiry(database, key=key, at=odd).due_at == an_inquiry(database, key=key).due_at


def test_twenty_threads_with_one_key_store_one_inquiry_and_get_equal_receipts(
    database: Database,
) -> None:
    subscribed(database)
    key = a_submission_key()
    together = threading.Barrier(20)

    def send(_: int) -> Any:  # noqa: ANN401 - a receipt
        sealed = a_sealed_inquiry(key=key)
        together.wait(timeout=30)
        with database.write() as session:
            return submit_inquiry(session, sealed, actor=VISITOR, at=NOON)

    with ThreadPoolExecutor(20) as threads:
        receipts = list(threads.map(send, range(20)))

    assert len({receipt.reference for receipt in receipts}) == 1
    assert all(receipt == receipts[0] for receipt in receipts)
    assert sum(not receipt.repeated for receipt in receipts) == 1
    found = counts(database)
    assert (found["inquiries"], found["audit_events"], found["outbox_messages"]) == (1, 1, 2)


def write_for(url: str, seconds: float, results: "multiprocessing.Queue[tuple[int, int]]") -> None:
    database = Database(url)  # after the fork: an inherited lock would be held by both
    stored = errors = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sealed = a_sealed_inquiry(key=f"{time.monotonic_ns()}-{threading.get_native_id()}")
        try:
            with database.write() as session:
                submit_inquiry(session, sealed, actor=VISITOR, at=NOON)
            stored += 1
        except Exception:  # noqa: BLE001 - each one counts
            errors += 1
    database.close()
    results.put((stored, errors))


def test_eight_processes_write_without_an_error(sqlite_database: Database) -> None:
    subscribed(sqlite_database)
    url = sqlite_database.writer.url.render_as_string()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    writers = [context.Process(target=write_for, args=(url, 2.0, results)) for _ in range(8)]

    for writer in writers:
        writer.start()
    reports = [results.get(timeout=60) for _ in writers]
    for writer in writers:
        writer.join(timeout=30)

    assert sum(errors for _, errors in reports) == 0
    stored = sum(number for number, _ in reports)
    assert stored >= 8
    assert counts(sqlite_database)["inquiries"] == stored
    assert counts(sqlite_database)["outbox_messages"] == 2 * stored


def test_a_taken_reference_is_replaced_and_found_by_its_new_name(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = an_inquiry(database).reference
    sealed = a_sealed_inquiry()
    unlucky = replace(sealed, columns={**sealed.columns, "reference": taken})

    with database.write() as session:
        receipt = submit_inquiry(session, unlucky, actor=VISITOR, at=NOON)

    assert receipt.reference != taken
    assert not receipt.repeated
    assert counts(database)["inquiries"] == 2


def test_a_reference_that_stays_taken_is_an_error_and_not_a_lost_inquiry(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = an_inquiry(database).reference
    monkeypatch.setattr("intake.inquiries.sealing.new_reference", lambda: taken)
    sealed = a_sealed_inquiry()

    with pytest.raises(Conflict, match="reference_taken"), database.write() as session:
        submit_inquiry(session, sealed, actor=VISITOR, at=NOON)


def test_the_key_of_an_erased_inquiry_stores_nothing_new(database: Database) -> None:
    key = a_submission_key()
    an_inquiry(database, key=key)
    with database.write() as session:
        session.execute(
            update(Inquiry).values(
                status="erased", closed_at=NOON, data_key=None, answers=None, access=None
            )
        )

    with pytest.raises(Conflict, match="inquiry_erased"):
        an_inquiry(database, key=key)


@pytest.mark.parametrize(
    ("answers", "events"),
    [
        ({}, [SUBMITTED, ACKNOWLEDGED]),
        ({"contact_by": ["email"], "phone": "", "voicemail": ""}, [SUBMITTED, ACKNOWLEDGED]),
        (BY_PHONE_ONLY, [SUBMITTED]),
        ({"contact_by": ["call"]}, [SUBMITTED]),  # the address was given, but not to be used
    ],
)
def test_an_acknowledgement_is_sent_only_when_the_person_chose_email(
    database: Database, answers: dict[str, Any], events: list[str]
) -> None:
    subscribed(database)

    an_inquiry(database, **answers)

    with database.read() as session:
        assert session.scalars(select(OutboxMessage.event).order_by(OutboxMessage.id)).all() == (
            events
        )


def test_a_submission_takes_few_statements(database: Database) -> None:
    subscribed(database)
    an_inquiry(database)
    sealed = a_sealed_inquiry()

    with statements(database) as seen, database.write() as session:
        submit_inquiry(session, sealed, actor=VISITOR, at=NOON)

    # inquiry, tokens, permissions, who is told, messages, record; PostgreSQL also wakes workers.
    assert len(own(seen)) == (6 if database.dialect == "sqlite" else 7)
    tables = Counter(one.split()[2] for one in own(seen) if one.startswith("INSERT"))
    assert set(tables.values()) == {1}


def test_tries_for_a_reference_are_few() -> None:
    assert submit.REFERENCE_TRIES == 3
