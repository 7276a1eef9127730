"""The mail server is away for three days; when it is back, everything is out within minutes."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from intake.clinic.profile import ClinicProfile
from intake.notifications.channels.base import Channel, Letter
from intake.notifications.channels.email import EmailChannel
from intake.notifications.channels.mime import Sender
from intake.notifications.leases import look
from intake.notifications.outbox import enqueue, ensure_channels
from intake.notifications.outcome import Outcome, Result
from intake.settings import SmtpSettings
from intake.storage.database import Database
from tests.by_hand import deliver_next
from tests.conftest import NOON
from tests.fakes import MailServer, StoppedClock, free_port
from tests.notifications.conftest import recipient_of
from tests.notifications.rows import a_message, channel_id, rows, states

Clinic = Mapping[str, ClinicProfile]
AWAY = timedelta(hours=72)
BACK_WITHIN = timedelta(minutes=5)
TRIES_BURNT_MAX = 3


class Away:
    """A channel whose mail server does not answer until it is ``back``."""

    kind = "mailbox"
    deadline_seconds = 25.0

    def __init__(self, error: str = "refused") -> None:
        self.back = False
        self.keys: list[str] = []
        self._error = error

    def send(self, letter: Letter) -> Result:
        if not self.back:
            return Result(Outcome.CHANNEL, self._error)
        self.keys.append(letter.key)
        return Result(Outcome.DELIVERED, status_code=250)


def work_until_nothing_is_due(
    database: Database, channel: Channel, clock: StoppedClock, clinic: Clinic
) -> None:
    while deliver_next(database, {"email": channel}, clock, recipient_of, clinic):
        pass


def next_due_seconds(database: Database, clock: StoppedClock) -> float:
    """Return how long a worker would sleep now."""
    with database.read() as session:
        seen = look(session, channel_id(database), at=clock())
    return 3600.0 if seen.next_at is None else (seen.next_at - seen.now).total_seconds()


def write(database: Database, number: int, clock: StoppedClock) -> None:
    with database.write() as session:
        ensure_channels(session)
        enqueue(session, [a_message(number)], at=clock())


@pytest.mark.parametrize("error", ["refused", "busy"])
def test_three_days_without_mail_burn_no_try_and_end_within_five_minutes(
    database: Database, clinic: Clinic, error: str
) -> None:
    clock, channel = StoppedClock(NOON), Away(error)
    gone_until, number = NOON + AWAY, 0
    while clock() < gone_until:
        if clock() >= NOON + timedelta(minutes=40) * number:  # people write on meanwhile
            number += 1
            write(database, number, clock)
        work_until_nothing_is_due(database, channel, clock, clinic)
        # Between the first probes and the last hour each step is a probe; else hours at once.
        is_early = clock() < NOON + timedelta(minutes=20)
        is_late = clock() > gone_until - timedelta(minutes=45)
        step = max(1.0, next_due_seconds(database, clock)) if is_early or is_late else 2400.0
        clock.advance(seconds=min(step, max(1.0, (gone_until - clock()).total_seconds())))
    assert number > 100
    assert set(states(database)) <= {"pending", "retry"}

    channel.back = True
    returned = clock()
    while set(states(database)) != {"delivered"}:
        work_until_nothing_is_due(database, channel, clock, clinic)
        assert clock() - returned < BACK_WITHIN, states(database).count("delivered")
        clock.advance(seconds=1)

    assert len(channel.keys) == len(set(channel.keys)) == number
    assert max(row.attempts for row in rows(database)) <= TRIES_BURNT_MAX


def test_a_real_server_that_comes_back_after_three_days_gets_everything_once(
    database: Database, clinic: Clinic
) -> None:
    clock = StoppedClock(NOON)
    for number in range(20):
        write(database, number, clock)

    def channel(port: int) -> EmailChannel:
        settings = SmtpSettings(host="127.0.0.1", port=port, security="none")
        return EmailChannel(settings, Sender("hello@clinic.example", "Your clinic", ""))

    nobody = channel(free_port())
    for _ in range(200):
        work_until_nothing_is_due(database, nobody, clock, clinic)
        clock.advance(minutes=21.6)
    with MailServer() as server:
        returned = clock()
        while set(states(database)) != {"delivered"}:
            work_until_nothing_is_due(database, channel(server.port), clock, clinic)
            assert clock() - returned < BACK_WITHIN
            clock.advance(seconds=1)

    assert clock() - NOON > AWAY - timedelta(minutes=1)
    ids = [message["Message-ID"] for message in server.messages]
    assert len(ids) == len(set(ids)) == 20
    assert max(row.attempts for row in rows(database)) == 1
