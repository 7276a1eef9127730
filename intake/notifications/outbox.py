"""The outbox: messages written with the fact they tell of, and carried out under a lease.

``enqueue`` joins the caller's transaction, so a message exists if and only if its fact does. A
worker claims rows for 60 seconds, talks to the channel with no transaction open, and writes the
outcome only if the lease is still its own (``lease_token``). README.md has the states and promises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, select, text
from sqlalchemy.orm import Session

from intake.crypto.tokens import new_public_id
from intake.notifications.bell import bell_of
from intake.notifications.models import Channel, OutboxMessage, State
from intake.notifications.upsert import insert_into
from intake.storage.database import after_commit

GIVE_UP_HOURS = 72
WAIT_MAX_HOURS = 24
NOTIFY_CHANNEL = "intake_outbox"
WAKEUP_OPTION = "intake_wakeup"  # an option of the writing engine: "listen" (default) or "poll"
DEFAULT_CHANNELS = MappingProxyType({"email": "email", "console": "console"})


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


def _insertion(dialect: str) -> Executable:
    """Return the insert for a dialect; a message that exists already is left as it is."""
    channel_id = select(Channel.id).where(Channel.name == bindparam("channel")).scalar_subquery()
    statement = insert_into(dialect, OutboxMessage).values(
        channel_id=channel_id, generation=1, state=State.PENDING.value, attempts=0, losses=0
    )
    return statement.on_conflict_do_nothing(index_elements=["dedupe_key"])


# Built once: a statement built for each call would be compiled for each call.
_INSERT = {dialect: _insertion(dialect) for dialect in ("sqlite", "postgresql")}
_NOTIFY = text(f"SELECT pg_notify('{NOTIFY_CHANNEL}', '')")


def enqueue(session: Session, messages: Sequence[NewMessage], *, at: datetime) -> None:
    """Write messages in the caller's transaction and wake the workers once it has committed.

    A message that was written before (see :class:`NewMessage`) is not written again. A channel
    name without a row (see :func:`ensure_channels`) fails the transaction.
    """
    if not messages:
        return
    connection = session.connection()
    connection.execute(_INSERT[connection.dialect.name], [_row(one, at) for one in messages])
    if connection.dialect.name == "postgresql" and wakeup_of(connection) == "listen":
        connection.execute(_NOTIFY)
    after_commit(session, bell_of(connection.engine).ring)


def wakeup_of(connection: Connection) -> str:
    """Return how workers of other machines are woken: ``listen`` or ``poll``."""
    chosen: str = connection.get_execution_options().get(WAKEUP_OPTION, "listen")
    return chosen


def _row(message: NewMessage, at: datetime) -> dict[str, Any]:
    latest = at + timedelta(hours=WAIT_MAX_HOURS)
    parts = (message.subject_id, message.event, message.recipient, message.channel, "1")
    return {
        "public_id": new_public_id(),
        "inquiry_id": message.inquiry_id,
        "recipient": message.recipient,
        "channel": message.channel,
        "event": message.event,
        "dedupe_key": ":".join(parts),
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
