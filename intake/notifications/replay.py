"""What staff can do to a message: try a dead letter again, send again, or cancel.

Replaying keeps the message's key, so a receiver that had it after all can drop the repeat; sending
again is a new message with a new key. Both are audited by the caller, who knows who acts and why.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from intake.crypto.tokens import new_public_id
from intake.errors import Conflict, NotFound
from intake.notifications.bell import bell_of
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.models import State
from intake.notifications.outbox import GIVE_UP_HOURS
from intake.notifications.recipient import PERSON
from intake.notifications.statements import NOTIFY
from intake.storage.database import after_commit
from intake.storage.upsert import table_of

SPREAD_SECONDS_PER_HUNDRED = 60

_messages = table_of(Message)
_CANCELLABLE = (State.PENDING.value, State.RETRY.value, State.DEAD.value)


def replay(session: Session, public_id: str, *, at: datetime) -> None:
    """Make a dead letter pending again, with its key and a fresh count of tries.

    Raises:
        Conflict: ``already_replayed``: it is not dead (any more).
    """
    if not _replay(session, public_id, at, at):
        raise Conflict("already_replayed")
    _ring(session)


def replay_all(
    session: Session,
    channel_id: int,
    *,
    since: datetime,
    before: datetime | None = None,
    at: datetime,
) -> int:
    """Replay a channel's dead letters of a span, a hundred in a minute; return how many."""
    ended_before = [] if before is None else [Message.finished_at < before]
    dead = session.scalars(
        select(Message.public_id)
        .where(
            Message.state == State.DEAD.value,
            Message.channel_id == channel_id,
            Message.finished_at >= since,
            *ended_before,
        )
        .order_by(Message.finished_at, Message.id)
    ).all()
    count = 0
    for number, public_id in enumerate(dead):
        wait = timedelta(seconds=number * SPREAD_SECONDS_PER_HUNDRED / 100)
        count += _replay(session, public_id, at + wait, at)
    _ring(session)
    return count


def send_again(session: Session, public_id: str, *, at: datetime) -> str:
    """Send a delivered message once more, as a new message; return its public id.

    Raises:
        NotFound: ``message_unknown``.
        Conflict: ``not_delivered``, or ``already_sent_again``.
    """
    row = session.execute(
        select(_messages).where(_messages.c.public_id == public_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("message_unknown")
    if row.state != State.DELIVERED.value:
        raise Conflict("not_delivered")
    base = row.dedupe_key.rpartition(":")[0]
    key = f"{base}:{row.generation + 1}"
    if session.scalar(select(Message.id).where(Message.dedupe_key == key)) is not None:
        raise Conflict("already_sent_again")
    new_id = new_public_id()
    session.connection().execute(
        insert(_messages),
        {
            "public_id": new_id,
            "inquiry_id": row.inquiry_id,
            "recipient": row.recipient,
            "channel_id": row.channel_id,
            "event": row.event,
            "dedupe_key": key,
            "generation": row.generation + 1,
            "payload": row.payload,
            "state": State.PENDING.value,
            "attempts": 0,
            "losses": 0,
            "due_at": at,
            "give_up_at": at + timedelta(hours=GIVE_UP_HOURS),
            "group_key": row.group_key,
            "created_at": at,
        },
    )
    _ring(session)
    return new_id


def cancel(session: Session, public_id: str, *, reason: str, at: datetime) -> None:
    """Take a message back that is not being sent this moment.

    Raises:
        Conflict: ``too_late``: it is being sent, or final.
    """
    if not _cancel(session, _messages.c.public_id == public_id, reason, at):
        raise Conflict("too_late")


def cancel_for_inquiry(session: Session, inquiry_id: int, *, reason: str, at: datetime) -> int:
    """Cancel what waits for an inquiry's person, as they withdrew; return how many."""
    to_person = (_messages.c.inquiry_id == inquiry_id) & (_messages.c.recipient == PERSON)
    return _cancel(session, to_person, reason, at)


def cancel_for_subject(
    session: Session, subject_id: str, event: str, *, reason: str, at: datetime
) -> int:
    """Cancel what waits of one event about one subject, on whichever channel; return how many."""
    begins = f"{subject_id}:{event}:"
    return _cancel(session, _messages.c.dedupe_key.startswith(begins, autoescape=True), reason, at)


def cancel_all_for_inquiry(session: Session, inquiry_id: int, *, reason: str, at: datetime) -> int:
    """Cancel whatever waits about an inquiry, for anybody, as it is erased; return how many."""
    return _cancel(session, _messages.c.inquiry_id == inquiry_id, reason, at)


def cancel_for_channel(session: Session, channel_id: int, *, reason: str, at: datetime) -> int:
    """Cancel what waits for a channel that was switched off; return how many.

    Dead letters stay: they can be replayed when the channel is switched on again.
    """
    waiting = (_messages.c.channel_id == channel_id) & _messages.c.due_at.is_not(None)
    return _cancel(session, waiting, reason, at)


def _cancel(session: Session, which: ColumnElement[bool], reason: str, at: datetime) -> int:
    cancelled = session.execute(
        update(_messages)
        .where(which, _messages.c.state.in_(_CANCELLABLE))
        .values(state=State.CANCELLED.value, due_at=None, finished_at=at, last_error=reason)
        .returning(_messages.c.id)
    )
    return len(cancelled.all())


def _replay(session: Session, public_id: str, due_at: datetime, at: datetime) -> int:
    changed = session.execute(
        update(_messages)
        .where(_messages.c.public_id == public_id, _messages.c.state == State.DEAD.value)
        .values(
            state=State.PENDING.value,
            attempts=0,
            losses=0,
            due_at=due_at,
            give_up_at=at + timedelta(hours=GIVE_UP_HOURS),
            finished_at=None,
            last_error=None,
            last_error_class=None,
        )
        .returning(_messages.c.id)
    )
    return len(changed.all())


def _ring(session: Session) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(NOTIFY)
    after_commit(session, bell_of(connection.engine).ring)
