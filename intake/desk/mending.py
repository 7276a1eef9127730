"""Dead letters sent on their way again and messages taken back, each with a record of who did it.

The one way for the desk and for ``intake outbox``: what cannot be recorded is not done.
"""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.errors import NotFound
from intake.notifications.models import Channel
from intake.notifications.replay import cancel, replay, replay_all

REPLAYED = "delivery.replayed"
RANGE_REPLAYED = "delivery.range_replayed"
CANCELLED = "delivery.cancelled"
BY_STAFF = "cancelled_by_staff"
BEGINNING = datetime.fromtimestamp(0, UTC)


def replay_one(session: Session, public_id: str, *, actor: Actor, at: datetime) -> None:
    """Send a dead letter on its way again.

    Raises:
        Conflict: ``already_replayed``: it is not dead (any more).
    """
    replay(session, public_id, at=at)
    trail.record(session, REPLAYED, actor=actor, subject=public_id, at=at)


def replay_range(
    session: Session,
    channel: str,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Send a channel's dead letters of a span on their way again, spread; return how many.

    Raises:
        NotFound: ``channel_unknown``.
    """
    channel_id = session.scalar(select(Channel.id).where(Channel.name == channel))
    if channel_id is None:
        raise NotFound("channel_unknown")
    count = replay_all(session, channel_id, since=since or BEGINNING, before=before, at=at)
    trail.record(
        session,
        RANGE_REPLAYED,
        actor=actor,
        subject=f"channel:{channel}",
        at=at,
        detail={
            "messages": count,
            "since": since.isoformat() if since else None,
            "before": before.isoformat() if before else None,
        },
    )
    return count


def cancel_one(session: Session, public_id: str, *, actor: Actor, at: datetime) -> None:
    """Take back a message that waits or was given up.

    Raises:
        Conflict: ``too_late``: it is being sent this moment, or its end is final.
    """
    cancel(session, public_id, reason=BY_STAFF, at=at)
    trail.record(session, CANCELLED, actor=actor, subject=public_id, at=at)
