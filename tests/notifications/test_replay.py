"""Trying again, sending again, cancelling."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.errors import Conflict, NotFound
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import NewMessage, enqueue, ensure_channels
from intake.notifications.outcome import Outcome, Result
from intake.notifications.replay import (
    cancel,
    cancel_for_inquiry,
    replay,
    replay_all,
    send_again,
)
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import channel_id, claimed, ended, enqueued, rows, states

DEAD = Result(Outcome.PERMANENT, "recipient_refused", "5.1.1", 550)
LATER = NOON + timedelta(days=9)


def a_dead_letter(database: Database, count: int = 1) -> list[OutboxMessage]:
    enqueued(database, count=count)
    for message in claimed(database, limit=500):
        ended(database, message, DEAD)
    return rows(database)


def test_a_replayed_dead_letter_keeps_its_key_and_starts_afresh(database: Database) -> None:
    (dead,) = a_dead_letter(database)
    with database.write() as session:
        replay(session, dead.public_id, at=LATER)

    (message,) = claimed(database, at=LATER)
    assert message.key == f"{dead.public_id}-1"
    assert (message.attempts, message.losses) == (1, 0)
    assert message.give_up_at == LATER + timedelta(hours=72)


def test_replaying_twice_is_refused(database: Database) -> None:
    (dead,) = a_dead_letter(database)
    with database.write() as session:
        replay(session, dead.public_id, at=LATER)
        with pytest.raises(Conflict, match="already_replayed"):
            replay(session, dead.public_id, at=LATER)


def test_replaying_all_spreads_a_hundred_over_a_minute(database: Database) -> None:
    a_dead_letter(database, count=101)
    with database.write() as session:
        number = channel_id(database) if database.dialect == "postgresql" else 1
        assert replay_all(session, number, since=NOON + timedelta(seconds=1), at=LATER) == 0
        assert replay_all(session, number, since=NOON, at=LATER) == 101

    due = [row.due_at for row in rows(database) if row.due_at]
    assert (min(due), max(due)) == (LATER, LATER + timedelta(minutes=1))


def test_sending_again_is_a_new_message_with_a_new_key(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    ended(database, message, Result(Outcome.DELIVERED))
    with database.write() as session:
        new = send_again(session, message.public_id, at=LATER)
        with pytest.raises(Conflict, match="already_sent_again"):
            send_again(session, message.public_id, at=LATER)

    (again,) = claimed(database, at=LATER)
    assert again.key == f"{new}-2"
    assert states(database) == ["delivered", "sending"]
    assert [row.dedupe_key[-2:] for row in rows(database)] == [":1", ":2"]


def test_only_what_was_delivered_can_be_sent_again(database: Database) -> None:
    (dead,) = a_dead_letter(database)
    with database.write() as session:
        with pytest.raises(Conflict, match="not_delivered"):
            send_again(session, dead.public_id, at=LATER)
        with pytest.raises(NotFound, match="message_unknown"):
            send_again(session, "nobody", at=LATER)


def test_a_cancelled_message_is_never_sent(database: Database) -> None:
    enqueued(database)
    with database.write() as session:
        cancel(session, rows(database)[0].public_id, reason="staff", at=NOON)

    assert claimed(database) == []
    assert (rows(database)[0].state, rows(database)[0].last_error) == ("cancelled", "staff")


def test_what_is_being_sent_cannot_be_cancelled(database: Database) -> None:
    enqueued(database)
    claimed(database)
    with database.write() as session, pytest.raises(Conflict, match="too_late"):
        cancel(session, rows(database)[0].public_id, reason="staff", at=NOON)


def test_a_person_who_withdraws_gets_nothing_more_but_staff_do(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        both = [
            NewMessage(None, who, "email", "inquiry.submitted", "inquiry:1")
            for who in ("person", "staff:1")
        ]
        enqueue(session, both, at=NOON)
        assert cancel_for_inquiry(session, 1, reason="withdrawn", at=NOON) == 0
        if database.dialect == "sqlite":  # any number will do as the inquiry's row id
            session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            session.execute(update(OutboxMessage).values(inquiry_id=1))
            assert cancel_for_inquiry(session, 1, reason="withdrawn", at=NOON) == 1
            states_now = session.scalars(select(OutboxMessage.state)).all()
            assert states_now == ["cancelled", "pending"]
            session.execute(update(OutboxMessage).values(inquiry_id=None))
