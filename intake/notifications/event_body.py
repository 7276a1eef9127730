"""What a webhook is told: which inquiry something happened to, and nothing about a person.

The body is the same at every try of a message, so a receiver can compare it; what changes (the time
of the try, the signatures) stands in headers. Who wants to know more opens the desk.

Source: Standard Webhooks 1.0.0, "Payload structure": type, timestamp, data; thin payloads.
"""

import json
from datetime import UTC, datetime

from intake.notifications.channels.base import Letter
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.notifications.render import CannotRender

# ``version`` is the inquiry's: a receiver drops what is older than what it has.
FACTS = frozenset({"reference", "version"})


def event_letter(message: ClaimedMessage, recipient: Recipient, at: datetime) -> Letter:
    """Return the signed event for a webhook; a value that is not one of :data:`FACTS` is refused.

    Raises:
        CannotRender: for ever, until somebody corrects the program.
    """
    if not frozenset(recipient.values) <= FACTS:
        raise CannotRender(message.event)
    occurred_at = message.created_at.astimezone(UTC).isoformat(timespec="milliseconds")
    body = {
        "type": message.event,
        "timestamp": occurred_at.replace("+00:00", "Z"),
        "data": {**recipient.values, "idempotency_key": message.key},
    }
    return Letter(
        key=message.key,
        to=recipient.address,
        language=recipient.language,
        subject=message.event,
        text=json.dumps(body, separators=(",", ":"), sort_keys=True),
        html="",
        at=at,
        secrets=recipient.secrets,
    )
