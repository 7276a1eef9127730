"""Who hears of which event, on which channel and for which language: staff and endpoints.

A subscription holds a staff id and nothing else: the address is read when the message is sent, by
the room that may know it.
"""

from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from intake.errors import NotFound
from intake.notifications.endpoint_seals import ENDPOINT
from intake.notifications.models import Channel, Subscription
from intake.notifications.upsert import insert_into

_SUBSCRIBED = (
    select(Subscription.staff_id, Subscription.endpoint_id, Channel.name)
    .join(Channel, Channel.id == Subscription.channel_id)
    .where(
        Subscription.event == bindparam("event"),
        Subscription.enabled,
        or_(Subscription.endpoint_id.is_(None), Channel.enabled),
        or_(Subscription.language.is_(None), Subscription.language == bindparam("language")),
    )
    .order_by(Subscription.id)
)


def staff_messages(session: Session, event: str, *, language: str) -> list[tuple[str, str]]:
    """Return ``(recipient, channel)`` for each member and endpoint that hears of ``event``.

    An endpoint that is switched off hears of nothing.
    """
    rows = session.connection().execute(_SUBSCRIBED, {"event": event, "language": language})
    return [
        (f"staff:{staff_id}" if endpoint_id is None else f"{ENDPOINT}{endpoint_id}", channel)
        for staff_id, endpoint_id, channel in rows
    ]


def subscribe(
    session: Session,
    staff_id: int,
    event: str,
    channel: str,
    at: datetime,
    *,
    language: str | None = None,
) -> None:
    """Let a member hear of ``event`` on ``channel``; twice is once, and turns it on again.

    Args:
        session: An open write.
        staff_id: The member's row id.
        event: Such as ``inquiry.submitted``.
        channel: A channel's name.
        at: Now.
        language: Only inquiries in this language; ``None`` for all.

    Raises:
        NotFound: ``channel_unknown``.
    """
    channel_id = session.scalar(select(Channel.id).where(Channel.name == channel))
    if channel_id is None:
        raise NotFound("channel_unknown")
    connection = session.connection()
    statement = insert_into(connection.dialect.name, Subscription).values(
        staff_id=staff_id,
        channel_id=channel_id,
        event=event,
        language=language,
        enabled=True,
        created_at=at,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["staff_id", "event", "channel_id"],
            set_={"enabled": True, "language": language},
        )
    )


def unsubscribe(session: Session, staff_id: int, event: str, channel: str) -> None:
    """Stop telling a member of ``event`` on ``channel``."""
    channel_id = select(Channel.id).where(Channel.name == channel).scalar_subquery()
    for row in session.scalars(
        select(Subscription).where(
            Subscription.staff_id == staff_id,
            Subscription.event == event,
            Subscription.channel_id == channel_id,
        )
    ):
        row.enabled = False
