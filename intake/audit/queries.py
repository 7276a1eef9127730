"""Questions about the trail that its own verbs do not answer."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.audit.models import AuditEvent, AuditSeal


def unsealed_events(session: Session) -> int:
    """Return how many events no checkpoint covers yet; a growing number: the sealer stands still.

    Reads the whole index of the trail, so it is for a doctor and not for each page.
    """
    return (
        session.scalar(
            select(func.count(AuditEvent.id))
            .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
            .where(AuditSeal.event_id.is_(None))
        )
        or 0
    )
