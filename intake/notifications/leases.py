"""What keeps leases honest: extend those in use, give back those not needed, free the orphans.

Also the look a worker takes before it claims: cheap, without the write lock, so that an idle worker
never writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from intake.notifications.breaker import Gate
from intake.notifications.models import Channel, State
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.moment import fixed_moment, given, millis, moment
from intake.notifications.outbox import WAIT_MAX_HOURS
from intake.notifications.recipient import ClaimedMessage
from intake.notifications.statements import LEASE_SECONDS
from intake.storage.types import from_millis
from intake.storage.upsert import table_of

LEASE_MS = LEASE_SECONDS * 1000
WAIT_MAX_MS = WAIT_MAX_HOURS * 3600 * 1000

_channels = table_of(Channel)
_messages = table_of(Message)
_sending = _messages.c.state == State.SENDING.value


@dataclass(frozen=True, slots=True)
class Look:
    """What a worker sees of a channel: whether to claim now, else how long nothing can be due."""

    now: datetime
    is_due: bool
    next_at: datetime | None
    gate: Gate


def look(session: Session, channel_id: int, *, at: datetime | None = None) -> Look:
    """Return whether something of the channel may be claimed now, and else when at the earliest."""
    statement = _look_statement(given=at is not None)
    row = session.connection().execute(statement, {"channel": channel_id, **given(at)}).one()
    now = from_millis(row.now)
    gate = Gate(row.enabled, row.failing_since, row.probe_at)
    if not gate.enabled or row.next_due is None:
        return Look(now, is_due=False, next_at=None, gate=gate)
    next_at = from_millis(row.next_due)
    if gate.failing_since is not None and not gate.may_probe(now):
        next_at = max(next_at, gate.probe_at or now)
    return Look(now, is_due=next_at <= now, next_at=next_at, gate=gate)


@cache
def _look_statement(*, given: bool) -> Select[Any]:
    next_due = (
        select(func.min(millis(_messages.c.due_at)))
        .where(_messages.c.channel_id == bindparam("channel"), _messages.c.due_at.is_not(None))
        .scalar_subquery()
    )
    return select(
        _channels.c.enabled,
        _channels.c.failing_since,
        _channels.c.probe_at,
        next_due.label("next_due"),
        fixed_moment(given=given).label("now"),
    ).where(_channels.c.id == bindparam("channel"))


def extend(
    session: Session, messages: Sequence[ClaimedMessage], *, at: datetime | None = None
) -> frozenset[int]:
    """Let leases run for another 60 seconds in one statement; return the ids still held."""
    rows = session.execute(
        update(_messages)
        .where(
            _messages.c.id.in_([message.id for message in messages]),
            _messages.c.lease_token.in_([message.lease_token for message in messages]),
            _sending,
        )
        .values(due_at=moment(given=at is not None) + LEASE_MS)
        .returning(_messages.c.id),
        given(at),
    )
    return frozenset(rows.scalars())


def give_back(
    session: Session, messages: Sequence[ClaimedMessage], *, at: datetime | None = None
) -> None:
    """Return claimed messages that were not tried: due at once, the try not counted."""
    statement = (
        update(_messages)
        .where(_messages.c.id == bindparam("row"), _messages.c.lease_token == bindparam("token"))
        .values(
            state=State.RETRY.value,
            due_at=moment(given=at is not None),
            lease_token=None,
            lease_owner=None,
            attempts=_messages.c.attempts - 1,
        )
    )
    session.connection().execute(
        statement,
        [{"row": one.id, "token": one.lease_token, **given(at)} for one in messages],
    )


def free_orphans(session: Session, *, at: datetime | None = None) -> int:
    """Make every leased row due at once; only for who knows that no other worker lives."""
    freed = session.execute(
        update(_messages)
        .where(_messages.c.due_at.is_not(None), _sending)
        .values(due_at=moment(given=at is not None))
        .returning(_messages.c.id),
        given(at),
    )
    return len(freed.all())


def has_leases(session: Session) -> bool:
    """Whether any row is leased; asked before :func:`free_orphans`, so that idle means no write."""
    found = select(_messages.c.id).where(_messages.c.due_at.is_not(None), _sending).limit(1)
    return session.execute(found).first() is not None


def waits_too_long(session: Session, *, at: datetime | None = None) -> bool:
    """Whether a row lies further ahead than any rule allows: it was written by a wrong clock."""
    found = select(_messages.c.id).where(_too_far(given=at is not None)).limit(1)
    return session.execute(found, given(at)).first() is not None


def clamp(session: Session, *, at: datetime | None = None) -> int:
    """Make due now what no rule could have put that far ahead; return how many rows.

    Nothing is planned for later than 24 hours, and no lease is longer than 60 seconds, so such a
    row was written while the clock was wrong.
    """
    is_given = at is not None
    moved = session.execute(
        update(_messages)
        .where(_too_far(given=is_given))
        .values(due_at=moment(given=is_given))
        .returning(_messages.c.id),
        given(at),
    )
    return len(moved.all())


def _too_far(*, given: bool) -> ColumnElement[bool]:
    now = fixed_moment(given=given)
    return and_(
        _messages.c.due_at.is_not(None),
        or_(
            _messages.c.due_at > now + bindparam("far", WAIT_MAX_MS, BigInteger()),
            and_(_sending, _messages.c.due_at > now + bindparam("lease", 2 * LEASE_MS)),
        ),
    )
