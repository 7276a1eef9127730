"""What staff call an endpoint, in the place of its channel's name, which is a code."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Channel, Endpoint
from intake.notifications.recipient import ENDPOINT


def endpoint_names(session: Session) -> Mapping[str, str]:
    """Return the name of each endpoint by its channel's: ``webhook:q3x…`` is ``Records``."""
    rows = session.execute(
        select(Channel.name, Endpoint.name.label("endpoint")).join(
            Endpoint, Endpoint.channel_id == Channel.id
        )
    )
    return {row.name: row.endpoint for row in rows}


def readers_named(session: Session) -> Mapping[str, str]:
    """Return the name of each endpoint by what a message calls it: ``endpoint:3``."""
    rows = session.execute(select(Endpoint.id, Endpoint.name))
    return {f"{ENDPOINT}{row.id}": row.name for row in rows}
