"""Webhooks against real and nasty receivers on loopback, with real TLS."""

import datetime as dt
import gzip
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from intake.notifications.channels.guard import Guard
from intake.notifications.channels.tunnel import Proxy
from intake.notifications.channels.webhook import READ_MAX_BYTES, WebhookChannel, retry_after
from intake.notifications.endpoint_seals import new_secret
from intake.notifications.outcome import Outcome, Result
from tests.conftest import NOON
from tests.fakes import free_port, rude_server
from tests.notifications.receiver import HOST, an_event, receiving, saying, slow_resolver
from tests.notifications.test_email import an_authority


def test_an_event_arrives_signed_so_that_the_receivers_own_library_verifies_it(
    tmp_path: Path,
) -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    with receiving(tmp_path, saying("204 No Content")) as receiver:
        result = receiver.channel().send(an_event((new, old)))

    assert result == Result(Outcome.DELIVERED, status_code=204)
    (request,) = receiver.requests
    assert request.line == "POST /intake?from=clinic HTTP/1.1"
    assert request.headers["host"] == HOST
    assert request.headers["webhook-id"] == request.headers["idempotency-key"] == "abc-1"
    assert request.headers["content-type"] == "application/json"
    with time_machine.travel(NOON, tick=False):
        for secret in (new, old):
            assert Webhook(secret).verify(request.body, request.headers) == request.event
        with pytest.raises(WebhookVerificationError):
            Webhook(other).verify(request.body, request.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(new).verify(request.body + " ", request.headers)


@pytest.mark.parametrize(
    ("status", "outcome", "error"),
    [
        ("200 OK", Outcome.DELIVERED, None),
        ("202 Accepted", Outcome.DELIVERED, None),
        ("301 Moved", Outcome.PERMANENT, "endpoint_redirects"),
        ("400 Bad Request", Outcome.PERMANENT, "endpoint_refused"),
        ("401 Unauthorized", Outcome.PERMANENT, "endpoint_not_permitted"),
        ("403 Forbidden", Outcome.PERMANENT, "endpoint_not_permitted"),
        ("404 Not Found", Outcome.PERMANENT, "endpoint_refused"),
        ("408 Request Timeout", Outcome.RETRYABLE, "endpoint_failed"),
        ("410 Gone", Outcome.PERMANENT, "endpoint_gone"),
        ("413 Too Large", Outcome.PERMANENT, "endpoint_refused"),
        ("422 No", Outcome.PERMANENT, "endpoint_refused"),
        ("425 Too Early", Outcome.RETRYABLE, "endpoint_failed"),
        ("429 Slow Down", Outcome.CHANNEL, "endpoint_busy"),
        ("500 Oops", Outcome.RETRYABLE, "endpoint_failed"),
        ("502 Oops", Outcome.RETRYABLE, "endpoint_failed"),
        ("503 Later", Outcome.CHANNEL, "endpoint_busy"),
    ],
)
def test_answers_are_sorted(
    tmp_path: Path, status: str, outcome: Outcome, error: str | None
) -> None:
    with receiving(tmp_path, saying(status, "Content-Length: 0")) as receiver:
        result = receiver.channel().send(an_event())

    assert (result.outcome, result.error) == (outcome, error)
    assert result.status_code == int(status[:3])
    assert receiver.connections == 1


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize(
    "place",
    ["https://169.254.169.254/latest/", "http://127.0.0.1/", "https://hooks.clinic.example/"],
)
def test_a_redirect_is_never_followed(tmp_path: Path, status: str, place: str) -> None:
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with receiving(tmp_path, saying(f"{status} Moved", f"Location: {place}")) as receiver:
        result = receiver.channel(resolve=resolve).send(an_event())

    assert result.error == "endpoint_redirects"
    assert (receiver.connections, asked) == (1, [HOST])


def test_a_name_that_changes_its_mind_is_asked_once_and_the_checked_address_is_used(
    tmp_path: Path,
) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str) -> list[str]:
        asked.append(host)
        return next(answers)

    with receiving(tmp_path, saying("200 OK")) as receiver:
        first = receiver.channel(resolve=rebinding).send(an_event())
        second = receiver.channel(resolve=rebinding).send(an_event())

    assert first.outcome == Outcome.DELIVERED
    assert second == Result(Outcome.PERMANENT, "address_private")
    assert (len(asked), receiver.connections) == (2, 1)


def test_without_the_hook_of_the_tests_loopback_is_never_reached(tmp_path: Path) -> None:
    with receiving(tmp_path, saying("200 OK")) as receiver:
        guard = Guard(resolve=lambda _host: ["127.0.0.1"], port=receiver.port)
        result = WebhookChannel(guard=guard).send(an_event())

    assert result == Result(Outcome.PERMANENT, "address_private")
    assert receiver.connections == 0


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta()),
        (" 5 ", timedelta(seconds=5)),
        ("999999999999", timedelta(days=1)),
        ("Mon, 23 Nov 2026 17:02:00 GMT", timedelta(minutes=2)),
        ("Mon, 23 Nov 2026 16:00:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_heeded_in_both_spellings(
    tmp_path: Path, header: str, wait: timedelta | None
) -> None:
    assert retry_after(header, NOON) == wait
    if header.strip():
        with receiving(tmp_path, saying("429 Slow", f"Retry-After: {header}")) as receiver:
            assert receiver.channel().send(an_event()).wait == wait


def endless(connection: socket.socket, piece: bytes, head: bytes = b"", nap: float = 0.0) -> None:
    """Send a piece for ever, until the other side has enough."""
    connection.sendall(head)
    while True:
        connection.sendall(piece)
        time.sleep(nap)


def test_an_endless_body_after_a_good_status_is_not_read(tmp_path: Path) -> None:
    sent = 0

    def answer(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)
            sent += 65536

    begun = time.monotonic()
    with receiving(tmp_path, answer) as receiver:
        result = receiver.channel().send(an_event())
    took = time.monotonic() - begun

    assert result.outcome == Outcome.DELIVERED
    assert took < 3
    assert sent < 64 * 1024 * 1024  # what the kernel took; nobody read it


def test_a_gzip_bomb_is_never_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with receiving(tmp_path, lambda it: it.sendall(head.encode() + bomb)) as receiver:
        result = receiver.channel().send(an_event())

    assert result.outcome == Outcome.DELIVERED
    assert receiver.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "piece",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nX-Made-Up: " + b"x" * 1000 + b"\r\n\r\n",
        b"x" * 4096,
    ],
    ids=["continue", "headers", "line"],
)
def test_an_endless_answer_is_cut_at_64_kb(tmp_path: Path, piece: bytes) -> None:
    with receiving(tmp_path, lambda it: endless(it, piece, b"HTTP/1.1 ")) as receiver:
        result = receiver.channel().send(an_event())

    assert READ_MAX_BYTES == 64 * 1024
    assert (result.outcome, result.error) == (Outcome.RETRYABLE, "endpoint_garbage")


@pytest.mark.parametrize(
    "answer",
    [
        lambda it: time.sleep(5),
        lambda it: endless(it, b"x", b"HTTP/1.1 200 OK\r\nX-Slow: ", nap=0.05),
        lambda it: endless(it, b"", b"HTTP/1.1 200 OK\r\n", nap=0.05),
    ],
    ids=["silent", "drips", "stops half-way"],
)
def test_a_slow_answer_ends_at_the_deadline(tmp_path: Path, answer: object) -> None:
    assert callable(answer)
    begun = time.monotonic()
    with receiving(tmp_path, answer) as receiver:
        result = receiver.channel(seconds=1.0).send(an_event())
        took = time.monotonic() - begun

    assert (result.outcome, result.error) == (Outcome.RETRYABLE, "endpoint_timed_out")
    assert 0.9 < took < 2.5


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", "endpoint_hung_up"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "endpoint_garbage"),
        (b"HTTP/1.1 what\r\n\r\n", "endpoint_garbage"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", "endpoint_garbage"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", "endpoint_garbage"),
        (b"\x00\xff\xfe" * 10, "endpoint_garbage"),
    ],
)
def test_nonsense_is_tried_again(tmp_path: Path, said: bytes, error: str) -> None:
    with receiving(tmp_path, lambda it: it.sendall(said)) as receiver:
        result = receiver.channel().send(an_event())

    assert (result.outcome, result.error) == (Outcome.RETRYABLE, error)


def test_wrong_certificates_are_refused_before_anything_is_said(tmp_path: Path) -> None:
    for name, lasts in ((HOST, -60), ("other.clinic.example", 3600)):
        with receiving(tmp_path, saying("200 OK"), name) as receiver:
            if lasts < 0:
                receiver.authority = an_authority(tmp_path, name, dt.timedelta(seconds=lasts))
            result = receiver.channel().send(an_event())
        assert (result.outcome, result.error) == (Outcome.CHANNEL, "endpoint_certificate"), name
        assert receiver.requests == []

    with receiving(tmp_path, saying("200 OK")) as receiver:
        guard = Guard(lambda _host: ["127.0.0.1"], lambda _address: True, receiver.port)
        result = WebhookChannel(guard=guard).send(an_event())
    assert result.error == "endpoint_certificate"
    assert receiver.requests == []


def test_a_server_without_tls_gets_no_word_of_the_event() -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with rude_server(talk) as port:
        guard = Guard(lambda _host: ["127.0.0.1"], lambda _address: True, port)
        result = WebhookChannel(guard=guard, deadline_seconds=2.0).send(an_event())

    assert (result.outcome, result.error) == (Outcome.CHANNEL, "endpoint_tls")
    assert b"K7QF" not in b"".join(heard)


def test_what_fails_before_the_request_is_the_channels_fault() -> None:
    def channel(resolve: object, port: int) -> WebhookChannel:
        assert callable(resolve)
        guard = Guard(resolve, lambda _address: True, port)
        return WebhookChannel(guard=guard, connect_seconds=0.5, deadline_seconds=1.0)

    refused = channel(lambda _host: ["127.0.0.1"], free_port()).send(an_event())
    unknown = channel(lambda _host: [], 443).send(an_event())
    hanging = channel(slow_resolver, 443).send(an_event())
    with rude_server(lambda it: time.sleep(3)) as port:
        silent = channel(lambda _host: ["127.0.0.1"], port).send(an_event())

    found = [(one.outcome, one.error) for one in (refused, unknown, hanging, silent)]
    assert found == [
        (Outcome.CHANNEL, "endpoint_refused_connection"),
        (Outcome.CHANNEL, "endpoint_dns"),
        (Outcome.CHANNEL, "endpoint_dns"),
        (Outcome.CHANNEL, "endpoint_no_answer"),
    ]


def proxy_to(port: int, lines: list[str], status: str = "200 OK") -> object:
    """Return how a proxy talks that connects everything to one port of loopback."""

    def talk(client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        lines.append(head.decode().splitlines()[0])
        client.sendall(f"HTTP/1.1 {status}\r\nVia: made-up\r\n\r\n".encode())
        if not status.startswith("200"):
            return
        with socket.create_connection(("127.0.0.1", port)) as server:
            there = threading.Thread(target=_pump, args=(client, server), daemon=True)
            there.start()
            _pump(server, client)

    return talk


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(4096):
            sink.sendall(piece)
    except OSError:
        return


def test_the_egress_proxy_is_asked_for_the_checked_address_and_sees_no_word(
    tmp_path: Path,
) -> None:
    lines: list[str] = []
    with receiving(tmp_path, saying("200 OK")) as receiver:
        talk = proxy_to(receiver.port, lines)
        assert callable(talk)
        with rude_server(talk) as port:
            result = receiver.channel(proxy=Proxy("127.0.0.1", port)).send(an_event())

    assert result.outcome == Outcome.DELIVERED
    assert lines == [f"CONNECT 127.0.0.1:{receiver.port} HTTP/1.1"]
    assert receiver.requests[0].headers["host"] == HOST


def test_a_proxy_that_refuses_or_is_away_is_named(tmp_path: Path) -> None:
    with receiving(tmp_path, saying("200 OK")) as receiver:
        talk = proxy_to(receiver.port, [], "403 Forbidden")
        assert callable(talk)
        with rude_server(talk) as port:
            refused = receiver.channel(proxy=Proxy("127.0.0.1", port)).send(an_event())
        away = receiver.channel(proxy=Proxy("127.0.0.1", free_port())).send(an_event())

    assert (refused.outcome, refused.error) == (Outcome.CHANNEL, "proxy_refused")
    assert (away.outcome, away.error) == (Outcome.CHANNEL, "proxy_unreachable")
    assert receiver.connections == 0
