"""The trail as it lies in the database, for sealing and proving it.

Nothing is parsed on the way: a detail written with one more space, or an instant too large for a
date, must reach the digest as it is.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, LargeBinary, Row, Text, cast, select, type_coerce
from sqlalchemy.orm import Session

from intake.audit.models import AuditCheckpoint, AuditEvent, AuditSeal

StoredRow: TypeAlias = Row[*tuple[Any, ...]]

PAGE_CHECKPOINTS = 200
TEXTS = (
    AuditEvent.actor_kind,
    AuditEvent.actor_id,
    AuditEvent.action,
    AuditEvent.subject,
    type_coerce(AuditEvent.detail, Text),
)
# Fields as they lie in the database. SQLite gives bytes, because whoever writes to its file can
# leave text there that is no UTF-8, and proof must not stumble over what it is to find.
EVENT_FIELDS = {
    "sqlite": (
        AuditEvent.id,
        type_coerce(AuditEvent.at, BigInteger),
        *(cast(column, LargeBinary) for column in TEXTS),
    ),
    "postgresql": (AuditEvent.id, type_coerce(AuditEvent.at, BigInteger), *TEXTS),
}
CHECKPOINTS = select(
    AuditCheckpoint.number,
    AuditCheckpoint.events,
    AuditCheckpoint.last_event_id,
    AuditCheckpoint.root,
    AuditCheckpoint.previous,
    AuditCheckpoint.hash,
    AuditCheckpoint.signature,
    type_coerce(AuditCheckpoint.at, BigInteger).label("at"),
).order_by(AuditCheckpoint.number)


def pages(session: Session) -> Iterator[Sequence[StoredRow]]:
    """Give the checkpoints in order, some hundred at a time."""
    last = -(2**62)
    while page := session.execute(
        CHECKPOINTS.where(AuditCheckpoint.number > last).limit(PAGE_CHECKPOINTS)
    ).all():
        yield page
        last = page[-1].number


def sealed_events(session: Session, first: int, last: int) -> dict[int, list[StoredRow]]:
    """Return seal and event of everything under some checkpoints; the event may be gone."""
    rows = session.execute(
        select(
            AuditSeal.checkpoint,
            AuditSeal.position,
            AuditSeal.event_id,
            *EVENT_FIELDS[session.get_bind().dialect.name],
        )
        .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
        .where(AuditSeal.checkpoint.between(first, last))
        .order_by(AuditSeal.checkpoint, AuditSeal.position)
    )
    return {number: list(group) for number, group in groupby(rows, key=lambda row: row.checkpoint)}
