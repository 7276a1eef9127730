"""Nothing waits for ever for an endpoint that was switched off or removed meanwhile."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, text, update

from intake.audit.models import OPERATOR
from intake.clinic.profile import ClinicProfile
from intake.notifications.channels.base import Channel, Letter
from intake.notifications.endpoint_seals import endpoint_channels
from intake.notifications.endpoint_trial import send_test
from intake.notifications.endpoints import (
    NewEndpoint,
    disable_endpoint,
    enable_endpoint,
)
from intake.notifications.models import Endpoint, OutboxMessage, State, Subscription
from intake.notifications.outbox import claim, finish
from intake.notifications.outcome import Finished, Outcome, Result
from intake.notifications.reasons import in_words
from intake.notifications.recipient import ClaimedMessage
from intake.notifications.stranded import LOST_AFTER, end_stranded
from intake.notifications.worker import Worker
from intake.storage.database import Database
from tests.conftest import NOON
from tests.fakes import Mailbox, eventually
from tests.notifications.rows import attempts, channel_id, enqueued, rows, states
from tests.notifications.test_endpoints import READERS, an_endpoint
from tests.notifications.test_worker import now, working


def in_flight(database: Database, made: NewEndpoint) -> ClaimedMessage:
    """Return a test of the endpoint that a worker holds this moment."""
    with database.write() as session:
        send_test(session, made.public_id, at=NOON, actor=OPERATOR)
    number = channel_id(database, made.channel)
    with database.write() as session:
        (message,) = claim(session, number, limit=1, owner="test", at=NOON)
    return message


def switch_off(database: Database, made: NewEndpoint) -> None:
    with database.write() as session:
        disable_endpoint(session, made.public_id, at=NOON, actor=OPERATOR)


def last_words(database: Database) -> list[tuple[str, str | None]]:
    return [(row.state, row.last_error) for row in rows(database)]


@pytest.mark.parametrize("outcome", [Outcome.RETRYABLE, Outcome.CHANNEL])
def test_a_try_that_fails_after_its_endpoint_was_switched_off_is_the_last(
    database: Database, outcome: Outcome
) -> None:
    made = an_endpoint(database)
    message = in_flight(database, made)
    switch_off(database, made)
    with database.write() as session:
        result = Result(outcome, "endpoint_timed_out")
        finish(session, [Finished(message, result)], owner="test", at=NOON)
    assert states(database) == ["retry"]

    assert end_stranded(database, at=NOON) == 1

    assert last_words(database) == [("cancelled", "endpoint_disabled")]
    assert in_words("endpoint_disabled") == "this receiving system is switched off"
    assert len(attempts(database)) == 1  # what was tried stays told


def test_a_message_in_flight_is_left_to_its_worker_until_the_worker_is_lost(
    database: Database,
) -> None:
    made = an_endpoint(database)
    message = in_flight(database, made)
    switch_off(database, made)

    assert end_stranded(database, at=NOON + LOST_AFTER) == 0
    assert end_stranded(database, at=NOON + LOST_AFTER + timedelta(minutes=2)) == 1

    assert states(database) == ["cancelled"]
    with database.write() as session:  # it comes back after all, and changes nothing
        done = Result(Outcome.DELIVERED, status_code=200)
        assert finish(session, [Finished(message, done)], owner="test", at=NOON) == {message.id}
    assert states(database) == ["cancelled"]


def test_what_waits_for_an_endpoint_that_was_removed_ends_with_its_reason(
    database: Database,
) -> None:
    made = an_endpoint(database)
    with database.write() as session:
        send_test(session, made.public_id, at=NOON, actor=OPERATOR)
        session.execute(delete(Subscription))
        session.execute(delete(Endpoint))

    assert end_stranded(database, at=NOON) == 1

    assert last_words(database) == [("cancelled", "endpoint_removed")]
    assert in_words("endpoint_removed") == "this receiving system was removed"


def test_what_can_still_go_out_is_left_alone_and_dead_letters_too(database: Database) -> None:
    enqueued(database)
    made, other = an_endpoint(database), an_endpoint(database, name="Off")
    with database.write() as session:
        send_test(session, made.public_id, at=NOON, actor=OPERATOR)
        send_test(session, other.public_id, at=NOON, actor=OPERATOR)
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.channel_id == channel_id(database, other.channel))
            .values(state=State.DEAD.value, due_at=None, finished_at=NOON)
        )
    switch_off(database, other)

    assert end_stranded(database, at=NOON + timedelta(days=1)) == 0

    assert states(database) == ["pending", "pending", "dead"]


class Held:
    """A channel that holds each letter until it is let go."""

    kind = "webhook"
    deadline_seconds = 25.0

    def __init__(self) -> None:
        self.took = threading.Event()
        self.go_on = threading.Event()

    def send(self, letter: Letter) -> Result:
        del letter
        self.took.set()
        self.go_on.wait(10)
        return Result(Outcome.RETRYABLE, "endpoint_timed_out")


def a_worker(
    database: Database, channel: Channel, clinic: dict[str, ClinicProfile]
) -> tuple[Worker, Callable[[], int]]:
    """Return a worker whose endpoints are looked at often, and how many lanes it has."""

    def later() -> dict[str, Channel]:
        with database.read() as session:
            return dict.fromkeys(endpoint_channels(session), channel)

    worker = Worker(
        database,
        {"email": Mailbox()},
        READERS,
        clinic=clinic,
        later_channels=later,
        later_seconds=0.05,
    )
    return worker, lambda: len(worker._lanes)


def senders() -> int:
    return sum(thread.name == "sender" for thread in threading.enumerate())


def on_its_way(database: Database, made: NewEndpoint, at: datetime) -> None:
    with database.write() as session:
        send_test(session, made.public_id, at=at, actor=OPERATOR)


def test_the_lane_of_an_endpoint_that_was_switched_off_ends_and_begins_again(
    database: Database, clinic: dict[str, ClinicProfile]
) -> None:
    made, mailbox = an_endpoint(database), Mailbox()
    worker, lanes = a_worker(database, mailbox, clinic)
    with working(worker):
        eventually(lambda: lanes() == 2)
        before = senders()

        switch_off(database, made)
        eventually(lambda: lanes() == 1 and senders() < before)
        with database.write() as session:
            enable_endpoint(session, made.public_id, at=NOON, actor=OPERATOR)
        eventually(lambda: lanes() == 2)
        on_its_way(database, made, now())

        eventually(lambda: states(database) == ["delivered"])


def test_a_lane_with_a_message_in_hand_ends_after_it(
    database: Database, clinic: dict[str, ClinicProfile]
) -> None:
    made, held = an_endpoint(database), Held()
    worker, lanes = a_worker(database, held, clinic)
    with working(worker):
        eventually(lambda: lanes() == 2)
        on_its_way(database, made, now())
        assert held.took.wait(10)
        switch_off(database, made)
        assert lanes() == 2

        held.go_on.set()
        eventually(lambda: lanes() == 1)

    assert end_stranded(database, at=now()) == 1
    assert last_words(database) == [("cancelled", "endpoint_disabled")]


def test_nothing_stranded_costs_a_read_and_no_write(sqlite_database: Database) -> None:
    enqueued(sqlite_database)
    with sqlite_database.read() as session:
        before = session.execute(text("PRAGMA data_version")).scalar_one()
        end_stranded(sqlite_database, at=NOON)
        assert session.execute(text("PRAGMA data_version")).scalar_one() == before
