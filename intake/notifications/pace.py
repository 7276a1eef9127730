"""Whether a message to a member goes now or waits: for a digest, quiet hours, or less traffic.

Asked at the moment of sending, so what a member chose a minute ago counts. Waiting is a
``Withheld`` with an instant: no try is burnt, and nothing here writes.
``digest.gather`` takes the waiting rows up to :data:`GRACE` before that instant; should it never
come, each goes out by itself.
"""

from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from intake.notifications.attendance import presence_of, quiet_until, standing_in_for
from intake.notifications.models import OutboxMessage, State
from intake.notifications.recipient import STAFF, ClaimedMessage, Withheld
from intake.notifications.statements import LEASE_SECONDS
from intake.notifications.subscriptions import Pace, pace_of
from intake.storage.upsert import table_of

DIGEST = "staff.digest"
MAILS_PER_HOUR = 60  # SAFETY.md T2: a flood of inquiries must not become a flood of mail
DAILY_AT = time(8)  # in the clinic's zone
GRACE = timedelta(minutes=10)
HOUR = timedelta(hours=1)
TOO_MANY = "too_many"
WAITS = MappingProxyType({Pace.HOURLY: "waits_hourly", Pace.DAILY: "waits_daily"})

_messages = table_of(OutboxMessage)
_DELIVERED = select(func.count()).where(
    _messages.c.state == State.DELIVERED.value,
    _messages.c.finished_at > bindparam("since", type_=_messages.c.finished_at.type),
    _messages.c.channel_id == bindparam("channel"),
    _messages.c.recipient.in_(bindparam("recipients", expanding=True)),
)
# What is being sent has its lease ahead of it, so the index is read from now on only.
_SENDING = select(func.count()).where(
    _messages.c.channel_id == bindparam("channel"),
    _messages.c.due_at > bindparam("since", type_=_messages.c.due_at.type),
    _messages.c.due_at < bindparam("until", type_=_messages.c.due_at.type),
    _messages.c.state == State.SENDING.value,
    _messages.c.recipient.in_(bindparam("recipients", expanding=True)),
    _messages.c.id != bindparam("own"),
)


def wait_of(
    session: Session,
    message: ClaimedMessage,
    reader_id: int,
    at: datetime,
    *,
    zone: str,
    urgent: bool,
) -> Withheld | None:
    """Return why a message to a member waits, and until when; ``None`` to send it now.

    An urgent inquiry waits for no digest and no quiet hours, but counts in a flood as any other:
    whoever floods the form ticks every box. A digest waits for quiet hours only.

    Args:
        session: A read.
        message: Written to a member, ``staff:17``.
        reader_id: Who reads it now: the member, or who stands in.
        at: Now.
        zone: The clinic's.
        urgent: Whether the inquiry shows urgent signs.
    """
    if message.event != DIGEST and not urgent:
        waiting = _digested(session, message, at, zone)
        if waiting is not None:
            return waiting
    if not urgent:
        ends = quiet_until(presence_of(session, reader_id).quiet, at, zone)
        if ends is not None:
            return Withheld("quiet_hours", ends)
    if message.event != DIGEST and _is_flooded(session, message, reader_id, at):
        return Withheld(TOO_MANY, slot_after(Pace.HOURLY, at, zone) + GRACE)
    return None


def slot_after(pace: Pace, instant: datetime, zone: str) -> datetime:
    """Return when the next digest of this pace goes out, later than ``instant``."""
    if pace == Pace.HOURLY:
        return instant.replace(minute=0, second=0, microsecond=0) + HOUR
    local = instant.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), DAILY_AT, ZoneInfo(zone))
    if local < today:
        return today.astimezone(UTC)
    tomorrow = local.date() + timedelta(days=1)
    return datetime.combine(tomorrow, DAILY_AT, ZoneInfo(zone)).astimezone(UTC)


def _digested(
    session: Session, message: ClaimedMessage, at: datetime, zone: str
) -> Withheld | None:
    own_id = int(message.recipient.partition(":")[2])
    pace = pace_of(session, own_id, message.event, message.channel_id)
    if pace == Pace.NOW:
        return None
    until = slot_after(pace, message.created_at, zone) + GRACE
    return Withheld(WAITS[pace], until) if at < until else None


def _is_flooded(session: Session, message: ClaimedMessage, reader_id: int, at: datetime) -> bool:
    """Count what this reader got or is getting; two senders that look at once both hold back."""
    readers = standing_in_for(session, reader_id, at) | {reader_id}
    asked = {
        "channel": message.channel_id,
        "recipients": sorted({message.recipient, *(f"{STAFF}{number}" for number in readers)}),
    }
    connection = session.connection()
    got = connection.execute(_DELIVERED, {**asked, "since": at - HOUR}).scalar_one()
    if got >= MAILS_PER_HOUR:
        return True
    lease = timedelta(seconds=LEASE_SECONDS)
    span = {"since": at - lease, "until": at + 2 * lease, "own": message.id}
    getting: int = connection.execute(_SENDING, {**asked, **span}).scalar_one()
    return bool(got + getting >= MAILS_PER_HOUR)
