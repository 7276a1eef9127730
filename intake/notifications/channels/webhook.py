"""Signed events by HTTPS POST to a system of the clinic's, one connection for each try.

The other side may be slow, hostile or gone, and its name may point anywhere: the guard judges first
and the connection goes to the address that was judged, with the name kept for TLS and ``Host``. One
deadline covers looking up, connecting, sending and the answer. Only status and headers are read, at
most 64 kB with whatever comes along; the body is of no use and stays unread, so nothing is ever
unpacked. Redirects are not followed.

Source: Standard Webhooks 1.0.0; SAFETY.md T7; QUEUE.md, retry policy.
"""

import io
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse
from socket import socket
from typing import Protocol, cast

from standardwebhooks import Webhook

from intake.notifications.channels.base import Letter
from intake.notifications.channels.guard import (
    CannotResolve,
    Guard,
    Refused,
    Target,
    judge_url,
)
from intake.notifications.channels.tunnel import CannotConnect, Proxy, dial
from intake.notifications.outcome import Outcome, Result

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 15.0
READ_MAX_BYTES = 64 * 1024
USER_AGENT = "clinic-intake"
GONE = "endpoint_gone"
BUSY = "endpoint_busy"

# 429 and 503 are the channel's: it waits, and nobody's try is burnt.
_BUSY = frozenset({429, 503})
_LATER = frozenset({408, 425})
_UNSIGNED = frozenset({401, 403})


class WebhookChannel:
    """Sends letters whose text is an event; serves every endpoint of the kind ``webhook``."""

    kind = "webhook"

    def __init__(
        self,
        *,
        proxy: Proxy | None = None,
        guard: Guard | None = None,
        tls: ssl.SSLContext | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._proxy = proxy
        self._guard = guard or Guard()
        self._tls = tls or _tls()
        self._connect_seconds = connect_seconds
        self.deadline_seconds = deadline_seconds

    def send(self, letter: Letter) -> Result:
        """Post the event; ends within ``deadline_seconds``."""
        until = time.monotonic() + self.deadline_seconds
        try:
            target = judge_url(letter.to)
            addresses = self._guard.addresses(target.host, until - time.monotonic())
        except Refused as refused:
            return Result(Outcome.PERMANENT, refused.code)
        except CannotResolve:
            return Result(Outcome.CHANNEL, "endpoint_dns")
        try:
            connection = dial(
                addresses,
                self._guard.port,
                target.host,
                tls=self._tls,
                proxy=self._proxy,
                connect_seconds=self._connect_seconds,
                until=until,
            )
        except CannotConnect as failed:
            return Result(Outcome.CHANNEL, failed.code, failed.error_class)
        with connection:
            return _post(connection, target, letter, until)


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def headers_of(letter: Letter) -> dict[str, str]:
    """Return the headers that sign a letter: every secret signs while two are in rotation.

    The time is that of the try, as receivers refuse what is older than five minutes.

    Source: Standard Webhooks 1.0.0, "Webhook headers".
    """
    signatures = [
        Webhook(secret).sign(letter.key, letter.at, letter.text) for secret in letter.secrets
    ]
    return {
        "webhook-id": letter.key,
        "webhook-timestamp": str(int(letter.at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "Idempotency-Key": letter.key,
    }


def _post(connection: ssl.SSLSocket, target: Target, letter: Letter, until: float) -> Result:
    """Send the request and judge the answer; from here on a failure is the message's own."""
    try:
        connection.settimeout(_left(until))
        connection.sendall(_request(target, letter))
        response = HTTPResponse(cast("socket", _Metered(connection, until)), method="POST")
        response.begin()
    except TimeoutError:
        return Result(Outcome.RETRYABLE, "endpoint_timed_out")
    except _TooMuch:
        return Result(Outcome.RETRYABLE, "endpoint_garbage", "too_much")
    except OSError as dropped:
        return Result(Outcome.RETRYABLE, "endpoint_hung_up", type(dropped).__name__)
    except (HTTPException, ValueError) as garbage:
        return Result(Outcome.RETRYABLE, "endpoint_garbage", type(garbage).__name__)
    return judge_answer(response.status, response.headers, letter.at)


def _request(target: Target, letter: Letter) -> bytes:
    body = letter.text.encode()
    headers = {
        "Host": target.host,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept-Encoding": "identity",
        "User-Agent": USER_AGENT,
        "Connection": "close",
        **headers_of(letter),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def judge_answer(status: int, headers: HTTPMessage, at: datetime) -> Result:
    """Sort an answer: taken, later, never, or the whole endpoint does not work just now."""
    if 200 <= status <= 299:
        return Result(Outcome.DELIVERED, status_code=status)
    if status in _BUSY:
        wait = retry_after(headers.get("Retry-After"), at)
        return Result(Outcome.CHANNEL, BUSY, status_code=status, wait=wait)
    if status < 200:
        return Result(Outcome.RETRYABLE, "endpoint_garbage")
    if status in _LATER or status >= 500:
        return Result(Outcome.RETRYABLE, "endpoint_failed", status_code=status)
    return Result(Outcome.PERMANENT, _refusal(status), status_code=status)


def _refusal(status: int) -> str:
    if status == 410:
        return GONE
    if status in _UNSIGNED:
        return "endpoint_not_permitted"
    return "endpoint_redirects" if status < 400 else "endpoint_refused"


def retry_after(value: str | None, at: datetime) -> timedelta | None:
    """Return how long the other side asks us to wait: seconds, or a date.

    Source: RFC 9110 section 10.2.3.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(), aware - at)


class _TooMuch(Exception):
    """More bytes than anybody needs for a status and some headers."""


class _Source(Protocol):
    def settimeout(self, value: float | None, /) -> None: ...

    def recv_into(self, buffer: memoryview, /) -> int: ...


class _Metered(io.RawIOBase):
    """Reads a socket for ``HTTPResponse``, and stops it at the deadline and at 64 kB."""

    def __init__(self, source: _Source, until: float) -> None:
        super().__init__()
        self._source = source
        self._until = until
        self._left = READ_MAX_BYTES

    def makefile(self, *_mode: object) -> io.BufferedReader:
        """Return the reader that the library asks a socket for."""
        return io.BufferedReader(self, buffer_size=4096)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read what has come, within what is left of time and bytes."""
        if self._left <= 0:
            raise _TooMuch
        self._source.settimeout(_left(self._until))
        count = self._source.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
