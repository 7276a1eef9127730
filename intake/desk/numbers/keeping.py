"""Keeps the days counted: marks those that changed, and counts those that are marked.

What changed is read from the audit trail, which every command writes: the days of its inquiries
are marked once more. Counting writes only where the marks are still those it saw, so two workers,
a crash or a change in the meantime cost another count and never a wrong one. Events of the last
two minutes are looked at again, because transactions do not commit in the order of their ids.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from intake.audit.models import AuditEvent
from intake.crypto.sealed import compact, seal, unseal_json
from intake.desk.numbers.counting import Counting, count_day
from intake.desk.numbers.models import NumberDay, NumberMark
from intake.desk.numbers.tally import Tally, read, written
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.queries import RECEIPT_READ
from intake.inquiries.readings import READ
from intake.notifications.models import Bounce, OutboxMessage, State
from intake.storage.database import Database
from intake.storage.upsert import insert_into, table_of

TABLE, COLUMN = "number_days", "tally"
MARK = "audit:2"  # another name when days are counted otherwise: all are counted anew
SETTLED_AFTER = timedelta(minutes=2)
DAYS_AT_ONCE = 20  # other chores wait meanwhile
DELIVERY_DAYS = 2  # a day's deliveries end soon after it
EVENTS_AT_ONCE = 20_000
NOT_A_CHANGE = (READ, RECEIPT_READ)

_days, _marks = table_of(NumberDay), table_of(NumberMark)
_EVENTS = (
    select(Inquiry.received_at)
    .distinct()
    .join(AuditEvent, AuditEvent.subject == Inquiry.public_id)
    .where(
        AuditEvent.id > bindparam("after"),
        AuditEvent.id <= bindparam("until"),
        AuditEvent.action.not_in(NOT_A_CHANGE),
    )
)
_DUE = select(_days.c.day).where(
    _days.c.next_due_at < bindparam("at", type_=_days.c.next_due_at.type)
)
_STALE = select(_days.c.day).where(_days.c.marks != _days.c.counted)
_SENT = (
    select(OutboxMessage.id)
    .where(OutboxMessage.state.in_([State.DELIVERED.value, State.DEAD.value]))
    .limit(1)
)
_CAME_BACK: Select[*tuple[Any, ...]] = (
    select(OutboxMessage.finished_at, Bounce.received_at)
    .join(Bounce, Bounce.message_id == OutboxMessage.id)
    .where(Bounce.received_at >= bindparam("since"), OutboxMessage.finished_at.is_not(None))
)


def keep(database: Database, counting: Counting, *, at: datetime) -> int:
    """Count the days that changed, at most twenty; return how many. Writes only where news is."""
    mark(database, counting, at=at)
    return count_marked(database, counting, at=at, limit=DAYS_AT_ONCE)


def mark(database: Database, counting: Counting, *, at: datetime) -> None:
    """Mark the days that changed since they were last looked at."""
    with database.read() as session:
        after, until = _position(session)
        if after is None:
            days = _every_day(session, counting)
        else:
            days = {counting.day_of(one) for one in _changed(session, after, until)}
            days |= {date.fromisoformat(day) for day in session.scalars(_DUE, {"at": at})}
            days |= _days_of_deliveries(session, counting, at)
        settled = _settled(session, after or 0, until, at)
    if not days and settled == after:
        return
    with database.write() as session:
        _mark(session, days)
        _move(session, settled)


def count_marked(
    database: Database,
    counting: Counting,
    *,
    at: datetime,
    limit: int | None = None,
    told: Callable[[], object] = lambda: None,
) -> int:
    """Count the marked days, the newest first; return how many. ``told`` is called after each."""
    with database.read() as session:
        days = list(session.scalars(_STALE.order_by(_days.c.day.desc()).limit(limit)))
    for day in days:
        _count(database, counting, date.fromisoformat(day), at)
        told()
    return len(days)


def forget(database: Database, counting: Counting) -> int:
    """Drop every tally and mark every day anew; return how many there are to count."""
    with database.write() as session:
        session.execute(delete(_days))
        days = _every_day(session, counting)
        _mark(session, days)
        _move(session, _newest_event(session))
    return len(days)


def add_opened(tally: Tally, counting: Counting, day: str, sealed: bytes) -> None:
    """Add a day's sealed tally to another.

    Raises:
        SealBroken: The row was changed, or the keys are others.
    """
    document = unseal_json(counting.key, sealed, table=TABLE, column=COLUMN, record=day)
    read(document, into=tally)


def _count(database: Database, counting: Counting, day: date, at: datetime) -> None:
    with database.read() as session:
        marks = session.scalar(select(_days.c.marks).where(_days.c.day == day.isoformat()))
        found = count_day(session, counting, day, at=at)
    name = day.isoformat()
    sealed = seal(
        counting.key, compact(written(found.tally)), table=TABLE, column=COLUMN, record=name
    )
    with database.write() as session:
        session.execute(
            update(_days)
            .where(_days.c.day == name, _days.c.marks == marks)
            .values(
                counted=marks,
                received=found.received,
                next_due_at=found.next_due_at,
                counted_at=at,
                tally=sealed,
            )
        )


def _position(session: Session) -> tuple[int | None, int]:
    """Return up to which event days are marked (None before the first time), and the newest."""
    after = session.scalar(select(_marks.c.event_id).where(_marks.c.name == MARK))
    newest = _newest_event(session)
    return after, newest if after is None else min(newest, after + EVENTS_AT_ONCE)


def _newest_event(session: Session) -> int:
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def _changed(session: Session, after: int, until: int) -> Iterable[datetime]:
    return session.scalars(_EVENTS, {"after": after, "until": until})


def _settled(session: Session, after: int, until: int, at: datetime) -> int:
    """Return the last event before the first one that younger ones may still come in front of."""
    first_young = session.scalar(
        select(func.min(AuditEvent.id)).where(
            AuditEvent.id > after, AuditEvent.id <= until, AuditEvent.at > at - SETTLED_AFTER
        )
    )
    return until if first_young is None else first_young - 1


def _every_day(session: Session, counting: Counting) -> set[date]:
    """Return every day from the first inquiry to the last; empty ones cost nothing."""
    by_status = [
        select(func.min(Inquiry.received_at), func.max(Inquiry.received_at)).where(
            Inquiry.status == status.value
        )
        for status in Status
    ]
    ends = [end for one in by_status for end in session.execute(one).one() if end is not None]
    if not ends:
        return set()
    first, last = counting.day_of(min(ends)), counting.day_of(max(ends))
    return {first + timedelta(days=ahead) for ahead in range((last - first).days + 1)}


def _days_of_deliveries(session: Session, counting: Counting, at: datetime) -> set[date]:
    """Return the last days whose deliveries ended, or came back, after they were counted."""
    days = [counting.day_of(at) - timedelta(days=back) for back in range(DELIVERY_DAYS)]
    found = set()
    for day in days:
        start, end = counting.bounds(day)
        since = max(start, _counted_at(session, day) or start)
        sent = _SENT.where(OutboxMessage.finished_at >= since, OutboxMessage.finished_at < end)
        if session.execute(sent).first() is not None:
            found.add(day)
    since = counting.bounds(days[-1])[0]
    for finished_at, came_back_at in session.execute(_CAME_BACK, {"since": since}):
        day = counting.day_of(finished_at)
        counted_at = _counted_at(session, day)
        if counted_at is None or counted_at <= came_back_at:
            found.add(day)
    return found


def _counted_at(session: Session, day: date) -> datetime | None:
    return session.scalar(select(_days.c.counted_at).where(_days.c.day == day.isoformat()))


def _mark(session: Session, days: Iterable[date]) -> None:
    rows = [
        {"day": day.isoformat(), "marks": 1, "counted": 0, "received": 0} for day in sorted(days)
    ]
    if not rows:
        return
    statement = insert_into(session.get_bind().dialect.name, NumberDay)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=[_days.c.day],
            set_={"marks": _days.c.marks + 1, "next_due_at": None},
        ),
        rows,
    )


def _move(session: Session, event_id: int) -> None:
    """Remember up to which event days are marked; never backwards, whoever was faster."""
    statement = insert_into(session.get_bind().dialect.name, NumberMark)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=[_marks.c.name],
            set_={"event_id": statement.excluded.event_id},
            where=_marks.c.event_id < statement.excluded.event_id,
        ),
        [{"name": MARK, "event_id": event_id}],
    )
