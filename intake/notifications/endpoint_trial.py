"""Try an endpoint with a message that tells of nothing, and give up one that asked us to.

Apart from the other verbs because these two touch the outbox, which knows nothing of endpoints.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM, Actor
from intake.errors import Conflict
from intake.notifications.channels.webhook import GONE
from intake.notifications.endpoint_seals import channel_name
from intake.notifications.endpoints import disable_endpoint, endpoint_row
from intake.notifications.models import Endpoint
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.outcome import Finished
from intake.notifications.recipient import ENDPOINT

TEST = "endpoint.test"
BY_410 = "gone"


def send_test(session: Session, public_id: str, *, at: datetime, actor: Actor) -> None:
    """Put a message that tells of nothing on its way, by the same road as every other.

    Raises:
        NotFound: ``endpoint_unknown``.
        Conflict: ``endpoint_disabled``.
    """
    row = endpoint_row(session, public_id)
    if not row.enabled:
        raise Conflict("endpoint_disabled")
    message = NewMessage(
        inquiry_id=None,
        recipient=f"{ENDPOINT}{row.id}",
        channel=channel_name(row.kind, public_id),
        event=TEST,
        subject_id=f"{public_id}:{secrets.token_hex(6)}",
    )
    enqueue(session, [message], at=at)
    trail.record(session, "endpoint.tested", actor=actor, subject=public_id, at=at)


def disable_gone(session: Session, finished: Iterable[Finished], *, at: datetime) -> None:
    """Switch off each endpoint that answered 410: it asked never to be called again."""
    gone = {one.message.channel_id for one in finished if one.result.error == GONE}
    if not gone:
        return
    wanted = select(Endpoint.public_id).where(Endpoint.channel_id.in_(gone)).order_by(Endpoint.id)
    for public_id in session.scalars(wanted).all():
        disable_endpoint(session, public_id, at=at, actor=SYSTEM, reason=BY_410)
