"""What a verb gives back: enough to answer, to show an undo, and to ask for the next act."""

from dataclasses import dataclass
from datetime import datetime

from intake.desk.models import InquiryMove
from intake.desk.office import Case
from intake.inquiries.models import Status


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done; ``move_id`` is what ``undo`` takes back, None where nothing changed."""

    inquiry_id: int
    public_id: str
    reference: str
    version: int
    status: Status
    outcome: str | None
    due_at: datetime
    move_id: int | None


def done(case: Case, move: InquiryMove | None) -> Done:
    """Return how the inquiry stands after an act."""
    one = case.inquiry
    return Done(
        inquiry_id=one.id,
        public_id=one.public_id,
        reference=one.reference,
        version=one.version,
        status=Status(one.status),
        outcome=one.outcome,
        due_at=one.due_at,
        move_id=move.id if move is not None else None,
    )
