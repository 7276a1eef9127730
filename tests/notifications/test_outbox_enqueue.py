"""Writing messages with the fact they tell of."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from intake.notifications.models import Channel, OutboxMessage
from intake.notifications.outbox import (
    WAKEUP_OPTION,
    NewMessage,
    enqueue,
    ensure_channels,
)
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import a_message, enqueued


def test_a_message_is_pending_and_due_at_once(database: Database) -> None:
    enqueued(database)

    with database.read() as session:
        row = session.scalars(select(OutboxMessage)).one()
    assert (row.state, row.attempts, row.losses, row.generation) == ("pending", 0, 0, 1)
    assert (row.due_at, row.give_up_at) == (NOON, NOON + timedelta(hours=72))
    assert row.dedupe_key == "test:0:inquiry.submitted:staff:1:email:1"


def test_the_same_message_twice_is_one_row(database: Database) -> None:
    enqueued(database)
    enqueued(database, count=2)

    with database.read() as session:
        assert len(session.scalars(select(OutboxMessage)).all()) == 2


def test_a_message_of_a_failed_transaction_does_not_exist(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as session:
            ensure_channels(session)
            enqueue(session, [a_message()], at=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()

    with database.read() as session:
        assert session.scalars(select(OutboxMessage)).all() == []


def test_a_message_for_an_unknown_channel_fails_the_transaction(database: Database) -> None:
    pigeon = NewMessage(None, "staff:1", "pigeon", "x", "test:1")
    with pytest.raises(IntegrityError), database.write() as session:
        enqueue(session, [pigeon], at=NOON)


def test_a_message_is_never_due_later_than_a_day_from_now(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        enqueue(session, [a_message(due_at=NOON + timedelta(days=30))], at=NOON)

    with database.read() as session:
        assert session.scalars(select(OutboxMessage.due_at)).one() == NOON + timedelta(days=1)


def test_no_messages_write_nothing_and_ring_no_bell(database: Database) -> None:
    with database.write() as session:
        enqueue(session, [], at=NOON)
        assert session.info == {}


def test_ensuring_channels_again_changes_only_what_serves_them(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        session.execute(update(Channel).values(failures=3))
        ensure_channels(session, {"email": "mailbox"})

    with database.read() as session:
        email = session.scalars(select(Channel).where(Channel.name == "email")).one()
    assert (email.kind, email.failures, email.enabled) == ("mailbox", 3, True)


def test_polling_workers_are_not_notified_by_the_database(database: Database) -> None:
    if database.dialect == "sqlite":
        return  # SQLite has no NOTIFY
    seen: list[int] = []
    for mode in ("poll", "listen"):
        database.writer.update_execution_options(**{WAKEUP_OPTION: mode})
        with database.writer.connect() as listener:
            raw = listener.connection.driver_connection
            assert raw is not None
            raw.autocommit = True
            raw.execute("LISTEN intake_outbox")
            with database.write() as session:
                ensure_channels(session)
                enqueue(session, [a_message(len(seen))], at=NOON)
            seen.append(len(list(raw.notifies(timeout=0.2))))
            raw.execute("UNLISTEN *")
            raw.autocommit = False
    assert seen == [0, 1]
    with database.read() as session:
        session.execute(text("SELECT 1"))
