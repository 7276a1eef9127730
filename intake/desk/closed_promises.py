"""Promises that fall into a closure: moved honestly, and put back when we open again early.

Worked out from what was promised before any closure, so it may be done again at any time and by
several workers: the result is the same. The start of a clock is never touched, only when it is due;
what was promised first stays known, and each move is an event on the inquiry.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.clinic.closure_models import ClinicClosure
from intake.clinic.closures import stored_closures, stretches
from intake.clinic.hours import BusinessHours, business_hours
from intake.desk import clocks
from intake.desk.closed_steps import keep_new_promise, keep_step, to_move_besides, within
from intake.desk.models import Clock, ClockKind
from intake.desk.office import Case, Office
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.promise import is_unanswered
from intake.inquiries.promise_models import MovedPromise
from intake.inquiries.references import inquiry_named
from intake.storage.types import UtcMillis, to_millis

MOVED = "inquiry.promise_moved"
PUT_BACK = "inquiry.promise_put_back"
ROUND_MAX = 200
LOOKS_BACK = timedelta(days=7)  # a worker may have been away while the clinic was closed
FIRST = ClockKind.FIRST_RESPONSE.value
UNTOUCHED = (Status.NEW.value, Status.QUARANTINED.value)


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that is owed: the first answer (no clock), or a clock that runs."""

    clock: Clock | None
    due_at: datetime
    made_at: datetime

    @property
    def clock_id(self) -> int | None:
        """The row of the clock."""
        return self.clock.id if self.clock else None

    @property
    def kind(self) -> str:
        """What is owed, as clocks are called."""
        return self.clock.kind if self.clock else FIRST


def open_hours(session: Session, office: Office) -> Office:
    """Return the office with the closures as they stand in this transaction."""
    closures = stretches(stored_closures(session))
    return replace(office, hours=business_hours(office.clinic, closures))


def to_move(session: Session, office: Office, *, at: datetime) -> Sequence[str]:
    """Return the references of inquiries with a promise to move or to put back; reads only."""
    hours = open_hours(session, office).hours
    found = dict.fromkeys((*_to_put_back(session, hours, at), *_urgent(session, office)))
    shut = [(s, hours.next_open(e)) for s, e in hours.closures if e >= at - LOOKS_BACK]
    if shut:
        first = session.execute(
            select(Inquiry.reference, Inquiry.first_response_due_at, Inquiry.received_at).where(
                is_unanswered(),
                within(Inquiry.first_response_due_at, shut),
                ~_is_moved(MovedPromise.clock_id.is_(None), Inquiry.first_response_due_at),
            )
        )
        running = session.execute(
            select(Inquiry.reference, Clock.due_at, Clock.started_at)
            .join(Inquiry, Inquiry.id == Clock.inquiry_id)
            .where(
                _runs(),
                within(Clock.due_at, shut),
                ~_is_moved(MovedPromise.clock_id == Clock.id, Clock.due_at),
            )
        )
        for reference, due_at, made_at in (*first, *running):
            if hours.kept_after_closures(due_at, made_at) != due_at:
                found[reference] = None
        found |= dict.fromkeys(to_move_besides(session, hours, shut, at=at))
    return tuple(found)[:ROUND_MAX]


def keep_promises(session: Session, office: Office, reference: str, *, at: datetime) -> bool:
    """Move what falls into a closure, and put back what does no more; say whether anything did.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs of the desk are given; its closures are read anew.
        reference: Of the inquiry.
        at: Now.
    """
    inquiry = inquiry_named(session, reference, lock=True)
    case = Case(session, open_hours(session, office), inquiry, SYSTEM, at)
    if inquiry.closed_at is not None:
        return False
    moved = [promise for promise in _promises(case) if _keep(case, promise)]
    before = (inquiry.due_at, keep_new_promise(case))
    if case.status in clocks.ANSWER_OWED_IN or any(promise.clock for promise in moved):
        clocks.settle(case)
    else:
        keep_step(case)
    if not moved and (inquiry.due_at, False) == before:
        return False
    inquiry.version += 1
    session.flush()
    return True


def _promises(case: Case) -> Iterator[Promise]:
    if case.session.scalar(
        select(Inquiry.id).where(Inquiry.id == case.inquiry.id, is_unanswered())
    ):
        yield Promise(None, case.inquiry.first_response_due_at, case.inquiry.received_at)
    rows = case.session.scalars(
        select(Clock)
        .where(
            Clock.inquiry_id == case.inquiry.id,
            Clock.stopped_at.is_(None),
            Clock.paused_since.is_(None),
        )
        .order_by(Clock.id)
        .execution_options(populate_existing=True)
    )
    for clock in rows:
        yield Promise(clock, clock.due_at, clock.started_at)


def _keep(case: Case, promise: Promise) -> bool:
    before = _last_move(case.session, case.inquiry.id, promise.clock_id)
    if before is not None and before.moved_to != promise.due_at:
        before.ended_at = case.at  # an act or a merge has set it since: what it set counts
        before = None
    first = before.promised_at if before is not None else promise.due_at
    due_at = case.office.hours.kept_after_closures(first, promise.made_at)
    if due_at == promise.due_at:
        return False
    if before is not None:
        before.ended_at = case.at
    if due_at != first:
        _note(case, promise, first, due_at)
    if promise.clock is None:
        case.inquiry.first_response_due_at = due_at
    else:
        promise.clock.due_at = due_at
    trail.record(
        case.session,
        MOVED if due_at != first else PUT_BACK,
        actor=SYSTEM,
        subject=case.inquiry.public_id,
        at=case.at,
        detail={
            "clock": promise.kind,
            "promised_at": to_millis(first),
            "was_due_at": to_millis(promise.due_at),
            "due_at": to_millis(due_at),
        },
    )
    return True


def _note(case: Case, promise: Promise, first: datetime, due_at: datetime) -> None:
    case.session.add(
        MovedPromise(
            inquiry_id=case.inquiry.id,
            clock_id=promise.clock_id,
            promised_at=first,
            moved_to=due_at,
            moved_at=case.at,
        )
    )


def _last_move(session: Session, inquiry_id: int, clock_id: int | None) -> MovedPromise | None:
    same = (
        MovedPromise.clock_id.is_(None) if clock_id is None else MovedPromise.clock_id == clock_id
    )
    return session.scalars(
        select(MovedPromise)
        .where(MovedPromise.inquiry_id == inquiry_id, same, MovedPromise.ended_at.is_(None))
        .order_by(MovedPromise.id.desc())
        .limit(1)
    ).one_or_none()


def _to_put_back(session: Session, hours: BusinessHours, at: datetime) -> Iterator[str]:
    """Give those whose move fits the closures no more: one was taken back, or made longer."""
    rows = session.execute(
        select(
            Inquiry.reference,
            MovedPromise.promised_at,
            MovedPromise.moved_to,
            func.coalesce(Clock.started_at, Inquiry.received_at, type_=UtcMillis()),
        )
        .join(Inquiry, Inquiry.id == MovedPromise.inquiry_id)
        .outerjoin(Clock, Clock.id == MovedPromise.clock_id)
        .where(
            MovedPromise.ended_at.is_(None),
            MovedPromise.moved_to >= at - LOOKS_BACK,
            Inquiry.closed_at.is_(None),
            or_(
                and_(
                    MovedPromise.clock_id.is_(None),
                    is_unanswered(),
                    Inquiry.first_response_due_at == MovedPromise.moved_to,
                ),
                and_(
                    Clock.stopped_at.is_(None),
                    Clock.paused_since.is_(None),
                    Clock.due_at == MovedPromise.moved_to,
                ),
            ),
        )
    )
    for reference, first, moved_to, made_at in rows:
        if hours.kept_after_closures(first, made_at) != moved_to:
            yield reference


def _urgent(session: Session, office: Office) -> Iterator[str]:
    """Give urgent ones that stand in the list by an hour that is ours no more, or ours again.

    Two open hours are no promise to the person, so nothing is noted: the list is put right.
    """
    hours = open_hours(session, office).hours
    planned = select(ClinicClosure.starts_at, ClinicClosure.ends_at)
    others = [
        business_hours(office.clinic, closures)
        for closures in ((), [(start, end) for start, end in session.execute(planned)])
    ]
    rows = session.execute(
        select(
            Inquiry.reference,
            Inquiry.received_at,
            Inquiry.first_response_due_at,
            Inquiry.due_at,
        ).where(is_unanswered(), Inquiry.urgent, Inquiry.status.in_(UNTOUCHED))
    )
    for reference, received_at, promised_at, due_at in rows:
        was = {one.answer_due(received_at, promised_at, urgent=True) for one in others}
        if due_at in was and due_at != hours.answer_due(received_at, promised_at, urgent=True):
            yield reference


def _is_moved(
    of_clock: ColumnElement[bool], due_at: InstrumentedAttribute[datetime]
) -> ColumnElement[bool]:
    """Whether it stands where a closure has put it already."""
    return exists().where(
        MovedPromise.inquiry_id == Inquiry.id,
        of_clock,
        MovedPromise.ended_at.is_(None),
        MovedPromise.moved_to == due_at,
    )


def _runs() -> ColumnElement[bool]:
    return and_(
        Clock.stopped_at.is_(None), Clock.paused_since.is_(None), Inquiry.closed_at.is_(None)
    )
