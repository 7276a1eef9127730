"""The outbox: messages written with the fact they tell of, and carried out under a lease.

``enqueue`` joins the caller's transaction, so a message exists if and only if its fact does. A
worker claims rows for 60 seconds, talks to the channel with no transaction open, and writes the
outcome only if the lease is still its own (``lease_token``). README.md has the states and promises.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.orm import Session

from intake.crypto.tokens import new_public_id
from intake.notifications import breaker
from intake.notifications.bell import bell_of
from intake.notifications.models import Channel, DeliveryAttempt, OutboxMessage
from intake.notifications.moment import given, now_of
from intake.notifications.outcome import Finished, Outcome, Uniform, judge
from intake.notifications.recipient import ClaimedMessage
from intake.notifications.statements import (
    FINISH,
    INSERT,
    LEASE_SECONDS,
    NOTIFY,
    claim_statement,
    tokens_statement,
)
from intake.storage.database import after_commit
from intake.storage.types import from_millis
from intake.storage.upsert import insert_into, table_of

GIVE_UP_HOURS = 72
WAIT_MAX_HOURS = 24
WAKEUP_OPTION = "intake_wakeup"  # an option of the writing engine: "listen" (default) or "poll"
LEASE_LOST = "lease_lost"
DEFAULT_CHANNELS = MappingProxyType({"email": "email", "console": "console"})


_ATTEMPTS = insert(table_of(DeliveryAttempt))
_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to write.

    ``recipient`` is ``person``, ``staff:17``..., never an address. ``subject_id`` names what the
    event happened to, with the event's number where it can happen twice (``inquiry:9:3``): the
    same subject, event, recipient and channel are one message for ever. ``payload`` holds
    references only. ``due_at`` later than 24 hours from now is brought forward to that.
    """

    inquiry_id: int | None
    recipient: str
    channel: str
    event: str
    subject_id: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    group_key: str | None = None
    due_at: datetime | None = None


def enqueue(session: Session, messages: Sequence[NewMessage], *, at: datetime) -> None:
    """Write messages in the caller's transaction and wake the workers once it has committed.

    A message that was written before (see :class:`NewMessage`) is not written again. A channel
    name without a row (see :func:`ensure_channels`) fails the transaction.
    """
    if not messages:
        return
    connection = session.connection()
    connection.execute(INSERT[connection.dialect.name], [_row(one, at) for one in messages])
    if connection.dialect.name == "postgresql" and wakeup_of(connection) == "listen":
        connection.execute(NOTIFY)
    after_commit(session, bell_of(connection.engine).ring)


def unwritten(session: Session, messages: Sequence[NewMessage]) -> list[NewMessage]:
    """Return those of these messages that were never written, so that a chore only reads."""
    keys = {dedupe_key(one): one for one in messages}
    known = session.scalars(
        select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))
    ).all()
    return [one for key, one in keys.items() if key not in set(known)]


def dedupe_key(message: NewMessage) -> str:
    """Return what makes a message the same as one that was written before."""
    parts = (message.subject_id, message.event, message.recipient, message.channel, "1")
    return ":".join(parts)


def wakeup_of(connection: Connection) -> str:
    """Return how workers of other machines are woken: ``listen`` or ``poll``."""
    chosen: str = connection.get_execution_options().get(WAKEUP_OPTION, "listen")
    return chosen


def _row(message: NewMessage, at: datetime) -> dict[str, Any]:
    latest = at + timedelta(hours=WAIT_MAX_HOURS)
    return {
        "public_id": new_public_id(),
        "inquiry_id": message.inquiry_id,
        "recipient": message.recipient,
        "channel": message.channel,
        "event": message.event,
        "dedupe_key": dedupe_key(message),
        "payload": dict(message.payload),
        "due_at": min(message.due_at or at, latest),
        "give_up_at": at + timedelta(hours=GIVE_UP_HOURS),
        "group_key": message.group_key,
        "created_at": at,
    }


def ensure_channels(session: Session, kinds: Mapping[str, str] = DEFAULT_CHANNELS) -> None:
    """Make sure that each channel has its row; ``kinds`` says by name what serves it now."""
    connection = session.connection()
    statement = insert_into(connection.dialect.name, Channel)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"kind": statement.excluded.kind},
        where=Channel.kind != statement.excluded.kind,
    )
    connection.execute(
        statement, [{"name": name, "kind": kind, "enabled": True} for name, kind in kinds.items()]
    )


def claim(
    session: Session,
    channel_id: int,
    *,
    limit: int,
    owner: str,
    at: datetime | None = None,
    busy: Collection[int] = (),
    take_lost: bool = True,
    gate: breaker.Gate | None = None,
) -> list[ClaimedMessage]:
    """Take up to ``limit`` due messages under a lease; the try is counted now.

    Commit before anything is sent. A paused channel gives nothing, or one message as its probe.

    Args:
        session: An open write.
        channel_id: The channel whose messages are wanted.
        limit: Free sender slots: a claimed row that waits burns its lease.
        owner: Who claims, for people to read.
        at: Now; ``None`` for the database's clock.
        busy: Row ids this worker is sending: a clock that jumped must not hand them out twice.
        take_lost: Whether rows whose lease ran out are taken too.
        gate: The channel's, where this transaction has just read it.
    """
    connection = session.connection()
    gate = gate or breaker.gate(session, channel_id)
    if not gate.enabled:
        return []
    is_probe = gate.failing_since is not None
    if is_probe:
        limit = 1
        if not breaker.take_probe(session, channel_id, now_of(session, at)):
            return []
    statement = claim_statement(connection.dialect.name, given=at is not None)
    token = secrets.token_hex(16)
    rows = connection.execute(
        statement,
        {
            "channel": channel_id,
            "count": limit,
            "token": token,
            "owner": owner,
            "busy": list(busy),
            "take_lost": take_lost,
            **given(at),
        },
    ).all()
    if is_probe and not rows:
        breaker.leave_probe(session, channel_id, now_of(session, at))
    claimed = [_claimed(row, is_probe=is_probe) for row in rows]
    return sorted(claimed, key=lambda message: message.id)  # RETURNING promises no order


def _claimed(row: Row[Any], *, is_probe: bool) -> ClaimedMessage:
    return ClaimedMessage(
        id=row.id,
        public_id=row.public_id,
        inquiry_id=row.inquiry_id,
        recipient=row.recipient,
        channel_id=row.channel_id,
        event=row.event,
        generation=row.generation,
        payload=row.payload,
        attempts=row.attempts,
        losses=row.losses,
        give_up_at=row.give_up_at,
        created_at=row.created_at,
        claimed_at=row.due_at - timedelta(seconds=LEASE_SECONDS),
        lease_token=row.lease_token,
        is_probe=is_probe,
    )


def finish(
    session: Session,
    finished: Sequence[Finished],
    *,
    owner: str,
    at: datetime | None = None,
    uniform: Uniform = _RANDOM.uniform,
) -> frozenset[int]:
    """Write how tries ended, and return the ids whose lease was lost meanwhile.

    A lost lease changes nothing of its row and leaves only an attempt ``lease_lost``. A row that
    was erased meanwhile leaves nothing.
    """
    connection = session.connection()
    ids = [one.message.id for one in finished]
    rows = connection.execute(
        tokens_statement(given=at is not None), {"ids": ids, **given(at)}
    ).all()
    held = {row.id: row.lease_token for row in rows}
    now = from_millis(rows[0].now) if rows else now_of(session, at)
    kept = [one for one in finished if held.get(one.message.id) == one.message.lease_token]
    kept_ids = {one.message.id for one in kept}
    if kept:
        connection.execute(FINISH, [_change(one, now, uniform) for one in kept])
    attempts = [
        _attempt(one, owner, is_kept=one.message.id in kept_ids)
        for one in finished
        if one.message.id in held and one.result.outcome != Outcome.HELD
    ]
    if attempts:
        connection.execute(_ATTEMPTS, attempts)
    for channel_id in sorted({one.message.channel_id for one in finished}):
        on_it = [one for one in finished if one.message.channel_id == channel_id]
        breaker.note(session, channel_id, on_it, now)
    return frozenset(ids) - kept_ids


def _change(one: Finished, now: datetime, uniform: Uniform) -> dict[str, Any]:
    verdict = judge(one, now, uniform)
    return {
        "row": one.message.id,
        "token": one.message.lease_token,
        "new_state": verdict.state.value,
        "new_due_at": verdict.due_at,
        "new_finished_at": None if verdict.due_at else now,
        "unburnt": 0 if verdict.burns_attempt else 1,
        "new_remote_id": one.result.remote_id,
        "new_error": one.result.error,
        "new_error_class": one.result.error_class,
    }


def _attempt(one: Finished, owner: str, *, is_kept: bool) -> dict[str, Any]:
    return {
        "message_id": one.message.id,
        "number": one.message.attempts,
        "started_at": one.message.claimed_at,
        "ended_at": one.message.claimed_at + timedelta(seconds=one.seconds),
        "outcome": one.result.outcome.value if is_kept else LEASE_LOST,
        "status_code": one.result.status_code if is_kept else None,
        "error": one.result.error if is_kept else None,
        "worker": owner,
    }
