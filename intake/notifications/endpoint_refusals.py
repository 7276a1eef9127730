"""An endpoint that answers 401 or 403 does not know us any more: an alarm until it does.

The message itself is dead at once, as every other refused one. But the next will be refused too, so
somebody must look after the secret or the key. The next success ends the alarm; so does whoever
puts it away, and switching the endpoint off.

Source: QUEUE.md, retry policy.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.alarms import REFUSED, clear_alarm, open_alarm, raise_alarm
from intake.notifications.models import Channel, Endpoint
from intake.notifications.outcome import Finished, Outcome, Result
from intake.notifications.recipient import ENDPOINT

UNKNOWN_TO_THEM = frozenset({401, 403})


def note_refusals(session: Session, finished: Iterable[Finished], *, at: datetime) -> None:
    """Raise or clear the alarm of each endpoint that answered; costs nothing where none did."""
    last: Mapping[int, Result] = {
        one.message.channel_id: one.result
        for one in finished
        if one.message.recipient.startswith(ENDPOINT) and _is_telling(one.result)
    }
    if not last:
        return
    rows = session.execute(
        select(Channel.id, Channel.name, Endpoint.name.label("endpoint"), Endpoint.enabled)
        .join(Endpoint, Endpoint.channel_id == Channel.id)
        .where(Channel.id.in_(last))
        .order_by(Channel.id)
    ).all()
    for row in rows:
        result = last[row.id]
        if result.outcome is Outcome.DELIVERED:
            clear_alarm(session, REFUSED, row.name, at=at)
        elif row.enabled and open_alarm(session, REFUSED, row.name) is None:
            detail = {"name": row.endpoint, "status": result.status_code}
            raise_alarm(session, REFUSED, row.name, at=at, detail=detail)


def _is_telling(result: Result) -> bool:
    refused = result.outcome is Outcome.PERMANENT and result.status_code in UNKNOWN_TO_THEM
    return refused or result.outcome is Outcome.DELIVERED
