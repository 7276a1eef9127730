"""The signed value that every public form carries: which submission it is, and since when.

It stands in for a session token, because public pages set no session cookie. Together with the
check of ``Origin`` and ``Sec-Fetch-Site`` it keeps other sites from sending in somebody's name, and
its key makes a double click one inquiry. It holds nothing of the person.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

TOKEN = "form_token"  # noqa: S105 - the name of its field, not a secret
OLD_AFTER = timedelta(hours=24)
TEXT_MAX_CHARACTERS = 200
KEY_BYTES = 16


class Standing(StrEnum):
    """What a token that came back is worth."""

    FRESH = "fresh"
    OLD = "old"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class FormToken:
    """What was signed; ``is_renewed`` once the first one had grown old."""

    submission_key: str
    started_at: datetime
    is_renewed: bool = False

    def renewed(self, at: datetime) -> "FormToken":
        """Return a token for the same submission that is fresh again."""
        return replace(self, started_at=at, is_renewed=True)


def new_token(at: datetime) -> FormToken:
    """Return a token for a submission that begins now."""
    return FormToken(secrets.token_urlsafe(KEY_BYTES), at)


def write_token(token: FormToken, secret: bytes) -> str:
    """Return the signed text for the hidden field."""
    instant = int(token.started_at.timestamp() * 1000)
    body = f"{token.submission_key}.{instant:x}.{int(token.is_renewed)}"
    return f"{body}.{_signature(body, secret)}"


def read_token(text: str, secret: bytes, at: datetime) -> tuple[Standing, FormToken]:
    """Return how a token stands, and the token to go on with.

    An old one keeps its submission key, so that the second click is the same inquiry. One that we
    did not sign never names a submission: whoever made it could else point at another person's.
    """
    body, _, signature = text[:TEXT_MAX_CHARACTERS].rpartition(".")
    if not (body.isascii() and hmac.compare_digest(signature.encode(), _signed(body, secret))):
        return Standing.FOREIGN, new_token(at)
    key, instant, renewed = body.split(".")
    token = FormToken(key, datetime.fromtimestamp(int(instant, 16) / 1000, UTC), renewed == "1")
    if at - token.started_at > OLD_AFTER:
        return Standing.OLD, token.renewed(at)
    return Standing.FRESH, token


def _signed(body: str, secret: bytes) -> bytes:
    return _signature(body, secret).encode()


def _signature(body: str, secret: bytes) -> str:
    mac = hmac.digest(secret, b"form token\0" + body.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
