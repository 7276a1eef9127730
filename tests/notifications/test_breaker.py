"""The pause of a channel that is broken."""

from datetime import timedelta

from sqlalchemy import select, update

from intake.notifications.breaker import Gate, take_probe
from intake.notifications.leases import look
from intake.notifications.models import Channel, OutboxMessage
from intake.notifications.outbox import enqueue, finish
from intake.notifications.outcome import Finished, Outcome, Result
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import a_message, channel_id, claimed, ended, enqueued, rows, states

REFUSED = Result(Outcome.CHANNEL, "refused")
DELIVERED = Result(Outcome.DELIVERED, status_code=250)
SECOND = timedelta(seconds=1)


def channel(database: Database) -> Channel:
    with database.read() as session:
        return session.scalars(select(Channel).where(Channel.name == "email")).one()


def paused(database: Database, count: int = 3) -> None:
    """Leave ``count`` messages waiting for a channel that failed at NOON."""
    enqueued(database, count=count)
    (message,) = claimed(database, limit=1)
    ended(database, message, REFUSED)


def test_a_failure_of_the_channel_burns_no_try_and_pauses_it(database: Database) -> None:
    paused(database)

    row = rows(database)[0]
    assert (row.state, row.attempts, row.due_at) == ("retry", 0, NOON)
    assert channel(database).failing_since == NOON
    assert channel(database).failing_reason == "refused"
    assert claimed(database, at=NOON + 4 * SECOND) == []


def test_one_message_probes_after_5_and_30_seconds_and_then_every_2_minutes(
    database: Database,
) -> None:
    paused(database)
    at, waits = NOON, []
    for _ in range(4):
        probe_at = channel(database).probe_at
        assert probe_at is not None
        waits.append((probe_at - at).total_seconds())
        at = probe_at
        assert claimed(database, at=at - SECOND) == []
        (probe,) = claimed(database, at=at)
        assert probe.is_probe
        assert claimed(database, at=at) == []  # one at a time
        ended(database, probe, REFUSED, at=at)

    assert waits == [5, 30, 120, 120]
    assert [row.attempts for row in rows(database)] == [0, 0, 0]
    assert channel(database).failing_since == NOON


def test_a_wait_the_server_asks_for_wins_up_to_an_hour(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    ended(database, message, Result(Outcome.CHANNEL, "busy", wait=timedelta(days=3)))

    assert channel(database).probe_at == NOON + timedelta(hours=1)


def test_failures_of_tries_begun_before_the_pause_do_not_count_again(database: Database) -> None:
    enqueued(database, count=3)
    first, second, third = claimed(database)
    for message in (first, second, third):
        ended(database, message, REFUSED)

    assert channel(database).failures == 1
    assert channel(database).probe_at == NOON + 5 * SECOND


def test_the_first_success_ends_the_pause_and_wakes_what_waits_spread_out(
    database: Database,
) -> None:
    paused(database, count=40)
    back = NOON + timedelta(hours=72)
    (probe,) = claimed(database, at=back)
    ended(database, probe, DELIVERED, at=back)

    waiting = [row.due_at for row in rows(database) if row.due_at]
    assert len(waiting) == 39
    assert all(back <= due <= back + timedelta(minutes=2) for due in waiting)
    assert len(set(waiting)) == 39
    assert channel(database).failing_since is None
    assert channel(database).last_success_at == back
    assert len(claimed(database, at=back + timedelta(minutes=2), limit=50)) == 39


def test_give_up_moves_by_the_time_the_pause_took_from_each_message(database: Database) -> None:
    paused(database, count=2)
    with database.write() as session:
        enqueue(session, [a_message(9)], at=NOON + timedelta(hours=10))
    back = NOON + timedelta(hours=72)
    (probe,) = claimed(database, at=back)
    ended(database, probe, DELIVERED, at=back)

    second, later = rows(database)[1:]
    assert second.give_up_at == NOON + timedelta(hours=72 + 72)
    assert later.give_up_at == NOON + timedelta(hours=10 + 72 + 62)


def test_a_message_planned_for_later_is_not_pulled_forward(database: Database) -> None:
    paused(database, count=1)
    planned = NOON + timedelta(hours=20)
    with database.write() as session:
        enqueue(session, [a_message(9, due_at=planned)], at=NOON)
    (probe,) = claimed(database, at=NOON + 5 * SECOND)
    ended(database, probe, DELIVERED, at=NOON + 5 * SECOND)

    assert rows(database)[1].due_at == planned


def test_a_refusal_of_the_message_proves_that_the_channel_works(database: Database) -> None:
    paused(database)
    (probe,) = claimed(database, at=NOON + 5 * SECOND)
    ended(database, probe, Result(Outcome.PERMANENT, "recipient_refused", status_code=550), at=NOON)

    assert channel(database).failing_since is None
    assert states(database) == ["dead", "pending", "pending"]


def test_a_probe_that_never_reached_the_channel_lets_the_next_message_probe(
    database: Database,
) -> None:
    paused(database)
    at = NOON + 5 * SECOND
    (probe,) = claimed(database, at=at)
    ended(database, probe, Result(Outcome.CANCELLED, "permission_withdrawn"), at=at)

    assert channel(database).failing_since == NOON
    assert channel(database).failures == 1
    (another,) = claimed(database, at=at)
    assert another.is_probe


def test_a_probe_that_times_out_half_way_keeps_the_pause(database: Database) -> None:
    paused(database)
    at = NOON + 5 * SECOND
    (probe,) = claimed(database, at=at)
    ended(database, probe, Result(Outcome.RETRYABLE, "timed_out"), at=at)

    assert channel(database).failing_since == NOON


def test_a_probe_whose_worker_died_is_taken_over_after_a_minute(database: Database) -> None:
    paused(database)
    at = NOON + 5 * SECOND
    claimed(database, at=at)

    assert claimed(database, at=at + timedelta(seconds=59)) == []
    assert len(claimed(database, at=at + timedelta(seconds=60))) == 1


def test_the_right_to_probe_is_given_back_when_there_is_nothing_to_probe_with(
    database: Database,
) -> None:
    paused(database, count=1)
    with database.write() as session:
        session.execute(update(Channel).values(probe_at=NOON))
    with database.write() as session:
        session.execute(update(OutboxMessage).values(due_at=NOON + timedelta(hours=1)))

    assert claimed(database, at=NOON) == []
    assert channel(database).probe_at == NOON


def test_a_probe_date_from_a_wrong_clock_does_not_stop_the_channel(database: Database) -> None:
    paused(database)
    with database.write() as session:
        session.execute(update(Channel).values(probe_at=NOON + timedelta(days=365)))

    assert len(claimed(database, at=NOON + SECOND)) == 1
    assert Gate(enabled=True, failing_since=NOON, probe_at=None).may_probe(NOON)


def test_only_a_paused_channel_can_be_probed(database: Database) -> None:
    enqueued(database)
    with database.write() as session:
        assert not take_probe(session, channel_id(database), NOON)


def test_the_look_says_when_the_probe_is_due(database: Database) -> None:
    paused(database)
    number = channel_id(database)
    with database.read() as session:
        seen = look(session, number, at=NOON)
        later = look(session, number, at=NOON + 5 * SECOND)

    assert (seen.is_due, seen.next_at) == (False, NOON + 5 * SECOND)
    assert later.is_due


def test_successes_close_together_write_the_channel_once(database: Database) -> None:
    enqueued(database, count=3)
    for number, message in enumerate(claimed(database)):
        ended(database, message, DELIVERED, at=NOON + number * 6 * SECOND)

    assert channel(database).last_success_at == NOON + 12 * SECOND


def test_the_last_word_of_a_batch_decides(database: Database) -> None:
    enqueued(database, count=2)
    first, second = claimed(database)
    with database.write() as session:
        both = [Finished(first, REFUSED), Finished(second, DELIVERED)]
        finish(session, both, owner="test", at=NOON)

    assert channel(database).failing_since is None
