"""A clinician's decision: written with its sealed words, and the review and its clock ended."""

from sqlalchemy import select

from intake.crypto.tokens import new_public_id
from intake.desk import clocks
from intake.desk.endings import end_open
from intake.desk.models import (
    ClinicalReview,
    ClockKind,
    Disposition,
    DispositionCode,
    InquiryMove,
)
from intake.desk.office import Case, member_id


def decide(case: Case, move: InquiryMove, code: DispositionCode, words: str) -> None:
    """Write the decision on the open review and end it."""
    review_id = case.session.scalar(
        select(ClinicalReview.id)
        .where(ClinicalReview.inquiry_id == case.inquiry.id, ClinicalReview.ended_at.is_(None))
        .order_by(ClinicalReview.id.desc())
        .limit(1)
    )
    if review_id is not None:
        case.session.add(_disposition(case, move, review_id, code, words))
    end_open(case, ClinicalReview, "decided")
    clocks.stop(case, ClockKind.CLINICIAN_ANSWER)


def _disposition(
    case: Case, move: InquiryMove, review_id: int, code: DispositionCode, words: str
) -> Disposition:
    public_id = new_public_id()
    table = Disposition.__tablename__
    body = case.sealed(words, table=table, column="body", record=public_id) if words else None
    return Disposition(
        public_id=public_id,
        inquiry_id=case.inquiry.id,
        review_id=review_id,
        move_id=move.id,
        code=code.value,
        body=body,
        staff_id=member_id(case.by),
        at=case.at,
    )
