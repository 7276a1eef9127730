"""Keeps answers between the pages of the form in the visitor's own browser, sealed.

Nothing is stored on the server before Send. The cookie is split, because browsers drop one that is
too large without a word; it lasts as long as the browser is open, and 60 idle minutes at most: the
instant is sealed inside, so no browser setting prolongs it. It holds answers by field name, never
by language, so switching the language keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response

from intake.crypto.sealed import open_cookie, seal_cookie

NAME = "answers"
PURPOSE = "answers"
IN_PAGE_PURPOSE = "answers in page"
PARTS_MAX = 3
PART_MAX_CHARACTERS = 3_800
IDLE = timedelta(minutes=60)
IN_PAGE_FOR = timedelta(days=7)  # the page itself shows the same answers, for as long

Answers = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What is left of answers that were sent: the reference, and the way to the receipt."""

    reference: str
    receipt_token: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What one browser holds for us."""

    submission_key: str
    started_at: datetime
    seen_at: datetime
    is_renewed: bool = False
    answers: Answers = field(default_factory=dict, repr=False)
    signs: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    sent: Sent | None = None

    def is_idle(self, at: datetime) -> bool:
        """Say whether nobody has used these answers for too long."""
        return at - self.seen_at > IDLE


def open_kept(text: str, secret: bytes, *, purpose: str = PURPOSE) -> Kept | None:
    """Return what was sealed, or None for anything that is not ours or not of this version."""
    value = open_cookie(secret, purpose, text)
    if not isinstance(value, Mapping):
        return None
    try:
        sent = value.get("sent")
        return Kept(
            submission_key=str(value["key"]),
            started_at=_instant(value["started"]),
            seen_at=_instant(value["seen"]),
            is_renewed=bool(value["renewed"]),
            answers={str(name): [str(v) for v in vs] for name, vs in value["answers"].items()},  # type: ignore[union-attr]
            signs=tuple(str(sign) for sign in value["signs"]),  # type: ignore[union-attr]
            noted=tuple(str(note) for note in value["noted"]),  # type: ignore[union-attr]
            sent=Sent(str(sent[0]), str(sent[1])) if sent else None,  # type: ignore[index]
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None


def seal_kept(kept: Kept, secret: bytes, *, purpose: str = PURPOSE) -> str:
    """Return the sealed text, for the cookie or for a hidden field."""
    value: dict[str, Any] = {
        "key": kept.submission_key,
        "started": _milliseconds(kept.started_at),
        "seen": _milliseconds(kept.seen_at),
        "renewed": kept.is_renewed,
        "answers": kept.answers,
        "signs": kept.signs,
        "noted": kept.noted,
    }
    if kept.sent is not None:
        value["sent"] = [kept.sent.reference, kept.sent.receipt_token]
    return seal_cookie(secret, purpose, value)


@dataclass(frozen=True, slots=True)
class CookieJar:
    """Writes and reads the parts, by names and flags that follow ``base_url``.

    Args:
        name: as ``cookie_name`` gives it: with ``__Host-`` on https.
        is_secure: whether visitors come over https.
    """

    name: str
    is_secure: bool
    secret: bytes = field(repr=False)

    def read(self, cookies: Mapping[str, str]) -> Kept | None:
        """Return what the request carries; None where a part is missing or does not open."""
        parts = []
        for number in range(PARTS_MAX):
            part = cookies.get(f"{self.name}-{number}")
            if part is None:
                break
            parts.append(part)
        return open_kept("".join(parts), self.secret) if parts else None

    def write(self, response: Response, kept: Kept, carried: Mapping[str, str]) -> bool:
        """Set the cookie; False where it would not fit, and then nothing is set.

        Args:
            response: the answer that sets it.
            kept: what to keep.
            carried: the request's cookies, so that parts that are no longer needed go.
        """
        text = seal_kept(kept, self.secret)
        parts = [
            text[start : start + PART_MAX_CHARACTERS]
            for start in range(0, len(text), PART_MAX_CHARACTERS)
        ]
        if len(parts) > PARTS_MAX:
            return False
        for number, part in enumerate(parts):
            response.set_cookie(
                f"{self.name}-{number}",
                part,
                path="/",
                secure=self.is_secure,
                httponly=True,
                samesite="Lax",
            )
        self._clear_from(response, carried, len(parts))
        return True

    def clear(self, response: Response, carried: Mapping[str, str]) -> None:
        """Take every part out of the browser."""
        self._clear_from(response, carried, 0)

    def _clear_from(self, response: Response, carried: Mapping[str, str], first: int) -> None:
        for number in range(first, PARTS_MAX):
            name = f"{self.name}-{number}"
            if name in carried:
                response.delete_cookie(
                    name, path="/", secure=self.is_secure, httponly=True, samesite="Lax"
                )


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _instant(milliseconds: object) -> datetime:
    if not isinstance(milliseconds, int):
        raise TypeError
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
