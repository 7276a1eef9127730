"""What members are told about their own accounts, by mail and at once.

A link in the outbox is sealed: whoever reads the database must not become a member. These letters
know no quiet hours and no stand-in, and reach a member who was just deactivated too.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import open_cookie, seal_cookie
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import STAFF, ClaimedMessage, Recipient, Withheld
from intake.notifications.ways import MAIL
from intake.settings import ClinicSettings
from intake.staff.invitations import find_invitation
from intake.staff.models import Staff, StaffInvitation
from intake.storage.types import to_millis

INVITED = "staff.invited"
CHANGED = "staff.account_changed"
PURPOSE = "staff links"
CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "roles": "Your roles at the desk were changed.",
        "second_factor_reset": (
            "Your authenticator app, recovery codes and passkeys at the desk were reset, and you"
            " are signed out everywhere. The administrator has a link for you to begin anew."
        ),
        "deactivated": "Your account at the desk was deactivated. You cannot sign in any more.",
        "reactivated": "Your account at the desk is active again.",
        "took_over": "Open inquiries of a colleague are yours now.",
        "passkey_added": "A passkey was added to your account at the desk.",
    }
)


def write_invitation(
    session: Session, staff_id: int, token: str, *, keyring: Keyring, at: datetime
) -> None:
    """Mail a member their one-time link."""
    sealed = seal_cookie(keyring.secret(PURPOSE), PURPOSE, token)
    _write(session, staff_id, INVITED, {"link": sealed}, at)


def write_change(session: Session, staff_id: int, what: str, *, at: datetime) -> None:
    """Tell a member what was done to their account; ``what`` is one of ``CHANGES``."""
    _write(session, staff_id, CHANGED, {"what": what}, at)


def _write(
    session: Session, staff_id: int, event: str, payload: Mapping[str, str], at: datetime
) -> None:
    subject = f"account:{staff_id}:{payload.get('what', '')}:{to_millis(at)}"
    message = NewMessage(None, f"{STAFF}{staff_id}", MAIL, event, subject, payload)
    enqueue(session, [message], at=at)


def is_letter(event: str) -> bool:
    """Whether :func:`reader_of_letter` knows the event."""
    return event in {INVITED, CHANGED}


def reader_of_letter(
    session: Session,
    message: ClaimedMessage,
    *,
    keyring: Keyring,
    clinic: ClinicSettings,
    base_url: str,
    at: datetime,
) -> Recipient | Withheld:
    """Return the member and what they read; a link that is worth nothing is not sent."""
    number = int(message.recipient.removeprefix(STAFF))
    email = session.scalar(select(Staff.email).where(Staff.id == number))
    if email is None:
        return Withheld("member_inactive")
    if message.event == CHANGED:
        sentence = CHANGES[str(message.payload["what"])]
        values = {"sentence": sentence, "url": f"{base_url}/staff/", "zone": clinic.zone}
        return Recipient(email, "en", values)
    token = open_cookie(keyring.secret(PURPOSE), PURPOSE, str(message.payload["link"]))
    invitee = find_invitation(session, token, at=at) if isinstance(token, str) else None
    if invitee is None or invitee.staff_id != number:
        return Withheld("link_spent")
    until = session.scalars(
        select(StaffInvitation.expires_at).where(
            StaffInvitation.staff_id == number, StaffInvitation.used_at.is_(None)
        )
    ).one()
    url = f"{base_url}/staff/welcome/{token}"
    return Recipient(email, "en", {"url": url, "until": until, "zone": clinic.zone})
