"""The service's health in words and rows: channels, workers, and what the checks found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from intake.notifications.queries import ChannelHealth, Delivery, WorkerSight
from intake.operations.health import LedgerHealth, MailHealth, PathHealth
from intake.operations.preflight import Light
from intake.web.dashboard.message_rows import channel_words
from intake.web.dashboard.times import ago, clock_time, day_and_time

LIGHTS: Mapping[Light, tuple[str, str]] = {
    Light.GREEN: ("Good", "ok"),
    Light.YELLOW: ("Could be better", "soon"),
    Light.RED: ("Must be mended", "bad"),
    Light.UNKNOWN: ("Not checked", "idle"),
}


@dataclass(frozen=True, slots=True)
class Checks:
    """What the service found out about itself."""

    path: PathHealth
    ledger: LedgerHealth
    mail: MailHealth


def day_start(at: datetime, zone: str) -> datetime:
    """Return when today began for the clinic."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(0), tzinfo=local.tzinfo).astimezone(UTC)


def summary(
    channels: Sequence[ChannelHealth], checks: Checks, dead: int, *, is_worked: bool
) -> tuple[str, str]:
    """Return the one sentence at the top and its kind: what is worst comes first."""
    if checks.ledger.missing:
        which = _count(checks.ledger.missing, "inquiry was", "inquiries were")
        return f"{which} shown to people as received and cannot be found. Act now.", "error"
    if not is_worked:
        return "No worker is running: messages are stored and wait. Start one.", "caution"
    if dead:
        which = _count(dead, "message needs", "messages need")
        return f"{which} a person. Every inquiry is stored; none was lost.", "caution"
    if any(one.failing_since for one in channels):
        return "A channel does not work just now. Its messages wait and go out later.", "caution"
    if checks.path.failure:
        return f"The last test inquiry did not arrive: {checks.path.failure}.", "caution"
    return "Messages are going out.", "done"


def outbox_line(channels: Sequence[ChannelHealth], retrying: Sequence[Delivery], zone: str) -> str:
    """Return ``3 waiting · 1 trying again at 4:20 pm · 2 stopped``."""
    waiting = sum(one.waiting for one in channels)
    parts = [f"{waiting} waiting"]
    due = [one.due_at for one in retrying if one.due_at is not None]
    if due:
        parts.append(f"{len(due)} trying again, next at {clock_time(min(due), zone)}")
    parts.append(f"{sum(one.dead for one in channels)} stopped")
    return "Outbox: " + " · ".join(parts)


def channel_row(one: ChannelHealth, zone: str, at: datetime) -> list[object]:
    """Return how a channel does: since when and why it fails, what waits, what went out."""
    return [
        channel_words(one),
        _channel_state(one, zone),
        one.waiting,
        one.delivered_since,
        one.dead,
        "none" if one.oldest_at is None else ago(one.oldest_at, now=at),
        ago(one.last_success_at, now=at),
    ]


def _channel_state(one: ChannelHealth, zone: str) -> dict[str, str]:
    if not one.enabled:
        return {"words": "Off", "state": "idle"}
    if one.failing_since is not None:
        since = day_and_time(one.failing_since, zone)
        again = f"Next try {clock_time(one.next_try_at, zone)}" if one.next_try_at else ""
        parts = (f"Not working since {since}: {one.failing_reason}", one.failing_to_do, again)
        return {
            "words": ". ".join(part for part in parts if part),
            "state": "bad",
        }
    words = "Ready" if one.last_success_at is None else "Working"
    return {"words": words, "state": "ok"}


def worker_row(one: WorkerSight, zone: str, at: datetime) -> list[object]:
    """Return a worker and its last sign of life."""
    state = {"words": "Alive", "state": "ok"} if one.is_alive else {"words": "Gone", "state": "bad"}
    return [
        one.worker.rpartition(":")[0],
        state,
        day_and_time(one.started_at, zone),
        ago(one.seen_at, now=at),
        one.in_flight,
        one.version,
    ]


def check_rows(checks: Checks, zone: str, at: datetime) -> list[list[object]]:
    """Return the checks that the service makes of itself."""
    return [_path_row(checks.path, zone, at), _ledger_row(checks.ledger, zone, at)]


def _path_row(path: PathHealth, zone: str, at: datetime) -> list[object]:
    name = "Test inquiry, all the way"
    last = ago(path.last_arrived_at, now=at)
    if not path.is_on:
        return [name, {"words": "Off", "state": "idle"}, "It is off in the settings.", last]
    if path.failure is not None and path.failed_at is not None:
        words = f"Did not arrive at {day_and_time(path.failed_at, zone)}: {path.failure}."
        return [name, {"words": "Failed", "state": "bad"}, words, last]
    if path.last_arrived_at is None:
        return [name, {"words": "Not yet", "state": "idle"}, "None has arrived yet.", last]
    return [name, {"words": "Arrives", "state": "ok"}, "The last one arrived.", last]


def _ledger_row(ledger: LedgerHealth, zone: str, at: datetime) -> list[object]:
    name = "Receipts shown are stored"
    if ledger.checked_at is None:
        words = "The first check is due tonight."
        return [name, {"words": "Not yet", "state": "idle"}, words, "never"]
    last = ago(ledger.checked_at, now=at)
    if ledger.missing:
        words = f"{ledger.missing} of {ledger.shown} references shown have no inquiry."
        return [name, {"words": "Missing", "state": "bad"}, words, last]
    if ledger.is_old:
        words = f"Last checked {day_and_time(ledger.checked_at, zone)}: is a worker running?"
        return [name, {"words": "Old", "state": "soon"}, words, last]
    words = f"All {_count(ledger.shown, 'reference', 'references')} ever shown have their inquiry."
    return [name, {"words": "Whole", "state": "ok"}, words, last]


def mail_rows(mail: MailHealth) -> list[list[object]]:
    """Return the mail preflight, with the record to add where one is missing."""
    rows: list[list[object]] = []
    for one in mail.findings:
        words, kind = LIGHTS[one.light]
        record = f"{one.record_name}  {one.record}" if one.record else ""
        rows.append([one.subject, {"words": words, "state": kind}, one.sentence, record])
    return rows


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
