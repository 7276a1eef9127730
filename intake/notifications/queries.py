"""What staff see of the queue: deliveries of an inquiry, the health of each channel, the workers.

English only and in plain words; no address stands in any of it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.notifications.endpoint_names import endpoint_names
from intake.notifications.models import Channel, DeliveryAttempt, State, WorkerSeen
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.moment import millis
from intake.notifications.presence import lock_path, someone_works
from intake.notifications.reasons import in_words, what_to_do
from intake.notifications.recipient import SYNTHETIC
from intake.storage.database import Database
from intake.storage.types import from_millis
from intake.storage.upsert import table_of

ALIVE_SECONDS = 180
DELIVERIES_MAX = 200


@dataclass(frozen=True, slots=True)
class Try:
    """One try at a delivery."""

    number: int
    started_at: datetime
    ended_at: datetime
    outcome: str
    status_code: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as staff see it, with its tries, oldest first.

    ``endpoint`` is what staff call the endpoint it goes to, None where it goes to none.
    """

    public_id: str
    recipient: str
    channel: str
    endpoint: str | None
    event: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    bounced_at: datetime | None
    reason: str | None
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel is doing; ``failing_reason`` is in plain words.

    Made-up inquiries, which prove that the path is open, are not among the delivered and the dead.
    """

    name: str
    endpoint: str | None
    kind: str
    enabled: bool
    waiting: int
    oldest_at: datetime | None
    delivered_since: int
    dead: int
    failing_since: datetime | None
    failing_reason: str | None
    failing_to_do: str
    next_try_at: datetime | None
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerSight:
    """A worker and when it was last seen."""

    worker: str
    version: str
    started_at: datetime
    seen_at: datetime
    in_flight: int
    is_alive: bool


def deliveries_of(session: Session, inquiry_id: int) -> tuple[Delivery, ...]:
    """Return the messages of an inquiry, oldest first."""
    found = session.execute(
        select(Message, Channel.name)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Message.inquiry_id == inquiry_id)
        .order_by(Message.id)
        .limit(DELIVERIES_MAX)
    ).all()
    return deliveries_from(session, [(row[0], row[1]) for row in found])


def dead_letters(session: Session, *, limit: int = 100) -> tuple[Delivery, ...]:
    """Return messages that were given up, the latest first."""
    found = session.execute(
        select(Message, Channel.name)
        .join(Channel, Channel.id == Message.channel_id)
        .where(
            Message.state == State.DEAD.value,
            Message.finished_at.is_not(None),
            Message.recipient != SYNTHETIC,
        )
        .order_by(Message.finished_at.desc(), Message.id)
        .limit(limit)
    ).all()
    return deliveries_from(session, [(row[0], row[1]) for row in found])


def deliveries_from(session: Session, found: list[tuple[Message, str]]) -> tuple[Delivery, ...]:
    """Return messages and their channels' names as staff see them, with every try."""
    tries: dict[int, list[Try]] = {message.id: [] for message, _ in found}
    for one in session.scalars(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.message_id.in_(tries))
        .order_by(DeliveryAttempt.id)
    ):
        tries[one.message_id].append(
            Try(
                one.number,
                one.started_at,
                one.ended_at,
                one.outcome,
                one.status_code,
                in_words(one.error),
            )
        )
    names = endpoint_names(session) if found else {}
    return tuple(
        Delivery(
            public_id=message.public_id,
            recipient=message.recipient,
            channel=channel,
            endpoint=names.get(channel),
            event=message.event,
            state=message.state,
            attempts=message.attempts,
            created_at=message.created_at,
            due_at=message.due_at,
            finished_at=message.finished_at,
            bounced_at=message.bounced_at,
            reason=in_words(message.last_error),
            tries=tuple(tries[message.id]),
        )
        for message, channel in found
    )


def channel_health(session: Session, *, day_start: datetime) -> tuple[ChannelHealth, ...]:
    """Return how each channel does; ``day_start`` is when today began for the clinic."""
    counted = {
        row.channel_id: row
        for row in session.execute(
            select(
                Message.channel_id,
                func.count().label("waiting"),
                func.min(millis(table_of(Message).c.created_at)).label("oldest"),
            )
            .where(Message.due_at.is_not(None))
            .group_by(Message.channel_id)
        )
    }
    delivered = _finished(session, State.DELIVERED, since=day_start)
    dead = _finished(session, State.DEAD, since=datetime.fromtimestamp(0, UTC))
    names = endpoint_names(session)
    return tuple(
        ChannelHealth(
            name=channel.name,
            endpoint=names.get(channel.name),
            kind=channel.kind,
            enabled=channel.enabled,
            waiting=counted[channel.id].waiting if channel.id in counted else 0,
            oldest_at=from_millis(counted[channel.id].oldest) if channel.id in counted else None,
            delivered_since=delivered.get(channel.id, 0),
            dead=dead.get(channel.id, 0),
            failing_since=channel.failing_since,
            failing_reason=in_words(channel.failing_reason),
            failing_to_do=what_to_do(channel.failing_reason),
            next_try_at=channel.probe_at if channel.failing_since else None,
            last_success_at=channel.last_success_at,
        )
        for channel in session.scalars(select(Channel).order_by(Channel.id))
    )


def _finished(session: Session, state: State, *, since: datetime) -> dict[int, int]:
    rows = session.execute(
        select(Message.channel_id, func.count())
        .where(
            Message.state == state.value,
            Message.finished_at.is_not(None),
            Message.finished_at >= since,
            Message.recipient != SYNTHETIC,
        )
        .group_by(Message.channel_id)
    )
    return {row[0]: row[1] for row in rows}


def workers_seen(database: Database, *, at: datetime) -> tuple[WorkerSight, ...]:
    """Return the workers that were recorded, the latest first.

    On SQLite an idle worker does not write to the database; it touches its lock file instead, and
    the lock itself says whether any worker lives.
    """
    with database.read() as session:
        rows = session.scalars(select(WorkerSeen).order_by(WorkerSeen.started_at.desc())).all()
    path = lock_path(database)
    if path is None:
        return tuple(_sight(row, row.seen_at, at) for row in rows)
    if not someone_works(path):
        return tuple(_sight(row, row.seen_at, None) for row in rows)
    touched = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return tuple(_sight(row, max(row.seen_at, min(touched, at)), at) for row in rows)


def _sight(row: WorkerSeen, seen_at: datetime, at: datetime | None) -> WorkerSight:
    is_alive = at is not None and (at - seen_at).total_seconds() < ALIVE_SECONDS
    return WorkerSight(row.worker, row.version, row.started_at, seen_at, row.in_flight, is_alive)
