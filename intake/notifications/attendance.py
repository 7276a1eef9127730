"""When a member is not to be disturbed, when they are away, and who reads for them then.

Quiet hours are wall times of the clinic's zone and hold messages back until they end. An absence
holds nothing back: the backup reads instead, asked at the moment of sending.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.errors import InvalidInput, Problem
from intake.notifications.models import Attendance, OutboxMessage, State
from intake.notifications.recipient import ClaimedMessage
from intake.storage.upsert import insert_into

MINUTES_A_DAY = 24 * 60
IN_DIGEST = "in_digest"  # how a message ends that a digest told of


@dataclass(frozen=True, slots=True)
class Quiet:
    """Minutes of the day, the end not included; ``22:00`` to ``07:00`` goes over midnight."""

    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class Absence:
    """From one instant until another; without an end, until the member says so."""

    from_at: datetime
    until_at: datetime | None
    backup_id: int | None

    def holds(self, at: datetime) -> bool:
        """Say whether the member is away at ``at``."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Presence:
    """What a member said about being there; nothing said means always there."""

    quiet: Quiet | None = None
    absence: Absence | None = None


def presence_of(session: Session, staff_id: int) -> Presence:
    """Return what a member said about being there."""
    row = session.get(Attendance, staff_id)
    if row is None:
        return Presence()
    quiet = absence = None
    if row.quiet_from_minute is not None and row.quiet_until_minute is not None:
        quiet = Quiet(row.quiet_from_minute, row.quiet_until_minute)
    if row.away_from is not None:
        absence = Absence(row.away_from, row.away_until, row.backup_id)
    return Presence(quiet, absence)


def set_quiet_hours(session: Session, staff_id: int, quiet: Quiet | None) -> None:
    """Hold messages to a member back between two times of each day; ``None`` ends that.

    Raises:
        InvalidInput: ``quiet_from`` or ``quiet_until`` is no minute of a day, or both are one.
    """
    if quiet is not None:
        named = (("quiet_from", quiet.from_minute), ("quiet_until", quiet.until_minute))
        problems = [Problem(name, "time") for name, m in named if not 0 <= m < MINUTES_A_DAY]
        if quiet.from_minute == quiet.until_minute:
            problems.append(Problem("quiet_until", "same"))
        if problems:
            raise InvalidInput(tuple(problems))
    _set(
        session,
        staff_id,
        {
            "quiet_from_minute": quiet.from_minute if quiet else None,
            "quiet_until_minute": quiet.until_minute if quiet else None,
        },
    )


def set_absence(session: Session, staff_id: int, absence: Absence | None) -> None:
    """Let the backup read what a member would get meanwhile; ``None`` ends the absence.

    Raises:
        InvalidInput: ``backup`` is the member, or ``away_until`` is not after ``away_from``.
    """
    problems = []
    if absence is not None:
        if absence.until_at is not None and absence.until_at <= absence.from_at:
            problems.append(Problem("away_until", "order"))
        if absence.backup_id == staff_id:
            problems.append(Problem("backup", "self"))
    if problems:
        raise InvalidInput(tuple(problems))
    _set(
        session,
        staff_id,
        {
            "away_from": absence.from_at if absence else None,
            "away_until": absence.until_at if absence else None,
            "backup_id": absence.backup_id if absence else None,
        },
    )


def _set(session: Session, staff_id: int, values: dict[str, object]) -> None:
    connection = session.connection()
    statement = insert_into(connection.dialect.name, Attendance).values(staff_id=staff_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["staff_id"], set_=values))
    session.expire_all()


def quiet_until(quiet: Quiet | None, at: datetime, zone: str) -> datetime | None:
    """Return when the quiet hours that hold at ``at`` end; ``None`` when none do."""
    if quiet is None:
        return None
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if quiet.from_minute < quiet.until_minute:
        is_quiet = quiet.from_minute <= minute < quiet.until_minute
    else:
        is_quiet = minute >= quiet.from_minute or minute < quiet.until_minute
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if minute >= quiet.until_minute else 0)
    ends = datetime.combine(day, time(*divmod(quiet.until_minute, 60)), ZoneInfo(zone))
    if ends.astimezone(UTC) <= at:  # the hour that a clock change shows twice
        ends = ends.replace(fold=1)
    return ends.astimezone(UTC)


def reader_for(
    session: Session,
    staff_id: int,
    at: datetime,
    *,
    is_active: Callable[[int], bool],
    otherwise: Callable[[], Collection[int]],
) -> int | None:
    """Return who reads a message to a member now: they, their backup's backup, or somebody else.

    Args:
        session: To read what they said.
        staff_id: To whom the message was written.
        at: Now.
        is_active: Whether a member still works here.
        otherwise: Who reads when neither the member nor a backup is there, the first choice first.

    Returns:
        A member who is there. When nobody is there, the member, if still active: a message in an
        empty office is better than none. ``None`` when there is nobody at all.
    """
    there, asked = first_there(session, staff_id, at, is_active=is_active)
    if there is not None:
        return there
    others = [other for other in otherwise() if other not in asked]
    for other in others:
        absence = presence_of(session, other).absence
        if absence is None or not absence.holds(at):
            return other
    if is_active(staff_id):
        return staff_id
    return others[0] if others else None


def first_there(
    session: Session, staff_id: int, at: datetime, *, is_active: Callable[[int], bool]
) -> tuple[int | None, Collection[int]]:
    """Return the member, or along their backups the first who is there; and who is not."""
    asked: list[int] = []
    turn: int | None = staff_id
    while turn is not None and turn not in asked:
        absence = presence_of(session, turn).absence
        is_away = absence is not None and absence.holds(at)
        active = is_active(turn)
        if active and not is_away:
            return turn, asked
        asked.append(turn)
        # Who left for good may have named a backup; it holds whatever the dates say.
        turn = absence.backup_id if absence is not None and (is_away or not active) else None
    return None, asked


def standing_in_for(session: Session, staff_id: int, at: datetime) -> frozenset[int]:
    """Return the members whose messages this one reads now."""
    return frozenset(
        session.scalars(
            select(Attendance.staff_id).where(
                Attendance.backup_id == staff_id,
                Attendance.away_from <= at,
                or_(Attendance.away_until.is_(None), Attendance.away_until > at),
            )
        )
    )


def is_told_too(session: Session, message: ClaimedMessage, recipient: str) -> bool:
    """Say whether a stand-in has or will get the same message, about the same fact, as their own.

    A digest that told of it counts; a message of theirs that was given up does not.
    """
    own: str = session.scalars(
        select(OutboxMessage.dedupe_key).where(OutboxMessage.id == message.id)
    ).one()
    theirs = own.replace(
        f":{message.event}:{message.recipient}:", f":{message.event}:{recipient}:", 1
    )
    row = session.execute(
        select(OutboxMessage.state, OutboxMessage.last_error).where(
            OutboxMessage.dedupe_key == theirs
        )
    ).one_or_none()
    if row is None or row.state == State.DEAD.value:
        return False
    return bool(row.state != State.CANCELLED.value or row.last_error == IN_DIGEST)
