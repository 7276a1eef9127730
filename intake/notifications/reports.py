"""Reads what mail systems send back: a bounce, a delay, a complaint; everything else is ignored.

Anybody can write to our mailbox, so nothing is believed but one thing: a report that knows the
Message-ID of a mail of ours, 128 random bits, comes from somebody who had that mail. What such a
person could forge harms their own message only. An out-of-office note knows it as well, so the ID
alone is no bounce. No word of a report is kept: it quotes addresses, and sometimes our mail.
Formats: RFC 3464 and 5965, and two mail systems that have their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from itertools import islice

REPORT_MAX_BYTES = 1024 * 1024
PARTS_MAX = 50

BOUNCE, DELAYED, COMPLAINT = "bounce", "delayed", "complaint"

_OURS = re.compile(r"([a-z2-7]{26})-(\d{1,6})@[\w.-]")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ACTIONS = {"failed": BOUNCE, "delayed": DELAYED}
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "virus", "other"})
_STATUS_PART = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINAL = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
)
_QMAIL = "This is the qmail-send program at"
_HEADERS_WITH_IDS = ("In-Reply-To", "References", "X-Failed-Message-ID", "Original-Message-ID")


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail system says about one message of ours, found by its public id and generation."""

    kind: str
    public_id: str
    generation: int
    status_code: str | None = None


@dataclass(frozen=True, slots=True)
class _Finding:
    kind: str
    status_code: str | None = None


def read_report(raw: bytes) -> Report | None:
    """Return what a mail reports about a message of ours, or ``None``; never raises.

    Only the first ``REPORT_MAX_BYTES`` are looked at.
    """
    try:
        mail = message_from_bytes(raw[:REPORT_MAX_BYTES])
        finding = _finding(mail)
        name = _named(mail) if finding is not None else None
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None  # the standard library's parser gives up on some rubbish in these ways
    if finding is None or name is None:
        return None
    return Report(finding.kind, name[0], name[1], finding.status_code)


def _finding(mail: Message) -> _Finding | None:
    parts = list(_parts(mail))
    found = [_delivery_status(part) for part in parts if part.get_content_type() in _STATUS_PART]
    kept = [one for one in found if one is not None]
    if kept:
        return min(kept, key=lambda one: one.kind)  # "bounce" says more than "delayed"
    if found:
        return None  # delivered, relayed, expanded
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            kind = _fields(part, "Feedback-Type").strip().lower()
            return _Finding(COMPLAINT) if kind in _COMPLAINTS else None
    return _own_format(mail, parts)


def _delivery_status(part: Message) -> _Finding | None:
    """Return what the groups of fields say; a mail of ours has one recipient."""
    actions = [word.strip().lower() for word in _each(part, "Action")]
    kinds = sorted(_ACTIONS[word] for word in actions if word in _ACTIONS)
    if not kinds:
        return None
    codes = _STATUS.findall(_fields(part, "Status") + "\n" + _fields(part, "Diagnostic-Code"))
    telling = [code for code in codes if not code.endswith(".0.0")]
    return _Finding(kinds[0], next(iter(telling + codes), None))


def _own_format(mail: Message, parts: list[Message]) -> _Finding | None:
    """Know the bounces of Exim, which names the recipient, and of qmail, which names itself."""
    words = "\n".join(_text(part) for part in parts if part.get_content_type() == "text/plain")
    is_exim = mail.get("X-Failed-Recipients") is not None
    if is_exim and str(mail.get("Subject", "")).lower().startswith("warning"):
        return _Finding(DELAYED)
    if not is_exim and _QMAIL not in words:
        return None
    before_copy = re.split(r"(?m)^-{3,}", words, maxsplit=1)[0]
    code = _STATUS.search(before_copy)
    return _Finding(BOUNCE, code[1] if code else None)


def _named(mail: Message) -> tuple[str, int] | None:
    """Return which of our messages is meant: the returned original first, then the threading."""
    for place in (_original_ids(mail), _threading(mail), _bodies(mail)):
        for text in place:
            found = _OURS.search(text)
            if found:
                return found[1], int(found[2])
    return None


def _original_ids(mail: Message) -> Iterator[str]:
    for part in _parts(mail):
        if part.get_content_type() not in _ORIGINAL:
            continue
        if part.is_multipart():
            for original in _payload(part):
                yield from (str(value) for value in original.values())
        else:
            yield _text(part)


def _threading(mail: Message) -> Iterator[str]:
    for name in _HEADERS_WITH_IDS:
        yield from (str(value) for value in mail.get_all(name, []))


def _bodies(mail: Message) -> Iterator[str]:
    for part in _parts(mail):
        if part.get_content_maintype() == "text":
            yield _text(part)


def _parts(mail: Message) -> Iterator[Message]:
    """Give the report's own parts, and never those of the mail that it returns."""
    waiting = [mail]
    for _ in range(PARTS_MAX):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        if part.get_content_maintype() == "multipart":
            waiting.extend(islice(_payload(part), PARTS_MAX))


def _payload(part: Message) -> list[Message]:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    return [one for one in payload if isinstance(one, Message)]


def _each(part: Message, name: str) -> list[str]:
    """Return a field of all groups; some systems write them as plain text instead."""
    groups = _payload(part)
    if groups:
        return [str(value) for group in groups for value in group.get_all(name, [])]
    return re.findall(rf"(?im)^{name}:[ \t]*(.*)$", _text(part))


def _fields(part: Message, name: str) -> str:
    return "\n".join(_each(part, name))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return payload.decode("utf-8", "replace")
