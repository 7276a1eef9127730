"""The record of a reading of health text, with the roles that its reader held at that moment.

The person is told in which role somebody opened their inquiry. Members change roles, so the record
carries them; a record from before this was so is told with the roles that are held now.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.audit.trail import AuditEntry
from intake.crypto.sealed import JSON
from intake.staff.queries import roles_by_public_id

READ = "inquiry.read"
ROLES = "roles"


def note_reading(
    session: Session,
    public_id: str,
    *,
    actor: Actor,
    at: datetime,
    action: str = READ,
    part: str = "",
) -> None:
    """Record that somebody reads, in a transaction that commits before anything is opened.

    Args:
        session: A session of the write door.
        public_id: Of the inquiry.
        actor: Who reads.
        at: Now.
        action: Which reading it is, where it is not that of the inquiry itself.
        part: Which part of it alone, where it is not the answers.
    """
    detail: dict[str, JSON] = {"part": part} if part else {}
    trail.record(
        session,
        action,
        actor=actor,
        subject=public_id,
        at=at,
        detail=detail | roles_held(session, actor),
    )


def roles_held(session: Session, actor: Actor) -> dict[str, JSON]:
    """Return the roles of a member now, as the detail of an event; nothing for anybody else."""
    if actor.kind is not ActorKind.STAFF:
        return {}
    held = roles_by_public_id(session, [actor.id]).get(actor.id, frozenset())
    roles: list[JSON] = [*sorted(held)]
    return {ROLES: roles} if roles else {}


def with_roles(
    session: Session, readings: Iterable[AuditEntry]
) -> list[tuple[AuditEntry, frozenset[str]]]:
    """Return readings by staff, each with the roles it was done in."""
    found = list(readings)
    unsaid = {one.actor.id for one in found if ROLES not in one.detail}
    now = roles_by_public_id(session, unsaid) if unsaid else {}
    return [(one, _said(one) or now.get(one.actor.id, frozenset())) for one in found]


def _said(reading: AuditEntry) -> frozenset[str]:
    roles = reading.detail.get(ROLES)
    return frozenset(str(one) for one in roles) if isinstance(roles, list) else frozenset()
