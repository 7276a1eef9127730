"""Who gets a message, asked at the moment of sending: address, language and words to fill in.

The worker calls :func:`recipient_of` (bound by ``bootstrap``), so a permission taken back a minute
ago counts. It opens ``access`` and ``label`` only: no message needs health text. Nothing a visitor
typed is among the values, because the address was typed by a visitor too (PRODUCT.md 4).

How many messages one address gets, and whether it gets any, is judged by the worker under
``Recipient.limit_key`` (``notifications/limits``, SAFETY.md T4).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens, show_reference
from intake.inquiries.models import Inquiry
from intake.inquiries.unsealing import Cells, label_or_none, open_access
from intake.notifications.recipient import SYNTHETIC, ClaimedMessage, Recipient, Withheld
from intake.settings import ClinicSettings
from intake.staff.models import Staff

PERSON = "person"
STAFF = "staff:"
DOTLESS_HOSTS = frozenset({"gmail.com", "googlemail.com"})

_INQUIRY = select(
    Inquiry.id,
    Inquiry.public_id,
    Inquiry.reference,
    Inquiry.language,
    Inquiry.received_at,
    Inquiry.first_response_due_at,
    Inquiry.closed_at,
    Inquiry.data_key,
    Inquiry.label,
    Inquiry.access,
).where(Inquiry.id == bindparam("id"))
_MEMBER = select(Staff.email, Staff.active).where(Staff.id == bindparam("id"))


def recipient_of(
    session: Session,
    message: ClaimedMessage,
    at: datetime,
    *,
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
) -> Recipient | Withheld:
    """Return the reader of a message, or why there is none.

    Args:
        session: A session of the read door; closed before the channel talks.
        message: Under lease.
        at: Now; only kept in the signature the worker expects.
        keyring: Opens the inquiry's label and access.
        clinic: Times are told in its zone, to a person in theirs where that is certain.
        base_url: Where links lead.

    Raises:
        SealBroken: The inquiry's row was changed, or the keys are others.
    """
    del at
    inquiry = None
    if message.inquiry_id is not None:
        inquiry = session.connection().execute(_INQUIRY, {"id": message.inquiry_id}).first()
        if inquiry is None:
            return Withheld("inquiry_gone")
    if message.recipient.startswith(STAFF):
        return _member(session, message, inquiry, clinic, base_url)
    if message.recipient == PERSON and inquiry is not None:
        return _person(session, inquiry, keyring, clinic, base_url)
    if message.recipient == SYNTHETIC and inquiry is not None:
        return _own_mailbox(inquiry, keyring, base_url)
    return Withheld("recipient_unknown")


def address_key(keyring: Keyring, email: str) -> bytes:
    """Return the keyed hash under which an address is counted and suppressed.

    Spellings that reach one mailbox count as one: case, ``+tags``, and dots where the provider
    ignores them. Another key than the search's, so the two cannot be compared.
    """
    local, _, host = email.strip().lower().rpartition("@")
    local = local.split("+", 1)[0] or local
    if host in DOTLESS_HOSTS:
        local = local.replace(".", "")
    return SearchTokens(keyring.secret("address")).email(f"{local}@{host}")


def _person(
    session: Session,
    inquiry: Row[*tuple[Any, ...]],
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
) -> Recipient | Withheld:
    cells = Cells(inquiry.public_id, inquiry.data_key, label=inquiry.label, access=inquiry.access)
    access, label = open_access(cells, keyring), label_or_none(cells, keyring)
    if access is None or label is None:
        return Withheld("erased")
    if inquiry.closed_at is not None:
        return Withheld("closed")
    if not access.email:
        return Withheld("no_address")
    if not is_permitted(session, inquiry.id, Purpose.CONTACT):
        return Withheld("permission_withdrawn")
    start = f"{base_url}/es" if access.language == "es" else base_url
    values = {
        **_facts(inquiry, label.zone if label.zone_is_certain else clinic.zone),
        "ways": label.ways,
        "url": f"{start}/s/{access.link}",
        "not_me_url": f"{start}/s/{access.link}/not-me",
    }
    key = address_key(keyring, access.email)
    return Recipient(access.email, access.language, values, limit_key=key)


def _own_mailbox(
    inquiry: Row[*tuple[Any, ...]], keyring: Keyring, base_url: str
) -> Recipient | Withheld:
    """Return where the proof that the path is open goes: the settings' address, never a typed one.

    Nobody gave a permission and nobody is bombed, so neither is asked for.
    """
    cells = Cells(inquiry.public_id, inquiry.data_key, label=inquiry.label, access=inquiry.access)
    access, label = open_access(cells, keyring), label_or_none(cells, keyring)
    if access is None or label is None:
        return Withheld("erased")
    values = {
        **_facts(inquiry, label.zone),
        "ways": label.ways,
        "url": f"{base_url}/s/{access.link}",
        "not_me_url": f"{base_url}/s/{access.link}/not-me",
    }
    return Recipient(access.email, access.language, values)


def _member(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]] | None,
    clinic: ClinicSettings,
    base_url: str,
) -> Recipient | Withheld:
    number = message.recipient.removeprefix(STAFF)
    row = session.connection().execute(_MEMBER, {"id": int(number)}).first()
    if row is None or not row.active:
        return Withheld("member_inactive")
    values: dict[str, object] = dict(message.payload)
    if inquiry is not None:
        values |= _facts(inquiry, clinic.zone)
        values["language"] = inquiry.language
        values["url"] = f"{base_url}/staff/inquiries/{show_reference(inquiry.reference)}"
    return Recipient(row.email, "en", values)


def _facts(inquiry: Row[*tuple[Any, ...]], zone: str) -> dict[str, object]:
    """Return what every message about an inquiry may say: a name that is no secret, and times."""
    return {
        "reference": show_reference(inquiry.reference),
        "received_at": inquiry.received_at,
        "due_at": inquiry.first_response_due_at,
        "zone": zone,
    }
