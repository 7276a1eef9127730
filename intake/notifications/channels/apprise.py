"""Chats and SMS gateways through Apprise, an extra that is imported only when it is needed.

What goes out is the letter's subject and its link: a reference, a time, where to sign in, and no
more, as chats are kept by others. Only services whose address nobody types are offered, so this is
no way into the clinic's own network; a chat server of one's own takes a webhook. Apprise answers
yes or no and logs the reason, with addresses: its log is read here, sorted and thrown away.

Promise: at least once. Apprise passes no idempotency key on.
"""

import logging
import re
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from intake.errors import InvalidInput, Misconfigured, Problem
from intake.notifications.channels.base import Letter
from intake.notifications.outcome import Outcome, Result

DEADLINE_SECONDS = 25.0
AT_ONCE_MAX = 32
ADDRESS_MAX_CHARACTERS = 2000

CHAT_SERVICES = frozenset(
    {
        "discord",
        "flock",
        "gchat",
        "groupme",
        "guilded",
        "line",
        "pbul",
        "pover",
        "slack",
        "tgram",
        "twist",
        "webex",
        "wxteams",
        "whatsapp",
        "workflow",
        "workflows",
        "zoom",
    }
)
SMS_SERVICES = frozenset(
    {
        "46elks",
        "bulksms",
        "bulkvs",
        "burstsms",
        "clickatell",
        "clicksend",
        "d7sms",
        "elks",
        "httpsms",
        "msgbird",
        "nexmo",
        "plivo",
        "seven",
        "sinch",
        "sns",
        "telnyx",
        "threema",
        "twilio",
        "voipms",
        "vonage",
    }
)
SERVICES = MappingProxyType({"chat": CHAT_SERVICES, "sms": SMS_SERVICES})
# Teams: the host is written in the address, and must be Microsoft's.
TYPED_HOSTS = MappingProxyType(
    dict.fromkeys(("workflow", "workflows"), (".logic.azure.com", ".api.powerplatform.com"))
)
MISSING = "notify_missing"
HOW_TO_INSTALL = (
    "chat and SMS need the extra [notify]; install it with: pip install 'clinic-intake[notify]'"
)
# They would switch off certificates, follow redirects, read files or outlast the deadline.
REFUSED_OPTIONS = frozenset(
    {"attach", "cto", "redirect", "retry", "rto", "store", "template", "verify", "wait"}
)

_PRINTABLE = re.compile(r"[\x21-\x7e]*")
_STATUS = re.compile(r"\berror=(\d{3})\b")
_LINK = re.compile(r"https?://\S+")
_BUSY = frozenset({429, 503})
_LATER = frozenset({408, 425})


class AppriseChannel:
    """Serves every endpoint of one kind, ``chat`` or ``sms``; the address is in the letter."""

    def __init__(
        self,
        kind: str,
        *,
        services: frozenset[str] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.kind = kind
        self.deadline_seconds = deadline_seconds
        self._services = SERVICES[kind] if services is None else services
        self._places = threading.BoundedSemaphore(AT_ONCE_MAX)

    def send(self, letter: Letter) -> Result:
        """Hand subject and link to the service; ends within ``deadline_seconds``."""
        try:
            judge_address(self.kind, letter.to, services=self._services)
        except Misconfigured:
            return Result(Outcome.CHANNEL, MISSING)
        except InvalidInput as wrong:
            return Result(Outcome.PERMANENT, wrong.problems[0].code)
        if not self._places.acquire(blocking=False):
            return Result(Outcome.CHANNEL, "notify_unreachable")  # so many hang already
        ended: list[Result] = []
        thread = threading.Thread(
            target=self._send, args=(letter, ended), name="apprise", daemon=True
        )
        thread.start()
        thread.join(self.deadline_seconds)
        return ended[0] if ended else Result(Outcome.RETRYABLE, "notify_timed_out")

    def _send(self, letter: Letter, ended: list[Result]) -> None:
        try:
            ended.append(_handed_over(letter.to, short_words(letter)))
        except Exception as broken:  # noqa: BLE001 - a plug-in of somebody else's
            ended.append(Result(Outcome.RETRYABLE, "notify_failed", type(broken).__name__))
        finally:
            self._places.release()


def short_words(letter: Letter) -> str:
    """Return what a chat or a phone is told: the subject, and the first link of the letter."""
    link = _LINK.search(letter.text)
    return f"{letter.subject}\n{link[0]}" if link else letter.subject


def judge_address(kind: str, address: str, *, services: frozenset[str] | None = None) -> None:
    """Accept an Apprise address such as ``slack://TokenA/TokenB/TokenC``; reaches nobody.

    Args:
        kind: ``chat`` or ``sms``.
        address: As the administrator typed it.
        services: Other services than those of the kind, for tests.

    Raises:
        InvalidInput: ``address`` with ``address_characters``, ``service_unknown``,
            ``service_other_host``, ``service_option`` or ``service_incomplete``.
        Misconfigured: Apprise is not installed; the sentence says how to.
    """
    code = _fault(SERVICES[kind] if services is None else services, address)
    if code is None and _plugin(address) is None:
        code = "service_incomplete"
    if code is not None:
        raise InvalidInput((Problem("address", code),))


def _fault(services: frozenset[str], address: str) -> str | None:
    if len(address) > ADDRESS_MAX_CHARACTERS or not _PRINTABLE.fullmatch(address):
        return "address_characters"
    scheme, separator, _ = address.partition("://")
    scheme = scheme.lower()
    if scheme not in services or not separator:
        return "service_unknown"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return "service_incomplete"
    if scheme in TYPED_HOSTS and not host.endswith(TYPED_HOSTS[scheme]):
        return "service_other_host"
    options = parse_qsl(parts.query, keep_blank_values=True)
    is_refused = any(name.lower() in REFUSED_OPTIONS or "://" in value for name, value in options)
    return "service_option" if is_refused else None


def library() -> ModuleType:
    """Return Apprise, which is slow to import and need not be there.

    Raises:
        Misconfigured: with the sentence that says how to install it.
    """
    try:
        import apprise  # noqa: PLC0415 - an extra, and half a second of imports
    except ImportError as missing:
        raise Misconfigured((HOW_TO_INSTALL,)) from missing
    return apprise


def _plugin(address: str) -> Any:  # noqa: ANN401 - Apprise's own class, which need not be there
    """Return the sender for an address, or ``None`` when Apprise cannot use it."""
    apprise = library()
    _listen()
    asset = apprise.AppriseAsset(
        app_id="Intake",
        app_desc="Intake",
        app_url="",
        image_url_mask=None,  # a picture would be fetched from a third party by whoever reads
        image_url_logo=None,
        async_mode=False,
        http_redirects=False,
        storage_mode="memory",
        plugin_paths=[],
        allow_templates=False,
    )
    return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)


def _handed_over(address: str, words: str) -> Result:
    heard = _Heard()
    _listening.set(heard)  # ends with the thread
    one = library().Apprise()
    one.add(_plugin(address))
    is_taken = one.notify(body=words, body_format="text")
    return Result(Outcome.DELIVERED) if is_taken else heard.judged()


@dataclass(slots=True)
class _Heard:
    """What Apprise's log said of one try, in codes."""

    status: int | None = None
    is_away: bool = False
    is_slow: bool = False

    def hear(self, text: str) -> None:
        found = _STATUS.search(text)
        if found:
            self.status = int(found[1])
        self.is_away = self.is_away or "onnection error" in text
        self.is_slow = self.is_slow or "ead timed out" in text

    def judged(self) -> Result:
        """Return what a no meant."""
        if self.status is not None:
            return _judged_status(self.status)
        if self.is_away and not self.is_slow:
            return Result(Outcome.CHANNEL, "notify_unreachable")
        return Result(Outcome.RETRYABLE, "notify_failed")


# A context and not a thread: Apprise sends in threads of its own and hands its context on.
_listening: ContextVar[_Heard | None] = ContextVar("intake_apprise_heard", default=None)


class _Witness(logging.Handler):
    """Hears what Apprise logs during a try and keeps codes of it, never a word."""

    def emit(self, record: logging.LogRecord) -> None:
        heard = _listening.get()
        if heard is not None:
            heard.hear(record.getMessage())


def _judged_status(status: int) -> Result:
    if status in _BUSY:
        return Result(Outcome.CHANNEL, "notify_busy", status_code=status)
    if status in _LATER or not 400 <= status <= 499:
        return Result(Outcome.RETRYABLE, "notify_failed", status_code=status)
    return Result(Outcome.PERMANENT, "notify_refused", status_code=status)


_WITNESS = _Witness()


def _listen() -> None:
    """Take Apprise's log for ourselves: it quotes numbers and tokens, and goes nowhere else."""
    log = logging.getLogger("apprise")
    if _WITNESS not in log.handlers:
        log.handlers[:] = [_WITNESS]
        log.propagate = False
        log.setLevel(logging.DEBUG)
        logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines hold whole paths
