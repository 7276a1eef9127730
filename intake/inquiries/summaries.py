"""One inquiry as a row or a heading shows it: the columns and the value made of them.

Apart from ``queries`` because search and the lists of ``intake.desk.worklist`` draw the same rows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from intake.crypto.keyring import Keyring
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.unsealing import Cells, Label, label_or_none


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
    new_promise_at: datetime | None  # only while it is owed
    snoozed_until: datetime | None
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
    Inquiry.new_promise_at,
    Inquiry.first_responded_at,
    Inquiry.snoozed_until,
    Inquiry.closed_at,
    Inquiry.assignee_id,
    Inquiry.version,
    Inquiry.form_version,
    Inquiry.data_key,
    Inquiry.label,
)


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
        new_promise_at=None if row.first_responded_at or row.closed_at else row.new_promise_at,
        snoozed_until=row.snoozed_until,
        closed_at=row.closed_at,
        assignee_id=row.assignee_id,
        version=row.version,
        form_version=row.form_version,
        label=label,
        is_readable=label is not None or row.label is None,
    )
