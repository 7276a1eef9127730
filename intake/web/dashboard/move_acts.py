"""Moving an inquiry on: out of quarantine, to a clinician and back, booked, and taken back."""

from collections.abc import Mapping
from functools import partial

from flask.typing import ResponseReturnValue

from intake.desk.done import Done
from intake.desk.facts import members_who
from intake.desk.hand import Hand
from intake.desk.models import AppointmentKind, DispositionCode
from intake.desk.moves import (
    hand_to_clinician,
    record_disposition,
    restore_from_quarantine,
    schedule,
    unschedule,
)
from intake.desk.refusals import refuse
from intake.desk.spam import close_as_spam
from intake.desk.undo import undo
from intake.staff.permissions import Permission
from intake.web.context import current
from intake.web.dashboard.acting import act, chosen
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.contact_acts import zone_of
from intake.web.dashboard.policies import needs
from intake.web.dashboard.sent import NOTHING, number_in
from intake.web.dashboard.wall_times import instant_of

Typed = Mapping[str, str]
HOWS = frozenset({"cancelled", "missed"})


@dashboard.post("/inquiries/<reference>/restoration")
@needs(Permission.COORDINATE_INQUIRIES)
def inquiry_restoration(reference: str) -> ResponseReturnValue:
    """Let a doubted inquiry into the work list."""
    said = "It is in the work list, with its own clock."
    return act(reference, "restoration", said, lambda hand, _: hand.do(restore_from_quarantine))


@dashboard.post("/inquiries/<reference>/spam")
@needs(Permission.COORDINATE_INQUIRIES)
def inquiry_spam(reference: str) -> ResponseReturnValue:
    """Close as spam, or propose it where a second person must agree."""
    return act(
        reference,
        "spam",
        "Noted as spam. Where there may be a person behind it, a colleague must agree.",
        lambda hand, typed: hand.do(close_as_spam, reason=typed.get("reason", "")),
    )


@dashboard.post("/inquiries/<reference>/clinical-review")
@needs(Permission.COORDINATE_INQUIRIES)
def inquiry_review(reference: str) -> ResponseReturnValue:
    """Hand it to a clinician with a summary and a question."""
    return act(reference, "clinical-review", "A clinician has it now.", _review)


def _review(hand: Hand, typed: Typed) -> Done:
    who = typed.get("clinician", "")
    with current().database.read() as session:
        clinicians = {str(one) for one, _ in members_who(session, Permission.DECIDE_CLINICALLY)}
    if who and who not in clinicians:
        raise refuse("clinician", "choice")
    return hand.do(
        hand_to_clinician,
        summary=typed.get("summary", ""),
        question=typed.get("question", ""),
        clinician_id=int(who) if who else None,
    )


@dashboard.post("/inquiries/<reference>/disposition")
@needs(Permission.DECIDE_CLINICALLY)
def inquiry_disposition(reference: str) -> ResponseReturnValue:
    """Record what the clinician decided."""
    return act(reference, "disposition", "The decision is recorded.", _disposition)


def _disposition(hand: Hand, typed: Typed) -> Done:
    decided = chosen(DispositionCode, typed, "disposition")
    asks = typed.get("text", "").strip() if decided is DispositionCode.ASK_MORE else ""
    if decided is DispositionCode.ASK_MORE and not asks:
        raise refuse("text", "missing")
    return hand.do(
        record_disposition, disposition=decided, words=typed.get("words", ""), ask_person=asks
    )


@dashboard.post("/inquiries/<reference>/appointment")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_appointment(reference: str) -> ResponseReturnValue:
    """Book what was agreed, by the person's clock."""
    return act(reference, "appointment", "Booked.", partial(_appointment, reference))


def _appointment(reference: str, hand: Hand, typed: Typed) -> Done:
    kind = chosen(AppointmentKind, typed, "kind")
    if kind is AppointmentKind.CALLBACK:
        raise refuse("kind", "choice")
    starts_at = instant_of(typed.get("starts_at", ""), zone_of(reference), "starts_at")
    return hand.do(schedule, starts_at=starts_at, kind=kind)


@dashboard.post("/inquiries/<reference>/appointment/ending")
@needs(Permission.COORDINATE_INQUIRIES)
def inquiry_appointment_ending(reference: str) -> ResponseReturnValue:
    """Take the booking back into discussion."""
    return act(reference, "appointment/ending", "The booking is off.", _unschedule)


def _unschedule(hand: Hand, typed: Typed) -> Done:
    how = typed.get("how", "")
    if how not in HOWS:
        raise refuse("how", "missing" if not how else "choice")
    return hand.do(unschedule, how=how)


@dashboard.post("/inquiries/<reference>/undo")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_undo(reference: str) -> ResponseReturnValue:
    """Take the last act back."""
    return act(reference, "undo", "Taken back.", _undo)


def _undo(hand: Hand, typed: Typed) -> Done:
    move = number_in(typed.get("move", ""), digits=17)
    if move == NOTHING:
        raise refuse("move", "missing")
    return hand.do(undo, move_id=move)
