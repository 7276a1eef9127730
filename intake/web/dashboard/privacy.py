"""Privacy at the desk: what a checked caller asks, legal holds, erasing, and who waits for it.

A caller's wish counts only after the check of who they are (``callers``). Holds and erasing are the
privacy officer's; erasing asks who they are once more and for the reference, typed by hand.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.audit import trail
from intake.crypto.tokens import parse_reference, show_reference
from intake.desk.callers import last_check
from intake.desk.closing import withdraw
from intake.desk.lifecycle import OPEN
from intake.errors import Conflict, InvalidInput, Problem
from intake.inquiries.models import Status
from intake.inquiries.references import inquiry_named
from intake.privacy.erasure import AskedBy, erase_for_staff
from intake.privacy.holds import lift_hold, set_hold
from intake.privacy.models import AskedHow
from intake.privacy.requests import ask_for_erasure, waiting
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import acting, member_here, needs
from intake.web.dashboard.privacy_forms import ASKED_HOW, BY_THE_PERSON, WHY, WISHES
from intake.web.dashboard.privacy_page import privacy_page
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.sentences import STATUSES
from intake.web.dashboard.times import day_and_time

LIST_HEADS = [("Reference", ""), ("Asked", ""), ("How", ""), ("Stands", ""), ("Hold", "")]


@dashboard.get("/erasures")
@needs(Permission.ERASE_INQUIRIES)
def erasures() -> ResponseReturnValue:
    """List the requests to erase that wait, the oldest first."""
    with current().database.read() as session:
        found = waiting(session)
    zone = clinic().zone
    rows = [
        [
            {
                "url": url_for(
                    "dashboard.inquiry_privacy", reference=show_reference(one.reference)
                ),
                "words": show_reference(one.reference),
            },
            day_and_time(one.asked_at, zone),
            ASKED_HOW[one.asked_how],
            STATUSES[one.status],
            "Held" if one.is_held else "",
        ]
        for one in found
    ]
    return render_template(
        "dashboard/erasures.html",
        title="Requests to erase",
        section="erasures",
        heads=LIST_HEADS,
        rows=rows,
    )


@dashboard.get("/inquiries/<reference>/privacy")
@needs(Permission.CHECK_CALLERS)
def inquiry_privacy(reference: str) -> ResponseReturnValue:
    """Show holds and requests, and what this member may do about them."""
    return privacy_page(reference)


@dashboard.post("/inquiries/<reference>/caller-wish")
@needs(Permission.CHECK_CALLERS)
def inquiry_caller_wish(reference: str) -> ResponseReturnValue:
    """Do what a checked caller asks: stop at once; erasing waits for the privacy officer."""
    wish = request.form.get("wish", "")
    if wish not in {value for value, _, _ in WISHES}:
        return privacy_page(reference, "wish", (Problem("wish", "missing"),)), 422
    try:
        _carry_out(reference, wish)
    except Conflict as refused:
        return privacy_page(reference, "wish", refusal=refused.code), 409
    said = "Nobody contacts them any more."
    flash(f"{said} The privacy officers are told." if wish == "erase" else said)
    return _back(reference)


def _carry_out(reference: str, wish: str) -> None:
    service, member, at = current(), member_here(), now()
    with service.database.write() as session:
        inquiry = inquiry_named(session, reference, lock=True)
        check = last_check(trail.history(session, inquiry.public_id))
        if check is None or not check.holds(member.actor, at):
            raise Conflict("caller_unchecked")
        if Status(inquiry.status) in OPEN:
            name, by = inquiry.reference, acting()
            withdraw(session, service.office, name, None, reason="by_phone", by=by, at=at)
        elif wish == "stop":
            raise Conflict("not_from_this_status")
        if wish == "erase":
            how = AskedHow.BY_PHONE
            ask_for_erasure(session, inquiry, how=how, actor=member.actor, at=at)


@dashboard.post("/inquiries/<reference>/hold")
@needs(Permission.ERASE_INQUIRIES)
def inquiry_hold(reference: str) -> ResponseReturnValue:
    """Keep the inquiry from being erased."""
    return _hold(reference, "hold", set_hold, "Held: nothing erases this inquiry.")


@dashboard.post("/inquiries/<reference>/hold/lifting")
@needs(Permission.ERASE_INQUIRIES)
def inquiry_hold_lifting(reference: str) -> ResponseReturnValue:
    """Let the inquiry be erased again."""
    return _hold(reference, "lift", lift_hold, "The hold is lifted.")


@dashboard.post("/inquiries/<reference>/erasure")
@needs(Permission.ERASE_INQUIRIES, fresh_minutes=FRESH_MINUTES)
def inquiry_erasure(reference: str) -> ResponseReturnValue:
    """Erase it for ever: a reason, the reference typed by hand, and a fresh proof of who asks."""
    service, typed = current(), request.form
    problems = []
    if typed.get("why") not in WHY:
        problems.append(Problem("why", "missing"))
    if parse_reference(typed.get("typed", "")) != parse_reference(reference):
        problems.append(Problem("typed", "mismatch"))
    if problems:
        return privacy_page(reference, "erase", tuple(problems)), 422
    why = typed["why"]
    try:
        erased = erase_for_staff(
            service.database,
            service.office,
            reference,
            member=acting(),
            asked_by=AskedBy.PERSON if why in BY_THE_PERSON else AskedBy.STAFF,
            reason=why,
            at=now(),
        )
    except Conflict as refused:
        return privacy_page(reference, "erase", refusal=refused.code), 409
    flash(f"Erased: {', '.join(show_reference(one) for one in erased.references)}.")
    if erased.left:
        left = ", ".join(show_reference(one) for one in erased.left)
        flash(f"Joined with it and still there: {left}. Look at each of them.", "error")
    return _back(reference)


def _hold(reference: str, form: str, verb: Callable[..., None], said: str) -> ResponseReturnValue:
    service = current()
    reason = request.form.get("reason", "").replace("\r\n", "\n")
    try:
        with service.database.write() as session:
            verb(session, service.office, reference, reason=reason, by=acting(), at=now())
    except InvalidInput as wrong:
        return privacy_page(reference, form, wrong.problems), 422
    except Conflict as refused:
        return privacy_page(reference, form, refusal=refused.code), 409
    flash(said)
    return _back(reference)


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("dashboard.inquiry_privacy", reference=reference), 303)
