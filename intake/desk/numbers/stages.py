"""How far inquiries ever came, by their moves: tried, talking, with a clinician, booked.

"Ever": one that was booked and fell through still counts as booked. What was taken back never was.
How it stands counts as well (its status, its ending, that it was answered), so no ending is told of
more people than ever came so far.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from intake.desk.models import InquiryMove
from intake.desk.numbers.chains import Chain, Told, chain_of, chains_by_group
from intake.desk.numbers.endings import BOOKED
from intake.desk.numbers.shielding import Shown
from intake.desk.numbers.tally import Dimension, Group, Tally
from intake.inquiries.models import Outcome, Status

RECEIVED = "received"
CONTACT, DISCUSSION, REVIEW, SCHEDULED = "contact", "discussion", "review", "scheduled"
STAGES = (CONTACT, DISCUSSION, REVIEW, SCHEDULED)
# Each of these is a part of the one before it; with a clinician some were, and some not.
NESTED = (CONTACT, DISCUSSION, SCHEDULED)

BY_STATUS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Status.CONTACTING.value: frozenset({CONTACT}),
        Status.IN_DISCUSSION.value: frozenset({CONTACT, DISCUSSION}),
        Status.WAITING_ON_PATIENT.value: frozenset({CONTACT, DISCUSSION}),
        Status.CLINICAL_REVIEW.value: frozenset({CONTACT, DISCUSSION, REVIEW}),
        Status.SCHEDULED.value: frozenset({CONTACT, DISCUSSION, SCHEDULED}),
    }
)
BY_ENDING: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        BOOKED: BY_STATUS[Status.SCHEDULED],
        Outcome.CONSULTATION_HELD.value: BY_STATUS[Status.SCHEDULED],
        Outcome.HANDED_OVER.value: BY_STATUS[Status.SCHEDULED],
        Outcome.NOT_SUITABLE.value: BY_STATUS[Status.CLINICAL_REVIEW],
        Outcome.NOT_REACHED.value: BY_STATUS[Status.CONTACTING],
    }
)

_undoing = aliased(InquiryMove)
_MOVES = (
    select(InquiryMove.inquiry_id, InquiryMove.to_status)
    .where(
        InquiryMove.inquiry_id.in_(bindparam("ids", expanding=True)),
        InquiryMove.to_status.in_(list(BY_STATUS)),
        ~select(_undoing.id).where(_undoing.undoes_id == InquiryMove.id).exists(),
    )
    .distinct()
)


def moved_to(session: Session, ids: Sequence[int]) -> Mapping[int, frozenset[str]]:
    """Return the stages that each inquiry came to by its moves, by row id."""
    found: dict[int, frozenset[str]] = {}
    for inquiry_id, status in session.connection().execute(_MOVES, {"ids": list(ids)}):
        found[inquiry_id] = found.get(inquiry_id, frozenset()) | BY_STATUS[status]
    return found


def stages_of(
    moved: Iterable[str], *, status: str, outcome: str | None, answered: bool
) -> frozenset[str]:
    """Return the stages of one inquiry, from its moves and from how it stands."""
    by_answer = BY_STATUS[Status.CONTACTING] if answered else frozenset()
    by_standing = BY_STATUS.get(status, frozenset()) | BY_ENDING.get(outcome or "", frozenset())
    return frozenset(moved) | by_standing | by_answer


def funnel_of(tally: Tally, told_endings: Mapping[str, Told]) -> tuple[tuple[str, Told], ...]:
    """Return how many came to each stage; empty where that would tell of too few.

    Args:
        tally: Of all days.
        told_endings: What the same page tells of endings; a stage whose endings are hidden is
            hidden too, as subtracting would narrow them down.
    """
    everybody = tally.group(Dimension.ALL, Dimension.ALL.value)
    chain = chain_of(_nested(everybody))
    return () if chain is None else _told(chain, chain_of(_reviewed(everybody)), told_endings)


def funnel_of_language(
    tally: Tally, language: str, told_endings: Mapping[str, Told]
) -> tuple[tuple[str, Told], ...]:
    """Return the same for one language, so that no other language is told by what is left."""
    groups = {
        name: tally.group(Dimension.LANGUAGE, name) for name in tally.names(Dimension.LANGUAGE)
    }
    chains = chains_by_group({name: _nested(group) for name, group in groups.items()})
    if language not in chains:
        return ()
    reviews = chains_by_group({name: _reviewed(group) for name, group in groups.items()})
    return _told(chains[language], reviews.get(language), told_endings)


def _nested(group: Group) -> list[int]:
    return [group.received, *(group.reached[stage] for stage in NESTED)]


def _reviewed(group: Group) -> list[int]:
    return [group.reached[DISCUSSION], group.reached[REVIEW]]


def _told(
    chain: Chain, review: Chain | None, told_endings: Mapping[str, Told]
) -> tuple[tuple[str, Told], ...]:
    found: dict[str, Told] = dict(zip((RECEIVED, *NESTED), chain.reached, strict=True))
    is_known = review is not None and not isinstance(found[DISCUSSION], Shown)
    found[REVIEW] = review.reached[1] if review is not None and is_known else Shown.COVER
    for ending, stages in BY_ENDING.items():
        if isinstance(told_endings.get(ending, 0), Shown):
            found |= dict.fromkeys(stages, Shown.COVER)
    return tuple((stage, found[stage]) for stage in (RECEIVED, *STAGES))
