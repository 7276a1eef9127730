"""Whatever a receiving system does, each event ends: delivered, or dead with a reason in words.

Each row is a receiver on loopback with real TLS and a real worker that skips the hours between its
tries; only the guard is told that loopback is open.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.audit.models import OPERATOR
from intake.clinic.profile import ClinicProfile
from intake.notifications.channels.base import Letter
from intake.notifications.channels.guard import Guard
from intake.notifications.channels.tunnel import Proxy
from intake.notifications.channels.webhook import WebhookChannel
from intake.notifications.endpoint_trial import send_test
from intake.notifications.endpoints import list_endpoints
from intake.notifications.models import Channel
from intake.notifications.outcome import Result
from intake.notifications.reasons import WORDS
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring
from tests.fakes import free_port, rude_server
from tests.notifications.nasty import (
    HANG_SECONDS,
    LONG_SECONDS,
    SHORT_SECONDS,
    Shift,
    a_shift,
    drip,
)
from tests.notifications.receiver import Answer, Receiver, receiving, saying, slow_resolver
from tests.notifications.rows import attempts, rows
from tests.notifications.test_email import an_authority
from tests.notifications.test_endpoints import READERS, an_endpoint

Clinic = Mapping[str, ClinicProfile]
TRIES_WHILE_ILL = 3
METADATA = "Location: http://169.254.169.254/latest/meta-data/"


def hang(_connection: ssl.SSLSocket) -> None:
    time.sleep(HANG_SECONDS)


def drip_headers(connection: ssl.SSLSocket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(connection)


def endless(head: bytes, piece: bytes) -> Answer:
    """Send a beginning, and then a piece again and again until the other side has enough."""

    def answer(connection: ssl.SSLSocket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return answer


# What is about one event for ever: it is given up, and staff read why.
DEAD: Mapping[str, tuple[Answer, str]] = {
    "redirects to a private address": (saying("302 Found", METADATA), "endpoint_redirects"),
    "redirects for good": (
        saying("308 Moved", "Location: https://x.example/"),
        "endpoint_redirects",
    ),
    "400": (saying("400 Bad Request"), "endpoint_refused"),
    "401": (saying("401 Unauthorized"), "endpoint_not_permitted"),
    "403": (saying("403 Forbidden"), "endpoint_not_permitted"),
    "404": (saying("404 Not Found"), "endpoint_refused"),
    "410": (saying("410 Gone"), "endpoint_gone"),
    "408 for ever": (saying("408 Request Timeout"), "endpoint_failed"),
    "500 for ever": (saying("500 Oops"), "endpoint_failed"),
    "answers nothing for ever": (hang, "endpoint_timed_out"),
    "drips for ever": (drip_headers, "endpoint_timed_out"),
    "endless headers for ever": (
        endless(b"HTTP/1.1 200 OK\r\n", b"X-Made-Up: " + b"x" * 1000 + b"\r\n"),
        "endpoint_garbage",
    ),
    "endless 100 Continue": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "endpoint_garbage"),
    "nonsense for ever": (lambda it: it.sendall(b"SSH-2.0-OpenSSH\r\n"), "endpoint_garbage"),
    "hangs up for ever": (lambda it: None, "endpoint_hung_up"),
}
# What comes with a good status is taken, however strange it is.
TAKEN: Mapping[str, Answer] = {
    "an endless body": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"x" * 9999),
    "a gigabyte promised": saying("200 OK", "Content-Length: 1073741824", body="x"),
    "a body that is no JSON": saying("202 Accepted", body="\x00<html>"),
}


def _in_order(receiver: Receiver, error: str = "") -> WebhookChannel:
    is_slow = error == "endpoint_timed_out"
    return receiver.channel(seconds=SHORT_SECONDS if is_slow else LONG_SECONDS)


def _on_port(port: int) -> WebhookChannel:
    guard = Guard(lambda _host: ["127.0.0.1"], lambda _address: True, port)
    return WebhookChannel(guard=guard, connect_seconds=5.0, deadline_seconds=LONG_SECONDS)


def _certificate_of_another(receiver: Receiver) -> WebhookChannel:
    folder = receiver.authority.ca_file.parent
    receiver.authority = an_authority(folder, "other.clinic.example")
    return receiver.channel(seconds=LONG_SECONDS)


# What is about the whole receiver: nobody's try is burnt, and it goes out when it is well.
Broken = Callable[[Receiver], WebhookChannel]
OK = saying("200 OK")
ILL: Mapping[str, tuple[Broken, Answer, str]] = {
    "429 with Retry-After": (_in_order, saying("429 Slow", "Retry-After: 600"), "endpoint_busy"),
    "503": (_in_order, saying("503 Later"), "endpoint_busy"),
    "no such name": (
        lambda it: it.channel(seconds=LONG_SECONDS, resolve=lambda _host: []),
        OK,
        "endpoint_dns",
    ),
    "a name server that hangs": (
        lambda it: it.channel(seconds=SHORT_SECONDS, resolve=slow_resolver),
        OK,
        "endpoint_dns",
    ),
    "refuses connections": (lambda _it: _on_port(free_port()), OK, "endpoint_refused_connection"),
    "certificate of another name": (_certificate_of_another, OK, "endpoint_certificate"),
    "certificate nobody we trust signed": (
        lambda it: _on_port(it.port),
        OK,
        "endpoint_certificate",
    ),
    "egress proxy away": (
        lambda it: it.channel(seconds=LONG_SECONDS, proxy=Proxy("127.0.0.1", free_port())),
        OK,
        "proxy_unreachable",
    ),
}


class Way:
    """A channel that a test exchanges while the worker runs."""

    kind = "webhook"
    deadline_seconds = LONG_SECONDS

    def __init__(self, channel: WebhookChannel) -> None:
        self.channel = channel

    def send(self, letter: Letter) -> Result:
        return self.channel.send(letter)


@contextmanager
def on_its_way(database: Database, way: Way, clinic: Clinic) -> Iterator[Shift]:
    """Put one event on its way to an endpoint that a real worker serves."""
    made = an_endpoint(database)
    with database.write() as session:
        send_test(session, made.public_id, at=NOON, actor=OPERATOR)
    with a_shift(database, made.channel, way, READERS, clinic) as shift:
        yield shift


@pytest.mark.parametrize(("answer", "error"), DEAD.values(), ids=DEAD.keys())
def test_an_event_that_is_refused_for_ever_dies_with_a_reason_in_words(
    sqlite_database: Database, clinic: Clinic, tmp_path: Path, answer: Answer, error: str
) -> None:
    with (
        receiving(tmp_path, answer) as receiver,
        on_its_way(sqlite_database, Way(_in_order(receiver, error)), clinic) as shift,
    ):
        assert shift.work_until_it_ends() == "dead"

    assert shift.dead_reason() == WORDS[error]
    assert {one.error for one in attempts(sqlite_database)} == {error}
    assert receiver.connections == shift.tries()  # each try is one connection: nothing is followed
    with sqlite_database.read() as session:
        (sight,) = list_endpoints(session, keyring=a_keyring())
    assert sight.enabled is (error != "endpoint_gone")


@pytest.mark.parametrize("answer", TAKEN.values(), ids=TAKEN.keys())
def test_a_good_status_is_enough_whatever_follows_it(
    sqlite_database: Database, clinic: Clinic, tmp_path: Path, answer: Answer
) -> None:
    with (
        receiving(tmp_path, answer) as receiver,
        on_its_way(sqlite_database, Way(_in_order(receiver)), clinic) as shift,
    ):
        assert shift.work_until_it_ends() == "delivered"

    assert receiver.connections == shift.tries() == 1


def test_a_name_that_is_bound_anew_to_a_private_address_gets_nothing(
    sqlite_database: Database, clinic: Clinic, tmp_path: Path
) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]])
    with receiving(tmp_path, saying("500 Oops")) as receiver:
        channel = receiver.channel(seconds=LONG_SECONDS, resolve=lambda _host: next(answers))
        with on_its_way(sqlite_database, Way(channel), clinic) as shift:
            assert shift.work_until_it_ends() == "dead"

    assert shift.dead_reason() == WORDS["address_private"]
    assert (receiver.connections, shift.tries()) == (1, 2)


def test_a_receiver_without_encryption_hears_no_word_and_gets_the_event_when_it_has(
    sqlite_database: Database, clinic: Clinic, tmp_path: Path
) -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with (
        rude_server(talk) as port,
        receiving(tmp_path, OK) as receiver,
    ):
        way = Way(_on_port(port))
        with on_its_way(sqlite_database, way, clinic) as shift:
            shift.next_try()
            assert shift.failing_reason() == WORDS["endpoint_tls"]
            way.channel = _in_order(receiver)
            assert shift.work_until_it_ends() == "delivered"

    assert b"endpoint.test" not in b"".join(heard)


@pytest.mark.parametrize("row", ILL.values(), ids=ILL.keys())
def test_a_receiver_that_is_ill_burns_nothing_and_gets_the_event_when_it_is_well(
    sqlite_database: Database,
    clinic: Clinic,
    tmp_path: Path,
    row: tuple[Broken, Answer, str],
) -> None:
    broken, answer, error = row
    with receiving(tmp_path, answer) as receiver:
        way = Way(broken(receiver))
        with on_its_way(sqlite_database, way, clinic) as shift:
            for _ in range(TRIES_WHILE_ILL):
                shift.next_try()
            (message,) = rows(sqlite_database)
            assert (message.state, message.attempts) == ("retry", 0)
            assert shift.failing_reason() == WORDS[error]
            receiver.answer = OK
            receiver.authority = an_authority(tmp_path, "hooks.clinic.example")
            way.channel = _in_order(receiver)
            assert shift.work_until_it_ends() == "delivered"
            assert shift.failing_reason() is None

    assert rows(sqlite_database)[0].attempts == 1


def test_a_receiver_that_asks_for_ten_minutes_is_left_alone_for_ten_minutes(
    sqlite_database: Database, clinic: Clinic, tmp_path: Path
) -> None:
    with (
        receiving(tmp_path, saying("429 Slow", "Retry-After: 600")) as receiver,
        on_its_way(sqlite_database, Way(_in_order(receiver)), clinic) as shift,
    ):
        shift.next_try()

        assert _pause(shift) == timedelta(minutes=10)


def _pause(shift: Shift) -> timedelta:
    with shift.database.read() as session:
        probe_at = session.scalar(select(Channel.probe_at).where(Channel.name == shift.channel))
    assert probe_at is not None
    return probe_at - shift.clock()
