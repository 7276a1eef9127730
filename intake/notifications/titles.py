"""What people call the channels: the name that an administrator gave to an endpoint.

A channel's own name holds an endpoint's id, which nobody at the desk knows.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Channel, Endpoint

KINDS = {"webhook": "webhook", "chat": "chat", "sms": "text messages"}


def channel_titles(session: Session) -> Mapping[str, str]:
    """Return ``Records (webhook)`` for the channel of each endpoint, by the channel's name."""
    rows = session.execute(
        select(Channel.name, Endpoint.name.label("title"), Endpoint.kind).join(
            Endpoint, Endpoint.channel_id == Channel.id
        )
    )
    return {row.name: f"{row.title} ({KINDS.get(row.kind, row.kind)})" for row in rows}


def title_of(channel: str, titles: Mapping[str, str]) -> str:
    """Return what staff call a channel; one of the house's own has its plain name."""
    return titles.get(channel) or channel.replace("_", " ").capitalize()
