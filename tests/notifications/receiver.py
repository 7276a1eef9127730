"""A system that receives webhooks on loopback, as nasty as a test wants it."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import parse_headers
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from intake.notifications.channels.base import Letter
from intake.notifications.channels.guard import Guard
from intake.notifications.channels.tunnel import Proxy
from intake.notifications.channels.webhook import WebhookChannel
from intake.notifications.endpoint_seals import new_secret
from tests.conftest import NOON
from tests.fakes import rude_server
from tests.notifications.test_email import MadeUpAuthority, an_authority

HOST = "hooks.clinic.example"
URL = f"https://{HOST}/intake?from=clinic"
Answer = Callable[[ssl.SSLSocket], None]


@dataclass
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: str

    @property
    def event(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)


@dataclass
class Receiver:
    """What came, and the address it came to."""

    authority: MadeUpAuthority
    answer: Answer
    port: int = 0
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    sent_bytes: int = 0

    def channel(
        self,
        *,
        seconds: float = 5.0,
        resolve: Callable[[str], list[str]] = lambda _host: ["127.0.0.1"],
        proxy: Proxy | None = None,
    ) -> WebhookChannel:
        """Return a channel that may reach loopback: only a guard built by hand allows that."""
        tls = ssl.create_default_context(cafile=self.authority.ca_file)
        guard = Guard(
            resolve=resolve, allows=lambda one: one == ip_address("127.0.0.1"), port=self.port
        )
        return WebhookChannel(
            guard=guard, tls=tls, proxy=proxy, connect_seconds=1.0, deadline_seconds=seconds
        )


def slow_resolver(_host: str) -> list[str]:
    """Answer after three seconds."""
    time.sleep(3)
    return ["127.0.0.1"]


def saying(status: str, *headers: str, body: str = "") -> Answer:
    """Return an answer of one status, some headers and a body."""
    lines = "".join(f"{one}\r\n" for one in (f"HTTP/1.1 {status}", *headers))
    return lambda connection: connection.sendall(f"{lines}\r\n{body}".encode())


@contextmanager
def receiving(folder: Path, answer: Answer, name: str = HOST) -> Iterator[Receiver]:
    """Run a receiver with a certificate for ``name``."""
    receiver = Receiver(an_authority(folder, name), answer)
    lock = threading.Lock()

    def talk(raw: socket.socket) -> None:
        with lock:
            receiver.connections += 1
        with (
            suppress(ssl.SSLError),
            receiver.authority.context.wrap_socket(raw, server_side=True) as connection,
        ):
            with connection.makefile("rb") as file:
                line = file.readline().decode().strip()
                headers = {name.lower(): value for name, value in parse_headers(file).items()}
                body = file.read(int(headers.get("content-length", "0"))).decode()
            with lock:
                receiver.requests.append(Received(line, headers, body))
            receiver.answer(connection)

    with rude_server(talk) as port:
        receiver.port = port
        yield receiver


def an_event(secrets: tuple[str, ...] | None = None, url: str = URL) -> Letter:
    """Return an event for a webhook."""
    text = '{"data":{"reference":"K7QF-29MD","version":1},"type":"inquiry.submitted"}'
    held = secrets or (new_secret(),)
    return Letter("abc-1", url, "en", "inquiry.submitted", text, "", NOON, held)
