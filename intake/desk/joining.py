"""What staff decide about two inquiries: read together, joined, or not the same person; all undone.

A merge closes the duplicate with a record of both as they were, so that taking it back restores
status, owner and clocks. Nothing is copied from one to the other: the kept inquiry shows the
other's answers by the link. A merge never stops, resets or moves back a clock: the earlier promise
goes on, on the inquiry that stays.

Source: PRODUCT.md 28 and section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.sealed import JSON
from intake.crypto.tokens import parse_reference
from intake.desk.clock_chain import joined, taken_back
from intake.desk.kept_clocks import brought_by, clocks_of, read, set_clocks, written
from intake.errors import Conflict, NotFound
from intake.inquiries.link_models import InquiryLink, Relation
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.storage.types import from_millis, to_millis

MERGED = "inquiry.merged"
FOUND = {Relation.RELATED: "inquiry.linked", Relation.DISTINCT: "inquiry.told_apart"}
UNDONE = {
    Relation.RELATED: "inquiry.unlinked",
    Relation.MERGED: "inquiry.unmerged",
    Relation.DISTINCT: "inquiry.may_be_alike",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An inquiry as the caller last saw it: its reference, and the version on their screen."""

    reference: str
    version: int


def link(session: Session, one: str, other: str, *, actor: Actor, at: datetime) -> None:
    """Note that two inquiries belong together; they are answered apart. Twice is once.

    Raises:
        NotFound: ``inquiry_unknown``.
        Conflict: ``same_inquiry``, or ``already_joined``.
    """
    _find(session, Relation.RELATED, (one, other), actor=actor, at=at)


def not_same_person(session: Session, one: str, other: str, *, actor: Actor, at: datetime) -> None:
    """Remember that two inquiries are from two persons, so that they are not proposed again.

    Raises:
        NotFound: ``inquiry_unknown``.
        Conflict: ``same_inquiry``, or ``already_joined``: take the merge back first.
    """
    _find(session, Relation.DISTINCT, (one, other), actor=actor, at=at)


def merge(session: Session, keep: Seen, duplicate: Seen, *, actor: Actor, at: datetime) -> None:
    """Close an inquiry as the duplicate of another, which goes on with the earlier clock.

    Args:
        session: A session of ``Database.write()``.
        keep: The one that goes on, as the caller saw it; it must be open.
        duplicate: The one that ends.
        actor: The member of staff.
        at: Now.

    Raises:
        NotFound: ``inquiry_unknown``.
        Conflict: ``inquiry_changed`` (somebody was faster), ``same_inquiry``, ``already_joined``,
            ``kept_is_closed``, ``kept_is_quarantined``, ``withdrawn_by_person``, ``not_joinable``.
    """
    kept, ended = _both(session, keep.reference, duplicate.reference)
    if (kept.version, ended.version) != (keep.version, duplicate.version):
        raise Conflict("inquiry_changed")
    _may_be_joined(kept, ended)
    _undo_finding(session, _active(session, kept.id, ended.id), at)
    joining = joined(clocks_of(kept), brought_by(kept, ended))
    before = {
        "duplicate": {
            "status": ended.status,
            "outcome": ended.outcome,
            "closed_at": None if ended.closed_at is None else to_millis(ended.closed_at),
        },
        **written(joining),
    }
    session.add(_row(kept, ended, Relation.MERGED, at, kept_id=kept.id, before=before))
    ended.status, ended.outcome = Status.CLOSED.value, Outcome.DUPLICATE.value
    ended.closed_at = at
    ended.version += 1
    set_clocks(kept, joining.left)
    kept.version += 1
    _tell(session, MERGED, (kept, ended), actor=actor, at=at, kept=kept.reference)


def undo(session: Session, one: str, other: str, *, actor: Actor, at: datetime) -> Relation:
    """Take back what was found about two inquiries; a merge restores both as they were.

    What somebody has changed on the kept inquiry since stays as they set it.

    Returns:
        What was taken back.

    Raises:
        NotFound: ``inquiry_unknown``, or ``link_unknown``: nothing holds between the two.
        Conflict: ``inquiry_erased``: what a merge would restore is gone.
    """
    first, second = _both(session, one, other)
    found = _active(session, first.id, second.id)
    if found is None:
        raise NotFound("link_unknown")
    relation = Relation(found.relation)
    if relation is Relation.MERGED:
        kept, ended = (first, second) if found.kept_id == first.id else (second, first)
        _restore(session, found, kept, ended)
    _undo_finding(session, found, at)
    _tell(session, UNDONE[relation], (first, second), actor=actor, at=at)
    return relation


def _find(
    session: Session, relation: Relation, pair: tuple[str, str], *, actor: Actor, at: datetime
) -> None:
    one, other = _both(session, *pair)
    active = _active(session, one.id, other.id)
    if active is not None and active.relation == relation.value:
        return
    if active is not None and active.relation == Relation.MERGED.value:
        raise Conflict("already_joined")
    _undo_finding(session, active, at)
    session.add(_row(one, other, relation, at))
    _tell(session, FOUND[relation], (one, other), actor=actor, at=at)


def _both(session: Session, one: str, other: str) -> tuple[Inquiry, Inquiry]:
    """Return both rows, locked in the order of their ids so that nobody waits in a circle."""
    wanted = [parse_reference(one), parse_reference(other)]
    if wanted[0] is not None and wanted[0] == wanted[1]:
        raise Conflict("same_inquiry")
    rows = session.scalars(
        select(Inquiry)
        .where(Inquiry.reference.in_([name for name in wanted if name is not None]))
        .order_by(Inquiry.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found = {row.reference: row for row in rows}
    if len(found) != 2 or None in wanted:
        raise NotFound("inquiry_unknown")
    return found[str(wanted[0])], found[str(wanted[1])]


def _may_be_joined(kept: Inquiry, ended: Inquiry) -> None:
    if ended.outcome == Outcome.WITHDRAWN:
        raise Conflict("withdrawn_by_person")
    if ended.outcome == Outcome.DUPLICATE:
        raise Conflict("already_joined")
    if ended.outcome == Outcome.TEST or ended.status == Status.ERASED:
        raise Conflict("not_joinable")
    if kept.closed_at is not None:
        raise Conflict("kept_is_closed")
    if kept.status == Status.QUARANTINED:
        raise Conflict("kept_is_quarantined")


def _active(session: Session, one_id: int, other_id: int) -> InquiryLink | None:
    first_id, second_id = sorted((one_id, other_id))
    return session.scalars(
        select(InquiryLink).where(
            InquiryLink.first_id == first_id,
            InquiryLink.second_id == second_id,
            InquiryLink.undone_at.is_(None),
        )
    ).first()


def _undo_finding(session: Session, found: InquiryLink | None, at: datetime) -> None:
    if found is not None:
        found.undone_at = at
        session.flush()  # before the next finding about the pair is written


def _row(
    one: Inquiry,
    other: Inquiry,
    relation: Relation,
    at: datetime,
    *,
    kept_id: int | None = None,
    before: Mapping[str, object] | None = None,
) -> InquiryLink:
    first_id, second_id = sorted((one.id, other.id))
    return InquiryLink(
        first_id=first_id,
        second_id=second_id,
        relation=relation.value,
        kept_id=kept_id,
        made_at=at,
        before=before,
    )


def _restore(session: Session, found: InquiryLink, kept: Inquiry, ended: Inquiry) -> None:
    if ended.status == Status.ERASED:
        raise Conflict("inquiry_erased")
    if ended.outcome == Outcome.DUPLICATE:  # else the person has withdrawn it meanwhile
        was = found.before["duplicate"]
        ended.status, ended.outcome = was["status"], was["outcome"]
        ended.closed_at = None if was["closed_at"] is None else from_millis(was["closed_at"])
        ended.version += 1
    later = _later(session, found)
    values, changed = taken_back(
        clocks_of(kept), read(found.before), [read(one.before) for one in later]
    )
    for one, joining in zip(later, changed, strict=True):
        one.before = {**one.before, **written(joining)}
    set_clocks(kept, values)
    kept.version += 1


def _later(session: Session, found: InquiryLink) -> list[InquiryLink]:
    """Return the merges into the same inquiry that came after this one and still hold."""
    kept_id = found.kept_id
    rows = session.scalars(
        select(InquiryLink)
        .where(
            or_(InquiryLink.first_id == kept_id, InquiryLink.second_id == kept_id),
            InquiryLink.kept_id == kept_id,
            InquiryLink.undone_at.is_(None),
            InquiryLink.id > found.id,
        )
        .order_by(InquiryLink.id)
    )
    return list(rows)


def _tell(
    session: Session,
    action: str,
    pair: tuple[Inquiry, Inquiry],
    *,
    actor: Actor,
    at: datetime,
    **detail: JSON,
) -> None:
    """Record it on both, each with the reference of the other: a name, and not a secret."""
    for subject, about in (pair, pair[::-1]):
        trail.record(
            session,
            action,
            actor=actor,
            subject=subject.public_id,
            at=at,
            detail={"other": about.reference, **detail},
        )
