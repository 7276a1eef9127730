"""Requests to erase that wait for somebody: asked without proof, or stopped by a legal hold.

Whoever holds the short code needs nobody and erases at once. A request from ``/withdraw`` or from a
checked caller waits for the code or for the privacy officer, who is told at once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.tokens import new_public_id
from intake.errors import Conflict
from intake.inquiries.models import Inquiry, Status
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import STAFF
from intake.notifications.ways import MAIL
from intake.privacy.models import AskedHow, EndedHow, ErasureRequest, LegalHold
from intake.staff.models import RoleName
from intake.staff.queries import active_by_role, last_resort

ASKED = "inquiry.erasure_asked"
TAKEN_BACK = "inquiry.erasure_taken_back"
LIST_MAX = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open request, without any name."""

    reference: str
    status: Status
    asked_at: datetime
    asked_how: AskedHow
    is_held: bool


def ask_for_erasure(
    session: Session, inquiry: Inquiry, *, how: AskedHow, actor: Actor, at: datetime
) -> bool:
    """Note that somebody asks to be erased, and tell the privacy officers; once while it is open.

    Args:
        session: A session of ``Database.write()``.
        inquiry: The row, held by the caller.
        how: How they asked.
        actor: The person, or the member who heard it.
        at: Now.

    Returns:
        Whether it is new.

    Raises:
        Conflict: ``inquiry_erased``.
    """
    if inquiry.status == Status.ERASED.value:
        raise Conflict("inquiry_erased")
    if open_request(session, inquiry.id) is not None:
        return False
    request = ErasureRequest(
        public_id=new_public_id(),
        inquiry_id=inquiry.id,
        asked_at=at,
        asked_how=how.value,
        ended_at=None,
        ended_how=None,
    )
    session.add(request)
    session.flush()
    messages = [
        NewMessage(
            inquiry_id=inquiry.id,
            recipient=f"{STAFF}{member}",
            channel=MAIL,
            event=ASKED,
            subject_id=request.public_id,
        )
        for member in _privacy_officers(session)
    ]
    enqueue(session, messages, at=at)
    detail = {"how": how.value}
    trail.record(session, ASKED, actor=actor, subject=inquiry.public_id, at=at, detail=detail)
    return True


def open_request(session: Session, inquiry_id: int) -> ErasureRequest | None:
    """Return the request that waits, None where none does."""
    return session.scalars(
        select(ErasureRequest).where(
            ErasureRequest.inquiry_id == inquiry_id, ErasureRequest.ended_at.is_(None)
        )
    ).one_or_none()


def end_request(session: Session, inquiry_id: int, how: EndedHow, *, at: datetime) -> bool:
    """End the request that waits; say whether there was one."""
    ended = session.execute(
        update(ErasureRequest)
        .where(ErasureRequest.inquiry_id == inquiry_id, ErasureRequest.ended_at.is_(None))
        .values(ended_at=at, ended_how=how.value)
        .returning(ErasureRequest.id)
    )
    return ended.first() is not None


def take_request_back(session: Session, inquiry: Inquiry, *, actor: Actor, at: datetime) -> bool:
    """Let somebody keep their information after all; say whether there was a request."""
    was_open = end_request(session, inquiry.id, EndedHow.TAKEN_BACK, at=at)
    if was_open:
        trail.record(session, TAKEN_BACK, actor=actor, subject=inquiry.public_id, at=at)
    return was_open


def waiting(session: Session) -> tuple[Waiting, ...]:
    """Return the requests that wait, the oldest first; at most :data:`LIST_MAX`."""
    held = exists().where(LegalHold.inquiry_id == Inquiry.id, LegalHold.lifted_at.is_(None))
    rows = session.execute(
        select(
            Inquiry.reference,
            Inquiry.status,
            ErasureRequest.asked_at,
            ErasureRequest.asked_how,
            held.label("is_held"),
        )
        .join(Inquiry, Inquiry.id == ErasureRequest.inquiry_id)
        .where(ErasureRequest.ended_at.is_(None))
        .order_by(ErasureRequest.asked_at, ErasureRequest.id)
        .limit(LIST_MAX)
    )
    return tuple(
        Waiting(
            row.reference, Status(row.status), row.asked_at, AskedHow(row.asked_how), row.is_held
        )
        for row in rows
    )


def notes_of(session: Session, inquiry_id: int) -> tuple[AskedHow | None, bool]:
    """Return how somebody asked to be erased, None where no request waits; and whether it is held.

    For a page that shows much else: two look-ups, and no sealed text.
    """
    request = open_request(session, inquiry_id)
    held = select(LegalHold.id).where(
        LegalHold.inquiry_id == inquiry_id, LegalHold.lifted_at.is_(None)
    )
    how = AskedHow(request.asked_how) if request else None
    return how, session.scalar(held) is not None


def _privacy_officers(session: Session) -> list[int]:
    """Return who can erase; where nobody can, those who can make somebody able to."""
    found = active_by_role(session).get(RoleName.PRIVACY_OFFICER.value, ())
    return sorted(found) or last_resort(session)
