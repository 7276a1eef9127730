"""Whatever a mail server does, each message ends: delivered, or dead with a reason in words."""

import socket
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from intake.clinic.profile import ClinicProfile
from intake.notifications.channels.email import EmailChannel
from intake.notifications.channels.mime import Sender
from intake.notifications.delivery import deliver_next
from intake.notifications.queries import WORDS
from intake.settings import SmtpSettings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.fakes import MailServer, StoppedClock, rude_server
from tests.notifications.conftest import recipient_of
from tests.notifications.rows import attempts, enqueued, rows

Clinic = Mapping[str, ClinicProfile]
Talk = Callable[[socket.socket], None]
HELLO = (b"220 hi\r\n", b"250 hi\r\n")
UP_TO_DATA = (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")
DAYS_MAX = 12


def say(*lines: bytes, then: float = 0.0) -> Talk:
    """Answer each line with the next of ours, and stay silent for ``then`` seconds at the end."""

    def talk(connection: socket.socket) -> None:
        for line in lines:
            connection.sendall(line)
            connection.recv(65536)
        time.sleep(then)

    return talk


def drip(*lines: bytes) -> Talk:
    """Say the lines, then one byte at a time without end."""

    def talk(connection: socket.socket) -> None:
        say(*lines)(connection)
        for _ in range(200):
            connection.sendall(b"2")
            time.sleep(0.02)

    return talk


# What is about one message for ever: it is given up, and staff read why.
DEAD: dict[str, Talk] = {
    "550 at MAIL": say(*HELLO, b"550 5.7.1 not you\r\n"),
    "550 at RCPT": say(*HELLO, b"250 ok\r\n", b"550 5.1.1 nobody\r\n"),
    "554 at DATA": say(*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"554 no data\r\n"),
    "552 after the dot": say(*UP_TO_DATA, b"552 5.3.4 too big\r\n"),
    "451 at RCPT for ever": say(*HELLO, b"250 ok\r\n", b"451 4.7.1 greylisted\r\n"),
    "452 at MAIL for ever": say(*HELLO, b"452 4.3.1 disk full\r\n"),
    "450 after the dot for ever": say(*UP_TO_DATA, b"450 4.2.0 later\r\n"),
    "drops after the dot for ever": say(*UP_TO_DATA),
    "hangs after the dot for ever": say(*UP_TO_DATA, then=0.6),
    "hangs at RCPT for ever": say(*HELLO, b"250 ok\r\n", then=0.6),
    "nonsense at MAIL for ever": say(*HELLO, b"purple\r\n"),
    "a code of 299 for ever": say(*HELLO, b"250 ok\r\n", b"299 what\r\n"),
    "a code of 999 for ever": say(*HELLO, b"999 what\r\n"),
    "drips at MAIL for ever": drip(*HELLO),
    "bytes that are no text": say(*HELLO, b"\xff\xfe\x00\r\n"),
    "a megabyte without an end": say(*HELLO, b"250-" + b"x" * 1_000_000 + b"\r\n"),
    "354 twice": say(*UP_TO_DATA, b"354 go on\r\n"),
}

# What is about the whole server: nobody's try is burnt, and it goes out when the server is well.
DELIVERED: dict[str, Talk] = {
    "hangs up at once": lambda connection: connection.close(),
    "never says a word": say(b"", then=0.6),
    "greets with 554": say(b"554 go away\r\n"),
    "greets with 421": say(b"421 too busy\r\n"),
    "greets with garbage": say(b"\xff\xfe garbage\r\n"),
    "greets without end": say(b"220-" + b"x" * 1_000_000 + b"\r\n"),
    "refuses EHLO and HELO": say(b"220 hi\r\n", b"502 no\r\n", b"502 no\r\n"),
    "421 at MAIL": say(*HELLO, b"421 4.3.2 going down\r\n"),
    "421 at RCPT": say(*HELLO, b"250 ok\r\n", b"421 4.3.2 going down\r\n"),
    "421 after the dot": say(*UP_TO_DATA, b"421 4.3.2 going down\r\n"),
    "530 at MAIL": say(*HELLO, b"530 5.7.0 sign in first\r\n"),
    "drips in its greeting": drip(),
    "hangs after EHLO": say(b"220 hi\r\n", then=0.6),
}


def deliver(database: Database, clock: StoppedClock, clinic: Clinic, port: int) -> bool:
    settings = SmtpSettings(host="127.0.0.1", port=port, security="none")
    sender = Sender("hello@clinic.example", "Your clinic", "")
    channel = EmailChannel(settings, sender, connect_seconds=1.0, deadline_seconds=0.3)
    return deliver_next(database, {"email": channel}, clock, recipient_of, clinic)


@pytest.mark.parametrize("talk", DEAD.values(), ids=DEAD.keys())
def test_a_message_that_is_refused_for_ever_dies_with_a_reason_in_words(
    sqlite_database: Database, clinic: Clinic, talk: Talk
) -> None:
    enqueued(sqlite_database)
    clock = StoppedClock(NOON)
    with rude_server(talk) as port:
        while rows(sqlite_database)[0].due_at is not None:
            deliver(sqlite_database, clock, clinic, port)
            clock.advance(hours=8)
            assert clock() - NOON < timedelta(days=DAYS_MAX)

    (row,) = rows(sqlite_database)
    assert row.state == "dead"
    assert row.last_error in WORDS
    assert {one.error for one in attempts(sqlite_database)} <= set(WORDS)
    assert row.attempts == len(attempts(sqlite_database))


@pytest.mark.parametrize("talk", DELIVERED.values(), ids=DELIVERED.keys())
def test_a_server_that_is_ill_burns_nothing_and_gets_the_message_when_it_is_well(
    sqlite_database: Database, clinic: Clinic, talk: Talk
) -> None:
    enqueued(sqlite_database)
    clock = StoppedClock(NOON)
    with rude_server(talk) as port:
        for _ in range(6):
            assert deliver(sqlite_database, clock, clinic, port)
            clock.advance(hours=16)
    (row,) = rows(sqlite_database)
    assert (row.state, row.attempts) == ("retry", 0)
    assert row.last_error in WORDS
    with MailServer() as server:
        settings = SmtpSettings(host="127.0.0.1", port=server.port, security="none")
        channel = EmailChannel(settings, Sender("hello@clinic.example", "Your clinic", ""))
        assert deliver_next(sqlite_database, {"email": channel}, clock, recipient_of, clinic)

    assert rows(sqlite_database)[0].state == "delivered"
    assert len(server.messages) == 1
