"""Who gets a message, asked at the moment of sending: address, language and words to fill in.

The worker calls :func:`recipient_of` (bound by ``bootstrap``), so a permission taken back a minute
ago counts. It opens ``access`` and ``label`` only: no message needs health text. Nothing a visitor
typed is among the values, because the address was typed by a visitor too (PRODUCT.md 4).

How many messages one address gets, and whether it gets any, is judged by the worker under
``Recipient.limit_key`` (``notifications/limits``, SAFETY.md T4).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted, taken_back
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import show_reference
from intake.inquiries.addresses import address_key, mail_proof
from intake.inquiries.alert_readers import reader_of_alert
from intake.inquiries.alerts import alert_values, is_alert
from intake.inquiries.code_readers import CODE, CODE_TEXTED, code_values
from intake.inquiries.digests import digest_values
from intake.inquiries.links import joined_ids
from intake.inquiries.models import Inquiry
from intake.inquiries.news import (
    LETTER,
    WITHDRAWAL_CONFIRMED,
    is_text,
    out_of_date,
    times_told,
)
from intake.inquiries.readers import reader_now
from intake.inquiries.text_readers import reader_of_text
from intake.inquiries.unsealing import Cells, label_or_none, open_access
from intake.notifications.endpoint_seals import open_endpoint
from intake.notifications.pace import DIGEST
from intake.notifications.recipient import (
    ENDPOINT,
    PERSON,
    STAFF,
    SYNTHETIC,
    ClaimedMessage,
    Recipient,
    Withheld,
)
from intake.settings import ClinicSettings, EscalationSettings
from intake.staff.letters import is_letter, reader_of_letter
from intake.staff.models import Staff
from intake.staff.queries import names_by_public_id

SOMEBODY = "A colleague"
NO_CONTACTS = EscalationSettings()

_INQUIRY = select(
    Inquiry.id,
    Inquiry.public_id,
    Inquiry.reference,
    Inquiry.language,
    Inquiry.received_at,
    Inquiry.first_response_due_at,
    Inquiry.new_promise_at,
    Inquiry.first_responded_at,
    Inquiry.contact_made_at,
    Inquiry.closed_at,
    Inquiry.urgent,
    Inquiry.version,
    Inquiry.data_key,
    Inquiry.label,
    Inquiry.access,
).where(Inquiry.id == bindparam("id"))
_ADDRESS = select(Staff.email).where(Staff.id == bindparam("id"))


def recipient_of(
    session: Session,
    message: ClaimedMessage,
    at: datetime,
    *,
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
    contacts: EscalationSettings = NO_CONTACTS,
) -> Recipient | Withheld:
    """Return the reader of a message, or why there is none.

    Args:
        session: A session of the read door; closed before the channel talks.
        message: Under lease.
        at: Now: who is away, what waits, what is still true.
        keyring: Opens the inquiry's label and access.
        clinic: Times are told in its zone, to a person in theirs where that is certain.
        base_url: Where links lead.
        contacts: Lead, owner and on call, who are no members.

    Raises:
        SealBroken: The inquiry's row was changed, or the keys are others.
    """
    if is_alert(message.event):
        values = alert_values(session, message, clinic=clinic, base_url=base_url, at=at)
        return reader_of_alert(session, message, values, contacts=contacts, keyring=keyring)
    if is_letter(message.event):
        return reader_of_letter(
            session, message, keyring=keyring, clinic=clinic, base_url=base_url, at=at
        )
    inquiry = None
    if message.inquiry_id is not None:
        inquiry = session.connection().execute(_INQUIRY, {"id": message.inquiry_id}).first()
        if inquiry is None:
            return Withheld("inquiry_gone")
    if message.recipient.startswith(STAFF):
        return _member(session, message, inquiry, clinic, base_url, at=at)
    if message.recipient.startswith(ENDPOINT):
        return _endpoint(
            session, message, inquiry, keyring=keyring, clinic=clinic, base_url=base_url
        )
    return _of_inquiry(
        session, message, inquiry, keyring=keyring, clinic=clinic, base_url=base_url, at=at
    )


def _of_inquiry(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]] | None,
    *,
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
    at: datetime,
) -> Recipient | Withheld:
    """Return the person who asked, or our own mailbox where nobody did."""
    if inquiry is None or message.recipient not in {PERSON, SYNTHETIC}:
        return Withheld("recipient_unknown")
    if message.recipient == PERSON and message.event in {CODE, CODE_TEXTED}:
        return _of_code(session, message, inquiry, keyring, zone=clinic.zone, at=at)
    if message.recipient == PERSON and is_text(message.event):
        return reader_of_text(session, message, inquiry, keyring, zone=clinic.zone, at=at)
    if message.recipient == PERSON:
        return _person(
            session, message, inquiry, keyring=keyring, clinic=clinic, base_url=base_url, at=at
        )
    return _own_mailbox(inquiry, keyring, base_url)


def _of_code(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]],
    keyring: Keyring,
    *,
    zone: str,
    at: datetime,
) -> Recipient | Withheld:
    """Return who asked for a short code; it is theirs also after the inquiry was closed."""
    found = code_values(session, inquiry, keyring, at=at)
    if isinstance(found, Withheld):
        return found
    access, values = found
    if message.event == CODE_TEXTED:
        reader = reader_of_text(session, message, inquiry, keyring, zone=zone, at=at)
        return reader if isinstance(reader, Withheld) else replace(reader, values=values)
    if not (access.email and may_contact(session, inquiry.id)):
        return Withheld("permission_withdrawn" if access.email else "no_address")
    return Recipient(
        access.email, access.language, values, limit_key=address_key(keyring, access.email)
    )


def _person(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]],
    *,
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
    at: datetime,
) -> Recipient | Withheld:
    cells = Cells(inquiry.public_id, inquiry.data_key, label=inquiry.label, access=inquiry.access)
    access, label = open_access(cells, keyring), label_or_none(cells, keyring)
    if access is None or label is None:
        return Withheld("erased")
    stale = out_of_date(message.event, message.payload, inquiry)
    if stale is not None:
        return stale
    if not access.email or "email" not in label.ways:
        return Withheld("no_address")
    # Whoever asked us to stop is told once that we did.
    if message.event != WITHDRAWAL_CONFIRMED and not may_contact(session, inquiry.id):
        return Withheld("permission_withdrawn")
    start = f"{base_url}/es" if access.language == "es" else base_url
    values = {
        **_facts(inquiry, label.zone if label.zone_is_certain else clinic.zone),
        **times_told(message.event, message.payload, inquiry, at),
        "ways": label.ways,
        "url": f"{start}/s/{access.link}",
        "not_me_url": f"{start}/s/{access.link}/not-me/{mail_proof(keyring, access.link)}",
    }
    if message.event == LETTER:
        values["letter"] = message.payload["letter"]
    key = address_key(keyring, access.email)
    return Recipient(access.email, access.language, values, limit_key=key)


def may_contact(session: Session, inquiry_id: int) -> bool:
    """Whether the person lets us be in touch; taken back on a joined inquiry counts as well."""
    if not is_permitted(session, inquiry_id, Purpose.CONTACT):
        return False
    return not taken_back(session, joined_ids(session, inquiry_id), Purpose.CONTACT)


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
    *,
    at: datetime,
) -> Recipient | Withheld:
    urgent = inquiry is not None and inquiry.urgent
    reader = reader_now(session, message, at, zone=clinic.zone, urgent=urgent)
    if isinstance(reader, Withheld):
        return reader
    values = _staff_values(session, message, inquiry, clinic, base_url)
    email: str = session.connection().execute(_ADDRESS, {"id": reader}).scalar_one()
    return Recipient(email, "en", values)


def _staff_values(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]] | None,
    clinic: ClinicSettings,
    base_url: str,
) -> dict[str, object]:
    if message.event == DIGEST:
        return digest_values(session, message.payload, zone=clinic.zone, base_url=base_url)
    values = _for_staff(message, inquiry, clinic, base_url)
    if "by" in values:  # a row holds the public id only; the name is read when it is sent
        who = str(values["by"])
        values["by"] = names_by_public_id(session, [who]).get(who, SOMEBODY)
    return values


def _endpoint(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]] | None,
    *,
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
) -> Recipient | Withheld:
    """Return an endpoint: a chat reads what staff read, a webhook gets reference and version."""
    number = message.recipient.removeprefix(ENDPOINT)
    endpoint = open_endpoint(session, int(number), keyring=keyring)
    if endpoint is None or not endpoint.enabled:
        return Withheld("endpoint_disabled")
    if not endpoint.secrets:
        values = _for_staff(message, inquiry, clinic, base_url)
        return Recipient(endpoint.address, "en", values)
    values = {}
    if inquiry is not None:
        # The version when it happened; a body that changed between tries would be another event.
        version = message.payload.get("version", inquiry.version)
        values = {"reference": show_reference(inquiry.reference), "version": version}
    return Recipient(endpoint.address, "en", values, secrets=endpoint.secrets)


def _for_staff(
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]] | None,
    clinic: ClinicSettings,
    base_url: str,
) -> dict[str, object]:
    values: dict[str, object] = {
        name: value for name, value in message.payload.items() if name != "version"
    }
    if inquiry is not None:
        values |= _facts(inquiry, clinic.zone)
        values["language"] = inquiry.language
        values["url"] = f"{base_url}/staff/inquiries/{show_reference(inquiry.reference)}"
    return values


def _facts(inquiry: Row[*tuple[Any, ...]], zone: str) -> dict[str, object]:
    """Return what every message about an inquiry may say: a name that is no secret, and times."""
    return {
        "reference": show_reference(inquiry.reference),
        "received_at": inquiry.received_at,
        "due_at": inquiry.first_response_due_at,
        "zone": zone,
    }
