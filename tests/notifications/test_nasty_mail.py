"""Whatever a mail server does, each message ends: delivered, or dead with a reason in words.

Each row is a server on loopback and a real worker that skips the hours between its tries.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from intake.clinic.profile import ClinicProfile
from intake.notifications.channels.email import EmailChannel
from intake.notifications.channels.mime import Sender
from intake.notifications.reasons import WORDS
from intake.settings import SmtpSettings
from intake.storage.database import Database
from tests.fakes import rude_server
from tests.notifications.conftest import recipient_of
from tests.notifications.nasty import (
    HANG_SECONDS,
    LONG_SECONDS,
    SHORT_SECONDS,
    Moods,
    Talk,
    a_shift,
    drip,
)
from tests.notifications.rows import attempts, enqueued, rows
from tests.notifications.test_email import an_authority

TRIES_WHILE_ILL = 4
HELLO = (b"220 hi\r\n", b"250 hi\r\n")
TO_RCPT = (*HELLO, b"250 ok\r\n")
TO_DATA = (*TO_RCPT, b"250 ok\r\n")
TO_DOT = (*TO_DATA, b"354 go\r\n")


def say(*lines: bytes, then: float = 0.0) -> Talk:
    """Answer each line with the next of ours, and stay silent for ``then`` seconds at the end."""

    def talk(connection: socket.socket) -> None:
        for line in lines:
            connection.sendall(line)
            _listen(connection, to_the_dot=line == TO_DOT[-1])
        time.sleep(then)

    return talk


def _listen(connection: socket.socket, *, to_the_dot: bool) -> None:
    heard = connection.recv(65536)
    while to_the_dot and heard and not heard.endswith(b"\r\n.\r\n"):
        piece = connection.recv(65536)
        if not piece:
            return
        heard += piece


def dripping(*lines: bytes) -> Talk:
    """Say the lines, then one byte at a time without end."""

    def talk(connection: socket.socket) -> None:
        say(*lines)(connection)
        drip(connection)

    return talk


def drop_in_data(connection: socket.socket) -> None:
    """Ask for the message, hear its first bytes and hang up."""
    say(*TO_DATA)(connection)
    connection.sendall(b"354 go\r\n")
    connection.recv(10)


def greylist() -> Talk:
    """Say "later" to the first two tries at a message, as many servers do to strangers."""
    visits = 0

    def talk(connection: socket.socket) -> None:
        nonlocal visits
        visits += 1
        (say(*TO_RCPT, b"451 4.7.1 greylisted\r\n") if visits <= 2 else WELL)(connection)

    return talk


WELL = say(*TO_DOT, b"250 2.0.0 queued as 4F2A11\r\n", b"221 bye\r\n")
MEGABYTE = b"x" * 1_000_000

# What is about one message for ever: it is given up, and staff read why.
DEAD: Mapping[str, tuple[Talk, str]] = {
    "550 at MAIL": (say(*HELLO, b"550 5.7.1 not you\r\n"), "sender_refused"),
    "550 at RCPT": (say(*TO_RCPT, b"550 5.1.1 nobody\r\n"), "recipient_refused"),
    "554 at DATA": (say(*TO_DATA, b"554 no data\r\n"), "content_refused"),
    "552 after the dot": (say(*TO_DOT, b"552 5.3.4 too big\r\n"), "content_refused"),
    "452 at MAIL for ever": (say(*HELLO, b"452 4.3.1 disk full\r\n"), "sender_refused"),
    "451 at RCPT for ever": (say(*TO_RCPT, b"451 4.7.1 later\r\n"), "recipient_refused"),
    "450 after the dot for ever": (say(*TO_DOT, b"450 4.2.0 later\r\n"), "content_refused"),
    "drops in DATA for ever": (drop_in_data, "hung_up"),
    "drops after the dot for ever": (say(*TO_DOT), "hung_up"),
    "hangs at RCPT for ever": (say(*TO_RCPT, then=HANG_SECONDS), "timed_out"),
    "hangs after the dot for ever": (say(*TO_DOT, then=HANG_SECONDS), "timed_out"),
    "drips at MAIL for ever": (dripping(*HELLO), "timed_out"),
    "nonsense at MAIL for ever": (say(*HELLO, b"purple\r\n"), "garbage"),
    "a code of 299 for ever": (say(*TO_RCPT, b"299 what\r\n"), "garbage"),
    "a code of 999 for ever": (say(*HELLO, b"999 what\r\n"), "garbage"),
    "bytes that are no text": (say(*HELLO, b"\xff\xfe\x00\r\n"), "garbage"),
    "354 twice": (say(*TO_DOT, b"354 go on\r\n"), "garbage"),
    "a megabyte at MAIL": (say(*HELLO, b"250-" + MEGABYTE + b"\r\n"), "garbage"),
}


@dataclass(frozen=True, slots=True)
class Ill:
    """A server that is ill as a whole, the code staff read, and how to connect to it."""

    talk: Talk
    error: str
    security: str = "none"
    name: str = "localhost"  # what its certificate is for


# What is about the whole server: nobody's try is burnt, and it goes out when the server is well.
ILL: Mapping[str, Ill] = {
    "hangs up at once": Ill(lambda connection: connection.close(), "hung_up"),
    "hangs before its greeting": Ill(say(b"", then=HANG_SECONDS), "no_answer"),
    "drips in its greeting": Ill(dripping(), "no_answer"),
    "hangs after EHLO": Ill(say(b"220 hi\r\n", then=HANG_SECONDS), "no_answer"),
    "greets with 554": Ill(say(b"554 go away\r\n"), "greeting_refused"),
    "greets with 421": Ill(say(b"421 too busy\r\n"), "busy"),
    "greets with garbage": Ill(say(b"\xff\xfe garbage\r\n"), "garbage"),
    "greets with a megabyte": Ill(say(b"220 " + MEGABYTE + b"\r\n"), "garbage"),
    "greets without end": Ill(say(b"220-" + MEGABYTE), "garbage"),
    "refuses EHLO and HELO": Ill(
        say(b"220 hi\r\n", b"502 no\r\n", b"502 no\r\n"), "greeting_refused"
    ),
    "421 at MAIL": Ill(say(*HELLO, b"421 4.3.2 going down\r\n"), "busy"),
    "421 at RCPT": Ill(say(*TO_RCPT, b"421 4.3.2 going down\r\n"), "busy"),
    "421 after the dot": Ill(say(*TO_DOT, b"421 4.3.2 going down\r\n"), "busy"),
    "530 at MAIL": Ill(say(*HELLO, b"530 5.7.0 sign in first\r\n"), "sign_in_refused"),
    "offers no STARTTLS": Ill(say(*HELLO), "not_offered", "starttls"),
    "breaks off STARTTLS": Ill(
        say(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"220 go\r\n", b"purple\r\n"),
        "tls",
        "starttls",
    ),
    "certificate of another name": Ill(WELL, "certificate", "tls", "other.example"),
}


def behind(context: ssl.SSLContext, talk: Talk) -> Talk:
    """Talk through TLS from the first byte."""

    def secure(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            talk(encrypted)

    return secure


def well(security: str, context: ssl.SSLContext) -> Talk:
    """Take the message as a good server does, encrypted as the settings ask for."""
    if security == "tls":
        return behind(context, WELL)
    return WELL if security == "none" else partial(_well_after_starttls, context)


def _well_after_starttls(context: ssl.SSLContext, connection: socket.socket) -> None:
    say(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n")(connection)
    connection.sendall(b"220 go\r\n")
    with context.wrap_socket(connection, server_side=True) as encrypted:
        encrypted.recv(65536)  # after TLS the client speaks first
        say(*TO_DOT[1:], b"250 2.0.0 kept\r\n", b"221 bye\r\n")(encrypted)


def channel(
    port: int, error: str = "", security: str = "none", ca_file: Path | None = None
) -> EmailChannel:
    settings = SmtpSettings.model_validate(
        {"host": "localhost", "port": port, "security": security, "ca_file": ca_file}
    )
    seconds = SHORT_SECONDS if error in {"timed_out", "no_answer"} else LONG_SECONDS
    sender = Sender("hello@clinic.example", "Your clinic", "")
    return EmailChannel(settings, sender, connect_seconds=1.0, deadline_seconds=seconds)


Clinic = Mapping[str, ClinicProfile]


@pytest.mark.parametrize(("talk", "error"), DEAD.values(), ids=DEAD.keys())
def test_a_message_that_is_refused_for_ever_dies_with_a_reason_in_words(
    sqlite_database: Database, clinic: Clinic, talk: Talk, error: str
) -> None:
    enqueued(sqlite_database)
    with (
        rude_server(talk) as port,
        a_shift(sqlite_database, "email", channel(port, error), recipient_of, clinic) as shift,
    ):
        assert shift.work_until_it_ends() == "dead"

    (row,) = rows(sqlite_database)
    assert row.last_error == error
    assert shift.dead_reason() == WORDS[error]
    assert {one.error for one in attempts(sqlite_database)} == {error}
    assert row.attempts == shift.tries()


def test_a_server_that_greylists_gets_the_message_at_the_third_try(
    sqlite_database: Database, clinic: Clinic
) -> None:
    enqueued(sqlite_database)
    with (
        rude_server(greylist()) as port,
        a_shift(sqlite_database, "email", channel(port), recipient_of, clinic) as shift,
    ):
        assert shift.work_until_it_ends() == "delivered"

    outcomes = [(one.outcome, one.error) for one in attempts(sqlite_database)]
    assert outcomes == [("retryable", "recipient_refused")] * 2 + [("delivered", None)]
    assert shift.failing_reason() is None


@pytest.mark.parametrize("ill", ILL.values(), ids=ILL.keys())
def test_a_server_that_is_ill_burns_nothing_and_gets_the_message_when_it_is_well(
    sqlite_database: Database, clinic: Clinic, tmp_path: Path, ill: Ill
) -> None:
    enqueued(sqlite_database)
    authority = an_authority(tmp_path, ill.name)
    server = Moods(behind(authority.context, ill.talk) if ill.security == "tls" else ill.talk)
    with (
        rude_server(server) as port,
        a_shift(
            sqlite_database,
            "email",
            channel(port, ill.error, ill.security, authority.ca_file),
            recipient_of,
            clinic,
        ) as shift,
    ):
        for _ in range(TRIES_WHILE_ILL):
            shift.next_try()
        (row,) = rows(sqlite_database)
        assert (row.state, row.attempts) == ("retry", 0)
        assert shift.failing_reason() == WORDS[ill.error]
        server.talk = well(ill.security, an_authority(tmp_path).context)
        assert shift.work_until_it_ends() == "delivered"
        assert shift.failing_reason() is None

    outcomes = [one.outcome for one in attempts(sqlite_database)]
    assert outcomes == ["channel"] * TRIES_WHILE_ILL + ["delivered"]
    assert rows(sqlite_database)[0].attempts == 1
