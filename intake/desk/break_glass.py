"""Health text for whoever may not read it: one inquiry, half an hour, a typed reason, an alert.

The reason may say something about a person, so it is sealed under the inquiry's own key and goes
where that goes. The alert leaves at once and the alarm stands on every page until somebody else has
looked at the reason.

Source: SAFETY.md T1; 45 CFR 164.312(a)(2)(ii).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, SealBroken, seal, unseal_text
from intake.crypto.tokens import new_public_id, parse_reference
from intake.desk.watch import tell
from intake.errors import Conflict, InvalidInput, NotFound, Problem
from intake.inquiries.alerts import GLASS_BROKEN
from intake.inquiries.models import Inquiry
from intake.inquiries.opening_models import TABLE, EmergencyOpening
from intake.inquiries.readings import roles_held
from intake.inquiries.unsealing import data_key
from intake.notifications import alarms
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import STAFF
from intake.notifications.ways import CONTACT, MAIL, second_ways
from intake.settings import EscalationSettings
from intake.staff.models import RoleName, Staff
from intake.staff.queries import active_by_role
from intake.storage.database import Database

LASTS = timedelta(minutes=30)
REASON_MIN_CHARACTERS = 15
REASON_MAX_CHARACTERS = 500
REVIEWED = "inquiry.glass_reviewed"
TOLD = (RoleName.PRIVACY_OFFICER, RoleName.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening, without its reason."""

    public_id: str
    inquiry_id: int
    reference: str
    staff_id: int
    who: str
    opened_at: datetime
    until: datetime
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Request:
    """What an administrator typed to open an inquiry."""

    reference: str
    reason: str = field(repr=False)


_OPENINGS = (
    select(
        EmergencyOpening.public_id,
        EmergencyOpening.inquiry_id,
        Inquiry.reference,
        EmergencyOpening.staff_id,
        Staff.full_name,
        EmergencyOpening.opened_at,
        EmergencyOpening.until,
        EmergencyOpening.reviewed_at,
    )
    .join(Inquiry, Inquiry.id == EmergencyOpening.inquiry_id)
    .join(Staff, Staff.id == EmergencyOpening.staff_id)
)


def break_glass(
    database: Database,
    keyring: Keyring,
    request: Request,
    *,
    staff_id: int,
    contacts: EscalationSettings,
    actor: Actor,
    at: datetime,
) -> str:
    """Open one inquiry for half an hour, tell the others, and return the opening's public id.

    Raises:
        InvalidInput: ``reference``: ``reference_unknown`` (or erased); ``reason``:
            ``reason_missing``, ``reason_short`` or ``reason_long``.
    """
    reason = request.reason.strip()
    with database.read() as session:
        inquiry = session.scalars(
            select(Inquiry).where(Inquiry.reference == parse_reference(request.reference))
        ).one_or_none()
    problems = [
        *([] if inquiry and inquiry.data_key else [Problem("reference", "reference_unknown")])
    ]
    problems += [Problem("reason", code) for code in _faults(reason)]
    if problems or inquiry is None or inquiry.data_key is None:
        raise InvalidInput(tuple(problems))
    opening_id = new_public_id()
    key = data_key(keyring, inquiry)
    sealed = seal(key, reason.encode(), table=TABLE, column="reason", record=opening_id)
    with database.write() as session:
        session.add(
            EmergencyOpening(
                public_id=opening_id,
                inquiry_id=inquiry.id,
                staff_id=staff_id,
                reason=sealed,
                opened_at=at,
                until=at + LASTS,
                reviewed_at=None,
                reviewed_by_id=None,
            )
        )
        detail: dict[str, JSON] = {
            "opening": opening_id,
            "minutes": int(LASTS.total_seconds() // 60),
            **roles_held(session, actor),
        }
        trail.record(
            session, GLASS_BROKEN, actor=actor, subject=inquiry.public_id, at=at, detail=detail
        )
        alarms.raise_alarm(
            session, alarms.GLASS, opening_id, at=at, detail={"reference": inquiry.reference}
        )
        _alert(session, opening_id, staff_id, contacts, at)
    return opening_id


def _faults(reason: str) -> list[str]:
    faults = (
        (not reason, "reason_missing"),
        (0 < len(reason) < REASON_MIN_CHARACTERS, "reason_short"),
        (len(reason) > REASON_MAX_CHARACTERS, "reason_long"),
    )
    return [code for wrong, code in faults if wrong]


def _alert(
    session: Session, opening_id: str, staff_id: int, contacts: EscalationSettings, at: datetime
) -> None:
    """Mail everybody who watches over this, and use the second channel too where there is one."""
    holders = active_by_role(session)
    told = sorted({one for role in TOLD for one in holders.get(role, ())} - {staff_id})
    readers = [f"{STAFF}{number}" for number in told]
    if "@" in contacts.owner:
        readers.append(f"{CONTACT}owner")
    subject = f"opening:{opening_id}"
    messages = [
        NewMessage(None, reader, MAIL, GLASS_BROKEN, subject, {"opening": opening_id})
        for reader in readers
    ]
    enqueue(session, messages, at=at)
    if second_ways(session) or not readers:
        tell(session, alarms.GLASS, opening_id, [], at)


def opened_by(session: Session, public_id: str, staff_id: int, *, at: datetime) -> Opening:
    """Return a member's own opening while it lasts.

    Raises:
        NotFound: ``opening_over``: there is none, it is over, or it is somebody else's.
    """
    row = session.execute(
        _OPENINGS.where(
            EmergencyOpening.public_id == public_id,
            EmergencyOpening.staff_id == staff_id,
            EmergencyOpening.until > at,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("opening_over")
    return Opening(*row)


def openings(session: Session, *, size: int = 50) -> Sequence[Opening]:
    """Return the last openings, those that nobody has looked at first."""
    order = (
        EmergencyOpening.reviewed_at.is_not(None),
        EmergencyOpening.opened_at.desc(),
        EmergencyOpening.id.desc(),
    )
    return [Opening(*row) for row in session.execute(_OPENINGS.order_by(*order).limit(size))]


def reasons_of(
    session: Session, keyring: Keyring, *, inquiry_id: int | None = None
) -> Mapping[str, str]:
    """Return the typed reasons by opening, for those who may read what the inquiry says."""
    wanted = select(
        EmergencyOpening.public_id, EmergencyOpening.reason, Inquiry.public_id, Inquiry.data_key
    ).join(Inquiry, Inquiry.id == EmergencyOpening.inquiry_id)
    if inquiry_id is not None:
        wanted = wanted.where(EmergencyOpening.inquiry_id == inquiry_id)
    return {
        opening: _opened(keyring, opening, reason, public_id, wrapped)
        for opening, reason, public_id, wrapped in session.execute(wanted)
    }


def _opened(
    keyring: Keyring, opening: str, reason: bytes, public_id: str, wrapped: bytes | None
) -> str:
    if wrapped is None:
        return "Erased with the inquiry"
    try:
        key = keyring.unwrap(wrapped, record=public_id)
        return unseal_text(key, reason, table=TABLE, column="reason", record=opening)
    except SealBroken:
        return "Cannot be opened: tell an administrator"


def review_opening(
    session: Session, public_id: str, *, staff_id: int, actor: Actor, at: datetime
) -> None:
    """Put the alarm of an opening away, once somebody else has looked at its reason.

    Raises:
        NotFound: ``opening_unknown``.
        Conflict: ``opening_own``: nobody looks after themselves; ``opening_reviewed``.
    """
    row = session.scalars(
        select(EmergencyOpening).where(EmergencyOpening.public_id == public_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("opening_unknown")
    if row.staff_id == staff_id:
        raise Conflict("opening_own")
    if row.reviewed_at is not None:
        raise Conflict("opening_reviewed")
    row.reviewed_at, row.reviewed_by_id = at, staff_id
    inquiry = session.get_one(Inquiry, row.inquiry_id)
    detail: dict[str, JSON] = {"opening": public_id}
    trail.record(session, REVIEWED, actor=actor, subject=inquiry.public_id, at=at, detail=detail)
    alarms.clear_alarm(session, alarms.GLASS, public_id, at=at)
