"""One message instead of many: what waits for a reader's digest becomes a digest, in one commit.

The waiting rows end as ``cancelled``, told "in a digest", in the transaction that writes the
digest: a crash leaves either all of them waiting or the digest that tells of them. A digest names
the first few inquiries by row id and counts the rest; what they are called is read when it is sent.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from intake.notifications.attendance import IN_DIGEST
from intake.notifications.models import Channel, OutboxMessage, State
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.pace import DIGEST, GRACE, TOO_MANY, WAITS
from intake.storage.database import Database
from intake.storage.upsert import table_of

LISTED_MAX = 20
BATCH = 1000
NEW = "inquiry.submitted"

_messages = table_of(OutboxMessage)
_WAITING = (
    _messages.c.state == State.PENDING.value,
    _messages.c.due_at.is_not(None),
    _messages.c.last_error.in_([*WAITS.values(), TOO_MANY]),
)
_READY = (
    select(_messages.c.recipient, _messages.c.channel_id, _messages.c.last_error)
    .where(*_WAITING, _messages.c.due_at <= bindparam("until", type_=_messages.c.due_at.type))
    .distinct()
)
# Locked in one order for all workers; who comes second finds nothing that still waits.
_TAKEN = (
    select(_messages.c.id, _messages.c.inquiry_id, _messages.c.event, Channel.name)
    .join(Channel, Channel.id == _messages.c.channel_id)
    .where(
        *_WAITING,
        _messages.c.recipient == bindparam("recipient"),
        _messages.c.channel_id == bindparam("channel_id"),
        _messages.c.last_error == bindparam("last_error"),
    )
    .order_by(_messages.c.id)
    .with_for_update(of=_messages)
)
_TOLD = (
    update(_messages)
    .where(
        _messages.c.id.in_(bindparam("ids", expanding=True)),
        _messages.c.state == State.PENDING.value,
    )
    .values(
        state=State.CANCELLED.value,
        due_at=None,
        finished_at=bindparam("at", type_=_messages.c.finished_at.type),
        last_error=IN_DIGEST,
    )
)


def gather(database: Database, *, at: datetime) -> int:
    """Write the digests whose time has come and return how many; writes nothing when none has.

    Safe to run in two workers at once.
    """
    until = {"until": at + GRACE}
    with database.read() as session:
        if session.connection().execute(_READY.limit(1), until).first() is None:
            return 0
    with database.write() as session:
        groups = session.connection().execute(_READY, until).all()
        digests = [_gathered(session, group, at) for group in groups]
    return sum(digests)


def _gathered(session: Session, group: Row[*tuple[Any, ...]], at: datetime) -> int:
    connection = session.connection()
    rows = connection.execute(_TAKEN, group._asdict()).all()
    if not rows:
        return 0
    ids = [row.id for row in rows]
    for start in range(0, len(ids), BATCH):
        connection.execute(_TOLD, {"ids": ids[start : start + BATCH], "at": at})
    digest = NewMessage(
        inquiry_id=None,
        recipient=group.recipient,
        channel=rows[0].name,
        event=DIGEST,
        subject_id=f"digest:{ids[0]}",  # a row is taken once, so no two digests begin alike
        payload=_payload(rows),
    )
    enqueue(session, [digest], at=at)
    return 1


def _payload(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, Any]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.event] += 1
    listed = dict.fromkeys(row.inquiry_id for row in rows if row.inquiry_id is not None)
    new = counts.pop(NEW, 0)
    return {
        "new": new,
        "other": sum(counts.values()),
        "inquiries": list(listed)[:LISTED_MAX],
        "more": max(0, len(listed) - LISTED_MAX),
    }
