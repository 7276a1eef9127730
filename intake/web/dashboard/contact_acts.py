"""Reaching the person: owner, attempts with their next step, call-backs, requests, snoozing."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from flask.typing import ResponseReturnValue

from intake.desk.assignment import assign, claim, unassign
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback, cancel_callback
from intake.desk.closing import close
from intake.desk.done import Done
from intake.desk.hand import Hand
from intake.desk.models import Channel, Result
from intake.desk.moves import request_information, stop_waiting
from intake.desk.refusals import refuse
from intake.desk.snooze import snooze, wake
from intake.inquiries.models import Outcome
from intake.inquiries.queries import inquiry_by_reference
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.acting import act, chosen, renamed
from intake.web.dashboard.attempt_form import STEP_ASK, STEP_CALL, STEP_CLOSE, STEP_LATER
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import needs
from intake.web.dashboard.sent import number_in
from intake.web.dashboard.wall_times import MONDAY, PERSON_ZONES, instant_of, next_morning

Typed = Mapping[str, str]
INCOMING = "incoming"
LATER = timedelta(hours=3)


@dashboard.post("/inquiries/<reference>/assignment")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_assignment(reference: str) -> ResponseReturnValue:
    """Claim it, give it to a colleague, or give it back."""
    return act(reference, "assignment", "The owner was changed.", _assign)


def _assign(hand: Hand, typed: Typed) -> Done:
    to = typed.get("to", "")
    if to == "me":
        return hand.do(claim)
    if to == "nobody":
        return hand.do(unassign)
    colleague = typed.get("colleague", "")
    if not colleague:
        raise refuse("assignee", "missing")
    return hand.do(assign, to=number_in(colleague, digits=17))


@dashboard.post("/inquiries/<reference>/attempts")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_attempts(reference: str) -> ResponseReturnValue:
    """Log a try together with the next step: both or neither."""
    return act(reference, "attempts", "The attempt is logged.", partial(_attempt, reference))


def _attempt(reference: str, hand: Hand, typed: Typed) -> Done:
    way = typed.get("channel", "")
    incoming = way == INCOMING
    channel = Channel.CALL if incoming else chosen(Channel, typed, "channel")
    result = chosen(Result, typed, "result")
    done = hand.do(
        log_attempt, channel=channel, result=result, incoming=incoming, note=typed.get("note", "")
    )
    return _next_step(reference, hand, typed) or done


def _next_step(reference: str, hand: Hand, typed: Typed) -> Done | None:
    step = typed.get("next_step", "")
    if step == STEP_CALL:
        zone = zone_of(reference)
        with renamed({"starts_at": "next_at", "zone": "next_at", "channel": "next_at"}):
            starts_at = instant_of(typed.get("next_at", ""), zone, "starts_at")
            return hand.do(book_callback, starts_at=starts_at)
    if step == STEP_ASK:
        with renamed({"text": "next_text"}):
            return hand.do(request_information, text=typed.get("next_text", ""))
    if step == STEP_LATER:
        with renamed({"until": "later_at"}):
            zone = current().settings.clinic.zone
            return hand.do(snooze, until=instant_of(typed.get("later_at", ""), zone, "until"))
    if step == STEP_CLOSE:
        return hand.do(close, outcome=Outcome.NOT_REACHED)
    return None


@dashboard.post("/inquiries/<reference>/callbacks")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_callbacks(reference: str) -> ResponseReturnValue:
    """Book a call-back by the person's clock."""
    return act(reference, "callbacks", "The call-back is booked.", partial(_callback, reference))


def _callback(reference: str, hand: Hand, typed: Typed) -> Done:
    home = zone_of(reference)
    zone = typed.get("zone", "")
    if zone and zone not in {home, *PERSON_ZONES}:
        raise refuse("zone", "choice")
    starts_at = instant_of(typed.get("starts_at", ""), zone or home, "starts_at")
    return hand.do(book_callback, starts_at=starts_at, zone="" if zone == home else zone)


@dashboard.post("/inquiries/<reference>/callbacks/ending")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_callback_ending(reference: str) -> ResponseReturnValue:
    """Take the call-back off."""
    said = "The call-back is off."
    return act(reference, "callbacks/ending", said, lambda hand, _: hand.do(cancel_callback))


@dashboard.post("/inquiries/<reference>/information-requests")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_information(reference: str) -> ResponseReturnValue:
    """Ask the person for something and wait."""
    return act(
        reference,
        "information-requests",
        "They were asked. We wait for their answer.",
        lambda hand, typed: hand.do(request_information, text=typed.get("text", "")),
    )


@dashboard.post("/inquiries/<reference>/information-requests/ending")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_information_ending(reference: str) -> ResponseReturnValue:
    """Wait no longer."""
    said = "We wait no longer. The clocks go on."
    form = "information-requests/ending"
    return act(reference, form, said, lambda hand, _: hand.do(stop_waiting))


@dashboard.post("/inquiries/<reference>/snooze")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_snooze(reference: str) -> ResponseReturnValue:
    """Put it aside until a time on the clinic's clock."""
    return act(reference, "snooze", "Put aside. It comes back by itself.", _snooze)


def _snooze(hand: Hand, typed: Typed) -> Done:
    at, zone, until = now(), current().settings.clinic.zone, typed.get("until", "")
    if until == "at":
        with renamed({"until": "until_at"}):
            return hand.do(snooze, until=instant_of(typed.get("until_at", ""), zone, "until"))
    ready = {
        "later": at + LATER,
        "tomorrow": next_morning(at, zone),
        "monday": next_morning(at, zone, weekday=MONDAY),
    }
    if until not in ready:
        raise refuse("until", "missing")
    return hand.do(snooze, until=ready[until])


@dashboard.post("/inquiries/<reference>/snooze/ending")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_snooze_ending(reference: str) -> ResponseReturnValue:
    """Bring it back now."""
    return act(reference, "snooze/ending", "It is back.", lambda hand, _: hand.do(wake))


def zone_of(reference: str) -> str:
    """Return the zone of the person's home, or the clinic's."""
    intake = current()
    with intake.database.read() as session:
        label = inquiry_by_reference(session, intake.keyring, reference).label
    return label.zone if label and label.zone else intake.settings.clinic.zone
