"""How many others each line of a page may be the same person as: a number, and never why.

One statement for the page, from the tokens that were stored with each inquiry: nothing is opened.
It counts the likely ones, those that the page of the inquiry warns of (``desk.duplicates``): the
same number or address with the same first name, or the same name and age. A household that shares
a phone is not among them. Of each token the newest dozen are looked at; a line needs no more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    distinct,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from intake.desk.duplicates import IS_OF_INTEREST, LOOKS_BACK
from intake.inquiries.link_models import InquiryLink
from intake.inquiries.models import Inquiry, SearchToken

SCANNED_AT_MOST = 12  # of each token: a number that a thousand carry costs no more than any other
SHOWN_AT_MOST = 9

_mine = aliased(Inquiry, name="mine")


def _newest_with(token: InstrumentedAttribute[bytes | None]) -> Select[Any]:
    newest = (
        select(SearchToken.inquiry_id)
        .where(SearchToken.token == token)
        .order_by(SearchToken.inquiry_id.desc())
        .limit(literal_column(str(SCANNED_AT_MOST)))
        .correlate(_mine)
        .subquery()
    )
    return select(newest.c.inquiry_id).correlate(_mine)


_sharing = union_all(
    *(_newest_with(token) for token in (_mine.like_phone, _mine.like_email, _mine.like_person))
).subquery()
_IS_JUDGED = (
    select(InquiryLink.id)
    .where(
        InquiryLink.undone_at.is_(None),
        or_(
            and_(InquiryLink.first_id == _mine.id, InquiryLink.second_id == Inquiry.id),
            and_(InquiryLink.first_id == Inquiry.id, InquiryLink.second_id == _mine.id),
        ),
    )
    .correlate(_mine, Inquiry)
    .exists()
)
_NUMBER = (
    select(func.count(distinct(Inquiry.id)))
    .select_from(_sharing)
    .join(Inquiry, Inquiry.id == _sharing.c.inquiry_id)
    .where(Inquiry.id != _mine.id, *IS_OF_INTEREST, ~_IS_JUDGED)
    .correlate(_mine)
    .scalar_subquery()
)
ALIKE = select(_mine.id, _NUMBER.label("number")).where(
    _mine.id.in_(bindparam("ids", expanding=True)), _mine.closed_at.is_(None)
)


def alike_counts(session: Session, ids: Sequence[int], *, at: datetime) -> Mapping[int, int]:
    """Return how many others look like each of these inquiries, where any do."""
    if not ids:
        return {}
    asked = {"ids": list(ids), "since": at - LOOKS_BACK}
    rows = session.connection().execute(ALIKE, asked)
    return {row.id: row.number for row in rows if row.number}


def alike_words(number: int) -> str:
    """Return ``1 likely duplicate`` or ``9+ likely duplicates``."""
    if number == 1:
        return "1 likely duplicate"
    return f"{number if number <= SHOWN_AT_MOST else f'{SHOWN_AT_MOST}+'} likely duplicates"
