"""What staff decide about two inquiries: read together, joined, or not the same person; all undone.

A merge closes the duplicate by the lifecycle's own step, whose undo restores it, and lets the
earlier clock go on, on the inquiry that stays. Nothing is copied from one to the other: the kept
inquiry shows the other's answers by the link. A merge never stops, resets or moves back a clock.

Source: PRODUCT.md 28 and section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.crypto.sealed import JSON
from intake.crypto.tokens import parse_reference
from intake.desk import clocks
from intake.desk.clock_chain import FIRST_DUE, REPLY, URGENT, joined, taken_back
from intake.desk.closing import close_as_duplicate
from intake.desk.kept_clocks import brought_by, clocks_of_row, read, set_clocks, written
from intake.desk.models import InquiryMove
from intake.desk.office import By, Case, DeskMember, Office, actor_of
from intake.desk.undo import undo as undo_move
from intake.errors import Conflict, NotFound, NotPermitted
from intake.inquiries.link_models import InquiryLink, Relation
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.staff.permissions import Permission

MERGED = "inquiry.merged"
FOUND = {Relation.RELATED: "inquiry.linked", Relation.DISTINCT: "inquiry.told_apart"}
UNDONE = {
    Relation.RELATED: "inquiry.unlinked",
    Relation.MERGED: "inquiry.unmerged",
    Relation.DISTINCT: "inquiry.may_be_alike",
}
COUNTED = (FIRST_DUE, REPLY, URGENT)  # what due_at is worked out from


@dataclass(frozen=True, slots=True)
class Seen:
    """An inquiry as the caller last saw it: its reference, and the version on their screen."""

    reference: str
    version: int


def link(session: Session, one: str, other: str, *, by: By, at: datetime) -> None:
    """Note that two inquiries belong together; they are answered apart. Twice is once.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``inquiry_unknown``.
        Conflict: ``same_inquiry``, or ``already_joined``.
    """
    _find(session, Relation.RELATED, (one, other), by=by, at=at)


def not_same_person(session: Session, one: str, other: str, *, by: By, at: datetime) -> None:
    """Remember that two inquiries are from two persons, so that they are not proposed again.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``inquiry_unknown``.
        Conflict: ``same_inquiry``, or ``already_joined``: take the merge back first.
    """
    _find(session, Relation.DISTINCT, (one, other), by=by, at=at)


def merge(
    session: Session, office: Office, keep: Seen, duplicate: Seen, *, by: By, at: datetime
) -> None:
    """Close an inquiry as the duplicate of another, which goes on with the earlier clock.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs of the desk need.
        keep: The one that goes on, as the caller saw it; it must be open.
        duplicate: The one that ends.
        by: The member of staff.
        at: Now.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``inquiry_unknown``.
        Conflict: ``inquiry_changed`` (somebody was faster), ``same_inquiry``, ``already_joined``,
            ``kept_is_closed``, ``kept_is_quarantined``, ``withdrawn_by_person``, ``not_joinable``.
    """
    _may(by)
    kept, ended = _both(session, keep.reference, duplicate.reference)
    if (kept.version, ended.version) != (keep.version, duplicate.version):
        raise Conflict("inquiry_changed")
    _may_be_joined(kept, ended)
    _undo_finding(session, _active(session, kept.id, ended.id), at)
    joining = joined(clocks_of_row(session, kept), brought_by(session, kept, ended))
    closing = close_as_duplicate(
        session, office, ended.reference, ended.version, kept=kept.public_id, by=by, at=at
    )
    before = {"move": closing.move_id, **written(joining)}
    session.add(_row(kept, ended, Relation.MERGED, at, kept_id=kept.id, before=before))
    set_clocks(session, kept, joining.left, at)
    kept.version += 1
    _tell(session, MERGED, (kept, ended), by=by, at=at, kept=kept.reference)


def undo(
    session: Session, office: Office, one: str, other: str, *, by: By, at: datetime
) -> Relation:
    """Take back what was found about two inquiries; a merge restores both as they were.

    What an act has changed on the kept inquiry since stays as that act set it.

    Returns:
        What was taken back.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``inquiry_unknown``, or ``link_unknown``: nothing holds between the two.
        Conflict: ``inquiry_erased``: what a merge would restore is gone; ``changed_since``.
    """
    _may(by)
    first, second = _both(session, one, other)
    found = _active(session, first.id, second.id)
    if found is None:
        raise NotFound("link_unknown")
    relation = Relation(found.relation)
    if relation is Relation.MERGED:
        kept, ended = (first, second) if found.kept_id == first.id else (second, first)
        if ended.status == Status.ERASED.value:
            raise Conflict("inquiry_erased")
        move_id = found.before["move"]
        undo_move(session, office, ended.reference, ended.version, move_id=move_id, by=by, at=at)
        _give_back(Case(session, office, kept, by, at), found)
    _undo_finding(session, found, at)
    _tell(session, UNDONE[relation], (first, second), by=by, at=at)
    return relation


def _may(by: By) -> None:
    if not isinstance(by, DeskMember) or not by.may(Permission.COORDINATE_INQUIRIES):
        raise NotPermitted("role")


def _find(
    session: Session, relation: Relation, pair: tuple[str, str], *, by: By, at: datetime
) -> None:
    _may(by)
    one, other = _both(session, *pair)
    active = _active(session, one.id, other.id)
    if active is not None and active.relation == relation.value:
        return
    if active is not None and active.relation == Relation.MERGED.value:
        raise Conflict("already_joined")
    _undo_finding(session, active, at)
    session.add(_row(one, other, relation, at))
    _tell(session, FOUND[relation], (one, other), by=by, at=at)


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


def _give_back(case: Case, found: InquiryLink) -> None:
    """Let the kept inquiry stand as it would without this merge."""
    session, kept = case.session, case.inquiry
    later, now = _later(session, found), clocks_of_row(session, kept)
    values, changed = taken_back(now, read(found.before), [read(one.before) for one in later])
    for one, joining in zip(later, changed, strict=True):
        one.before = {**one.before, **written(joining)}
    set_clocks(session, kept, values, case.at)
    if _was_worked_on(case, found) and any(now[name] != values[name] for name in COUNTED):
        clocks.settle(case)
    kept.version += 1


def _was_worked_on(case: Case, found: InquiryLink) -> bool:
    """Whether an act on the kept inquiry has worked out its due time since the merge."""
    moves = select(InquiryMove.id).where(
        InquiryMove.inquiry_id == case.inquiry.id, InquiryMove.id > found.before["move"]
    )
    return case.session.scalar(moves.limit(1)) is not None


def _later(session: Session, found: InquiryLink) -> list[InquiryLink]:
    """Return the merges into the same inquiry that came after this one and still hold."""
    kept_id = found.kept_id
    rows = session.scalars(
        select(InquiryLink)
        .where(
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
    by: By,
    at: datetime,
    **detail: JSON,
) -> None:
    """Record it on both, each with the reference of the other: a name, and not a secret."""
    for subject, about in (pair, pair[::-1]):
        trail.record(
            session,
            action,
            actor=actor_of(by),
            subject=subject.public_id,
            at=at,
            detail={"other": about.reference, **detail},
        )
