"""Whether this service can do its work right now: for load balancers, ``/readyz`` and staff.

Figures and moments only; nothing about a person can be asked here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from intake.errors import Unavailable
from intake.notifications.alarms import OpenAlarm, open_alarms
from intake.notifications.queries import ChannelHealth, channel_health, workers_seen
from intake.storage.database import Database


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found: whether the database answers, and whether any worker lives.

    ``delivery`` says in one word how messages fare: ``working``, ``failing`` (a channel is paused),
    ``needs_a_person`` (something was given up or an alarm is open), or ``unknown``.
    """

    database_answers: bool
    worker_is_alive: bool
    delivery: str = "unknown"
    detail: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether inquiries can be taken: a silent worker delays messages but loses nothing."""
        return self.database_answers


def readiness(database: Database, *, at: datetime) -> Readiness:
    """Ask the database whether it answers and who works; never raises for its being away."""
    try:
        workers = workers_seen(database, at=at)
        with database.read() as session:
            channels = channel_health(session, day_start=at - timedelta(days=1))
            alarms = open_alarms(session)
    except Unavailable:
        return Readiness(database_answers=False, worker_is_alive=False)
    return Readiness(
        database_answers=True,
        worker_is_alive=any(worker.is_alive for worker in workers),
        delivery=_delivery(channels, alarms),
        detail={
            "workers_alive": sum(worker.is_alive for worker in workers),
            "channels": {one.name: _figures(one, at) for one in channels},
            "alarms": [
                {"kind": one.kind, "subject": one.subject, "since": one.raised_at.isoformat()}
                for one in alarms
            ],
        },
    )


def _delivery(channels: Sequence[ChannelHealth], alarms: Sequence[OpenAlarm]) -> str:
    if alarms or any(one.dead for one in channels):
        return "needs_a_person"
    return "failing" if any(one.failing_since for one in channels) else "working"


def _figures(one: ChannelHealth, at: datetime) -> dict[str, object]:
    oldest = 0.0 if one.oldest_at is None else (at - one.oldest_at).total_seconds()
    return {
        "waiting": one.waiting,
        "oldest_seconds": oldest,
        "dead": one.dead,
        "failing_since": one.failing_since and one.failing_since.isoformat(),
        "failing_reason": one.failing_reason,
    }
