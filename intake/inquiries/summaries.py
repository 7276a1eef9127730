"""One inquiry as a row or a heading shows it, and the three lists made of such rows.

Apart from ``queries`` because search draws the same rows. Statements are built once; a page starts
after the last row of the one before, whatever its depth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select, tuple_

from intake.crypto.keyring import Keyring
from intake.errors import InvalidInput, Problem
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.inquiries.unsealing import Cells, Label, label_or_none
from intake.storage.paging import PAGE_SIZE, read_cursor
from intake.storage.types import from_millis


class View(StrEnum):
    """The lists of the desk."""

    OPEN = "open"
    QUARANTINED = "quarantined"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class InquirySummary:
    """One inquiry without health text: what a row or a heading shows.

    ``label`` is None once the inquiry is erased, and where its seal does not open
    (``is_readable`` tells the two apart).
    """

    id: int
    public_id: str
    reference: str
    status: Status
    outcome: str | None
    urgent: bool
    language: str
    source: str
    spam_score: int
    spam_reasons: tuple[str, ...]
    received_at: datetime
    due_at: datetime
    first_response_due_at: datetime
    closed_at: datetime | None
    assignee_id: int | None
    version: int
    form_version: str
    label: Label | None
    is_readable: bool


SUMMARY = select(
    Inquiry.id,
    Inquiry.public_id,
    Inquiry.reference,
    Inquiry.status,
    Inquiry.outcome,
    Inquiry.urgent,
    Inquiry.language,
    Inquiry.source,
    Inquiry.spam_score,
    Inquiry.spam_reasons,
    Inquiry.received_at,
    Inquiry.due_at,
    Inquiry.first_response_due_at,
    Inquiry.closed_at,
    Inquiry.assignee_id,
    Inquiry.version,
    Inquiry.form_version,
    Inquiry.data_key,
    Inquiry.label,
)

# The predicate repeats that of the partial index ``inquiries_worklist``, so both planners use it;
# the other two lists are one status each, in the order of ``inquiries_by_status``. Quarantined
# ones go oldest first, which is also least time left first: none of them had its clock moved.
IS_OPEN = Inquiry.closed_at.is_(None)
_AT = bindparam("after_at", type_=Inquiry.due_at.type)
_ID = bindparam("after_id", type_=Inquiry.id.type)
_LISTS: Mapping[View, Select[Any]] = {
    View.OPEN: SUMMARY.where(IS_OPEN, Inquiry.status != Status.QUARANTINED.value).order_by(
        Inquiry.due_at, Inquiry.id
    ),
    View.QUARANTINED: SUMMARY.where(Inquiry.status == Status.QUARANTINED.value).order_by(
        Inquiry.received_at, Inquiry.id
    ),
    View.CLOSED: SUMMARY.where(
        Inquiry.status == Status.CLOSED.value,
        or_(Inquiry.outcome.is_(None), Inquiry.outcome != Outcome.TEST.value),
    ).order_by(Inquiry.received_at.desc(), Inquiry.id.desc()),
}
_NEXT: Mapping[View, Select[Any]] = {
    View.OPEN: _LISTS[View.OPEN].where(
        tuple_(Inquiry.due_at, Inquiry.id) > tuple_(_AT, _ID),
    ),
    View.QUARANTINED: _LISTS[View.QUARANTINED].where(
        tuple_(Inquiry.received_at, Inquiry.id) > tuple_(_AT, _ID)
    ),
    View.CLOSED: _LISTS[View.CLOSED].where(
        tuple_(Inquiry.received_at, Inquiry.id) < tuple_(_AT, _ID)
    ),
}


def list_statement(view: View, *, after: str | None, size: int = PAGE_SIZE) -> Select[Any]:
    """Return the statement of one page of a list; one row more than ``size`` is asked for."""
    if after is None:
        return _LISTS[view].limit(size + 1)
    millis, row_id = read_cursor(after, 2)
    try:
        key = {"after_at": from_millis(millis), "after_id": row_id}
    except OverflowError:  # beyond the years that there are
        raise InvalidInput((Problem("after", "cursor"),)) from None
    return _NEXT[view].limit(size + 1).params(**key)


def summary_of(row: Row[Any], keyring: Keyring) -> InquirySummary:
    """Return a row of the summary columns as a value, its label opened."""
    label = label_or_none(Cells(row.public_id, row.data_key, label=row.label), keyring)
    return InquirySummary(
        id=row.id,
        public_id=row.public_id,
        reference=row.reference,
        status=Status(row.status),
        outcome=row.outcome,
        urgent=row.urgent,
        language=row.language,
        source=row.source,
        spam_score=row.spam_score,
        spam_reasons=tuple(row.spam_reasons),
        received_at=row.received_at,
        due_at=row.due_at,
        first_response_due_at=row.first_response_due_at,
        closed_at=row.closed_at,
        assignee_id=row.assignee_id,
        version=row.version,
        form_version=row.form_version,
        label=label,
        is_readable=label is not None or row.label is None,
    )
