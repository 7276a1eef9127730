"""What an inquiry has been joined with: the one that goes on, and those that ended in it.

Whoever acts for the person asks here first: what they add or withdraw on the link of a joined
inquiry belongs to the one that goes on (:func:`kept_id_of`), and a permission taken back on one of
them counts for all (:func:`joined_ids`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, union_all, update
from sqlalchemy.orm import Session, aliased

from intake.crypto.keyring import Keyring
from intake.inquiries.link_models import InquiryLink, Relation
from intake.inquiries.models import Inquiry
from intake.inquiries.summaries import SUMMARY, InquirySummary, summary_of

_HOLDS = InquiryLink.undone_at.is_(None)
_IS_MERGED = (_HOLDS, InquiryLink.relation == Relation.MERGED.value)
_pair = aliased(InquiryLink)
# One look-up for each end: an OR over two columns would read the whole table.
_OF_PAIR = InquiryLink.id.in_(
    union_all(
        select(_pair.id).where(_pair.undone_at.is_(None), _pair.first_id == bindparam("inquiry")),
        select(_pair.id).where(_pair.undone_at.is_(None), _pair.second_id == bindparam("inquiry")),
    )
)
_KEPT = select(InquiryLink.kept_id).where(
    *_IS_MERGED, _OF_PAIR, InquiryLink.kept_id != bindparam("inquiry")
)
_JOINED = select(InquiryLink.first_id, InquiryLink.second_id).where(
    *_IS_MERGED, _OF_PAIR, InquiryLink.kept_id == bindparam("inquiry")
)
_END_MERGE = (
    update(InquiryLink)
    .where(*_IS_MERGED, _OF_PAIR, InquiryLink.kept_id != bindparam("inquiry"))
    .values(undone_at=bindparam("ended_at"))
)
_ALL = (
    select(
        InquiryLink.first_id,
        InquiryLink.second_id,
        InquiryLink.relation,
        InquiryLink.kept_id,
        InquiryLink.made_at,
    )
    .where(_HOLDS, _OF_PAIR)
    .order_by(InquiryLink.id)
)


@dataclass(frozen=True, slots=True)
class Linked:
    """Another inquiry, and what staff found it to be to this one.

    Attributes:
        other: The other one, without its health text.
        relation: What they are to each other.
        other_is_kept: Whether this one was joined into the other.
        made_at: When that was found.
    """

    other: InquirySummary
    relation: Relation
    other_is_kept: bool
    made_at: datetime


def kept_id_of(session: Session, inquiry_id: int) -> int:
    """Return the inquiry that goes on for this one: itself, unless it was joined into another."""
    seen = {inquiry_id}
    while True:
        kept = session.connection().scalar(_KEPT, {"inquiry": inquiry_id})
        if kept is None or kept in seen:
            return inquiry_id
        seen.add(kept)
        inquiry_id = kept


def judged_ids(session: Session, inquiry_id: int) -> set[int]:
    """Return the inquiries about which and this one staff have found something that holds."""
    rows = session.connection().execute(_ALL, {"inquiry": inquiry_id})
    return {one for row in rows for one in (row.first_id, row.second_id)} - {inquiry_id}


def joined_ids(session: Session, inquiry_id: int) -> tuple[int, ...]:
    """Return every inquiry that was joined into this one, and into those; the oldest first."""
    found: set[int] = set()
    ahead = [inquiry_id]
    while ahead:
        asked = ahead.pop()
        for row in session.connection().execute(_JOINED, {"inquiry": asked}):
            other = row.second_id if row.first_id == asked else row.first_id
            if other not in found:
                found.add(other)
                ahead.append(other)
    return tuple(sorted(found))


def end_merge(session: Session, inquiry_id: int, *, at: datetime) -> None:
    """Let an inquiry that was joined into another stand alone again: it is open once more.

    The other keeps the earlier clock that it took over, which is the safe side; taking a merge
    back in full is ``desk.joining.undo``.
    """
    session.connection().execute(_END_MERGE, {"inquiry": inquiry_id, "ended_at": at})


def links_of(session: Session, keyring: Keyring, inquiry_id: int) -> tuple[Linked, ...]:
    """Return what holds between this inquiry and others, in the order it was found."""
    connection = session.connection()
    rows = connection.execute(_ALL, {"inquiry": inquiry_id}).all()
    others = [row.second_id if row.first_id == inquiry_id else row.first_id for row in rows]
    if not others:
        return ()
    found = connection.execute(SUMMARY.where(Inquiry.id.in_(others)))
    summaries = {row.id: summary_of(row, keyring) for row in found}
    return tuple(
        Linked(
            other=summaries[other],
            relation=Relation(row.relation),
            other_is_kept=row.kept_id == other,
            made_at=row.made_at,
        )
        for row, other in zip(rows, others, strict=True)
    )
