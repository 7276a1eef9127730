"""The call-backs of today, where "today" is the day it is for each person.

At 23:00 in New York a call at 21:00 in Los Angeles is still today's, and one for 09:00 in Madrid is
already tomorrow's there. A call that was missed stays in the list until somebody ends it. They go
by the moment they start, which is the order in which they are made.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.desk.models import Appointment, AppointmentKind
from intake.inquiries.models import Inquiry
from intake.inquiries.summaries import SUMMARY, InquirySummary, summary_of
from intake.storage.paging import Page, read_cursor, write_cursor
from intake.storage.types import to_millis

LOOKED_AT_MOST = 1001  # more calls than that are nobody's day
# The day on which it is still yesterday elsewhere and already tomorrow: 26 hours of zones.
FARTHEST = timedelta(hours=26)


def todays(session: Session, at: datetime) -> Sequence[tuple[datetime, int]]:
    """Return start and inquiry of each open call-back that is due today or was missed."""
    rows = session.execute(
        select(Appointment.starts_at, Appointment.inquiry_id, Appointment.zone)
        .where(
            Appointment.ended_at.is_(None),
            Appointment.starts_at < at + FARTHEST,
            Appointment.kind == AppointmentKind.CALLBACK.value,
        )
        .order_by(Appointment.starts_at, Appointment.inquiry_id)
        .limit(LOOKED_AT_MOST)
    )
    return [
        (row.starts_at, row.inquiry_id) for row in rows if _is_today(row.starts_at, row.zone, at)
    ]


def _is_today(starts_at: datetime, zone: str, at: datetime) -> bool:
    there = ZoneInfo(zone)
    return starts_at.astimezone(there).date() <= at.astimezone(there).date()


def callbacks_page(
    session: Session,
    keyring: Keyring,
    at: datetime,
    *,
    where: Sequence[ColumnElement[bool]],
    after: str | None,
    size: int,
) -> Page[InquirySummary]:
    """Return one page of today's call-backs.

    Raises:
        InvalidInput: The cursor is not one of ours.
    """
    place = read_cursor(after, 2) if after is not None else None
    calls = [
        (to_millis(starts_at), inquiry_id)
        for starts_at, inquiry_id in todays(session, at)
        if place is None or (to_millis(starts_at), inquiry_id) > place
    ]
    ids = [inquiry_id for _, inquiry_id in calls]
    rows = session.execute(
        SUMMARY.where(Inquiry.id.in_(ids), Inquiry.closed_at.is_(None), *where)
    ).all()
    found = {row.id: row for row in rows}
    listed = [(start, one) for start, one in calls if one in found]
    shown = [summary_of(found[one], keyring) for _, one in listed[:size]]
    return Page(shown, write_cursor(*listed[size - 1]) if len(listed) > size else None)
