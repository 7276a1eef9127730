"""Sealing of what people write, bound to the one cell it was written for.

AES-256-GCM with the table, the column and the record as associated data: a sealed value that is
changed, or carried to another cell, does not open. The key is a record's own data key (see
``keyring.py``), so destroying that one key erases everything sealed with it.
"""

import base64
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.errors import IntakeError

JSON: TypeAlias = str | int | float | bool | Sequence["JSON"] | Mapping[str, "JSON"] | None

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SEALED_VERSION = b"\x01"
COOKIE_VERSION = b"\x01"


class SealBroken(IntakeError):
    """A sealed value does not open: changed, moved to another cell, or the key is another one."""

    def __init__(self, code: str = "seal_broken") -> None:
        super().__init__(code)


def associated(*parts: str) -> bytes:
    """Join the parts so that no other list of parts gives the same bytes.

    Each part is preceded by its length: ``("ab", "c")`` and ``("a", "bc")`` stay different.
    """
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def seal(key: bytes, plain: bytes, *, table: str, column: str, record: str) -> bytes:
    """Seal ``plain`` for one cell: version, 12 bytes of nonce, ciphertext with its 16-byte tag.

    Args:
        key: The record's 32-byte data key.
        plain: What is to be kept secret.
        table: The table's name.
        column: The column's name.
        record: The record's random public id; never a row id, which a copy may change.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    about = associated("cell", table, column, record)
    return SEALED_VERSION + nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, *, table: str, column: str, record: str) -> bytes:
    """Open what ``seal`` made for this same cell.

    Raises:
        SealBroken: One bit differs, or the value belongs to another cell or key.
    """
    if sealed[:1] != SEALED_VERSION:
        raise SealBroken
    return open_box(key, sealed[1:], associated("cell", table, column, record))


def unseal_text(key: bytes, sealed: bytes, *, table: str, column: str, record: str) -> str:
    """Return the text that :func:`seal` took as UTF-8.

    Raises:
        SealBroken: As :func:`unseal`.
    """
    return unseal(key, sealed, table=table, column=column, record=record).decode()


def open_box(key: bytes, box: bytes, about: bytes) -> bytes:
    """Open a nonce followed by its ciphertext.

    Raises:
        SealBroken: It is too short, or does not belong to this key and associated data.
    """
    if len(box) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken
    try:
        return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], about)
    except InvalidTag:
        # "from None": the frames of the library hold nothing an operator could use.
        raise SealBroken from None


def seal_json(key: bytes, value: JSON, *, table: str, column: str, record: str) -> bytes:
    """Seal a JSON value, written compactly; the arguments are those of ``seal``."""
    return seal(key, compact(value), table=table, column=column, record=record)


def unseal_json(key: bytes, sealed: bytes, *, table: str, column: str, record: str) -> JSON:
    """Open what ``seal_json`` made for this same cell.

    Raises:
        SealBroken: One bit differs, or the value belongs to another cell or key.
    """
    return parsed(unseal(key, sealed, table=table, column=column, record=record))


def seal_cookie(key: bytes, purpose: str, value: JSON) -> str:
    """Seal a JSON value into characters a cookie may carry: compressed, sealed, base64url.

    A cookie has no record yet, so the purpose takes its place: a cookie made for one purpose does
    not open for another. It carries no time of its own; a value that must expire holds it.

    Source: RFC 4648 section 5, without padding.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    about = associated("cookie", purpose) + COOKIE_VERSION
    box = AESGCM(key).encrypt(nonce, zlib.compress(compact(value), 6), about)
    return base64.urlsafe_b64encode(COOKIE_VERSION + nonce + box).rstrip(b"=").decode()


def open_cookie(key: bytes, purpose: str, text: str) -> JSON:
    """Return the value ``seal_cookie`` sealed for this purpose, or None.

    Cookies come from outside, so one that does not open is an everyday event and no error.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if raw[:1] != COOKIE_VERSION:
            return None
        packed = open_box(key, raw[1:], associated("cookie", purpose) + COOKIE_VERSION)
    except (ValueError, SealBroken):
        return None
    # Unpacked only after the seal has proved that we packed it: no bomb gets this far.
    return parsed(zlib.decompress(packed))


def compact(value: JSON) -> bytes:
    """Write JSON without spaces, letters as they are.

    A half of a surrogate pair passes: sealing must not fail on a text, because the error that
    would raise carries the text itself into the log.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def parsed(raw: bytes) -> JSON:
    """Read what ``compact`` wrote."""
    value: JSON = json.loads(raw.decode("utf-8", "surrogatepass"))
    return value
