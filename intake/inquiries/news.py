"""What a message to the person is about: by which ways it goes, and when it is out of date.

A message waits in the outbox, and the world goes on: somebody reached them, or the closing was
taken back. So each kind is looked at again when it is sent. Times are all it may tell; nothing
that anybody typed.

Source: PRODUCT.md 2 (3) and 3; SAFETY.md T4, T19; content/microcopy.md 7.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from intake.notifications.recipient import Withheld
from intake.storage.types import from_millis, to_millis

ACKNOWLEDGED = "inquiry.acknowledged"
INFORMATION_REQUESTED = "inquiry.information_requested"
REMINDED = "inquiry.reminded"
TRIED = "inquiry.tried"  # we called and could not reach them
LATE = "inquiry.late"  # we did not keep our promise; here is a new one
WAITING = "message.waiting"  # somebody wrote on their private page
LETTER = "inquiry.letter"  # goes out when an inquiry is closed, and only while it is
CLOSING_NOTE = "inquiry.closing_note"  # the same, where no letter fits
AFTER_CLOSING = frozenset({LETTER, CLOSING_NOTE})
BY_TEXT = "_by_text"
# What goes by text where they chose no mail; what has no words of its own there says "a message".
TEXT_FORMS: Mapping[str, str] = MappingProxyType(
    {
        **{event: event + BY_TEXT for event in (ACKNOWLEDGED, TRIED, LATE, WAITING, CLOSING_NOTE)},
        INFORMATION_REQUESTED: WAITING + BY_TEXT,
        REMINDED: WAITING + BY_TEXT,
    }
)
ANSWERED = Withheld("answered_meanwhile")


def is_text(event: str) -> bool:
    """Whether an event is the text form of another."""
    return event.endswith(BY_TEXT)


def tried_at(instant: datetime) -> dict[str, int]:
    """Return the payload of ``inquiry.tried``."""
    return {"tried_at": to_millis(instant)}


def out_of_date(
    event: str, payload: Mapping[str, Any], inquiry: Row[*tuple[Any, ...]]
) -> Withheld | None:
    """Return why a message to the person is not true any more; None where it is.

    Args:
        event: Either form.
        payload: Of the message.
        inquiry: With ``closed_at``, ``first_responded_at`` and ``contact_made_at``, as of now.
    """
    kind = event.removesuffix(BY_TEXT)
    if (inquiry.closed_at is None) is (kind in AFTER_CLOSING):
        return Withheld("not_closed" if kind in AFTER_CLOSING else "closed")
    if kind == LATE and inquiry.first_responded_at is not None:
        return ANSWERED
    spoke_at = inquiry.contact_made_at
    if kind == TRIED and spoke_at is not None and spoke_at > from_millis(payload["tried_at"]):
        return ANSWERED
    return None


def times_told(
    event: str, payload: Mapping[str, Any], inquiry: Row[*tuple[Any, ...]], at: datetime
) -> dict[str, object]:
    """Return the times that only this kind of message tells.

    ``new_due_at`` is None where the mail was held up until the new promise had passed as well: it
    then says that we are late, and promises nothing.
    """
    kind = event.removesuffix(BY_TEXT)
    if kind == TRIED:
        return {"tried_at": from_millis(payload["tried_at"])}
    if kind == LATE:
        new = inquiry.new_promise_at
        return {"new_due_at": new if new is not None and new > at else None}
    return {}
