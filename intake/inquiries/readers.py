"""Which member reads a message that was written to one of them, and whether it is time."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from intake.notifications.attendance import is_told_too, reader_for
from intake.notifications.pace import wait_of
from intake.notifications.recipient import STAFF, ClaimedMessage, Withheld
from intake.staff.queries import is_active, last_resort


def reader_now(
    session: Session, message: ClaimedMessage, at: datetime, *, zone: str, urgent: bool
) -> int | Withheld:
    """Return the member, or who stands in for them now, if it is time to disturb that reader."""
    own_id = int(message.recipient.removeprefix(STAFF))
    reader_id = reader_for(
        session,
        own_id,
        at,
        is_active=partial(is_active, session),
        otherwise=partial(last_resort, session),
    )
    if reader_id is None:
        return Withheld("member_inactive")
    if reader_id != own_id and is_told_too(session, message, f"{STAFF}{reader_id}"):
        return Withheld("stand_in_hears")
    wait = wait_of(session, message, reader_id, at, zone=zone, urgent=urgent)
    return reader_id if wait is None else wait
