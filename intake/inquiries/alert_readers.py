"""Who reads an alert: a member, a contact of the settings, an endpoint or the terminal.

Alerts do not wait for quiet hours and are not counted against anybody: silence is what they end.
"""

from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.notifications.endpoint_seals import open_endpoint
from intake.notifications.recipient import ENDPOINT, STAFF, ClaimedMessage, Recipient, Withheld
from intake.notifications.ways import CONTACT, DESK
from intake.settings import EscalationSettings
from intake.staff.models import Staff
from intake.staff.queries import is_active

_ADDRESS = select(Staff.email).where(Staff.id == bindparam("id"))


def reader_of_alert(
    session: Session,
    message: ClaimedMessage,
    values: Mapping[str, object] | Withheld,
    *,
    contacts: EscalationSettings,
    keyring: Keyring,
) -> Recipient | Withheld:
    """Return who reads an alert, or why nobody does."""
    if isinstance(values, Withheld):
        return values
    if message.recipient.startswith(ENDPOINT):
        return _alerted_endpoint(session, message, values, keyring=keyring)
    return _alerted(session, message, contacts, values)


def _alerted_endpoint(
    session: Session,
    message: ClaimedMessage,
    values: Mapping[str, object],
    *,
    keyring: Keyring,
) -> Recipient | Withheld:
    """Return a chat that reads an alert's words, or a webhook that hears only that there is one."""
    number = int(message.recipient.removeprefix(ENDPOINT))
    endpoint = open_endpoint(session, number, keyring=keyring)
    if endpoint is None or not endpoint.enabled:
        return Withheld("endpoint_disabled")
    shown = {} if endpoint.secrets else values
    return Recipient(endpoint.address, "en", shown, secrets=endpoint.secrets)


def _alerted(
    session: Session,
    message: ClaimedMessage,
    contacts: EscalationSettings,
    values: Mapping[str, object],
) -> Recipient | Withheld:
    """Return who reads an alert: a member, a contact of the settings, or the terminal."""
    if message.recipient.startswith(STAFF):
        email = _email_of(session, message.recipient)
        return Withheld("member_inactive") if email is None else Recipient(email, "en", values)
    if message.recipient == DESK:
        return Recipient(DESK, "en", values)
    if message.recipient.startswith(CONTACT):
        name = message.recipient.removeprefix(CONTACT)
        address = {"lead": contacts.lead, "owner": contacts.owner, "on_call": contacts.on_call}
        known = address.get(name, "")
        return Recipient(known, "en", values) if "@" in known else Withheld("no_contact")
    return Withheld("recipient_unknown")


def _email_of(session: Session, recipient: str) -> str | None:
    """Return the address of an active member."""
    number = int(recipient.removeprefix(STAFF))
    if not is_active(session, number):
        return None
    email: str = session.connection().execute(_ADDRESS, {"id": number}).scalar_one()
    return email
