"""Ending an inquiry, in each of its ways, and opening it again."""

from collections.abc import Mapping
from functools import partial

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import show_reference
from intake.desk.closing import close, close_not_suitable, mark_deceased, reopen, withdraw
from intake.desk.done import Done
from intake.desk.hand import Hand
from intake.desk.lifecycle import Verb, targets_from
from intake.inquiries.models import Outcome
from intake.inquiries.queries import inquiry_by_reference
from intake.staff.permissions import Permission
from intake.web.context import current
from intake.web.dashboard.acting import act, chosen, renamed, typed_here
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.closing_forms import MESSAGE, REASON, WITH_LETTER
from intake.web.dashboard.policies import acting, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.fields import FieldView

Typed = Mapping[str, str]


@dashboard.post("/inquiries/<reference>/closing")
@needs(Permission.COORDINATE_INQUIRIES)
def inquiry_closing(reference: str) -> ResponseReturnValue:
    """Close with an outcome that coordinators choose."""
    return act(reference, "closing", "Closed.", _close)


def _close(hand: Hand, typed: Typed) -> Done:
    outcome = chosen(Outcome, typed, "outcome")
    if outcome not in WITH_LETTER:
        return hand.do(close, outcome=outcome)
    reason, message = REASON.format(outcome.value), MESSAGE.format(outcome.value)
    with renamed({"reason": reason, "message": message}):
        return hand.close(
            partial(close, outcome=outcome),
            outcome,
            reason=typed.get(reason, ""),
            message=typed.get(message, ""),
            no_message_because=typed.get("no_message_because", ""),
        )


@dashboard.post("/inquiries/<reference>/clinical-closing")
@needs(Permission.DECIDE_CLINICALLY, fresh_minutes=FRESH_MINUTES)
def inquiry_clinical_closing(reference: str) -> ResponseReturnValue:
    """Close for a medical reason: a clinician who has just proved who they are."""
    return act(reference, "clinical-closing", "Closed as not suitable.", _close_clinically)


def _close_clinically(hand: Hand, typed: Typed) -> Done:
    return hand.close(
        close_not_suitable,
        Outcome.NOT_SUITABLE,
        reason=typed.get("reason", ""),
        words=typed.get("words", ""),
        message=typed.get("message", ""),
        no_message_because=typed.get("no_message_because", ""),
        fresh_sign_in=True,  # the route's policy has asked
    )


@dashboard.post("/inquiries/<reference>/withdrawal")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_withdrawal(reference: str) -> ResponseReturnValue:
    """Stop at once because the person said so."""
    return act(
        reference,
        "withdrawal",
        "Withdrawn. Nobody contacts them any more.",
        lambda hand, typed: hand.do(withdraw, reason=typed.get("reason", "")),
    )


@dashboard.post("/inquiries/<reference>/reopening")
@needs(Permission.COORDINATE_INQUIRIES)
def inquiry_reopening(reference: str) -> ResponseReturnValue:
    """Open a closed inquiry again where it stood."""
    return act(
        reference,
        "reopening",
        "Open again, where it stood.",
        lambda hand, typed: hand.do(reopen, reason=typed.get("reason", "")),
    )


@dashboard.get("/inquiries/<reference>/deceased")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_deceased(reference: str) -> ResponseReturnValue:
    """Say what will stop, and ask once more."""
    return _deceased_page(reference)


@dashboard.post("/inquiries/<reference>/deceased")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_deceased_confirmed(reference: str) -> ResponseReturnValue:
    """Stop everything in one step."""
    if typed_here().get("confirmed") != "yes":
        return _deceased_page(reference, "Tick the box to say that you are sure")
    said = "Everything was stopped. Nobody writes or calls any more."
    return act(reference, "deceased", said, lambda hand, _: hand.do(mark_deceased))


def _deceased_page(reference: str, error: str = "") -> ResponseReturnValue:
    intake = current()
    with intake.database.read() as session:
        summary = inquiry_by_reference(session, intake.keyring, reference)
    steps = targets_from(summary.status, acting())
    page = url_for("dashboard.inquiry", reference=summary.reference)
    if not any(step.verb is Verb.MARK_DECEASED for step in steps):
        return redirect(page, 303)
    box = FieldView(
        "confirmed",
        "box",
        "The person has died, and I have this from somebody who knows",
        choices=(("yes", "", ""),),
        error=error,
    )
    drawn = render_template(
        "dashboard/inquiry/deceased.html",
        title=f"{show_reference(summary.reference)}: the person has died",
        section="inquiries",
        back_url=page,
        reference=show_reference(summary.reference),
        name=summary.label.name if summary.label else "",
        version=summary.version,
        fields=[box],
        problems=[(f"#{box.id}", error)] if error else [],
    )
    return drawn, 422 if error else 200
