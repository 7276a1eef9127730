"""What a channel needs to know of a reader, or why the reader gets nothing.

The worker gets a ``recipient_of`` from ``bootstrap``: the rooms that know addresses and permissions
stand above this one. It is asked at the moment of sending, so a permission withdrawn a minute ago
counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

# How a message names its reader, never by an address.
PERSON = "person"
STAFF = "staff:"  # and a row id, as in staff:17
ENDPOINT = "endpoint:"  # and a row id
SYNTHETIC = "synthetic"  # the reader of a made-up inquiry's confirmation: a mailbox of ours


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message under lease; ``key`` is the same at every try."""

    id: int
    public_id: str
    inquiry_id: int | None
    recipient: str
    channel_id: int
    event: str
    generation: int
    payload: Mapping[str, Any]
    attempts: int
    losses: int
    give_up_at: datetime
    created_at: datetime
    claimed_at: datetime
    lease_token: str
    is_probe: bool = False

    @property
    def key(self) -> str:
        """The idempotency key: no colon or dot, as it stands in a Message-ID."""
        return f"{self.public_id}-{self.generation}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A reader: one mailbox, a language, and the values that the event's words name.

    ``limit_key`` is the keyed hash of an address that a visitor typed; such an address gets a few
    automatic messages a day at most (``limits.py``). ``None`` for staff. ``secrets`` sign what goes
    to a webhook, which gets an event for a program in place of words.
    """

    address: str
    language: str
    values: Mapping[str, object] = field(default_factory=dict)
    limit_key: bytes | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing is sent: not before ``until``, or, without it, never; ``reason`` is a code."""

    reason: str
    until: datetime | None = None


# Runs in a read of its own; the session is closed before the channel talks.
RecipientOf = Callable[[Session, ClaimedMessage, datetime], Recipient | Withheld]
