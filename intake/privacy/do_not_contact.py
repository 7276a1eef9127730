"""Whom we were asked to leave alone: phone and address of the erased, as keyed hashes alone.

Asked before anybody is written or called who did not write first: news, an import of an old list.
Who sends a new inquiry gives a new permission, so this stops no acknowledgement.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens
from intake.inquiries.queries import Contact
from intake.privacy.models import ContactKind, DoNotContact
from intake.storage.upsert import insert_into

PURPOSE = "do not contact"


def hashes_of(keyring: Keyring, contact: Contact) -> dict[bytes, ContactKind]:
    """Return the keyed hashes of a phone and an address: of another key than the search's."""
    tokens = SearchTokens(keyring.secret(PURPOSE))
    found = {}
    if contact.phone_e164:
        found[tokens.phone(contact.phone_e164)] = ContactKind.PHONE
    if contact.email:
        found[tokens.email(contact.email)] = ContactKind.EMAIL
    return found


def remember(session: Session, keyring: Keyring, contact: Contact, *, at: datetime) -> None:
    """Leave this phone and this address alone from now on."""
    row = insert_into(session.connection().dialect.name, DoNotContact)
    for contact_hash, kind in hashes_of(keyring, contact).items():
        session.execute(
            row.on_conflict_do_nothing(),
            {"contact_hash": contact_hash, "kind": kind.value, "since": at},
        )


def is_left_alone(session: Session, keyring: Keyring, contact: Contact) -> bool:
    """Say whether somebody with this phone or address was erased."""
    hashes = list(hashes_of(keyring, contact))
    asked = select(DoNotContact.kind).where(DoNotContact.contact_hash.in_(hashes))
    return session.execute(asked).first() is not None
