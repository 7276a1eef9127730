"""The pause of a channel that is broken, kept in its row so that all workers and staff see it.

While it lasts nobody claims the channel's messages, but for one real message as a probe after 5
seconds, 30 seconds, then every 2 minutes. The first success ends it: what waits becomes due, spread
over two minutes at most, and ``give_up_at`` moves by the time that the pause took from a message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, and_, bindparam, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from intake.errors import NotFound
from intake.notifications.models import Channel, State
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.moment import millis
from intake.notifications.outcome import Finished, Outcome
from intake.storage.types import to_millis
from intake.storage.upsert import table_of

PROBE_SECONDS = (5, 30, 120)
PROBE_LEASE_SECONDS = 60
PROBE_WAIT_MAX = timedelta(hours=1)
SPREAD_SECONDS = 120
SPREAD_SECONDS_PER_MESSAGE = 0.25
SUCCESS_NOTED_EVERY = timedelta(seconds=10)
SPREAD_FACTOR = 7919  # a prime: neighbours in the table go out far apart

_channels = table_of(Channel)
_messages = table_of(Message)
_GATE = select(_channels.c.enabled, _channels.c.failing_since, _channels.c.probe_at).where(
    _channels.c.id == bindparam("channel")
)
_LAST_SUCCESS = select(_channels.c.failing_since, _channels.c.last_success_at).where(
    _channels.c.id == bindparam("channel")
)
_FAILING_LOCKED = (
    select(_channels.c.failing_since)
    .where(_channels.c.id == bindparam("channel"))
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether messages of a channel may be claimed just now."""

    enabled: bool
    failing_since: datetime | None
    probe_at: datetime | None

    def may_probe(self, now: datetime) -> bool:
        """Whether a paused channel is to be tried; a date far ahead comes from a wrong clock."""
        return self.probe_at is None or self.probe_at <= now or self.probe_at > now + PROBE_WAIT_MAX


def channel_ids(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Return the row id of each named channel that has a row."""
    wanted = select(Channel.name, Channel.id).where(Channel.name.in_(list(names)))
    return {row.name: row.id for row in session.execute(wanted.order_by(Channel.id))}


def gate(session: Session, channel_id: int) -> Gate:
    """Return the channel's gate."""
    row = session.connection().execute(_GATE, {"channel": channel_id}).one_or_none()
    if row is None:
        raise NotFound("channel_unknown")
    return Gate(*row)


def take_probe(session: Session, channel_id: int, now: datetime) -> bool:
    """Take the right to try a paused channel with one message; one worker at a time gets it."""
    until = now + timedelta(seconds=PROBE_LEASE_SECONDS)
    taken = session.execute(
        update(_channels)
        .where(
            _channels.c.id == channel_id,
            _channels.c.failing_since.is_not(None),
            or_(
                _channels.c.probe_at.is_(None),
                _channels.c.probe_at <= now,
                _channels.c.probe_at > now + PROBE_WAIT_MAX,
            ),
        )
        .values(probe_at=until)
        .returning(_channels.c.id)
    ).all()
    return bool(taken)


def leave_probe(session: Session, channel_id: int, now: datetime) -> None:
    """Give the right to probe back, as no message was there to probe with."""
    session.execute(update(_channels).where(_channels.c.id == channel_id).values(probe_at=now))


def note(session: Session, channel_id: int, finished: list[Finished], now: datetime) -> None:
    """Draw the conclusions for a channel from tries that just ended on it, in their order."""
    decisive = [one for one in finished if _is_decisive(one)]
    if not decisive:
        return
    last = decisive[-1]
    if last.result.channel_works:
        _resume(session, channel_id, now)
    else:
        _pause(session, channel_id, last, now)


def _is_decisive(one: Finished) -> bool:
    return one.result.channel_works or one.result.outcome == Outcome.CHANNEL or one.message.is_probe


def _pause(session: Session, channel_id: int, last: Finished, now: datetime) -> None:
    failing = session.execute(
        select(Channel.failing_since, Channel.failures)
        .where(Channel.id == channel_id)
        .with_for_update()
    ).one()
    broken = last.result.outcome == Outcome.CHANNEL
    if failing.failing_since is not None and not last.message.is_probe:
        return  # started before the pause; only a probe says something new
    # A probe that never reached the channel (withheld, own fault) lets the next message probe.
    failures = failing.failures + 1 if broken else failing.failures
    step = PROBE_SECONDS[min(max(failures, 1), len(PROBE_SECONDS)) - 1]
    wait = min(last.result.wait or timedelta(seconds=step), PROBE_WAIT_MAX)
    values: dict[str, object] = {"probe_at": now + (wait if broken else timedelta())}
    if broken:
        values |= {
            "failing_since": failing.failing_since or now,
            "failing_reason": last.result.error,
            "failures": failures,
        }
    session.execute(update(_channels).where(_channels.c.id == channel_id).values(**values))


def _resume(session: Session, channel_id: int, now: datetime) -> None:
    row = session.connection().execute(_LAST_SUCCESS, {"channel": channel_id}).one()
    recently = row.last_success_at is not None and (
        timedelta() <= now - row.last_success_at < SUCCESS_NOTED_EVERY
    )
    if row.failing_since is None and recently:
        return  # do not fight over one row for each delivery
    # Locked and read again: of two workers whose tries succeed at once, one ends the pause.
    paused_since = session.execute(_FAILING_LOCKED, {"channel": channel_id}).scalar_one()
    session.execute(
        update(_channels)
        .where(_channels.c.id == channel_id)
        .values(
            failing_since=None, failing_reason=None, failures=0, probe_at=None, last_success_at=now
        )
    )
    if paused_since is not None:
        _wake_waiting(session, channel_id, paused_since, now)


def _wake_waiting(session: Session, channel_id: int, since: datetime, now: datetime) -> None:
    """Make due what the pause held up, spread so that the server is not met by a wall.

    Rows under a lease are left alone: another worker that writes an outcome holds such a row and
    waits for the channel's, which we hold.
    """
    due_at, created_at = _messages.c.due_at, _messages.c.created_at
    held_up = and_(
        _messages.c.channel_id == channel_id,
        due_at.is_not(None),
        or_(_messages.c.state == State.RETRY.value, due_at <= now),
        _messages.c.state != State.SENDING.value,
    )
    waiting = session.scalar(select(func.count()).select_from(_messages).where(held_up)) or 0
    spread = max(1, int(min(SPREAD_SECONDS, waiting * SPREAD_SECONDS_PER_MESSAGE) * 1000))
    start, pause_ms = to_millis(now), max(0, to_millis(now) - to_millis(since))
    session.execute(
        update(_messages)
        .where(held_up)
        .values(due_at=literal(start, BigInteger) + (_messages.c.id * SPREAD_FACTOR) % spread)
    )
    kept_waiting = case(
        (created_at > since, literal(start, BigInteger) - millis(created_at)),
        else_=literal(pause_ms, BigInteger),
    )
    session.execute(
        update(_messages)
        .where(
            _messages.c.channel_id == channel_id,
            due_at.is_not(None),
            _messages.c.state != State.SENDING.value,
        )
        .values(give_up_at=millis(_messages.c.give_up_at) + kept_waiting)
    )
