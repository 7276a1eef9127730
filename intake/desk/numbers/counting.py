"""Counts one day: reads its inquiries and deliveries, and returns a tally of them.

A condition is told by its keyed search token, so no health text is opened and no reading has to be
recorded; the label (never a condition) tells interpreter and the ways a person may be reached.
Nothing is kept of one inquiry: what leaves here are counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from intake.clinic.closures import Closure, stretches
from intake.clinic.hours import BusinessHours, business_hours
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens
from intake.desk.numbers.endings import ERASED, NEVER_COUNTED, REASON, UNKNOWN, ending_of
from intake.desk.numbers.spread import bucket_of
from intake.desk.numbers.stages import moved_to, stages_of
from intake.desk.numbers.tally import Clock, Counted, Dimension, Tally
from intake.inquiries.form import CONDITION_ENDS
from intake.inquiries.models import Inquiry, SearchToken, Status
from intake.inquiries.unsealing import Cells, label_or_none
from intake.notifications.models import Channel, OutboxMessage, State
from intake.settings import ClinicSettings, FormSettings

SEVERAL = "several"
IDS_AT_ONCE = 500
WEB_FORM = "web_form"
CAME_BY = {"steps": WEB_FORM, "one_page": WEB_FORM, "phone": "phone", "api": "api"}
COUNTED_STATUSES = tuple(status.value for status in Status if status is not Status.QUARANTINED)
DELIVERED, UNDELIVERED, BOUNCED = "delivered", "undelivered", "bounced"

# By status and time: the index ``inquiries_by_status``; no other knows when one came in.
_OF_DAY: Select[*tuple[Any, ...]] = (
    select(
        Inquiry.id,
        Inquiry.public_id,
        Inquiry.status,
        Inquiry.outcome,
        REASON.label("reason"),
        Inquiry.language,
        Inquiry.source,
        Inquiry.received_at,
        Inquiry.first_response_due_at,
        Inquiry.first_responded_at,
        Inquiry.closed_at,
        Inquiry.data_key,
        Inquiry.label,
    )
    .where(
        Inquiry.status.in_(COUNTED_STATUSES),
        Inquiry.received_at >= bindparam("start"),
        Inquiry.received_at < bindparam("end"),
        or_(Inquiry.outcome.is_(None), Inquiry.outcome.not_in(NEVER_COUNTED)),
    )
    .execution_options(yield_per=IDS_AT_ONCE)
)
_CONDITIONS = select(SearchToken.inquiry_id, SearchToken.token).where(
    SearchToken.inquiry_id.in_(bindparam("ids", expanding=True)),
    SearchToken.token.in_(bindparam("tokens", expanding=True)),
)
_DELIVERIES = (
    select(
        Channel.name,
        OutboxMessage.state,
        OutboxMessage.bounced_at.is_not(None).label("bounced"),
        func.count().label("count"),
    )
    .join(Channel, Channel.id == OutboxMessage.channel_id)
    .outerjoin(Inquiry, Inquiry.id == OutboxMessage.inquiry_id)
    .where(
        OutboxMessage.state.in_([State.DELIVERED.value, State.DEAD.value]),
        OutboxMessage.finished_at >= bindparam("start"),
        OutboxMessage.finished_at < bindparam("end"),
        or_(Inquiry.outcome.is_(None), Inquiry.outcome.not_in(NEVER_COUNTED)),
    )
    .group_by(Channel.name, OutboxMessage.state, OutboxMessage.bounced_at.is_not(None))
)


@dataclass(frozen=True)
class Counting:
    """What counting needs: keys to see what may be counted, and the clinic's calendar."""

    keyring: Keyring = field(repr=False)
    tokens: SearchTokens = field(repr=False)
    clinic: ClinicSettings
    offer: FormSettings
    closures: tuple[Closure, ...] = ()

    @cached_property
    def hours(self) -> BusinessHours:
        """The clinic's week, without the time in which it was closed out of turn."""
        return business_hours(self.clinic, stretches(self.closures))

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the clinic's days begin and end."""
        return ZoneInfo(self.clinic.zone)

    @cached_property
    def key(self) -> bytes:
        """What tallies are sealed with."""
        return self.keyring.secret("numbers")

    @cached_property
    def conditions(self) -> Mapping[bytes, str]:
        """The conditions that can be chosen, by their tokens."""
        slugs = (*self.offer.conditions, *(choice.value for choice in CONDITION_ENDS))
        return {self.tokens.condition(slug): slug for slug in slugs}

    def day_of(self, instant: datetime) -> date:
        """Return the day of the clinic's calendar."""
        return instant.astimezone(self.zone).date()

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Return when a day begins and ends: 23 or 25 hours apart when clocks change."""
        midnights = (day, day + timedelta(days=1))
        start, end = (datetime.combine(one, time(), tzinfo=self.zone) for one in midnights)
        return start, end


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day's tally, and when its next unanswered inquiry becomes late."""

    tally: Tally
    received: int
    next_due_at: datetime | None


def count_day(session: Session, counting: Counting, day: date, *, at: datetime) -> CountedDay:
    """Count what came in and what was sent on one day, as it stands ``at``; reads only."""
    start, end = counting.bounds(day)
    span = {"start": start, "end": end}
    connection = session.connection()
    tally, due = Tally(), []
    rows = connection.execute(_OF_DAY, span)
    for part in rows.partitions(IDS_AT_ONCE):
        conditions = _conditions(session, counting, part)
        moved = moved_to(session, [row.id for row in part])
        for row in part:
            one = _counted(
                row, counting, conditions.get(row.id, ()), moved.get(row.id, frozenset()), at
            )
            tally.count(one)
            if one.clock is Clock.RUNNING:
                due.append(row.first_response_due_at)
    for name, state, bounced, count in connection.execute(_DELIVERIES, span):
        result = DELIVERED if state == State.DELIVERED and not bounced else UNDELIVERED
        tally.deliveries.setdefault(name, Counter())[result] += count
        if bounced:
            tally.deliveries[name][BOUNCED] += count
    received = tally.group(Dimension.ALL, Dimension.ALL.value).received
    return CountedDay(tally, received, min(due, default=None))


def _conditions(
    session: Session, counting: Counting, rows: Sequence[Row[*tuple[Any, ...]]]
) -> Mapping[int, Sequence[str]]:
    asked = {"ids": [row.id for row in rows], "tokens": list(counting.conditions)}
    found: dict[int, list[str]] = {}
    for inquiry_id, token in session.connection().execute(_CONDITIONS, asked):
        found.setdefault(inquiry_id, []).append(counting.conditions[token])
    return found


def _counted(
    row: Row[*tuple[Any, ...]],
    counting: Counting,
    conditions: Sequence[str],
    moved: Iterable[str],
    at: datetime,
) -> Counted:
    unsaid = ERASED if row.data_key is None else UNKNOWN
    label = label_or_none(Cells(row.public_id, row.data_key, label=row.label), counting.keyring)
    interpreter = unsaid if label is None else "yes" if label.interpreter else "no"
    return Counted(
        places={
            Dimension.LANGUAGE: (row.language,),
            Dimension.CAME_BY: (CAME_BY[row.source],),
            Dimension.INTERPRETER: (interpreter,),
            Dimension.REACHED_BY: (_way(label.ways) if label else unsaid,),
            Dimension.CONDITION: tuple(conditions) or (unsaid,),
        },
        clock=_clock(row, at),
        ending=ending_of(row.status, row.outcome, row.reason),
        bucket=_bucket(row, counting.hours),
        reached=stages_of(
            moved,
            status=row.status,
            outcome=row.outcome,
            answered=row.first_responded_at is not None,
        ),
    )


def _way(ways: Iterable[str]) -> str:
    chosen = tuple(ways)
    return chosen[0] if len(chosen) == 1 else SEVERAL


def _clock(row: Row[*tuple[Any, ...]], at: datetime) -> Clock:
    due = cast("datetime", row.first_response_due_at)
    if row.first_responded_at is not None:
        return Clock.IN_TARGET if row.first_responded_at <= due else Clock.LATE
    if row.closed_at is not None:
        return Clock.ENDED if row.closed_at <= due else Clock.LATE
    return Clock.RUNNING if at <= due else Clock.LATE


def _bucket(row: Row[*tuple[Any, ...]], hours: BusinessHours) -> int | None:
    if row.first_responded_at is None:
        return None
    open_for = hours.business_time_between(row.received_at, row.first_responded_at)
    return bucket_of(open_for / timedelta(minutes=1))
