"""The one thing to do next with an inquiry, and why: "Call 2 of 3, after 17:00 in Denver".

Worked out when a row is shown and stored nowhere, so it cannot disagree with the facts. A call is
put where the attempt policy still has a gap (another day, another part of the day), at an hour when
the person may be called and, where that can be, somebody is at work.

Source: PRODUCT.md 45.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.desk.calling_hours import Window, windows
from intake.desk.failing_mail import failing_mail
from intake.desk.models import AppointmentKind, Clock, ClockKind, Disposition, DispositionCode
from intake.desk.office import Office
from intake.desk.policy import AttemptPolicy, may_write, only_mail, policy_of
from intake.desk.queries import Asked, Attempt, Booked, asked_of, attempts_of, booked_for
from intake.desk.waiting import last_reminded
from intake.inquiries.models import Status
from intake.inquiries.summaries import InquirySummary
from intake.inquiries.unsealing import Label
from intake.notifications.text_channel import texts_are_on


class ActionKind(StrEnum):
    """What to do; a page picks the button by it."""

    CHECK = "check"
    CALL = "call"
    WRITE = "write"
    CALL_BACK = "call_back"
    REPLY = "reply"
    WAIT = "wait"
    DECIDE = "decide"
    SCHEDULE = "schedule"
    FOLLOW_UP = "follow_up"
    CONSULTATION = "consultation"
    CLOSE_NOT_REACHED = "close_not_reached"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do, why, and from when; ``at`` is None for now."""

    kind: ActionKind
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What the next action is worked out from."""

    status: Status
    label: Label | None
    attempts: Sequence[Attempt] = ()
    booked: Booked | None = None
    asked: Asked | None = None
    running: Mapping[ClockKind, datetime] = field(default_factory=dict)
    disposition: DispositionCode | None = None
    texts_are_on: bool = False
    mail_comes_back: bool = False


def next_actions(
    session: Session, office: Office, rows: Sequence[InquirySummary], *, at: datetime
) -> Mapping[int, NextAction]:
    """Return the next action of each row, by row id, in eight statements at most."""
    ids = [row.id for row in rows]
    attempts, booked, asked = (
        attempts_of(session, ids),
        booked_for(session, ids),
        asked_of(session, ids),
    )
    running, decided = _running(session, ids), _decided(session, ids)
    waits = any(row.status is Status.WAITING_ON_PATIENT for row in rows)
    texting = waits and texts_are_on(session)
    returned = failing_mail(session, ids)
    return {
        row.id: next_action(
            ActionFacts(
                status=row.status,
                label=row.label,
                attempts=attempts.get(row.id, ()),
                booked=booked.get(row.id),
                asked=asked.get(row.id),
                running=running.get(row.id, {}),
                disposition=decided.get(row.id),
                texts_are_on=texting,
                mail_comes_back=row.id in returned,
            ),
            office,
            at=at,
        )
        for row in rows
    }


def next_action(facts: ActionFacts, office: Office, *, at: datetime) -> NextAction:
    """Return the one thing to do next."""
    if facts.booked is not None and facts.booked.kind is AppointmentKind.CALLBACK:
        return _call_back(facts.booked)
    if ClockKind.REPLY in facts.running and facts.status is not Status.WAITING_ON_PATIENT:
        return NextAction(
            ActionKind.REPLY, "Reply: they wrote to us", facts.running[ClockKind.REPLY]
        )
    if facts.status in {Status.NEW, Status.CONTACTING}:
        return _reach(facts, office, at)
    return _later(facts)


def _later(facts: ActionFacts) -> NextAction:
    if facts.status is Status.QUARANTINED:
        return NextAction(ActionKind.CHECK, "Look whether this is a person")
    if facts.status is Status.CLINICAL_REVIEW:
        due = facts.running.get(ClockKind.CLINICIAN_ANSWER)
        return NextAction(ActionKind.DECIDE, "A clinician is to decide", due)
    if facts.status is Status.WAITING_ON_PATIENT:
        return _wait(facts)
    if facts.status is Status.SCHEDULED:
        starts = facts.booked.starts_at if facts.booked else None
        return NextAction(ActionKind.CONSULTATION, "Say how the appointment went", starts)
    if facts.status is Status.IN_DISCUSSION:
        return _discuss(facts.disposition)
    return NextAction(ActionKind.NOTHING, "Nothing is owed")


def _wait(facts: ActionFacts) -> NextAction:
    """Return that we wait, or that who gets nothing in writing is to be reminded by us."""
    asked, label = facts.asked, facts.label
    if asked is None:
        return NextAction(ActionKind.WAIT, "Wait for their answer")
    due = last_reminded(asked.asked_at, asked.reminders)
    if facts.mail_comes_back:
        due = due or asked.asked_at
    tried = any(one.at >= due for one in facts.attempts) if due is not None else True
    by_text = label is not None and "text" in label.ways
    is_told = label is None or "email" in label.ways or (by_text and facts.texts_are_on)
    if tried or (is_told and not facts.mail_comes_back):
        return NextAction(ActionKind.WAIT, "Wait for their answer", asked.ends_at)
    if facts.mail_comes_back:
        return _instead_of_mail(label, ("call", "text"), "they do not know that we wait")
    if by_text:
        return NextAction(ActionKind.WRITE, "Text to remind them: we cannot write by ourselves")
    return NextAction(ActionKind.CALL, "Call to remind them: they get nothing in writing")


def _discuss(disposition: DispositionCode | None) -> NextAction:
    if disposition is DispositionCode.OFFER:
        return NextAction(ActionKind.SCHEDULE, "Book the consultation that was offered")
    if disposition is DispositionCode.ANSWERED:
        return NextAction(ActionKind.FOLLOW_UP, "Tell them what the clinician said")
    return NextAction(ActionKind.FOLLOW_UP, "Talk on, ask, or hand to a clinician")


def _call_back(booked: Booked) -> NextAction:
    return NextAction(
        ActionKind.CALL_BACK,
        f"Call back at {_wall(booked.starts_at, booked.zone)} in {_place(booked.zone)}",
        booked.starts_at,
    )


def _reach(facts: ActionFacts, office: Office, at: datetime) -> NextAction:
    label = facts.label
    done = policy_of(
        facts.attempts,
        office.rules,
        writing_allowed=may_write(label),
        writing_fails=facts.mail_comes_back and only_mail(label),
    )
    if done.is_met:
        return NextAction(
            ActionKind.CLOSE_NOT_REACHED, "Everything was tried: close as not reached"
        )
    spoken_done = done.attempts >= done.attempts_needed and not _gaps(done)
    can_call = label is None or "call" in label.ways
    if facts.mail_comes_back and (spoken_done or not can_call):
        return _instead_of_mail(label, ("text", "call"), "ask for another address")
    if not can_call or (spoken_done and done.written < done.written_needed):
        number, needed = (done.written, done.written_needed) if can_call else _tries(done)
        return NextAction(ActionKind.WRITE, f"Write: message {number + 1} of {max(needed, 1)}")
    return _call(facts, office, done, at)


def _instead_of_mail(label: Label | None, ways: Sequence[str], why: str) -> NextAction:
    """Return the first of these ways that is left where mail comes back, else their page."""
    left = next((way for way in ways if label is None or way in label.ways), None)
    if left is None:
        words = "Write on their page: mail comes back, and they gave no other way"
        return NextAction(ActionKind.WRITE, words)
    kind = ActionKind.CALL if left == "call" else ActionKind.WRITE
    return NextAction(kind, f"{left.capitalize()}: mail to them comes back; {why}")


def _tries(done: AttemptPolicy) -> tuple[int, int]:
    return done.attempts, max(done.attempts_needed, done.attempts + 1)


def _gaps(done: AttemptPolicy) -> bool:
    return done.days < done.days_needed or done.day_parts < done.day_parts_needed


def _call(facts: ActionFacts, office: Office, done: AttemptPolicy, at: datetime) -> NextAction:
    number = done.attempts + 1
    count = f"Call {number} of {max(number, done.attempts_needed)}"
    if facts.mail_comes_back:
        count = f"Mail comes back. {count}"
    zone = facts.label.zone if facts.label else office.clinic.zone
    window = _best_window(facts.attempts, office, done, zone, at)
    if window is None or window.opens_at <= at:
        return NextAction(ActionKind.CALL, f"{count}, now")
    when = _wall(window.opens_at, zone)
    if window.local_on != at.astimezone(ZoneInfo(zone)).date().isoformat():
        when = f"{window.opens_at.astimezone(ZoneInfo(zone)):%A} {when}"
    return NextAction(ActionKind.CALL, f"{count}, after {when} in {_place(zone)}", window.opens_at)


def _best_window(
    attempts: Sequence[Attempt], office: Office, done: AttemptPolicy, zone: str, at: datetime
) -> Window | None:
    tried = [one for one in attempts if not one.incoming]
    parts, days = {one.day_part for one in tried}, {one.local_on for one in tried}
    together = {(one.local_on, one.day_part) for one in tried}
    left = done.attempts_needed - done.attempts
    new_part = bool(tried) and done.day_parts < done.day_parts_needed
    # A day is kept for the last tries only, so that the second may still be tonight.
    new_day = bool(tried) and 0 < done.days_needed - done.days >= left
    # To the minute, so that a busy list works each zone out once a minute.
    minute = at.replace(second=0, microsecond=0)
    ahead = windows(minute, zone, office.rules, office.hours)
    fits = [
        window
        for window in ahead
        if (window.local_on, window.part) not in together
        and not (new_part and window.part in parts)
        and not (new_day and window.local_on in days)
    ]
    return next(iter(fits or ahead), None)


def _wall(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _running(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[ClockKind, datetime]]:
    rows = session.execute(
        select(Clock.inquiry_id, Clock.kind, Clock.due_at).where(
            Clock.inquiry_id.in_(ids), Clock.stopped_at.is_(None), Clock.paused_since.is_(None)
        )
    )
    found: dict[int, dict[ClockKind, datetime]] = {}
    for row in rows:
        found.setdefault(row.inquiry_id, {})[ClockKind(row.kind)] = row.due_at
    return found


def _decided(session: Session, ids: Sequence[int]) -> Mapping[int, DispositionCode]:
    rows = session.execute(
        select(Disposition.inquiry_id, Disposition.code)
        .where(Disposition.inquiry_id.in_(ids), Disposition.voided_at.is_(None))
        .order_by(Disposition.id)
    )
    return {row.inquiry_id: DispositionCode(row.code) for row in rows}
