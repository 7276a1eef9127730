"""The one way to write down who did what, and to read it back for one thing.

Every command and every reading of health text calls ``record`` itself, inside its own
transaction: the act and its trace exist together or not at all. No ORM hook does it, because a
hook sees which row changed and cannot know why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intake.audit.models import Actor, ActorKind, AuditEvent
from intake.crypto.sealed import JSON

# inline(): nobody needs the new row's id, so PostgreSQL is not asked to return it.
RECORDING = insert(AuditEvent).inline()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event as shown to those who may read the trail."""

    at: datetime
    actor: Actor
    action: str
    detail: Mapping[str, JSON]


def record(
    session: Session,
    action: str,
    *,
    actor: Actor,
    subject: str,
    at: datetime,
    detail: Mapping[str, JSON] | None = None,
) -> None:
    """Write one event in the caller's transaction; it can never be changed or taken back.

    Args:
        session: A session of the write door.
        action: Noun and past verb, such as ``"inquiry.submitted"`` or ``"inquiry.read"``.
        actor: Who acts.
        subject: The public id of what it was done to.
        at: The instant, aware.
        detail: Names of fields, counts, reasons as codes. Never what a person wrote, a name or
            contact data: these rows outlive an erasure.
    """
    session.connection().execute(
        RECORDING,
        {
            "at": at,
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
            "action": action,
            "subject": subject,
            "detail": dict(detail or {}),
        },
    )


def history(session: Session, subject: str) -> Sequence[AuditEntry]:
    """Return everything that was done to one thing, oldest first."""
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    )
    return [
        AuditEntry(
            at=event.at,
            actor=Actor(ActorKind(event.actor_kind), event.actor_id),
            action=event.action,
            detail=event.detail,
        )
        for event in events
    ]
