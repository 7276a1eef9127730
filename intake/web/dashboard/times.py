"""Instants as staff read them: in the clinic's zone, with what is left or overdue in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A due label: words, state (see components/status.html) and the exact time."""

    words: str
    state: str
    at: str


def clock_time(instant: datetime, zone: str) -> str:
    """Return ``10:41 am`` as the clocks show it there."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"


def day_and_time(instant: datetime, zone: str) -> str:
    """Return ``Nov 23, 12:00 pm``."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {clock_time(instant, zone)}"


def due_label(due_at: datetime, zone: str, *, now: datetime, is_over: bool = False) -> Due:
    """Return what is left until ``due_at``, or how late it is; nothing runs when it is over."""
    exact = day_and_time(due_at, zone)
    if is_over:
        return Due("Finished", "none", "")
    left = due_at - now
    if left < timedelta(0):
        return Due(f"{span(-left)} late", "late", exact)
    return Due(f"Due in {span(left)}", "soon" if left <= SOON else "on_time", exact)


def span(length: timedelta) -> str:
    """Return ``25 min``, ``2 h 10 min`` or ``3 days``."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"
    days = hours // 24
    return "1 day" if days == 1 else f"{days} days"


def ago(instant: datetime | None, *, now: datetime) -> str:
    """Return ``2 min ago``, ``just now`` or ``never``."""
    if instant is None:
        return "never"
    length = now - instant
    return "just now" if length < timedelta(minutes=1) else f"{span(length)} ago"
