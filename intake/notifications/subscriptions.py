"""Who hears of which event, on which channel, of which inquiries and how soon.

A subscription holds a staff id or an endpoint id and nothing else: the address is read when the
message is sent, by the room that may know it. What an inquiry is about is compared here, in memory,
while it is submitted: a condition is neither a value of a statement nor a part of a message.

A filter names one or more values, joined with commas, so that a member has one row for each event
and channel. No filter lets everything through; so does every filter where the fact is not known.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, and_, bindparam, column, or_, select, table
from sqlalchemy.orm import Session

from intake.errors import NotFound
from intake.notifications.models import Channel, Endpoint, Subscription
from intake.notifications.recipient import ENDPOINT, STAFF
from intake.storage.types import Flag
from intake.storage.upsert import insert_into

_staff = table("staff", column("id"), column("active", Flag()))
_ROWS = (
    select(
        Subscription.staff_id,
        Subscription.endpoint_id,
        Subscription.language,
        Subscription.condition,
        Subscription.state,
        Subscription.urgent_only,
        Channel.name,
    )
    .join(Channel, Channel.id == Subscription.channel_id)
    .outerjoin(_staff, _staff.c.id == Subscription.staff_id)
    .outerjoin(Endpoint, Endpoint.id == Subscription.endpoint_id)
    .where(
        Subscription.event == bindparam("event"),
        Subscription.enabled,
        or_(
            and_(Subscription.staff_id.is_not(None), _staff.c.active),
            and_(Subscription.endpoint_id.is_not(None), Endpoint.enabled, Channel.enabled),
        ),
    )
    .order_by(Subscription.id)
)


class Pace(StrEnum):
    """How soon a reader hears; urgent inquiries do not wait, whatever was chosen."""

    NOW = "now"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a filter may ask about an inquiry; ``None`` where it is not known.

    ``state`` is empty for somebody who lives where we do not ask for one. Lives only as long as
    the submission; ``conditions`` must never reach a row, a log or a message.
    """

    language: str
    conditions: frozenset[str] | None = field(default=None, repr=False)
    state: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """Which inquiries a subscriber wants; empty filters let everything through."""

    languages: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    urgent_only: bool = False


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One subscription as staff see it."""

    id: int
    staff_id: int
    event: str
    channel: str
    filters: Filters
    pace: Pace


def staff_messages(session: Session, event: str, *, facts: Facts) -> list[tuple[str, str]]:
    """Return ``(recipient, channel)`` for each active reader who wants to hear of ``event``.

    Nobody is a possible answer here; ``inquiries.hearing.who_hears`` never gives it.
    """
    rows = session.connection().execute(_ROWS, {"event": event})
    return [(_recipient(row), row.name) for row in rows if _wants(row, facts)]


def _recipient(row: Row[*tuple[object, ...]]) -> str:
    return f"{STAFF}{row.staff_id}" if row.endpoint_id is None else f"{ENDPOINT}{row.endpoint_id}"


def _wants(row: Row[*tuple[object, ...]], facts: Facts) -> bool:
    if row.urgent_only and not facts.urgent:
        return False
    known = (
        (row.language, {facts.language}),
        (row.condition, facts.conditions),
        (row.state, None if facts.state is None else {facts.state}),
    )
    return all(
        not wanted or fact is None or not fact.isdisjoint(wanted.split(","))
        for wanted, fact in known
    )


def subscribe(
    session: Session,
    staff_id: int,
    event: str,
    channel: str,
    at: datetime,
    *,
    filters: Filters = EVERYTHING,
    pace: Pace = Pace.NOW,
) -> None:
    """Let a member hear of ``event`` on ``channel``; again replaces filters and pace.

    Args:
        session: An open write.
        staff_id: The member's row id.
        event: Such as ``inquiry.submitted``.
        channel: A channel's name.
        at: Now.
        filters: Which inquiries; all by default.
        pace: At once, or in a digest.

    Raises:
        NotFound: ``channel_unknown``.
    """
    channel_id = session.scalar(select(Channel.id).where(Channel.name == channel))
    if channel_id is None:
        raise NotFound("channel_unknown")
    chosen = {
        "enabled": True,
        "language": _joined(filters.languages),
        "condition": _joined(filters.conditions),
        "state": _joined(filters.states),
        "urgent_only": filters.urgent_only,
        "pace": pace.value,
    }
    connection = session.connection()
    statement = insert_into(connection.dialect.name, Subscription).values(
        staff_id=staff_id, channel_id=channel_id, event=event, created_at=at, **chosen
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["staff_id", "event", "channel_id"], set_=chosen
        )
    )


def _joined(values: Collection[str]) -> str | None:
    return ",".join(sorted(set(values))) or None


def unsubscribe(session: Session, staff_id: int, event: str, channel: str) -> bool:
    """Stop telling a member of ``event`` on ``channel``; False when nothing was told anyway."""
    row = session.scalar(
        select(Subscription)
        .join(Channel, Channel.id == Subscription.channel_id)
        .where(
            Subscription.staff_id == staff_id,
            Subscription.event == event,
            Channel.name == channel,
            Subscription.enabled,
        )
    )
    if row is None:
        return False
    row.enabled = False
    return True


def subscriptions_of(session: Session, staff_id: int | None = None) -> tuple[Subscribed, ...]:
    """Return what a member hears of; without one, what every active member hears of."""
    found = (
        select(Subscription, Channel.name)
        .join(Channel, Channel.id == Subscription.channel_id)
        .join(_staff, _staff.c.id == Subscription.staff_id)
        .where(Subscription.enabled, _staff.c.active)
        .order_by(Subscription.staff_id, Subscription.id)
    )
    if staff_id is not None:
        found = found.where(Subscription.staff_id == staff_id)
    return tuple(_subscribed(row, channel) for row, channel in session.execute(found))


def _subscribed(row: Subscription, channel: str) -> Subscribed:
    filters = Filters(
        _parted(row.language), _parted(row.condition), _parted(row.state), row.urgent_only
    )
    return Subscribed(row.id, row.staff_id or 0, row.event, channel, filters, Pace(row.pace))


def _parted(joined: str | None) -> tuple[str, ...]:
    return tuple(joined.split(",")) if joined else ()


def pace_of(session: Session, staff_id: int, event: str, channel_id: int) -> Pace:
    """Return how soon a member hears of ``event``; who did not subscribe hears at once."""
    chosen = session.scalar(
        select(Subscription.pace).where(
            Subscription.staff_id == staff_id,
            Subscription.event == event,
            Subscription.channel_id == channel_id,
            Subscription.enabled,
        )
    )
    return Pace(chosen) if chosen else Pace.NOW
