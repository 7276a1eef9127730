"""The second channel: a way to reach somebody when the first way, mail, may be what is broken.

An endpoint (chat, text message, webhook) that is switched on is a second channel. Where there is
none, the terminal and the band on every staff page are all there is, and staff are told so.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Channel, Endpoint
from intake.notifications.recipient import ENDPOINT, STAFF

MAIL = "email"
CONSOLE = "console"
DESK = "desk"  # the recipient on the terminal: whoever looks at it
CONTACT = "contact:"  # lead, owner, on_call: addresses of the settings, read when sending
TO_PEOPLE = frozenset({"chat", "sms"})

Way = tuple[str, str]  # recipient and channel, as the outbox takes them
NO_SECOND_CHANNEL = (
    "There is no second channel: alarms show here and on the terminal, and go by mail where mail"
    " works. Add a chat, a text message or a webhook endpoint."
)


def second_ways(session: Session, *, besides: str = MAIL) -> list[Way]:
    """Return the endpoints that are switched on and not on the channel ``besides``.

    Those that people read come before webhooks, those that work before those that fail: worse ones
    are used only where there are no better.
    """
    rows = session.execute(
        select(Endpoint.id, Endpoint.kind, Channel.name, Channel.failing_since)
        .join(Channel, Channel.id == Endpoint.channel_id)
        .where(Endpoint.enabled, Channel.enabled, Channel.name != besides)
        .order_by(Endpoint.id)
    ).all()
    ranked = [
        ((row.failing_since is not None, row.kind not in TO_PEOPLE), row.id, row.name)
        for row in rows
    ]
    best = min((rank for rank, _, _ in ranked), default=None)
    return [(f"{ENDPOINT}{number}", name) for rank, number, name in ranked if rank == best]


def has_second_channel(session: Session) -> bool:
    """Whether any way leads out besides mail."""
    return bool(second_ways(session))


def ways_besides(session: Session, channel: str | None, members: Sequence[int]) -> list[Way]:
    """Return how to tell of something that ``channel`` failed at, never on that channel.

    Args:
        session: An open session.
        channel: The way that failed; ``None`` when it is no channel's fault.
        members: Row ids of those who are told by mail, where mail is not what failed and nothing
            else leads out.
    """
    ways = second_ways(session, besides=channel or MAIL)
    if ways and channel in {None, MAIL}:
        return ways
    mail = [] if channel == MAIL else [(f"{STAFF}{number}", MAIL) for number in members]
    return (ways or [(DESK, CONSOLE)]) + mail


def endpoint_way(session: Session, name: str) -> Way | None:
    """Return the way to the endpoint with this name, if it is switched on."""
    row = session.execute(
        select(Endpoint.id, Channel.name)
        .join(Channel, Channel.id == Endpoint.channel_id)
        .where(Endpoint.name == name, Endpoint.enabled, Channel.enabled)
        .order_by(Endpoint.id)
        .limit(1)
    ).first()
    return None if row is None else (f"{ENDPOINT}{row[0]}", row[1])
