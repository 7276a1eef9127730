"""The ladder: who is told when the time promised for a first answer runs out, each step once.

At 50 % of the promised business time the owner, at 80 % the backup, at 100 % the lead, at 150 %
the clinic's owner; time stands still while the clinic is closed. A step that was taken is a row,
written with its messages: two workers, a crash or a week without a worker neither repeat nor skip
one. What one round finds is told in one message to each reader.

Source: PRODUCT.md 3 and 39.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.clinic.hours import BusinessHours
from intake.desk.audience import Audience
from intake.inquiries.alerts import DUE_SOON, OVERDUE, URGENT
from intake.inquiries.models import Inquiry
from intake.inquiries.promise import Promised, unanswered
from intake.notifications import alarms
from intake.notifications.models import Escalation
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.ways import Way, ways_besides
from intake.storage.types import to_millis
from intake.storage.upsert import insert_into

ESCALATED = "inquiry.escalated"
AT_ONCE = "urgent"
ROUND_MAX = 200  # inquiries in one transaction; the rest follows in the next

Rung = Callable[[Audience, int | None], list[Way]]
RUNGS: Mapping[str, tuple[int, Rung]] = MappingProxyType(
    {
        "50": (50, Audience.owner_rung),
        "80": (80, Audience.backup_rung),
        "100": (100, Audience.lead_rung),
        "150": (150, Audience.clinic_rung),
    }
)


@dataclass(frozen=True, slots=True)
class Climb:
    """An inquiry and the steps whose time has come and that were not taken yet."""

    inquiry: Promised
    steps: tuple[str, ...]


def used_percent(hours: BusinessHours, inquiry: Promised, at: datetime) -> float:
    """Return how much of the promised business time is used up; more than 100 when late."""
    whole = hours.business_time_between(inquiry.received_at, inquiry.due_at)
    used = hours.business_time_between(inquiry.received_at, at)
    if not whole:  # hours that were changed since: nothing is left of the promise
        return 100.0 if at < inquiry.due_at else 150.0
    return 100 * (used / whole)


def due_climbs(session: Session, hours: BusinessHours, *, at: datetime) -> tuple[Climb, ...]:
    """Return the steps whose time has come, inquiry by inquiry; reads only."""
    top = select(Escalation.inquiry_id).where(Escalation.step == max(RUNGS, key=int))
    waiting = unanswered(session, hours, Inquiry.id.not_in(top))
    taken = _taken(session, waiting)
    climbs = []
    for inquiry in waiting:
        percent = used_percent(hours, inquiry, at)
        before = taken.get(inquiry.id, frozenset())
        steps = tuple(
            step for step, (mark, _) in RUNGS.items() if percent >= mark and step not in before
        )
        if steps:
            climbs.append(Climb(inquiry, steps))
    return tuple(climbs[:ROUND_MAX])


def climb(session: Session, climbs: Iterable[Climb], readers: Audience, *, at: datetime) -> int:
    """Take steps and write their messages; return how many steps were taken here.

    A step that another worker took meanwhile is left out. Who is told of several inquiries gets one
    message for those that are due soon and one for those that are late.
    """
    told: dict[tuple[str, Way], list[int]] = {}
    count = 0
    for one in climbs:
        steps = [step for step in one.steps if _take(session, one.inquiry, step, at)]
        count += len(steps)
        event = OVERDUE if at >= one.inquiry.due_at else DUE_SOON
        for way in _ways(readers, steps, one.inquiry):
            told.setdefault((event, way), []).append(one.inquiry.id)
    enqueue(session, [_message(event, way, ids, at) for (event, way), ids in told.items()], at=at)
    return count


def unheard_urgent(session: Session, hours: BusinessHours) -> tuple[Promised, ...]:
    """Return urgent inquiries that nobody was alerted to yet; reads only."""
    heard = select(Escalation.inquiry_id).where(Escalation.step == AT_ONCE)
    return unanswered(session, hours, Inquiry.urgent, Inquiry.id.not_in(heard))[:ROUND_MAX]


def alert_urgent(
    session: Session, inquiries: Iterable[Promised], readers: Audience, *, at: datetime
) -> int:
    """Tell of urgent inquiries at once; return how many were told here.

    On the second channel, to whoever is on call, by mail to those who answer people, and as an
    alarm on every staff page until somebody opens the inquiry. Each reader gets one message,
    however many came in together.
    """
    mailed = readers.owner_rung(None)
    ways = [*ways_besides(session, None, ()), *mailed]
    if readers.on_call is not None:
        ways.insert(0, readers.on_call)
    taken = [one for one in inquiries if _take(session, one, AT_ONCE, at)]
    for one in taken:
        detail = {"reference": one.reference}
        alarms.raise_alarm(session, alarms.URGENT, one.public_id, at=at, detail=detail)
    ids = [one.id for one in taken]
    messages = [_message(URGENT, way, ids, at) for way in dict.fromkeys(ways) if ids]
    enqueue(session, messages, at=at)
    return len(taken)


def _ways(readers: Audience, steps: Sequence[str], inquiry: Promised) -> list[Way]:
    ways = [way for step in steps for way in RUNGS[step][1](readers, inquiry.assignee_id)]
    return list(dict.fromkeys(ways))


def _taken(session: Session, waiting: Sequence[Promised]) -> Mapping[int, frozenset[str]]:
    if not waiting:
        return {}
    rows = session.execute(
        select(Escalation.inquiry_id, Escalation.step).where(
            Escalation.inquiry_id.between(waiting[0].id, waiting[-1].id)
        )
    )
    found: dict[int, frozenset[str]] = {}
    for inquiry_id, step in rows:
        found[inquiry_id] = found.get(inquiry_id, frozenset()) | {step}
    return found


def _take(session: Session, inquiry: Promised, step: str, at: datetime) -> bool:
    connection = session.connection()
    row = insert_into(connection.dialect.name, Escalation).values(
        inquiry_id=inquiry.id, step=step, taken_at=at
    )
    taken = connection.execute(
        row.on_conflict_do_nothing().returning(Escalation.inquiry_id)
    ).first()
    if taken is None:
        return False
    detail = {"step": step}
    trail.record(session, ESCALATED, actor=SYSTEM, subject=inquiry.public_id, at=at, detail=detail)
    return True


def _message(event: str, way: Way, ids: list[int], at: datetime) -> NewMessage:
    recipient, channel = way
    return NewMessage(
        inquiry_id=ids[0] if len(ids) == 1 else None,
        recipient=recipient,
        channel=channel,
        event=event,
        subject_id=f"ladder:{ids[0]}:{len(ids)}:{to_millis(at)}",
        payload={"inquiries": ids},
    )
