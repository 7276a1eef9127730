"""Inquiries that may be from the same person, with a score and the reasons for it.

Looked for when somebody opens an inquiry, through the keyed tokens of phone, e-mail and name with
age: nothing is stored, nothing of the other inquiry is opened but its label. It only ever suggests.
Households share phones and addresses, so contact data under another name weigh little.

Source: PRODUCT.md 28; content/ux.md section 3.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.tokens import fold
from intake.inquiries.likeness import Likeness
from intake.inquiries.links import judged_ids
from intake.inquiries.models import Inquiry, Outcome, SearchToken, Status
from intake.inquiries.summaries import SUMMARY, InquirySummary, summary_of

LOOKS_BACK = timedelta(days=180)
SHOWN_AT_MOST = 10
# Of a number or an address that hundreds of inquiries carry, the newest are enough to warn.
SCANNED_AT_MOST = 200
OPENED_AT_MOST = 30
SCORE_MAX = 100


class Reason(StrEnum):
    """Why two inquiries look alike."""

    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_NAME_AND_AGE = "same_name_and_age"
    SAME_NAME = "same_name"
    SAME_FIRST_NAME = "same_first_name"
    MAY_BE_HOUSEHOLD = "may_be_household"


SCORES: Mapping[Reason, int] = {
    Reason.SAME_EMAIL: 45,
    Reason.SAME_PHONE: 35,
    Reason.SAME_NAME_AND_AGE: 40,
    Reason.SAME_NAME: 20,
    Reason.SAME_FIRST_NAME: 10,
    Reason.MAY_BE_HOUSEHOLD: -20,
}

_CARRYING = (
    select(SearchToken.inquiry_id)
    .where(SearchToken.token == bindparam("token"), SearchToken.inquiry_id != bindparam("id"))
    .order_by(SearchToken.inquiry_id.desc())
    .limit(SCANNED_AT_MOST)
)
_ALIKE = select(SearchToken.inquiry_id, SearchToken.token).where(
    SearchToken.token.in_(bindparam("tokens", expanding=True)),
    SearchToken.inquiry_id.in_(bindparam("ids", expanding=True)),
)
IS_OF_INTEREST = (
    Inquiry.status != Status.ERASED.value,
    or_(Inquiry.outcome.is_(None), Inquiry.outcome != Outcome.TEST.value),
    or_(
        Inquiry.closed_at.is_(None),
        Inquiry.received_at >= bindparam("since", type_=Inquiry.received_at.type),
    ),
)
_OF_INTEREST = SUMMARY.where(Inquiry.id.in_(bindparam("ids", expanding=True)), *IS_OF_INTEREST)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another inquiry that looks alike: how much (0-100), and why."""

    other: InquirySummary
    score: int
    reasons: tuple[Reason, ...]


def candidates(
    session: Session,
    keyring: Keyring,
    inquiry: InquirySummary,
    likeness: Likeness,
    *,
    at: datetime,
) -> tuple[Candidate, ...]:
    """Return what may be from the same person, the most alike first; at most ten.

    Looks at inquiries that are open or came in within 180 days. Pairs that staff have judged
    (linked, joined, not the same person) are left out.

    Args:
        session: A session of either door.
        keyring: Opens the labels.
        inquiry: The one that is looked at.
        likeness: Its tokens, from ``likeness_of``.
        at: Now.
    """
    alike = _alike(session, inquiry.id, likeness)
    for judged in judged_ids(session, inquiry.id):
        alike.pop(judged, None)
    likeliest = sorted(alike, key=lambda one: (_score(alike[one]), one), reverse=True)
    asked = {"ids": likeliest[:OPENED_AT_MOST], "since": at - LOOKS_BACK}
    if not likeliest:
        return ()
    rows = session.connection().execute(_OF_INTEREST, asked)
    found = [_candidate(inquiry, summary_of(row, keyring), alike[row.id]) for row in rows]
    found.sort(key=lambda one: (one.score, one.other.id), reverse=True)
    return tuple(found[:SHOWN_AT_MOST])


def _alike(session: Session, inquiry_id: int, likeness: Likeness) -> dict[int, set[Reason]]:
    """Return the inquiries that share a token which is enough to be found by, with all shared."""
    connection = session.connection()
    meaning = {
        likeness.phone: Reason.SAME_PHONE,
        likeness.email: Reason.SAME_EMAIL,
        likeness.person_of_age: Reason.SAME_NAME_AND_AGE,
        likeness.person: Reason.SAME_NAME,
    }
    ids: set[int] = set()
    for token in (likeness.phone, likeness.email, likeness.person_of_age):
        if token is not None:
            ids.update(connection.scalars(_CARRYING, {"token": token, "id": inquiry_id}))
    alike: dict[int, set[Reason]] = {}
    if ids:
        asked = {"tokens": sorted(likeness.tokens), "ids": sorted(ids)}
        for row in connection.execute(_ALIKE, asked):
            alike.setdefault(row.inquiry_id, set()).add(meaning[row.token])
    return alike


def _candidate(
    inquiry: InquirySummary, other: InquirySummary, shared: Collection[Reason]
) -> Candidate:
    reasons = set(shared)
    if Reason.SAME_NAME_AND_AGE in reasons:
        reasons.discard(Reason.SAME_NAME)
    elif Reason.SAME_NAME not in reasons:
        alike = _first_name(inquiry) == _first_name(other) != ""
        reasons.add(Reason.SAME_FIRST_NAME if alike else Reason.MAY_BE_HOUSEHOLD)
    return Candidate(other, _score(reasons), tuple(one for one in Reason if one in reasons))


def _score(reasons: Collection[Reason]) -> int:
    """Return 0-100; a name counts once, though it is in two tokens."""
    counted = set(reasons)
    if Reason.SAME_NAME_AND_AGE in counted:
        counted.discard(Reason.SAME_NAME)
    return max(0, min(SCORE_MAX, sum(SCORES[one] for one in counted)))


def _first_name(one: InquirySummary) -> str:
    words = one.label.name.split() if one.label else []
    return fold(words[0]) if words else ""
