"""What staff must see until it is well again: raised once, told on another way, cleared when over.

An alarm is a row, so that every process shows the same band on every staff page. One is open for
each kind and subject; raising it again only brings its detail up to date. ``detail`` holds counts,
codes and references, never a name or health text. A kind without words here is shown by its name,
so a room above can raise its own and add the sentence when it likes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM, Actor
from intake.crypto.sealed import JSON
from intake.crypto.tokens import show_reference
from intake.errors import Conflict
from intake.i18n import day_and_time
from intake.notifications.models import Alarm
from intake.notifications.reasons import in_words, what_to_do
from intake.notifications.recipient import SYNTHETIC
from intake.storage.types import from_millis
from intake.storage.upsert import insert_into, table_of

UNOPENED = "queue.unopened"
FAILING = "channel.failing"
REFUSED = "channel.refused"
DEAD = "delivery.dead"
URGENT = "inquiry.urgent"
ON_CALL_MISSING = "on_call.missing"
SYNTHETIC_FAILED = "synthetic.failed"
RECEIPTS_MISSING = "receipts.missing"
MAILBOX_FAILING = "mailbox.failing"
MAIL_RETURNED = "mail.returned"
GLASS = "glass.broken"  # an inquiry was opened as an exception; ends when somebody looked at why

_alarms = table_of(Alarm)
_OPEN = text("cleared_at IS NULL")


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that is not over; ``detail`` is what its sentence is made of."""

    id: int
    kind: str
    subject: str
    detail: Mapping[str, JSON]
    raised_at: datetime


def raise_alarm(
    session: Session,
    kind: str,
    subject: str = "",
    *,
    at: datetime,
    detail: Mapping[str, JSON] | None = None,
) -> bool:
    """Open an alarm, or bring the detail of the open one up to date; return whether it is new.

    Two workers that raise the same at once raise it once. Only a new one is worth telling.
    """
    connection = session.connection()
    row = insert_into(connection.dialect.name, Alarm).values(
        kind=kind, subject=subject, detail=dict(detail or {}), raised_at=at, cleared_at=None
    )
    raised = connection.execute(
        row.on_conflict_do_nothing(index_elements=["kind", "subject"], index_where=_OPEN).returning(
            _alarms.c.id
        )
    ).first()
    if raised is not None:
        _record(session, "alarm.raised", kind=kind, subject=subject, actor=SYSTEM, at=at)
        return True
    if detail is not None:
        session.execute(
            update(_alarms)
            .where(_alarms.c.kind == kind, _alarms.c.subject == subject, _OPEN)
            .values(detail=dict(detail))
        )
    return False


def clear_alarm(session: Session, kind: str, subject: str = "", *, at: datetime) -> bool:
    """Close the open alarm of a kind and subject; return whether there was one."""
    cleared = session.execute(
        update(_alarms)
        .where(_alarms.c.kind == kind, _alarms.c.subject == subject, _OPEN)
        .values(cleared_at=at)
        .returning(_alarms.c.id)
    ).first()
    if cleared is None:
        return False
    _record(session, "alarm.cleared", kind=kind, subject=subject, actor=SYSTEM, at=at)
    return True


def dismiss_alarm(session: Session, alarm_id: int, *, actor: Actor, at: datetime) -> None:
    """Close one alarm by hand, where it does not end by itself (:func:`ends_by_itself`).

    Raises:
        Conflict: ``alarm_over``: it was cleared before, or is never put away in this way.
    """
    row = session.execute(
        update(_alarms)
        .where(_alarms.c.id == alarm_id, _alarms.c.kind != GLASS, _OPEN)
        .values(cleared_at=at)
        .returning(_alarms.c.kind, _alarms.c.subject)
    ).first()
    if row is None:
        raise Conflict("alarm_over")
    _record(session, "alarm.dismissed", kind=row.kind, subject=row.subject, actor=actor, at=at)


def _record(
    session: Session, action: str, *, kind: str, subject: str, actor: Actor, at: datetime
) -> None:
    # An alarm about an inquiry is told in the story of that inquiry.
    about = subject if kind == URGENT else f"alarm:{kind}"
    trail.record(
        session, action, actor=actor, subject=about, at=at, detail={"kind": kind, "about": subject}
    )


def open_alarms(session: Session) -> tuple[OpenAlarm, ...]:
    """Return what is not over, the oldest first."""
    wanted = select(Alarm).where(_OPEN).order_by(Alarm.raised_at, Alarm.id)
    return tuple(
        OpenAlarm(row.id, row.kind, row.subject, row.detail, row.raised_at)
        for row in session.scalars(wanted)
    )


def open_alarm(session: Session, kind: str, subject: str = "") -> OpenAlarm | None:
    """Return the open alarm of a kind and subject, if there is one."""
    row = session.scalars(
        select(Alarm).where(Alarm.kind == kind, Alarm.subject == subject, _OPEN)
    ).one_or_none()
    if row is None:
        return None
    return OpenAlarm(row.id, row.kind, row.subject, row.detail, row.raised_at)


def last_cleared(session: Session, kind: str, subject: str = "") -> datetime | None:
    """Return when an alarm of a kind and subject was last over."""
    return session.scalar(
        select(Alarm.cleared_at)
        .where(Alarm.kind == kind, Alarm.subject == subject, Alarm.cleared_at.is_not(None))
        .order_by(Alarm.cleared_at.desc())
        .limit(1)
    )


def sentence_of(alarm: OpenAlarm, zone: str) -> str:
    """Return what an alarm means, in English and plain words; times are told in ``zone``."""
    words = WORDS.get(alarm.kind)
    return alarm.kind.replace("_", " ").replace(".", ": ") if words is None else words(alarm, zone)


def is_about_queue(alarm: OpenAlarm) -> bool:
    """Whether the work list is where to look; else it is the deliveries page."""
    return alarm.kind in {UNOPENED, URGENT}


def ends_by_itself(alarm: OpenAlarm) -> bool:
    """Whether the watch clears it when it is over, so that nobody has to put it away."""
    return alarm.kind in {
        UNOPENED,
        FAILING,
        ON_CALL_MISSING,
        SYNTHETIC_FAILED,
        MAILBOX_FAILING,
        GLASS,
    }


def _number(alarm: OpenAlarm, name: str) -> int:
    value = alarm.detail.get(name, 0)
    return value if isinstance(value, int) else 0


def _unopened(alarm: OpenAlarm, _zone: str) -> str:
    minutes, count = _number(alarm, "minutes"), _number(alarm, "count")
    waiting = "A new inquiry is" if count == 1 else f"{count} new inquiries are"
    return f"{waiting} waiting, and nobody has opened the queue for {minutes} business minutes."


def _failing(alarm: OpenAlarm, zone: str) -> str:
    since = day_and_time(from_millis(_number(alarm, "since")), zone, "en")
    why = in_words(str(alarm.detail.get("reason") or "")) or "we do not know why"
    return f"The channel {_way(alarm)} has not worked since {since}: {why}. Its messages wait."


def _refused(alarm: OpenAlarm, _zone: str) -> str:
    return (
        f"{_way(alarm)} does not accept us ({_number(alarm, 'status')}), so its messages are not"
        " delivered. Check its secret or key, then send a test."
    )


def _way(alarm: OpenAlarm) -> str:
    """Return what staff call the channel: an endpoint has a name of its own."""
    return str(alarm.detail.get("name") or alarm.subject)


def _dead(alarm: OpenAlarm, _zone: str) -> str:
    count = _number(alarm, "count")
    if count == 1:
        return f"1 message was not delivered by {_way(alarm)} and needs a person."
    return f"{count} messages were not delivered by {_way(alarm)} and need a person."


def _urgent(alarm: OpenAlarm, _zone: str) -> str:
    reference = show_reference(str(alarm.detail.get("reference", "")))
    return f"{reference} is urgent, and nobody has opened it yet."


def _on_call_missing(alarm: OpenAlarm, _zone: str) -> str:
    return (
        f"escalation.on_call names {alarm.subject}, and no such endpoint is switched on."
        " Urgent inquiries do not reach the person on call."
    )


def _synthetic_failed(alarm: OpenAlarm, _zone: str) -> str:
    return (
        "The last test inquiry did not arrive, so the path may be closed to people too;"
        f" see the deliveries page ({in_words(str(alarm.detail.get('reason', 'unknown')))})."
    )


def _receipts_missing(alarm: OpenAlarm, _zone: str) -> str:
    return (
        f"Inquiries are missing that people saw a receipt of: {_number(alarm, 'missing')}."
        " Compare your backups now."
    )


def _mailbox_failing(alarm: OpenAlarm, zone: str) -> str:
    since = day_and_time(from_millis(_number(alarm, "since")), zone, "en")
    reason = str(alarm.detail.get("reason") or "")
    why = in_words(reason) or "we do not know why"
    to_do = f" {what_to_do(reason)}." if what_to_do(reason) else ""
    return (
        f"The mailbox for returned mail has not been read since {since}: {why}.{to_do}"
        " Mail that comes back goes unnoticed meanwhile."
    )


MAILED: Mapping[str, str] = MappingProxyType(
    {
        "contact": "a contact of the settings (escalation)",
        SYNTHETIC: "the test mailbox (synthetic.address)",
    }
)


def _mail_returned(alarm: OpenAlarm, _zone: str) -> str:
    kind = alarm.subject.partition(":")[0]
    who = MAILED.get(kind, "a member of staff")
    if alarm.detail.get("kind") == "complaint":
        return f"Mail to {who} was reported as unwanted. The deliveries page says whose it is."
    return f"Mail to {who} came back. Correct the address; the deliveries page says whose it is."


def _glass(alarm: OpenAlarm, _zone: str) -> str:
    reference = show_reference(str(alarm.detail.get("reference", "")))
    return f"{reference} was opened by break-glass, and nobody has looked at the reason yet."


WORDS: Mapping[str, Callable[[OpenAlarm, str], str]] = MappingProxyType(
    {
        UNOPENED: _unopened,
        FAILING: _failing,
        REFUSED: _refused,
        DEAD: _dead,
        URGENT: _urgent,
        ON_CALL_MISSING: _on_call_missing,
        SYNTHETIC_FAILED: _synthetic_failed,
        RECEIPTS_MISSING: _receipts_missing,
        MAILBOX_FAILING: _mailbox_failing,
        MAIL_RETURNED: _mail_returned,
        GLASS: _glass,
    }
)
