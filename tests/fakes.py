"""Stand-ins at the network, and a clock that stands still: nothing else is ever faked."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from intake.notifications.channels.base import Letter
from intake.notifications.outcome import Outcome, Result


class StoppedClock:
    """A clock that shows what the test says."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        """Move the hands, e.g. ``advance(days=1)``."""
        self.at += timedelta(**span)


class Mailbox:
    """A channel that keeps letters; the first ``failures`` tries end as ``failure`` says."""

    kind = "mailbox"
    deadline_seconds = 25.0

    def __init__(self, failures: int = 0, failure: Result | None = None) -> None:
        self.letters: list[Letter] = []
        self.tries = 0
        self.failures = failures
        self.failure = failure or Result(Outcome.RETRYABLE, "recipient_refused", status_code=451)
        self._lock = threading.Lock()

    def send(self, letter: Letter) -> Result:
        with self._lock:
            self.tries += 1
            if self.tries <= self.failures:
                return self.failure
            self.letters.append(letter)
        return Result(Outcome.DELIVERED, status_code=250)

    @property
    def keys(self) -> list[str]:
        """The keys of the letters, in the order they came."""
        return [letter.key for letter in self.letters]


def free_port() -> int:
    """Return a port of the loopback address that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class MailServer:
    """A real SMTP server; ``replies`` by stage (``MAIL``, ``RCPT``, ``DATA``) replace the good."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        password: str | None = None,
        replies: dict[str, str] | None = None,
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.replies = replies or {}
        self.port = free_port()
        self._password = password
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=password is not None,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            authenticator=self._authenticate,
        )

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._controller.stop()

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password.decode() == self._password
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802 - the names are the library's
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = self.replies.get("RCPT", "250 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(  # noqa: N802
        self, _s: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        reply = self.replies.get("DATA", "250 2.0.0 OK: queued as 4F2A11")
        if reply.startswith("2"):
            self.envelopes.append(envelope)
            content = envelope.original_content or b""
            self.messages.append(message_from_bytes(content, policy=policy.default))
        await asyncio.sleep(0)
        return reply


@contextmanager
def rude_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Give the port of a server that does ``talk`` with each connection, and nothing else."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        def one(connection: socket.socket) -> None:
            with connection:
                try:
                    talk(connection)
                except OSError:
                    return  # the other side had enough

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def eventually(is_true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds; fail when it does not within ``seconds``."""
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)
