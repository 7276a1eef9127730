"""E-mail through the clinic's own mail server, one connection for each message.

Every reply is sorted: before MAIL FROM nothing was said about the message, so a failure there is
the channel's; later replies are about the message, but for 421 and refused sign-in. No text of the
server is kept, as replies quote addresses. A watchdog closes the connection at the deadline: a
server that drips one byte a second beats every socket time-out.
"""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import NoReturn

from intake.notifications.channels.base import Letter
from intake.notifications.channels.mime import Sender, compose, one_mailbox
from intake.notifications.outcome import Outcome, Result
from intake.settings import SmtpSettings

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 25.0
SIGN_IN_CODES = frozenset({530, 534, 535, 538})
BUSY = 421
NO_CODE = -1
GARBAGE = "garbage"
_ENHANCED = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})(\s|$)")
_QUEUED = re.compile(rb"queued as ([A-Za-z0-9]{4,40})\b")


# The first kind that fits names what is wrong with the channel.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "sign_in_refused"),
    (smtplib.SMTPResponseException, "greeting_refused"),
    (smtplib.SMTPNotSupportedError, "not_offered"),
    (smtplib.SMTPServerDisconnected, "hung_up"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "dns"),
    (TimeoutError, "no_answer"),
    (ConnectionRefusedError, "refused"),
    (Exception, "unreachable"),
)


class _Ended(Exception):
    """How the try ended; raised to leave the conversation from any depth."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.error)
        self.result = result


class EmailChannel:
    """Sends letters by SMTP; see the module for how replies are sorted."""

    kind = "email"

    def __init__(
        self,
        settings: SmtpSettings,
        sender: Sender,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._settings = settings
        self._sender = sender
        self._connect_seconds = connect_seconds
        self.deadline_seconds = deadline_seconds

    def send(self, letter: Letter) -> Result:
        """Hand the letter to the mail server; ends within ``deadline_seconds``."""
        try:
            message = compose(letter, self._sender)
        except ValueError:
            return Result(Outcome.PERMANENT, "bad_address")
        smtp = _Connection(self._settings, self._sender.domain, self._connect_seconds)
        with _deadline(smtp, self.deadline_seconds):
            try:
                smtp.reach()
                return _hand_over(smtp, self._sender.address, one_mailbox(letter.to), message)
            except _Ended as ended:
                # A reply that the watchdog cut in two reads as garbage.
                if ended.result.error == GARBAGE and time.monotonic() >= smtp.until:
                    return Result(Outcome.RETRYABLE, "timed_out")
                return ended.result
            finally:
                smtp.leave()


def knock(settings: SmtpSettings, sender: Sender, *, seconds: float) -> Result:
    """Connect, encrypt and sign in, and send nothing; says what a message would meet."""
    smtp = _Connection(settings, sender.domain, min(seconds, CONNECT_SECONDS))
    with _deadline(smtp, seconds):
        try:
            smtp.reach()
        except _Ended as ended:
            return ended.result
        finally:
            smtp.leave()
    return Result(Outcome.DELIVERED)


class _Connection(smtplib.SMTP):
    """One conversation; ``reach`` brings it to the point where a message can be handed over."""

    def __init__(self, settings: SmtpSettings, domain: str, connect_seconds: float) -> None:
        # A name of our own for EHLO: looking up this machine's could hang in DNS.
        super().__init__(local_hostname=domain)
        self.until = 0.0
        self._wanted = settings
        self._connect_seconds = connect_seconds
        self._host = settings.host  # what the certificate must name

    def reach(self) -> None:
        """Connect, encrypt and sign in; ``_Ended`` with ``CHANNEL`` when any of it fails."""
        try:
            self._open()
        except (OSError, ValueError, smtplib.SMTPException) as failure:
            if time.monotonic() >= self.until:
                _channel_failed("no_answer")
            word = _word_for(failure)
            # For nonsense the library makes a code up.
            said = None if word == GARBAGE else getattr(failure, "smtp_code", None)
            _channel_failed(word, said)

    def leave(self) -> None:
        """Say goodbye if anybody listens; close in any case."""
        with suppress(OSError, smtplib.SMTPException, ValueError):
            if self.sock is not None and time.monotonic() < self.until:
                self.sock.settimeout(1.0)
                self.quit()
        self.close()

    def _open(self) -> None:
        wanted = self._wanted
        code, reply = self.connect(wanted.host, wanted.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, reply)
        self.ehlo_or_helo_if_needed()
        if wanted.security == "starttls":
            self.starttls(context=self._tls())
            self.ehlo_or_helo_if_needed()
        if wanted.username:
            self.login(wanted.username, wanted.password.get_secret_value())

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._wanted.ca_file)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout  # connecting has its own; afterwards what is left of the deadline counts
        raw = socket.create_connection((host, port), self._connect_seconds)
        raw.settimeout(max(0.1, self.until - time.monotonic()))
        if self._wanted.security == "tls":
            return self._tls().wrap_socket(raw, server_hostname=host)
        return raw


@contextmanager
def _deadline(smtp: _Connection, seconds: float) -> Iterator[None]:
    """Shut the connection when the time is over, whatever the other side drips."""
    smtp.until = time.monotonic() + seconds

    def shut() -> None:
        with suppress(OSError):
            if smtp.sock is not None:
                smtp.sock.shutdown(socket.SHUT_RDWR)

    watchdog = threading.Timer(seconds, shut)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _hand_over(smtp: _Connection, sender: str, to: str, message: EmailMessage) -> Result:
    options = []
    if not to.isascii():
        if not smtp.has_extn("smtputf8"):
            return Result(Outcome.PERMANENT, "address_not_supported")
        options = ["SMTPUTF8"]
    try:
        _judge(smtp.mail(sender, options), "sender_refused", {250})
        _judge(smtp.rcpt(to), "recipient_refused", {250, 251, 252})
        code, reply = _data(smtp, message.as_bytes())
        _judge((code, reply), "content_refused", {250})
    except smtplib.SMTPResponseException:
        return Result(Outcome.RETRYABLE, GARBAGE, "too_long")  # a line without an end
    except (OSError, smtplib.SMTPException, ValueError) as dropped:
        late = time.monotonic() >= smtp.until or isinstance(dropped, TimeoutError)
        word = "timed_out" if late else "hung_up"
        return Result(Outcome.RETRYABLE, word, type(dropped).__name__)
    queued = _QUEUED.search(reply)
    return Result(
        Outcome.DELIVERED, status_code=code, remote_id=queued[1].decode() if queued else None
    )


def _data(smtp: _Connection, content: bytes) -> tuple[int, bytes]:
    try:
        code, reply = smtp.data(content)
    except smtplib.SMTPDataError as refused:
        return refused.smtp_code, _as_bytes(refused.smtp_error)
    return code, _as_bytes(reply)


def _judge(answer: tuple[int, bytes], word: str, good: set[int]) -> None:
    """Return when the reply is good; else end the try by what the reply means."""
    code, reply = answer
    if code in good:
        return
    enhanced = _ENHANCED.match(reply)
    error_class = enhanced[1].decode() if enhanced else None
    if code == BUSY:
        _channel_failed("busy", code)
    if code in SIGN_IN_CODES and word == "sender_refused":
        _channel_failed("sign_in_refused", code)
    if 500 <= code <= 599:
        raise _Ended(Result(Outcome.PERMANENT, word, error_class, code))
    if 400 <= code <= 499:
        raise _Ended(Result(Outcome.RETRYABLE, word, error_class, code))
    raise _Ended(Result(Outcome.RETRYABLE, GARBAGE))


def _channel_failed(word: str, code: int | None = None) -> NoReturn:
    raise _Ended(Result(Outcome.CHANNEL, word, status_code=code))


def _word_for(failure: Exception) -> str:
    code = getattr(failure, "smtp_code", None)
    if code == BUSY:
        return "busy"
    # Raised by the library itself: a line without an end, or one without a code.
    if type(failure) is smtplib.SMTPResponseException or code == NO_CODE:
        return GARBAGE
    return next(word for kind, word in _WORDS if isinstance(failure, kind))


def _as_bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode("utf-8", "replace")
