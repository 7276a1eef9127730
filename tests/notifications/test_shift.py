"""What the threads of a worker share."""

from datetime import timedelta

from intake.notifications.recipient import ClaimedMessage
from intake.notifications.shift import DOUBT_SECONDS, Doubt, Flights
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import claimed, enqueued


def two(database: Database) -> list[ClaimedMessage]:
    enqueued(database, count=2)
    return claimed(database)


def test_a_clock_that_runs_is_not_doubted() -> None:
    seconds = [100.0]
    doubt = Doubt(lambda: seconds[0])
    for step in range(5):
        seconds[0] = 100.0 + step * 30
        assert doubt.notice(NOON + timedelta(seconds=step * 30))


def test_a_jump_forward_is_doubted_until_every_worker_had_its_heartbeat() -> None:
    seconds = [100.0]
    doubt = Doubt(lambda: seconds[0])
    jumped = NOON + timedelta(hours=1)
    assert doubt.notice(NOON)
    assert not doubt.notice(jumped)

    seconds[0] += DOUBT_SECONDS - 1
    assert not doubt.notice(jumped + timedelta(seconds=DOUBT_SECONDS - 1))
    seconds[0] += 2
    assert doubt.notice(jumped + timedelta(seconds=DOUBT_SECONDS + 1))


def test_a_jump_back_is_not_doubted_as_no_lease_ends_early() -> None:
    doubt = Doubt(lambda: 100.0)
    doubt.notice(NOON)

    assert doubt.notice(NOON - timedelta(days=1))


def test_a_sender_that_hangs_past_its_deadline_is_no_longer_believed(
    sqlite_database: Database,
) -> None:
    flights = Flights()
    first, second = two(sqlite_database)
    flights.add([first], 25.0)
    flights.add([second], -11.0)  # began eleven seconds before its deadline and grace were over

    assert flights.live() == [first]
    assert flights.all() == [first, second]


def test_losing_a_lease_that_is_over_already_is_no_matter(sqlite_database: Database) -> None:
    flights = Flights()
    first, second = two(sqlite_database)
    (flight, _) = flights.add([first, second], 25.0)
    flights.drop([second])
    flights.lose([first, second])

    assert flight.is_lost
    assert flights.live() == []
