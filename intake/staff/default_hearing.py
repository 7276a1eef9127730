"""What a member hears of unless they choose otherwise: arrivals, what came back, what was written.

Given when a member is invited, and at a start to whoever was there before an event was. A rule that
a member ended is a row too, so nobody is subscribed again against their will.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Channel, Subscription
from intake.notifications.subscriptions import subscribe
from intake.notifications.ways import MAIL
from intake.staff.models import RoleName
from intake.staff.queries import active_by_role

CAME_BACK, WROTE = "message.bounced", "message.received"
EVENTS = ("inquiry.submitted", "inquiry.not_me", CAME_BACK, WROTE)
# Younger than the first members of a clinic that was set up before them.
LATER = (CAME_BACK, WROTE)
# An administrator hears too, so that no inquiry waits in silence while the team is set up.
HEARS_OF_INQUIRIES = frozenset({RoleName.COORDINATOR.value, RoleName.ADMINISTRATOR.value})


def hear_by_default(session: Session, staff_id: int, roles: Iterable[str], *, at: datetime) -> None:
    """Let a new member hear of everything in :data:`EVENTS`, if they work through inquiries."""
    if HEARS_OF_INQUIRIES.intersection(roles):
        for event in EVENTS:
            subscribe(session, staff_id, event, MAIL, at)


def catch_up(session: Session, *, at: datetime) -> int:
    """Let members hear of younger events if they never chose about them; return how many rules.

    The events are younger than the first members. Safe to repeat at each start: a rule that exists,
    even an ended one, is left as it is.
    """
    roles = active_by_role(session)
    members = {number for role in HEARS_OF_INQUIRIES for number in roles.get(role, ())}
    return sum(_catch_up_with(session, event, members, at=at) for event in LATER)


def _catch_up_with(session: Session, event: str, members: set[int], *, at: datetime) -> int:
    chosen = session.scalars(
        select(Subscription.staff_id)
        .join(Channel, Channel.id == Subscription.channel_id)
        .where(Channel.name == MAIL, Subscription.event == event)
    )
    missing = sorted(members - {one for one in chosen if one is not None})
    for staff_id in missing:
        subscribe(session, staff_id, event, MAIL, at)
    return len(missing)
