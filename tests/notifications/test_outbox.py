"""Claiming messages under a lease and writing how their tries ended."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, update

from intake.errors import NotFound
from intake.notifications.models import Channel, OutboxMessage
from intake.notifications.outbox import NewMessage, claim, enqueue, ensure_channels, finish
from intake.notifications.outcome import Finished, Outcome, Result
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import (
    attempts,
    channel_id,
    claimed,
    ended,
    enqueued,
    rows,
    states,
)

DELIVERED = Result(Outcome.DELIVERED, status_code=250, remote_id="4F2A")
MINUTE = timedelta(minutes=1)


def test_a_claim_takes_no_more_than_there_are_slots_and_the_oldest_first(
    database: Database,
) -> None:
    enqueued(database, count=5)

    first, second = claimed(database, limit=2)

    everything = rows(database)
    assert [first.id, second.id] == [everything[0].id, everything[1].id]
    assert states(database) == ["sending", "sending", "pending", "pending", "pending"]


def test_a_claim_counts_the_try_and_leases_for_a_minute(database: Database) -> None:
    enqueued(database)

    (message,) = claimed(database)

    (row,) = rows(database)
    assert (row.attempts, row.losses, row.due_at) == (1, 0, NOON + MINUTE)
    assert (row.lease_token, row.lease_owner) == (message.lease_token, "test")
    assert (message.claimed_at, message.key) == (NOON, f"{row.public_id}-1")
    assert claimed(database) == []


def test_a_message_is_not_claimed_before_it_is_due(database: Database) -> None:
    enqueued(database, at=NOON + MINUTE)

    assert claimed(database, at=NOON) == []
    assert len(claimed(database, at=NOON + MINUTE)) == 1


def test_the_databases_own_clock_serves_where_no_instant_is_given(database: Database) -> None:
    enqueued(database, at=datetime.now(UTC) - timedelta(seconds=5))

    (message,) = claimed(database, at=None)
    ended(database, message, DELIVERED, at=None)

    (row,) = rows(database)
    assert row.finished_at is not None
    assert abs(row.finished_at - datetime.now(UTC)) < timedelta(seconds=5)
    assert abs(message.claimed_at - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_lease_that_ran_out_is_claimed_again_and_counted_as_a_loss(database: Database) -> None:
    enqueued(database)
    claimed(database)

    (again,) = claimed(database, at=NOON + MINUTE)

    assert (again.attempts, again.losses) == (2, 1)


def test_rows_in_hand_or_doubtful_leases_are_left_alone_on_request(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    later = NOON + timedelta(hours=1)  # the clock jumped; the sender is still talking

    assert claimed(database, at=later, busy=[message.id]) == []
    assert claimed(database, at=later, take_lost=False) == []
    assert len(claimed(database, at=later, busy=[message.id + 1])) == 1


def test_a_disabled_or_unknown_channel_gives_nothing(database: Database) -> None:
    enqueued(database)
    with database.write() as session:
        session.execute(update(Channel).values(enabled=False))

    assert claimed(database) == []
    with database.write() as session, pytest.raises(NotFound, match="channel_unknown"):
        claim(session, 999, limit=1, owner="test", at=NOON)


def test_within_a_group_the_older_message_goes_first(database: Database) -> None:
    group = [
        NewMessage(None, "staff:1", "email", "x", f"test:{n}", group_key="g") for n in range(2)
    ]
    with database.write() as session:
        ensure_channels(session)
        enqueue(session, group, at=NOON)

    (first,) = claimed(database)
    assert claimed(database) == []
    ended(database, first, Result(Outcome.PERMANENT, "recipient_refused", status_code=550))

    assert len(claimed(database)) == 1  # a dead letter does not block its group for ever


def test_a_delivery_is_written_with_its_try(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)

    assert ended(database, message, DELIVERED) == frozenset()

    (row,), (attempt,) = rows(database), attempts(database)
    assert (row.state, row.due_at, row.lease_token, row.lease_owner) == (
        "delivered",
        None,
        None,
        None,
    )
    assert (row.finished_at, row.remote_id, row.last_error) == (NOON, "4F2A", None)
    assert (attempt.number, attempt.outcome, attempt.status_code) == (1, "delivered", 250)
    assert attempt.ended_at - attempt.started_at == timedelta(seconds=0.5)


def test_a_lost_lease_writes_only_lease_lost(database: Database) -> None:
    enqueued(database)
    (slow,) = claimed(database)
    (other,) = claimed(database, at=NOON + MINUTE)

    lost = ended(database, slow, DELIVERED, at=NOON + MINUTE)

    assert lost == {slow.id}
    (row,), (attempt,) = rows(database), attempts(database)
    assert (row.state, row.lease_token) == ("sending", other.lease_token)
    assert (attempt.outcome, attempt.status_code, attempt.error) == ("lease_lost", None, None)


def test_a_message_that_was_erased_meanwhile_leaves_nothing(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    with database.write() as session:
        session.execute(delete(OutboxMessage))

    assert ended(database, message, DELIVERED) == {message.id}
    assert attempts(database) == []


def test_many_tries_end_in_one_transaction_each_in_its_own_way(database: Database) -> None:
    enqueued(database, count=3)
    first, second, third = claimed(database)

    with database.write() as session:
        finish(
            session,
            [
                Finished(first, DELIVERED),
                Finished(second, Result(Outcome.PERMANENT, "recipient_refused", status_code=550)),
                Finished(third, Result(Outcome.RETRYABLE, "mailbox_full", status_code=452)),
            ],
            owner="test",
            at=NOON,
        )

    assert states(database) == ["delivered", "dead", "retry"]
    assert len(attempts(database)) == 3


def test_a_temporary_failure_backs_off_and_is_due_again(database: Database) -> None:
    enqueued(database)
    at, waits = NOON, []
    for _ in range(4):
        (message,) = claimed(database, at=at)
        ended(database, message, Result(Outcome.RETRYABLE, "try_later", status_code=451), at=at)
        (row,) = rows(database)
        assert row.due_at is not None
        waits.append((row.due_at - at).total_seconds())
        assert row.last_error == "try_later"
        at = row.due_at

    assert waits == [10, 20, 40, 80]


def test_a_temporary_failure_is_given_up_after_72_hours_but_not_at_its_first_tries(
    database: Database,
) -> None:
    enqueued(database)
    at = NOON + timedelta(hours=73)  # no worker ran for three days
    seen = []
    for _ in range(5):
        (message,) = claimed(database, at=at)
        ended(database, message, Result(Outcome.RETRYABLE, "try_later", status_code=451), at=at)
        seen.append(states(database)[0])
        at += timedelta(hours=3)

    assert seen == ["retry", "retry", "retry", "retry", "dead"]


def test_an_exception_of_our_own_is_dead_after_eight_tries(database: Database) -> None:
    enqueued(database)
    at = NOON
    for _ in range(8):
        assert states(database) != ["dead"]
        (message,) = claimed(database, at=at)
        broken = Result(Outcome.RETRYABLE, "own_fault", "KeyError", is_own_fault=True)
        ended(database, message, broken, at=at)
        at += timedelta(hours=3)

    assert states(database) == ["dead"]
    assert rows(database)[0].last_error_class == "KeyError"


def test_a_held_message_waits_without_burning_a_try_or_leaving_one(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)

    ended(database, message, Result(Outcome.HELD, "address_limit", until=NOON + MINUTE * 15))

    (row,) = rows(database)
    assert (row.state, row.due_at, row.attempts) == ("pending", NOON + MINUTE * 15, 0)
    assert attempts(database) == []


def test_a_message_held_for_ever_or_for_no_time_waits_a_day_at_most(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    ended(database, message, Result(Outcome.HELD, "quiet", until=NOON + timedelta(days=90)))
    assert rows(database)[0].due_at == NOON + timedelta(days=1)

    (message,) = claimed(database, at=NOON + timedelta(days=1))
    ended(database, message, Result(Outcome.HELD, "quiet"))
    assert rows(database)[0].due_at == NOON


def test_a_cancelled_message_is_final_and_says_why(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)

    ended(database, message, Result(Outcome.CANCELLED, "permission_withdrawn"))

    (row,) = rows(database)
    assert (row.state, row.due_at, row.last_error) == ("cancelled", None, "permission_withdrawn")
    assert attempts(database)[0].outcome == "cancelled"


def test_two_claims_at_once_never_share_a_row(database: Database) -> None:
    enqueued(database, count=4)
    number = channel_id(database)
    if database.dialect == "sqlite":
        first, second = claimed(database, limit=2), claimed(database, limit=4)
    else:  # two transactions open at the same time
        with database.write() as one, database.write() as two:
            first = claim(one, number, limit=2, owner="one", at=NOON)
            second = claim(two, number, limit=4, owner="two", at=NOON)

    assert len({message.id for message in [*first, *second]}) == len(first) + len(second) == 4


def test_the_claim_searches_the_index_of_live_rows(database: Database) -> None:
    enqueued(database, count=3)
    seen: list[tuple[str, Any]] = []

    @event.listens_for(database.writer, "before_cursor_execute")
    def remember(*arguments: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own objects
        seen.append((arguments[2], arguments[3]))

    claimed(database, at=None)
    sql, values = next(pair for pair in seen if "lease_owner" in pair[0])
    with database.write() as session:
        connection = session.connection()
        if database.dialect == "postgresql":  # a few rows would be read without any index
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {sql}", values).all()
            assert re.search(r"Index Cond: \(\(channel_id = .*\) AND \(due_at <=", str(plan))
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            assert "outbox_messages_due (channel_id=? AND due_at<?)" in str(plan)
