"""An endpoint that knows us no more is an alarm, until it takes something or staff put it away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.audit.models import OPERATOR
from intake.inquiries.alerts import ALARM
from intake.notifications import alarms
from intake.notifications.alarms import REFUSED, OpenAlarm, dismiss_alarm, open_alarm
from intake.notifications.endpoints import NewEndpoint, disable_endpoint
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import a_member, rounds, told
from tests.factories import an_inquiry
from tests.fakes import StoppedClock
from tests.notifications.receiver import Receiver, receiving, saying
from tests.notifications.rows import rows
from tests.notifications.test_endpoints import an_endpoint, deliver_all
from tests.notifications.test_worker import Clinic


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Give a receiver that does not accept our signature."""
    with receiving(tmp_path, saying("401 Unauthorized")) as one:
        yield one


def told_of_an_inquiry(
    database: Database, receiver: Receiver, made: NewEndpoint, clinic: Clinic
) -> None:
    an_inquiry(database)
    deliver_all(database, {made.channel: receiver.channel()}, clinic, StoppedClock(NOON))


def refusal(database: Database, made: NewEndpoint) -> OpenAlarm | None:
    with database.read() as session:
        return open_alarm(session, REFUSED, made.channel)


@pytest.mark.parametrize("status", [401, 403])
def test_an_endpoint_that_refuses_us_is_an_alarm_by_its_name(
    database: Database, receiver: Receiver, clinic: Clinic, status: int
) -> None:
    made = an_endpoint(database)
    receiver.answer = saying(f"{status} No")

    told_of_an_inquiry(database, receiver, made, clinic)

    alarm = refusal(database, made)
    assert alarm is not None
    sentence = alarms.sentence_of(alarm, "America/New_York")
    assert sentence.startswith(f"Records does not accept us ({status})")
    assert not alarms.ends_by_itself(alarm)
    assert [row.state for row in rows(database) if row.recipient == "endpoint:1"] == ["dead"]


@pytest.mark.parametrize("status", [400, 404, 410, 422, 500, 503])
def test_another_refusal_is_the_messages_own(
    database: Database, receiver: Receiver, clinic: Clinic, status: int
) -> None:
    made = an_endpoint(database)
    receiver.answer = saying(f"{status} No")

    told_of_an_inquiry(database, receiver, made, clinic)

    assert refusal(database, made) is None


def test_the_next_success_ends_the_alarm(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made = an_endpoint(database)
    told_of_an_inquiry(database, receiver, made, clinic)

    receiver.answer = saying("204 No Content")
    told_of_an_inquiry(database, receiver, made, clinic)

    assert refusal(database, made) is None


def test_put_away_by_staff_it_is_over_until_the_next_refusal(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made = an_endpoint(database)
    told_of_an_inquiry(database, receiver, made, clinic)
    alarm = refusal(database, made)
    assert alarm is not None

    with database.write() as session:
        dismiss_alarm(session, alarm.id, actor=OPERATOR, at=NOON)
    rounds(database).watch(NOON)
    assert refusal(database, made) is None
    told_of_an_inquiry(database, receiver, made, clinic)

    assert refusal(database, made) is not None


def test_switching_the_endpoint_off_ends_the_alarm(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made = an_endpoint(database)
    told_of_an_inquiry(database, receiver, made, clinic)

    with database.write() as session:
        disable_endpoint(session, made.public_id, at=NOON, actor=OPERATOR)

    assert refusal(database, made) is None


def test_the_alarm_is_told_once_and_on_another_way(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    ada = a_member(database, "ada", ["administrator"])
    made = an_endpoint(database)
    told_of_an_inquiry(database, receiver, made, clinic)

    rounds(database).watch(NOON)
    told_of_an_inquiry(database, receiver, made, clinic)
    rounds(database).watch(NOON)

    assert told(database, ALARM) == [("desk", "console"), (f"staff:{ada}", "email")]
