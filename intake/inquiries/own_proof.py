"""How the form knows that a sending is the service's own proof, and not a person.

The mark is made with a key that only this service has and lasts a few minutes; it stands in a
header of a request to ourselves. A person can never be taken for a proof, nor hide as one.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from intake.storage.types import from_millis, to_millis

HEADER = "X-Intake-Synthetic"
PURPOSE = "synthetic"
LASTS = timedelta(minutes=5)
MILLIS_DIGITS = 15


def own_mark(secret: bytes, *, at: datetime) -> str:
    """Return a mark for a sending at ``at``; ``secret`` is the keyring's for :data:`PURPOSE`."""
    millis = str(to_millis(at))
    return f"{millis}.{_sign(secret, millis)}"


def is_own(mark: str, secret: bytes, *, at: datetime) -> bool:
    """Say whether a mark is ours and not older than a few minutes."""
    millis, _, signature = mark.partition(".")
    if not (millis.isascii() and millis.isdigit() and len(millis) <= MILLIS_DIGITS):
        return False
    if not hmac.compare_digest(_sign(secret, millis).encode(), signature.encode()):
        return False
    return abs(at - from_millis(int(millis))) <= LASTS


def _sign(secret: bytes, millis: str) -> str:
    return hmac.digest(secret, millis.encode(), hashlib.sha256).hex()
