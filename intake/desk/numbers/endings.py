"""How an inquiry ended, or how far it has come: what the funnel and the outcomes are made of.

The one place to change when an ending gets a reason or a stage of its own: ``REASON`` is the
column that a reason is read from, and a key is ``outcome`` or ``outcome/reason``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, func, select

from intake.desk.models import InquiryMove
from intake.inquiries.models import Inquiry, Outcome, Status

OPEN = "open"
BOOKED = "booked"
ERASED = "erased"
UNKNOWN = "unknown"
# An outcome's reason by row of ``inquiries``: that of the last move which gave it this outcome.
REASON: ColumnElement[str] = func.coalesce(
    select(InquiryMove.reason)
    .where(InquiryMove.inquiry_id == Inquiry.id, InquiryMove.outcome == Inquiry.outcome)
    .order_by(InquiryMove.id.desc())
    .limit(1)
    .correlate(Inquiry)
    .scalar_subquery(),
    "",
)
NEVER_COUNTED = (Outcome.SPAM.value, Outcome.TEST.value)
HELD = (Outcome.CONSULTATION_HELD.value, Outcome.HANDED_OVER.value)

# Wider classes of endings, for tables too thin to tell each ending apart.
CONSULTATION, NOT_HERE, APART = "consultation", "not_here", "apart"
CLASSES: Mapping[str, str] = MappingProxyType(
    {
        OPEN: OPEN,
        BOOKED: CONSULTATION,
        **dict.fromkeys(HELD, CONSULTATION),
        Outcome.NOT_OFFERED.value: NOT_HERE,
        Outcome.NOT_SUITABLE.value: NOT_HERE,
        Outcome.REFERRED_ELSEWHERE.value: NOT_HERE,
    }
)

ENDING_WORDS: Mapping[str, str] = MappingProxyType(
    {
        OPEN: "Still open",
        BOOKED: "Consultation booked",
        Outcome.CONSULTATION_HELD: "Consultation held",
        Outcome.HANDED_OVER: "Handed over",
        Outcome.NOT_OFFERED: "Not offered",
        Outcome.NOT_SUITABLE: "Not suitable",
        Outcome.REFERRED_ELSEWHERE: "Referred elsewhere",
        Outcome.NOT_REACHED: "Not reached",
        Outcome.WITHDRAWN: "Withdrawn by the person",
        Outcome.DUPLICATE: "Duplicate",
        ERASED: "Erased",
        CONSULTATION: "Consultation booked or held",
        NOT_HERE: "Not offered, not suitable or referred",
        APART: "Not reached, withdrawn or the like",
        UNKNOWN: "Closed, outcome not recorded",
    }
)


def class_of(outcome: str) -> str:
    """Return the wider class of an outcome: of those that led nowhere where it is in no other."""
    return CLASSES.get(outcome, APART)


def ending_of(status: str, outcome: str | None, reason: str | None) -> str:
    """Return the key of an ending: how it ended, or that it is still open or booked."""
    if outcome is not None:
        return f"{outcome}/{reason}" if reason else outcome
    if status == Status.ERASED:
        return ERASED
    if status == Status.SCHEDULED:
        return BOOKED
    return UNKNOWN if status == Status.CLOSED else OPEN


def outcome_in(key: str) -> str:
    """Return the part of a key that stands before its reason."""
    return key.partition("/")[0]


def reason_in(key: str) -> str:
    """Return the reason of a key, empty where it has none."""
    return key.partition("/")[2]
