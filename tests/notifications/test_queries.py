"""What staff see of the queue."""

from datetime import timedelta

from sqlalchemy import update

from intake.notifications.models import OutboxMessage
from intake.notifications.outcome import Outcome, Result
from intake.notifications.presence import Presence, record_seen
from intake.notifications.queries import (
    WORDS,
    channel_health,
    dead_letters,
    deliveries_of,
    in_words,
    workers_seen,
)
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import claimed, ended, enqueued


def test_the_health_of_a_channel_counts_and_says_why_it_fails(database: Database) -> None:
    enqueued(database, count=4)
    first, second, third = claimed(database, limit=3)
    ended(database, first, Result(Outcome.DELIVERED))
    ended(database, second, Result(Outcome.PERMANENT, "recipient_refused", status_code=550))
    ended(database, third, Result(Outcome.CHANNEL, "refused"))

    with database.read() as session:
        email, console = channel_health(session, day_start=NOON - timedelta(hours=12))
        (tomorrow, _) = channel_health(session, day_start=NOON + timedelta(hours=12))

    assert (email.waiting, email.oldest_at, email.delivered_since, email.dead) == (2, NOON, 1, 1)
    assert email.failing_since == NOON
    assert email.failing_reason == "the mail server refuses connections"
    assert email.next_try_at == NOON + timedelta(seconds=5)
    assert email.last_success_at == NOON
    assert (console.waiting, console.oldest_at, console.failing_reason) == (0, None, None)
    assert tomorrow.delivered_since == 0


def test_a_delivery_shows_its_tries_in_plain_words(database: Database) -> None:
    enqueued(database)
    (message,) = claimed(database)
    ended(database, message, Result(Outcome.RETRYABLE, "timed_out"))
    (message,) = claimed(database, at=NOON + timedelta(minutes=1))
    ended(database, message, Result(Outcome.PERMANENT, "recipient_refused", "5.1.1", 550))

    with database.read() as session:
        (dead,) = dead_letters(session)

    assert (dead.state, dead.channel, dead.attempts) == ("dead", "email", 2)
    assert dead.reason == "the mail server refused the address"
    assert [(one.number, one.outcome, one.status_code) for one in dead.tries] == [
        (1, "retryable", None),
        (2, "permanent", 550),
    ]


def test_an_inquiry_shows_only_its_own_deliveries(sqlite_database: Database) -> None:
    enqueued(sqlite_database, count=2)
    with sqlite_database.write() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        session.execute(update(OutboxMessage).where(OutboxMessage.id == 1).values(inquiry_id=7))
        found = deliveries_of(session, 7)
        session.execute(update(OutboxMessage).values(inquiry_id=None))

    assert [one.recipient for one in found] == ["staff:1"]


def test_an_unexplained_code_is_shown_as_it_is() -> None:
    assert in_words("made_up_code") == "made up code"
    assert in_words(None) is None
    assert all(words and words == words.strip(".") for words in WORDS.values())


def test_workers_that_were_not_seen_for_a_while_are_not_called_alive(database: Database) -> None:
    with database.write() as session:
        for _ in range(2):
            record_seen(session, "a:1", started_at=NOON, at=NOON, version="1", busy=2)

    soon = workers_seen(database, at=NOON + timedelta(minutes=1))
    late = workers_seen(database, at=NOON + timedelta(hours=1))

    assert [(one.worker, one.in_flight) for one in soon] == [("a:1", 2)]
    assert soon[0].is_alive is (database.dialect == "postgresql")  # nobody holds the lock file
    assert not late[0].is_alive


def test_an_idle_worker_on_sqlite_is_alive_by_its_lock(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        record_seen(session, "a:1", started_at=NOON, at=NOON, version="1", busy=0)
    presence = Presence(sqlite_database)
    presence.enter(NOON)
    presence.touch()
    late = NOON + timedelta(days=3650)  # later than the file's time: the lock file is from today

    (seen,) = workers_seen(sqlite_database, at=NOON)
    presence.leave()
    presence.leave()
    presence.touch()
    (gone,) = workers_seen(sqlite_database, at=late)

    assert seen.is_alive
    assert not gone.is_alive
