"""An inquiry as it was before a move, small enough to keep with it; and putting that back.

Only what is open is kept: a clock that runs, a request that waits, an appointment ahead, a review
that is undecided. Putting back opens exactly these again with their own times and ends what came
later as ``undone``; history is never deleted. No text and no name is in a snapshot.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select, update

from intake.desk.models import (
    Appointment,
    ClinicalReview,
    Clock,
    ContactAttempt,
    Disposition,
    InformationRequest,
)
from intake.desk.office import Case
from intake.storage.types import from_millis, to_millis

Snapshot: TypeAlias = Mapping[str, Any]
UNDONE = "undone"
INSTANTS = (
    "due_at",
    "first_responded_at",
    "contact_made_at",
    "snoozed_until",
    "deceased_at",
    "closed_at",
)
PLAIN = ("status", "outcome", "assignee_id")
ENDING = (
    ("requests", InformationRequest),
    ("appointments", Appointment),
    ("reviews", ClinicalReview),
)


def take(case: Case) -> Snapshot:
    """Return what a later undo needs."""
    one = case.inquiry
    kept: dict[str, Any] = {name: getattr(one, name) for name in PLAIN}
    kept |= {name: _millis(getattr(one, name)) for name in INSTANTS}
    kept["clocks"] = [
        [clock.id, to_millis(clock.due_at), _millis(clock.paused_since), clock.paused_ms]
        for clock in case.session.scalars(
            select(Clock)
            .where(Clock.inquiry_id == one.id, Clock.stopped_at.is_(None))
            .order_by(Clock.id)
        )
    ]
    for name, model in ENDING:
        open_ids = select(model.id).where(model.inquiry_id == one.id, model.ended_at.is_(None))
        kept[name] = list(case.session.scalars(open_ids.order_by(model.id)))
    return kept


def put_back(case: Case, snapshot: Snapshot) -> None:
    """Make the inquiry, its owner and its clocks exactly what they were."""
    for name in PLAIN:
        setattr(case.inquiry, name, snapshot[name])
    for name in INSTANTS:
        setattr(case.inquiry, name, _instant(snapshot[name]))
    open_again(case, snapshot)


def open_again(case: Case, snapshot: Snapshot) -> None:
    """Let what was open then be open again, and end what was opened since."""
    _clocks(case, snapshot["clocks"])
    for name, model in ENDING:
        kept = snapshot[name]
        of_inquiry = model.inquiry_id == case.inquiry.id
        case.session.execute(
            update(model)
            .where(of_inquiry, model.ended_at.is_(None), model.id.not_in(kept))
            .values(ended_at=case.at, ended_how=UNDONE)
        )
        case.session.execute(
            update(model)
            .where(of_inquiry, model.id.in_(kept))
            .values(ended_at=None, ended_how=None)
        )


def void(case: Case, move_id: int) -> None:
    """Take back what was written with a move: it counts no more, and stays readable."""
    for model in (ContactAttempt, Disposition):
        case.session.execute(
            update(model)
            .where(model.inquiry_id == case.inquiry.id, model.move_id == move_id)
            .values(voided_at=case.at)
        )


def _clocks(case: Case, kept: Iterable[list[int | None]]) -> None:
    rows = {int(row[0] or 0): row for row in kept}
    of_inquiry = Clock.inquiry_id == case.inquiry.id
    case.session.execute(
        update(Clock)
        .where(of_inquiry, Clock.stopped_at.is_(None), Clock.id.not_in(rows))
        .values(stopped_at=case.at, stopped_how=UNDONE)
    )
    for clock_id, (_, due, paused_since, paused_ms) in rows.items():
        case.session.execute(
            update(Clock)
            .where(of_inquiry, Clock.id == clock_id)
            .values(
                due_at=_instant(due),
                paused_since=_instant(paused_since),
                paused_ms=paused_ms,
                stopped_at=None,
                stopped_how=None,
            )
        )


def _millis(instant: datetime | None) -> int | None:
    return None if instant is None else to_millis(instant)


def _instant(millis: int | None) -> datetime | None:
    return None if millis is None else from_millis(millis)
