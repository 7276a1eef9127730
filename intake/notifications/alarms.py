"""Alarms: what staff must see until it is well again.

An alarm is known by its kind and its subject, and only one of these is open at a time, so that a
watcher may raise it at every look. Clearing says that it is over; the row stays for the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from intake.notifications.models import Alarm
from intake.notifications.upsert import insert_into, table_of

_alarms = table_of(Alarm)


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """One alarm that nobody has cleared; ``detail`` holds counts and codes, nothing personal."""

    kind: str
    subject: str
    detail: Mapping[str, Any]
    raised_at: datetime


def raise_alarm(
    session: Session, kind: str, subject: str, detail: Mapping[str, Any], *, at: datetime
) -> bool:
    """Open an alarm; return whether it is new. One that is open keeps its first detail."""
    connection = session.connection()
    statement = insert_into(connection.dialect.name, Alarm).values(
        kind=kind, subject=subject, detail=dict(detail), raised_at=at
    )
    opened = connection.execute(
        statement.on_conflict_do_nothing(
            index_elements=["kind", "subject"], index_where=text("cleared_at IS NULL")
        ).returning(_alarms.c.id)
    )
    return opened.first() is not None


def clear_alarm(session: Session, kind: str, subject: str, *, at: datetime) -> bool:
    """Close an alarm; return whether one was open."""
    cleared = session.execute(
        update(_alarms)
        .where(_alarms.c.kind == kind, _alarms.c.subject == subject, _alarms.c.cleared_at.is_(None))
        .values(cleared_at=at)
        .returning(_alarms.c.id)
    )
    return cleared.first() is not None


def open_alarms(session: Session) -> tuple[OpenAlarm, ...]:
    """Return what is open, the oldest first."""
    rows = session.scalars(
        select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.raised_at, Alarm.id)
    )
    return tuple(OpenAlarm(one.kind, one.subject, one.detail, one.raised_at) for one in rows)
