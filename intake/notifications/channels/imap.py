"""Fetches what came back to a mailbox by IMAP, for clinics whose mail server cannot pipe.

The mailbox must be one of its own: what was looked at is marked as seen and stays there. A mail is
marked only after it was taken, so that nothing is lost when the database is busy. A watchdog closes
the connection at the deadline, as a server that drips beats every socket time-out.
"""

import imaplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from intake.errors import Unavailable
from intake.notifications.reports import REPORT_MAX_BYTES
from intake.settings import ImapSettings

CONNECT_SECONDS = 10.0
DEADLINE_SECONDS = 60.0
MAILS_MAX = 50
CODES = "imap_"  # what each code of ours begins with; reasons.py tells them
REFUSED = "imap_refused"
ID_HEADERS = ("Message-ID", "X-Entity-Ref-ID")


class ImapMailbox:
    """The mailbox that bounces go to."""

    def __init__(
        self, settings: ImapSettings, *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._settings = settings
        self._deadline_seconds = deadline_seconds

    def empty(self, take: Callable[[bytes], object]) -> int:
        """Give each unseen mail to ``take`` and mark it as seen; return how many there were.

        What ``take`` raises goes up, and its mail stays unseen.

        Raises:
            Unavailable: ``imap_dns``, ``imap_sign_in_refused``..., as ``reasons.py`` tells them.
        """
        with self._opened() as imap:
            return _each_unseen(imap, self._settings.folder, take)

    def holds(self, message_id: str) -> bool:
        """Whether a mail of ours with this id has arrived, seen or not; changes nothing.

        Raises:
            Unavailable: As :meth:`empty`.
        """
        with self._opened() as imap:
            _select(imap, self._settings.folder, readonly=True)
            # Some relays put a Message-ID of their own; the other header is ours alone.
            names = [("HEADER", name, f'"{message_id}"') for name in ID_HEADERS]
            found = _demand(imap.uid("SEARCH", "OR", *names[0], *names[1]))
            return any(isinstance(uids, bytes) and uids.split() for uids in found)

    def knock(self) -> None:
        """Sign in and open the folder, and take nothing.

        Raises:
            Unavailable: As :meth:`empty`.
        """
        with self._opened() as imap:
            _select(imap, self._settings.folder, readonly=True)

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        try:
            with self._connected() as imap:
                yield imap
        except (imaplib.IMAP4.error, OSError, ValueError) as failure:
            raise Unavailable(_code_of(failure)) from failure

    @contextmanager
    def _connected(self) -> Iterator[imaplib.IMAP4]:
        wanted = self._settings
        tls = ssl.create_default_context(cafile=wanted.ca_file)
        imap: imaplib.IMAP4
        if wanted.security == "tls":
            imap = imaplib.IMAP4_SSL(
                wanted.host, wanted.port, ssl_context=tls, timeout=CONNECT_SECONDS
            )
        else:
            imap = imaplib.IMAP4(wanted.host, wanted.port, timeout=CONNECT_SECONDS)
        watchdog = threading.Timer(self._deadline_seconds, _shut, (imap,))
        watchdog.daemon = True
        watchdog.start()
        try:
            if wanted.security == "starttls":
                with _named("imap_tls", is_always=True):  # also where the server offers none
                    imap.starttls(ssl_context=tls)
            with _named("imap_sign_in_refused"):
                imap.login(wanted.username, wanted.password.get_secret_value())
            yield imap
        finally:
            watchdog.cancel()
            with suppress(imaplib.IMAP4.error, OSError):
                imap.logout()


class _Named(imaplib.IMAP4.error):
    """A refusal of which we know what it is about."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# The first kind that fits; ``abort`` is a refusal too by its class, yet it is none.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (imaplib.IMAP4.abort, "imap_away"),
    (imaplib.IMAP4.error, REFUSED),
    (ssl.SSLCertVerificationError, "imap_certificate"),
    (TimeoutError, "imap_no_answer"),
    (ssl.SSLError, "imap_tls"),
    (socket.gaierror, "imap_dns"),
    (ConnectionRefusedError, "imap_closed"),
    (Exception, "imap_away"),
)


def _code_of(failure: Exception) -> str:
    if isinstance(failure, _Named):
        return failure.code
    return next(word for kind, word in _WORDS if isinstance(failure, kind))


@contextmanager
def _named(code: str, *, is_always: bool = False) -> Iterator[None]:
    """Name what a refusal is about; a connection that breaks is another matter."""
    try:
        yield
    except imaplib.IMAP4.error as refusal:
        if not is_always and isinstance(refusal, imaplib.IMAP4.abort):
            raise
        raise _Named(code) from refusal


def _select(imap: imaplib.IMAP4, folder: str, *, readonly: bool = False) -> None:
    with _named("imap_folder"):
        _demand(imap.select(f'"{folder}"', readonly))


def _shut(imap: imaplib.IMAP4) -> None:
    with suppress(OSError):
        imap.sock.shutdown(socket.SHUT_RDWR)


def _each_unseen(imap: imaplib.IMAP4, folder: str, take: Callable[[bytes], object]) -> int:
    _select(imap, folder)
    found = _demand(imap.uid("SEARCH", "UNSEEN"))
    names = found[0].split() if found and isinstance(found[0], bytes) else []
    for name in names[:MAILS_MAX]:
        uid = name.decode("ascii")
        answer = _demand(imap.uid("FETCH", uid, f"(BODY.PEEK[]<0.{REPORT_MAX_BYTES}>)"))
        raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
        if isinstance(raw, bytes):
            take(raw)
        _demand(imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
    return len(names[:MAILS_MAX])


def _demand(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, found = answer
    if status != "OK":
        raise imaplib.IMAP4.error("refused")
    return found
