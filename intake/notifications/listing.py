"""Messages of the queue as a list: for the health page and ``intake outbox``.

Chosen by state, channel and time; the newest first, but what still waits oldest first, because
that is what somebody should look at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from intake.notifications.models import Bounce, Channel, State
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.queries import Delivery, deliveries_from
from intake.notifications.reports import BOUNCE

LIST_MAX = 500
LIVE = (State.PENDING, State.SENDING, State.RETRY)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages to list; what is not said is not asked.

    ``since`` and ``before`` are about the end of a message that has ended, else its beginning.
    """

    states: tuple[State, ...] = ()
    channel: str | None = None
    since: datetime | None = None
    before: datetime | None = None


def messages(session: Session, wanted: Wanted, *, limit: int = 100) -> tuple[Delivery, ...]:
    """Return the messages that fit, with their tries; at most :data:`LIST_MAX`."""
    order = Message.created_at if _are_live(wanted.states) else Message.id.desc()
    found = session.execute(
        select(Message, Channel.name)
        .join(Channel, Channel.id == Message.channel_id)
        .where(*_conditions(wanted))
        .order_by(order, Message.id)
        .limit(min(limit, LIST_MAX))
    )
    return deliveries_from(session, [(row[0], row[1]) for row in found])


def count_messages(session: Session, wanted: Wanted) -> int:
    """Return how many messages fit."""
    counted = (
        select(func.count())
        .select_from(Message)
        .join(Channel, Channel.id == Message.channel_id)
        .where(*_conditions(wanted))
    )
    return session.scalar(counted) or 0


def message(session: Session, public_id: str) -> Delivery | None:
    """Return one message with its tries, None where there is none of this id."""
    found = session.execute(
        select(Message, Channel.name)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Message.public_id == public_id)
    )
    deliveries = deliveries_from(session, [(row[0], row[1]) for row in found])
    return deliveries[0] if deliveries else None


def came_back(session: Session, *, since: datetime, limit: int = 20) -> tuple[Delivery, ...]:
    """Return the messages that a mail system returned since then, the latest first."""
    found = session.execute(
        select(Message, Channel.name)
        .join(Bounce, Bounce.message_id == Message.id)
        .join(Channel, Channel.id == Message.channel_id)
        .where(Bounce.kind == BOUNCE, Bounce.received_at >= since)
        .order_by(Bounce.received_at.desc(), Bounce.id)
        .limit(limit)
    )
    return deliveries_from(session, [(row[0], row[1]) for row in found])


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(Message.state.in_([one.value for one in wanted.states]))
    if _are_live(wanted.states):
        found.append(Message.due_at.is_not(None))  # what the partial indexes ask for
    elif wanted.states and not set(wanted.states) & set(LIVE):
        found.append(Message.finished_at.is_not(None))
    if wanted.channel is not None:
        found.append(Channel.name == wanted.channel)
    moment = func.coalesce(Message.finished_at, Message.created_at, type_=Message.created_at.type)
    if wanted.since is not None:
        found.append(moment >= wanted.since)
    if wanted.before is not None:
        found.append(moment < wanted.before)
    return found


def _are_live(states: Iterable[State]) -> bool:
    chosen = set(states)
    return bool(chosen) and chosen <= set(LIVE)
