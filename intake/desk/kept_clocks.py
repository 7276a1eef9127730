"""Between the rows and ``clock_chain``: what an inquiry that stays has, and what another brings."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.desk.clock_chain import (
    DUE,
    FIELDS,
    FIRST_DUE,
    OWNER,
    PAUSED,
    REPLY,
    SNOOZED,
    URGENT,
    Clocks,
    Joining,
)
from intake.desk.models import Clock, ClockKind
from intake.desk.snapshots import UNDONE
from intake.inquiries.models import Inquiry, Outcome
from intake.storage.types import from_millis, to_millis

PARTS = ("found", "brought", "left")


def clocks_of_row(session: Session, inquiry: Inquiry) -> Clocks:
    """Return what a merge may change on the inquiry that stays."""
    reply = _reply(session, inquiry)
    return {
        FIRST_DUE: to_millis(inquiry.first_response_due_at),
        DUE: to_millis(inquiry.due_at),
        REPLY: to_millis(reply.due_at) if reply is not None else None,
        PAUSED: _millis(reply.paused_since) if reply is not None else None,
        SNOOZED: _millis(inquiry.snoozed_until),
        URGENT: int(inquiry.urgent),
        OWNER: inquiry.assignee_id,
    }


def set_clocks(session: Session, inquiry: Inquiry, clocks: Clocks, at: datetime) -> None:
    """Write them back into the row, and into the clock of our reply."""
    inquiry.first_response_due_at = _instant(clocks[FIRST_DUE]) or inquiry.first_response_due_at
    inquiry.due_at = _instant(clocks[DUE]) or inquiry.due_at
    inquiry.snoozed_until = _instant(clocks[SNOOZED])
    inquiry.urgent = bool(clocks[URGENT])
    inquiry.assignee_id = clocks[OWNER]
    reply, due_at = _reply(session, inquiry), _instant(clocks[REPLY])
    if reply is None and due_at is not None:
        kind = ClockKind.REPLY.value
        session.add(
            Clock(inquiry_id=inquiry.id, kind=kind, started_at=at, due_at=due_at, paused_ms=0)
        )
    elif reply is not None and due_at is None:
        reply.stopped_at, reply.stopped_how = at, UNDONE
    elif reply is not None and due_at is not None:
        reply.due_at, reply.paused_since = due_at, _instant(clocks[PAUSED])
    session.flush()


def brought_by(session: Session, kept: Inquiry, ended: Inquiry) -> Clocks:
    """Return what the duplicate brings: a promise that nobody has kept runs on.

    One that was closed as spam counts as well: if it is the same person's, they still wait. Where
    the kept inquiry has had its answer, the duplicate's promise is a reply that is owed; so is what
    a clinician or we owed on the duplicate.
    """
    is_open = ended.closed_at is None
    waits = ended.first_responded_at is None and (is_open or ended.outcome == Outcome.SPAM.value)
    promised = to_millis(ended.first_response_due_at) if waits else None
    owed = [promised] if kept.first_responded_at is not None else []
    owed += [to_millis(clock.due_at) for clock in _owed(session, ended)]
    reply = min((one for one in owed if one is not None), default=None)
    first = promised if kept.first_responded_at is None else None
    next_due = to_millis(ended.due_at) if waits and is_open else promised
    due = min((one for one in (next_due, reply) if one is not None), default=None)
    return {
        FIRST_DUE: first,
        DUE: due,
        REPLY: reply,
        PAUSED: reply,
        SNOOZED: 1 if is_open else None,
        URGENT: int(ended.urgent),
        OWNER: ended.assignee_id,
    }


def written(joining: Joining) -> dict[str, object]:
    """Return a merge as JSON, for ``InquiryLink.before``."""
    return asdict(joining)


def read(before: Mapping[str, Mapping[str, int | None]]) -> Joining:
    """Return the merge that :func:`written` wrote."""
    parts = {part: {name: before[part][name] for name in FIELDS} for part in PARTS}
    return Joining(parts["found"], parts["brought"], parts["left"])


def _owed(session: Session, inquiry: Inquiry) -> list[Clock]:
    """Return the clocks of an inquiry that run: while we wait for the person, none does."""
    return list(
        session.scalars(
            select(Clock).where(
                Clock.inquiry_id == inquiry.id,
                Clock.stopped_at.is_(None),
                Clock.paused_since.is_(None),
            )
        )
    )


def _reply(session: Session, inquiry: Inquiry) -> Clock | None:
    return session.scalars(
        select(Clock)
        .where(
            Clock.inquiry_id == inquiry.id,
            Clock.kind == ClockKind.REPLY.value,
            Clock.stopped_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _millis(instant: datetime | None) -> int | None:
    return None if instant is None else to_millis(instant)


def _instant(millis: int | None) -> datetime | None:
    return None if millis is None else from_millis(millis)
