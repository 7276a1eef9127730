"""Raises an alarm of our own, and tells the administrators of it once by message."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from intake.crypto.sealed import JSON
from intake.desk.audience import audience
from intake.desk.watch import tell
from intake.notifications.alarms import raise_alarm
from intake.settings import EscalationSettings


def raise_and_tell(
    session: Session,
    kind: str,
    contacts: EscalationSettings,
    *,
    detail: Mapping[str, JSON],
    at: datetime,
) -> None:
    """Open an alarm, or bring an open one up to date; only a new one is told."""
    if raise_alarm(session, kind, at=at, detail=detail):
        tell(session, kind, "", audience(session, contacts).administrators, at)
