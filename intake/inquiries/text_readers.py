"""Who gets a text: a person who chose texts, permitted them, and has not said STOP; by day only.

Asked at the moment of sending, so a permission taken back a minute ago counts. A number that said
STOP is refused by the worker under ``limit_key``, whatever the permissions of its inquiries say.
Nothing but the reference goes out: no name, no link, no health text.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from intake.clinic.texting_hours import next_texting
from intake.clinic.zones import PersonZone
from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens, show_reference
from intake.inquiries.news import out_of_date, times_told
from intake.inquiries.unsealing import Cells, label_or_none, open_access
from intake.notifications.recipient import ClaimedMessage, Recipient, Withheld


def phone_key(keyring: Keyring, e164: str) -> bytes:
    """Return the keyed hash under which a number is counted and suppressed."""
    return SearchTokens(keyring.secret("address")).phone(e164)


def reader_of_text(
    session: Session,
    message: ClaimedMessage,
    inquiry: Row[*tuple[Any, ...]],
    keyring: Keyring,
    *,
    zone: str,
    at: datetime,
) -> Recipient | Withheld:
    """Return the person's number, or why no text goes to it (now).

    Args:
        session: A session of the read door.
        message: In its text form.
        inquiry: With ``id``, ``public_id``, ``reference``, its instants and the sealed cells.
        keyring: Opens label and access.
        zone: In which times are told where theirs is not certain.
        at: Now.
    """
    cells = Cells(inquiry.public_id, inquiry.data_key, label=inquiry.label, access=inquiry.access)
    access, label = open_access(cells, keyring), label_or_none(cells, keyring)
    if access is None or label is None:
        return Withheld("erased")
    stale = out_of_date(message.event, message.payload, inquiry)
    if stale is not None:
        return stale
    if not access.phone:
        return Withheld("no_address")
    wanted = (Purpose.CONTACT, Purpose.TEXT)
    if not all(is_permitted(session, inquiry.id, purpose) for purpose in wanted):
        return Withheld("permission_withdrawn")
    theirs = PersonZone(label.zone, label.zone_is_certain)
    until = next_texting(theirs, at, knows_state=bool(label.state))
    if until is not None:
        return Withheld("text_hours", until)
    values: dict[str, object] = {"reference": show_reference(inquiry.reference)}
    times = times_told(message.event, message.payload, inquiry, at)
    if times:
        values |= {**times, "zone": theirs.name if theirs.is_certain else zone}
    return Recipient(
        access.phone, access.language, values, limit_key=phone_key(keyring, access.phone)
    )
