"""The certificate of an erasure: what was destroyed, what stays and when, signed.

The document is JSON, and the signature covers its bytes as they are stored: anybody with the public
key can prove it without this program. It names the reference, instants and wordings by their
hashes, and nothing of the person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from intake.consent.queries import consents_of
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, compact
from intake.crypto.tokens import hash_secret, new_public_id, show_reference
from intake.errors import NotFound
from intake.inquiries.models import Inquiry
from intake.privacy.belongings import BELONGINGS
from intake.privacy.models import ErasureCertificate

FORMAT = "clinic-intake-erasure/1"
SIGNED_AS = b"clinic-intake erasure certificate\0"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is shown and handed out; ``facts`` is the parsed ``document``."""

    public_id: str
    document: str
    signature: bytes = field(repr=False)
    erased_at: datetime
    facts: Mapping[str, JSON] = field(repr=False)


def issue(
    session: Session,
    keyring: Keyring,
    inquiry: Inquiry,
    *,
    clinic: str,
    asked_at: datetime | None,
    asked_by: str,
    entry: bytes,
    at: datetime,
) -> Certificate:
    """Write and sign the certificate, in the erasing transaction and before anything is destroyed.

    Args:
        session: A session of ``Database.write()``.
        keyring: Signs.
        inquiry: The row, still whole.
        clinic: The clinic's name.
        asked_at: When somebody first asked, None where nobody did.
        asked_by: Who wanted it, as a class: ``person``, ``staff`` or ``retention``.
        entry: What the ledger knows the inquiry by.
        at: Now.
    """
    public_id = new_public_id()
    facts: dict[str, JSON] = {
        "format": FORMAT,
        "certificate": public_id,
        "clinic": clinic,
        "reference": show_reference(inquiry.reference),
        "received_at": _iso(inquiry.received_at),
        "closed_at": _iso(inquiry.closed_at),
        "asked_at": _iso(asked_at),
        "asked_by": asked_by,
        "erased_at": _iso(at),
        "method": "The record's own key was destroyed, with everything that was sealed under it.",
        "tables": {one.table: one.fate.value for one in BELONGINGS},
        "wordings": [
            {
                "purpose": one.purpose.value,
                "language": one.language,
                "version": one.version,
                "sha256": one.sha256,
                "answer": one.answer.value,
                "given_at": _iso(one.given_at),
                "withdrawn_at": _iso(one.withdrawn_at),
            }
            for one in consents_of(session, inquiry.id)
        ],
        "ledger": entry.hex(),
    }
    document = compact(facts).decode()
    signature = keyring.signing_key().sign(SIGNED_AS + document.encode())
    session.add(
        ErasureCertificate(
            inquiry_id=inquiry.id,
            public_id=public_id,
            document=document,
            signature=signature,
            erased_at=at,
        )
    )
    session.flush()
    return Certificate(public_id, document, signature, at, facts)


def is_genuine(document: str, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Say whether a certificate was signed with this key and not changed since."""
    try:
        key.verify(signature, SIGNED_AS + document.encode())
    except InvalidSignature:
        return False
    return True


def certificate_by_link(session: Session, token: str) -> Certificate:
    """Return the certificate of the inquiry that a private link belonged to.

    Whether the link still works is the caller's to ask, before this.

    Raises:
        NotFound: ``link_unknown``: there is none; like any wrong link.
    """
    found = _read(session, Inquiry.link_hash == hash_secret(token))
    if found is None:
        raise NotFound("link_unknown")
    return found


def certificate_of(session: Session, reference: str) -> Certificate | None:
    """Return the certificate of an inquiry by its stored reference, None where there is none."""
    return _read(session, Inquiry.reference == reference)


def public_key_hex(keyring: Keyring) -> str:
    """Return the key that proves certificates: the one that also proves the audit trail."""
    return keyring.verify_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _read(session: Session, which: ColumnElement[bool]) -> Certificate | None:
    row = session.scalars(
        select(ErasureCertificate)
        .join(Inquiry, Inquiry.id == ErasureCertificate.inquiry_id)
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    facts = cast("Mapping[str, JSON]", json.loads(row.document))
    return Certificate(row.public_id, row.document, row.signature, row.erased_at, facts)


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
