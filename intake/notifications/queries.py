"""What staff see of the queue: deliveries of an inquiry, the health of each channel, the workers.

English only and in plain words; no address stands in any of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.notifications.endpoint_names import endpoint_names
from intake.notifications.models import Channel, DeliveryAttempt, State, WorkerSeen
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.moment import millis
from intake.notifications.presence import lock_path, someone_works
from intake.notifications.recipient import SYNTHETIC
from intake.notifications.upsert import table_of
from intake.storage.database import Database
from intake.storage.types import from_millis

ALIVE_SECONDS = 180
DELIVERIES_MAX = 200

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "dns": "the name of the mail server cannot be found",
        "refused": "the mail server refuses connections",
        "no_answer": "the mail server does not answer in time",
        "hung_up": "the mail server closed the connection",
        "unreachable": "the mail server cannot be reached",
        "busy": "the mail server says it is too busy (421)",
        "greeting_refused": "the mail server does not accept us",
        "not_offered": "the mail server offers no encryption or no sign-in",
        "certificate": "the certificate of the mail server is not trusted",
        "tls": "no encrypted connection could be made",
        "sign_in_refused": "the mail server refuses our user name or password",
        "disk": "the file could not be written",
        "console": "the terminal is closed",
        "recipient_refused": "the mail server refused the address",
        "sender_refused": "the mail server refused our sender address",
        "content_refused": "the mail server refused the message",
        "timed_out": "the mail server stopped answering half-way",
        "garbage": "the mail server answered with nonsense",
        "bad_address": "the address is not one that mail can be sent to",
        "address_not_supported": "the mail server cannot send to this address",
        "cannot_render": "the words of this message could not be made",
        "own_fault": "an error in this program",
        "worker_lost": "the worker was lost five times while sending this",
        "address_limit": "this address had enough automatic messages for now",
        "suppressed": "this address asked for no more messages",
        "database": "the database was busy",
        "waits_hourly": "it waits for the reader's hourly digest",
        "waits_daily": "it waits for the reader's daily digest",
        "too_many": "the reader had 60 messages in an hour; it waits for a digest",
        "in_digest": "it was told in a digest",
        "quiet_hours": "it waits for the end of the reader's quiet hours",
        "stand_in_hears": "the member is away; who stands in was told anyway",
        "member_inactive": "the member works here no more, and nobody stands in",
        "notify_missing": "chat and SMS need the extra [notify], which is not installed",
        "notify_busy": "the chat or SMS service says it is too busy",
        "notify_unreachable": "the chat or SMS service cannot be reached",
        "notify_failed": "the chat or SMS service did not take the message this time",
        "notify_timed_out": "the chat or SMS service did not answer in time",
        "notify_refused": "the chat or SMS service refuses the address or the key",
        "service_unknown": "the address names no chat or SMS service that can be used",
        "service_incomplete": "the address of the chat or SMS service lacks a part",
        "service_other_host": "the address leads to another host than the service's own",
        "service_option": "the address has an option that is not allowed",
        "address_characters": "the address has characters that cannot stand in one",
        "endpoint_dns": "the name of the receiving system cannot be found",
        "endpoint_refused_connection": "the receiving system refuses connections",
        "endpoint_no_answer": "the receiving system does not answer in time",
        "endpoint_unreachable": "the receiving system cannot be reached",
        "endpoint_certificate": "the certificate of the receiving system is not trusted",
        "endpoint_tls": "no encrypted connection to the receiving system could be made",
        "endpoint_busy": "the receiving system asks us to wait (429 or 503)",
        "endpoint_timed_out": "the receiving system stopped answering half-way",
        "endpoint_hung_up": "the receiving system closed the connection",
        "endpoint_garbage": "the receiving system answered with nonsense",
        "endpoint_failed": "the receiving system had an error of its own",
        "endpoint_refused": "the receiving system refused the message; check its address",
        "endpoint_not_permitted": "the receiving system does not accept our signature (401 or 403)",
        "endpoint_redirects": "the receiving system has moved; enter its new address",
        "endpoint_gone": "the receiving system asked for no more messages (410); it is off now",
        "endpoint_disabled": "this receiving system is switched off",
        "endpoint_removed": "this receiving system was removed",
        "address_private": "the name leads into a private network; nothing was sent",
        "proxy_unreachable": "the egress proxy cannot be reached",
        "proxy_refused": "the egress proxy refuses to connect",
        "answered_meanwhile": "it was answered before this could be sent",
        "well_again": "it was well again before this could be sent",
        "no_contact": "no address is set for this contact",
        "text_hours": "it is night where the person lives; texts go out between 8 and 21 o'clock",
        "texts_off": "texts to people are switched off",
        "permission_withdrawn": "the person has withdrawn their permission",
        "imap_away": "its server cannot be reached",
        "imap_refused": "its server refuses the sign-in or the folder",
    }
)


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


def in_words(code: str | None) -> str | None:
    """Return what a code means; a code that nobody explained is better than nothing."""
    return None if code is None else WORDS.get(code, code.replace("_", " "))


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
