"""Keeping, returning and correcting leases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from intake.notifications import leases
from intake.notifications.models import Channel, OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import channel_id, claimed, enqueued, rows

MINUTE = timedelta(minutes=1)


def test_the_look_says_whether_something_is_due_and_else_when(database: Database) -> None:
    enqueued(database, at=NOON + MINUTE)
    number = channel_id(database)
    with database.read() as session:
        early = leases.look(session, number, at=NOON)
        ready = leases.look(session, number, at=NOON + MINUTE)
        present = leases.look(session, number)

    assert (early.is_due, early.next_at) == (False, NOON + MINUTE)
    assert ready.is_due
    assert abs(present.now - datetime.now(UTC)) < timedelta(seconds=5)


def test_an_empty_or_disabled_channel_is_never_due(database: Database) -> None:
    enqueued(database, count=1)
    with database.read() as session:
        console = leases.look(session, channel_id(database, "console"), at=NOON)
    with database.write() as session:
        session.execute(update(Channel).values(enabled=False))
    with database.read() as session:
        disabled = leases.look(session, channel_id(database), at=NOON)

    assert [console.next_at, disabled.next_at] == [None, None]
    assert not disabled.is_due


def test_extending_keeps_what_is_ours_and_names_it(database: Database) -> None:
    enqueued(database, count=2)
    first, second = claimed(database)
    claimed(database, at=NOON + MINUTE, limit=1)  # another worker took the first

    with database.write() as session:
        held = leases.extend(session, [first, second], at=NOON + MINUTE)

    assert held == {second.id}
    assert rows(database)[1].due_at == NOON + 2 * MINUTE


def test_what_is_given_back_is_due_at_once_and_counts_no_try(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    with database.write() as session:
        leases.give_back(session, [message], at=NOON + MINUTE)

    (row,) = rows(database)
    assert (row.state, row.attempts, row.losses) == ("retry", 0, 0)
    assert (row.due_at, row.lease_token) == (NOON + MINUTE, None)


def test_giving_back_a_lost_lease_changes_nothing(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    (other,) = claimed(database, at=NOON + MINUTE)
    with database.write() as session:
        leases.give_back(session, [message], at=NOON + MINUTE)

    assert rows(database)[0].lease_token == other.lease_token


def test_orphans_become_due_at_once(database: Database) -> None:
    enqueued(database, count=2)
    with database.read() as session:
        assert not leases.has_leases(session)
    claimed(database, limit=1)
    with database.read() as session:
        assert leases.has_leases(session)

    with database.write() as session:
        assert leases.free_orphans(session, at=NOON) == 1

    assert len(claimed(database)) == 2


def test_nothing_waits_longer_than_a_day_whatever_the_clock_said(database: Database) -> None:
    enqueued(database, at=NOON + timedelta(days=400))  # written while the clock was wrong
    with database.read() as session:
        assert leases.waits_too_long(session, at=NOON)

    with database.write() as session:
        assert leases.clamp(session, at=NOON) == 1

    assert len(claimed(database)) == 1


def test_a_lease_that_ends_too_far_ahead_is_not_believed(database: Database) -> None:
    enqueued(database)
    claimed(database, at=NOON + timedelta(hours=3))  # the clock went back afterwards
    with database.write() as session:
        assert leases.clamp(session, at=NOON) == 1

    assert len(claimed(database)) == 1


def test_what_rules_could_have_planned_is_left_alone(database: Database) -> None:
    enqueued(database, count=2)
    claimed(database, limit=1)
    with database.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == "pending")
            .values(due_at=NOON + timedelta(hours=23))
        )
        assert leases.clamp(session, at=NOON) == 0
    with database.read() as session:
        assert not leases.waits_too_long(session, at=NOON)
        leases.waits_too_long(session)
