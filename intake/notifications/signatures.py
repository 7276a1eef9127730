"""Whether a message that came in was signed by the gateway we share a secret with, and just now.

Standard Webhooks 1.0.0, the scheme we sign our own webhooks with. The library checks against the
machine's clock; here time is an argument, as everywhere.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from intake.errors import NotPermitted
from intake.storage.types import EPOCH

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = timedelta(minutes=5)
SECRET_MIN_BYTES = 24
ID_MAX_CHARACTERS = 200
SIGNATURES_MAX = 10
_PREFIX = "whsec_"


def signed_id(
    headers: Mapping[str, str], body: bytes, *, secrets: Iterable[str], at: datetime
) -> str:
    """Return the id of a signed message; remember it, or the message can be played again.

    Args:
        headers: Those of :data:`HEADERS`, by these names.
        body: The bytes as they came.
        secrets: Those that may have signed: two while one is being replaced.
        at: Now.

    Raises:
        NotPermitted: ``signature_missing``, ``signature_old`` or ``signature_wrong``.
    """
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")[:SIGNATURES_MAX]
    if not 0 < len(name) <= ID_MAX_CHARACTERS or not given[0]:
        raise NotPermitted("signature_missing")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise NotPermitted("signature_missing")
    if abs(EPOCH + timedelta(seconds=int(stamp)) - at) > TOLERANCE:
        raise NotPermitted("signature_old")
    content = f"{name}.{stamp}.".encode() + body
    wanted = [_signature(secret, content) for secret in secrets]
    shown = [one.removeprefix("v1,").encode() for one in given if one.startswith("v1,")]
    # Every pair is compared, so that time says nothing about which fits.
    fits = [hmac.compare_digest(one, other) for one in wanted for other in shown]
    if not any(fits):
        raise NotPermitted("signature_wrong")
    return name


def secret_bytes(secret: str) -> bytes:
    """Return the key of a secret such as ``whsec_...``; ``ValueError`` when it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as broken:
        raise ValueError("is not base64") from broken
    if len(key) < SECRET_MIN_BYTES:
        raise ValueError(f"is shorter than {SECRET_MIN_BYTES} bytes")
    return key


def _signature(secret: str, content: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret_bytes(secret), content, "sha256"))
