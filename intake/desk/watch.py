"""What goes wrong in silence: nobody looks, a channel stays broken, a message was given up.

Each of these raises an alarm once, shows it on every staff page, and tells of it on another way
than the one that failed; each is cleared by itself when it is over. Looking costs a read; only news
is written.

Source: PRODUCT.md 40; QUEUE.md, dead letter and replay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from intake.audit.models import AuditEvent
from intake.clinic.hours import BusinessHours
from intake.crypto.sealed import JSON
from intake.desk.audience import Audience
from intake.inquiries.alerts import ALARM, UNDELIVERED
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.promise import is_unanswered
from intake.inquiries.readings import READ
from intake.notifications import alarms
from intake.notifications.endpoint_names import endpoint_names
from intake.notifications.models import Channel, OutboxMessage, State
from intake.notifications.moment import millis
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.sightings import last_sighting
from intake.notifications.ways import Way, ways_besides
from intake.settings import EscalationSettings
from intake.storage.types import from_millis, to_millis
from intake.storage.upsert import table_of

TOLD_AGAIN_AFTER = timedelta(hours=1)  # more dead letters of a channel that was told of


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now; ``channel`` is the way it must not be told on."""

    kind: str
    subject: str = ""
    detail: Mapping[str, JSON] = field(default_factory=dict)
    channel: str | None = None
    is_news: bool = False  # told again although its alarm is open


@dataclass(frozen=True, slots=True)
class Findings:
    """What one look found: what is wrong, and which open alarms are over."""

    troubles: tuple[Trouble, ...]
    over: tuple[alarms.OpenAlarm, ...]

    def __bool__(self) -> bool:
        return bool(self.troubles or self.over)


def look(
    session: Session,
    hours: BusinessHours,
    settings: EscalationSettings,
    readers: Audience,
    *,
    at: datetime,
) -> Findings:
    """Return what there is to raise, to tell or to clear; empty when nothing is new. Reads only."""
    wrong = [
        *_unopened(session, hours, settings, at),
        *_failing(session, settings, at),
        *_dead(session, at),
        *_on_call(settings, readers),
        *_refused(session),
    ]
    known = {(one.kind, one.subject): one for one in alarms.open_alarms(session)}
    still = {(one.kind, one.subject) for one in wrong}
    news = [one for one in wrong if one.is_news or (one.kind, one.subject) not in known]
    watched = {alarms.UNOPENED, alarms.FAILING, alarms.DEAD, alarms.ON_CALL_MISSING}
    over = [one for key, one in known.items() if one.kind in watched and key not in still]
    over += [one for one in known.values() if _is_settled(session, one)]
    return Findings(tuple(news), tuple(over))


def act(session: Session, found: Findings, readers: Audience, *, at: datetime) -> None:
    """Raise, tell and clear what :func:`look` found."""
    for one in found.over:
        alarms.clear_alarm(session, one.kind, one.subject, at=at)
    for trouble in found.troubles:
        is_new = alarms.raise_alarm(
            session, trouble.kind, trouble.subject, at=at, detail=trouble.detail
        )
        if is_new or trouble.is_news:
            ways = ways_besides(session, trouble.channel, readers.administrators)
            enqueue(session, [_message(trouble, way, at) for way in ways], at=at)


def tell(session: Session, kind: str, subject: str, members: Sequence[int], at: datetime) -> None:
    """Tell of an alarm that another room raised, on the second channel."""
    trouble = Trouble(kind, subject)
    ways = ways_besides(session, None, members)
    enqueue(session, [_message(trouble, way, at) for way in ways], at=at)


def _message(trouble: Trouble, way: Way, at: datetime) -> NewMessage:
    recipient, channel = way
    number = trouble.detail.get("latest", to_millis(at))  # two workers may tell the same news
    return NewMessage(
        inquiry_id=None,
        recipient=recipient,
        channel=channel,
        event=UNDELIVERED if trouble.kind == alarms.DEAD else ALARM,
        subject_id=f"alarm:{trouble.kind}:{trouble.subject}:{number}",
        payload={"kind": trouble.kind, "subject": trouble.subject},
    )


def _unopened(
    session: Session, hours: BusinessHours, settings: EscalationSettings, at: datetime
) -> list[Trouble]:
    """New inquiries that came in after anybody last looked, and that nobody has read either."""
    seen_at = last_sighting(session)
    unseen: list[ColumnElement[bool]] = [] if seen_at is None else [Inquiry.received_at > seen_at]
    oldest, count = session.execute(
        select(func.min(millis(table_of(Inquiry).c.received_at)), func.count()).where(
            Inquiry.status == Status.NEW.value,
            ~_is_read(),
            *unseen,
        )
    ).one()
    minutes = settings.unopened_business_minutes
    if oldest is None:
        return []
    waited = hours.business_time_between(from_millis(oldest), at)
    if waited < timedelta(minutes=minutes):
        return []
    return [Trouble(alarms.UNOPENED, detail={"minutes": minutes, "count": count})]


def _is_read() -> ColumnElement[bool]:
    return (
        select(AuditEvent.id)
        .where(AuditEvent.subject == Inquiry.public_id, AuditEvent.action == READ)
        .exists()
    )


def _is_settled(session: Session, alarm: alarms.OpenAlarm) -> bool:
    """Whether an urgent inquiry was opened by staff, answered, or is gone."""
    if alarm.kind != alarms.URGENT:
        return False
    waits = select(Inquiry.id).where(
        Inquiry.public_id == alarm.subject, is_unanswered(), ~_is_read()
    )
    return session.execute(waits).first() is None


def _failing(session: Session, settings: EscalationSettings, at: datetime) -> list[Trouble]:
    since = at - timedelta(minutes=settings.channel_failing_minutes)
    names = endpoint_names(session)
    rows = session.execute(
        select(Channel.name, Channel.failing_since, Channel.failing_reason)
        .where(Channel.enabled, Channel.failing_since <= since)
        .order_by(Channel.id)
    )
    return [
        Trouble(
            alarms.FAILING,
            row.name,
            {
                "since": to_millis(row.failing_since),
                "reason": row.failing_reason,
                "name": names.get(row.name),
            },
            channel=row.name,
        )
        for row in rows
    ]


def _dead(session: Session, at: datetime) -> list[Trouble]:
    """Dead letters of each channel since its alarm was last over; news once an hour at most."""
    found = []
    names = endpoint_names(session)
    finished_at = table_of(OutboxMessage).c.finished_at
    for number, name in session.execute(select(Channel.id, Channel.name).order_by(Channel.id)):
        since = alarms.last_cleared(session, alarms.DEAD, name) or datetime.fromtimestamp(0, UTC)
        count, latest = session.execute(
            select(func.count(), func.max(millis(finished_at))).where(
                OutboxMessage.state == State.DEAD.value,
                OutboxMessage.finished_at > since,
                OutboxMessage.channel_id == number,
            )
        ).one()
        if count:
            detail: dict[str, JSON] = {
                "count": count,
                "latest": latest,
                "told_at": to_millis(at),
                "name": names.get(name),
            }
            found.append(_dead_on(session, name, detail, latest, at))
    return found


def _dead_on(
    session: Session, name: str, detail: dict[str, JSON], latest: int, at: datetime
) -> Trouble:
    before = alarms.open_alarm(session, alarms.DEAD, name)
    if before is None:
        return Trouble(alarms.DEAD, name, detail, channel=name)
    told_at, known = before.detail.get("told_at"), before.detail.get("latest")
    is_later = isinstance(known, int) and latest > known
    is_quiet = isinstance(told_at, int) and to_millis(at - TOLD_AGAIN_AFTER) >= told_at
    return Trouble(alarms.DEAD, name, detail, channel=name, is_news=is_later and is_quiet)


def _refused(session: Session) -> list[Trouble]:
    """Endpoints that know us no more: raised where they answered, told of here."""
    return [
        Trouble(
            one.kind,
            one.subject,
            {**one.detail, "latest": to_millis(one.raised_at), "told_at": to_millis(one.raised_at)},
            channel=one.subject,
            is_news=True,
        )
        for one in alarms.open_alarms(session)
        if one.kind == alarms.REFUSED and "told_at" not in one.detail
    ]


def _on_call(settings: EscalationSettings, readers: Audience) -> list[Trouble]:
    if settings.on_call and readers.on_call is None:
        return [Trouble(alarms.ON_CALL_MISSING, settings.on_call)]
    return []
