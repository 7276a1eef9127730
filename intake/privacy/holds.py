"""Legal holds: the law makes us keep an inquiry, so nothing erases it until the hold is lifted.

A hold stops erasing and nothing else: contact stays stopped, and the person is told plainly. Why it
was set and lifted is sealed under the inquiry's own key.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import seal, unseal_text
from intake.crypto.tokens import new_public_id
from intake.desk.office import DeskMember, Office
from intake.errors import Conflict, InvalidInput, NotFound, NotPermitted, Problem
from intake.inquiries.models import Inquiry
from intake.inquiries.references import inquiry_named
from intake.inquiries.unsealing import data_key
from intake.privacy.models import HOLDS, LegalHold
from intake.staff.permissions import Permission

SET = "inquiry.hold_set"
LIFTED = "inquiry.hold_lifted"
REASON_MIN_CHARACTERS = 10
REASON_MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as the privacy officer reads it; the reasons only after the reading was recorded."""

    set_at: datetime
    set_by_id: int
    lifted_at: datetime | None
    reason: str = field(repr=False)


def is_held(session: Session, inquiry_id: int) -> bool:
    """Say whether the law makes us keep this inquiry."""
    return session.scalar(_standing(inquiry_id).with_only_columns(LegalHold.id)) is not None


def holds_of(session: Session, keyring: Keyring, reference: str) -> tuple[Hold, ...]:
    """Return all holds of an inquiry, the newest first; record the reading of it before."""
    inquiry = inquiry_named(session, reference)
    rows = session.scalars(
        select(LegalHold).where(LegalHold.inquiry_id == inquiry.id).order_by(LegalHold.id.desc())
    )
    return tuple(
        Hold(row.set_at, row.set_by_id, row.lifted_at, _opened(keyring, inquiry, row))
        for row in rows
    )


def set_hold(
    session: Session, office: Office, reference: str, *, reason: str, by: DeskMember, at: datetime
) -> None:
    """Keep an inquiry from being erased.

    Raises:
        NotPermitted: ``role``.
        InvalidInput: ``reason``: ``missing``, ``too_short`` or ``too_long``.
        Conflict: ``held_already``, or ``inquiry_erased``.
    """
    inquiry = _begin(session, reference, reason, by)
    if is_held(session, inquiry.id):
        raise Conflict("held_already")
    public_id = new_public_id()
    session.add(
        LegalHold(
            public_id=public_id,
            inquiry_id=inquiry.id,
            reason=_sealed(office.keyring, inquiry, "reason", public_id, reason),
            set_at=at,
            set_by_id=by.id,
            lift_reason=None,
            lifted_at=None,
            lifted_by_id=None,
        )
    )
    session.flush()
    trail.record(session, SET, actor=by.actor, subject=inquiry.public_id, at=at)


def lift_hold(
    session: Session, office: Office, reference: str, *, reason: str, by: DeskMember, at: datetime
) -> None:
    """Let an inquiry be erased again; who waits for that is in the list of requests.

    Raises:
        NotPermitted: ``role``.
        InvalidInput: ``reason``.
        Conflict: ``not_held``, or ``inquiry_erased``.
    """
    inquiry = _begin(session, reference, reason, by)
    row = session.scalars(_standing(inquiry.id)).one_or_none()
    if row is None:
        raise Conflict("not_held")
    row.lift_reason = _sealed(office.keyring, inquiry, "lift_reason", row.public_id, reason)
    row.lifted_at, row.lifted_by_id = at, by.id
    session.flush()
    trail.record(session, LIFTED, actor=by.actor, subject=inquiry.public_id, at=at)


def reason_problems(reason: str) -> tuple[Problem, ...]:
    """Return what is wrong with a typed reason."""
    length = len(reason.strip())
    if not length:
        return (Problem("reason", "missing"),)
    if length < REASON_MIN_CHARACTERS:
        return (Problem("reason", "too_short"),)
    return (Problem("reason", "too_long"),) if length > REASON_MAX_CHARACTERS else ()


def _begin(session: Session, reference: str, reason: str, by: DeskMember) -> Inquiry:
    if not by.may(Permission.ERASE_INQUIRIES):
        raise NotPermitted("role")
    inquiry = inquiry_named(session, reference, lock=True)
    if inquiry.data_key is None:
        raise Conflict("inquiry_erased")
    if problems := reason_problems(reason):
        raise InvalidInput(problems)
    return inquiry


def _standing(inquiry_id: int) -> Select[LegalHold]:
    return select(LegalHold).where(
        LegalHold.inquiry_id == inquiry_id, LegalHold.lifted_at.is_(None)
    )


def _sealed(keyring: Keyring, inquiry: Inquiry, column: str, record: str, text: str) -> bytes:
    key = data_key(keyring, inquiry)
    return seal(key, text.strip().encode(), table=HOLDS, column=column, record=record)


def _opened(keyring: Keyring, inquiry: Inquiry, row: LegalHold) -> str:
    try:
        key = data_key(keyring, inquiry)
    except NotFound:
        return ""
    if row.reason is None:
        return ""
    return unseal_text(key, row.reason, table=HOLDS, column="reason", record=row.public_id)
