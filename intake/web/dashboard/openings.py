"""Break-glass: opening one inquiry as an exception, and looking at what was opened so.

An administrator types a reference and a reason. Everybody who watches over this is told at once,
and sees it here; the reason itself only whoever may read inquiries.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.crypto.tokens import show_reference
from intake.desk.break_glass import (
    REASON_MAX_CHARACTERS,
    REASON_MIN_CHARACTERS,
    Opening,
    Request,
    break_glass,
    opened_by,
    reasons_of,
    review_opening,
)
from intake.desk.break_glass import openings as all_openings
from intake.errors import Conflict, InvalidInput, NotFound
from intake.inquiries.queries import read_inquiry
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, now
from intake.web.dashboard.answers import answer_groups
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.desk_words import refusal_words
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.times import clock_time, day_and_time
from intake.web.fields import FieldView

HEADS = [("Inquiry", ""), ("Opened by", ""), ("When", ""), ("Reason", ""), ("Looked at", "")]
FAULTS = {
    "reference_unknown": "No inquiry that can be opened has this reference. Check its letters.",
    "reason_missing": "Enter why you must see this inquiry.",
    "reason_short": f"Enter the reason in {REASON_MIN_CHARACTERS} characters or more.",
    "reason_long": f"Enter a shorter reason: {REASON_MAX_CHARACTERS} characters at most.",
}
OVER = "This opening is over. Where you still must see the inquiry, open it again with a reason."


@dashboard.get("/openings")
@needs(Permission.REVIEW_OPENINGS)
def openings() -> ResponseReturnValue:
    """Show what was opened so, and the form for whoever may."""
    return _page()


@dashboard.post("/openings")
@needs(Permission.BREAK_GLASS, fresh_minutes=FRESH_MINUTES)
def opening_create() -> ResponseReturnValue:
    """Open one inquiry for half an hour and tell the others."""
    intake, member = current(), member_here()
    try:
        opening = break_glass(
            intake.database,
            intake.keyring,
            Request(request.form.get("reference", ""), request.form.get("reason", "")),
            staff_id=member.id,
            contacts=intake.settings.escalation,
            actor=member.actor,
            at=now(),
        )
    except InvalidInput as wrong:
        return _page(wrong), 422
    return redirect(url_for("dashboard.opening", public_id=opening), 303)


@dashboard.get("/openings/<public_id>")
@needs(Permission.BREAK_GLASS)
def opening(public_id: str) -> ResponseReturnValue:
    """Record the reading, and show the answers of one's own opening while it lasts."""
    intake, member, at = current(), member_here(), now()
    try:
        with intake.database.read() as session:
            found = opened_by(session, public_id, member.id, at=at)
    except NotFound:
        flash(OVER, "info")
        return redirect(url_for("dashboard.openings"), 303)
    read = read_inquiry(intake.database, intake.keyring, found.reference, actor=member.actor, at=at)
    return render_template(
        "dashboard/opening.html",
        title=show_reference(found.reference),
        section="openings",
        reference=show_reference(found.reference),
        until=clock_time(found.until, clinic().zone),
        groups=answer_groups(read.answers, intake.settings.form, language=read.summary.language),
    )


@dashboard.post("/openings/<public_id>/review")
@needs(Permission.REVIEW_OPENINGS)
def opening_review(public_id: str) -> ResponseReturnValue:
    """Put the alarm away: somebody else has looked at the reason."""
    member = member_here()
    try:
        with current().database.write() as session:
            review_opening(session, public_id, staff_id=member.id, actor=member.actor, at=now())
    except Conflict as refused:
        flash(f"{refusal_words(refused)}.", "error")
    else:
        flash("The alarm is put away.")
    return redirect(url_for("dashboard.openings"), 303)


def _page(wrong: InvalidInput | None = None) -> str:
    intake, member = current(), member_here()
    may_read = member.may(Permission.READ_INQUIRY)
    with intake.database.read() as session:
        found = all_openings(session)
        reasons = reasons_of(session, intake.keyring) if may_read else {}
    may_open = member.may(Permission.BREAK_GLASS) and not may_read
    fields = _fields(wrong) if may_open else []
    return render_template(
        "dashboard/openings.html",
        title="Break-glass",
        section="openings",
        heads=HEADS,
        rows=[
            _row(one, reasons.get(one.public_id, "For those who read inquiries")) for one in found
        ],
        fields=fields,
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
    )


def _row(one: Opening, reason: str) -> list[object]:
    zone, member = clinic().zone, member_here()
    looked: object = "Not yet"
    if one.reviewed_at is not None:
        looked = day_and_time(one.reviewed_at, zone)
    elif one.staff_id != member.id:
        looked = {
            "action": url_for("dashboard.opening_review", public_id=one.public_id),
            "words": "I have looked at it",
            "about": show_reference(one.reference),
            "hidden": {"csrf_token": generate_csrf()},
        }
    shown: object = show_reference(one.reference)
    if one.staff_id == member.id and one.until > now():
        shown = {
            "url": url_for("dashboard.opening", public_id=one.public_id),
            "words": show_reference(one.reference),
        }
    return [shown, one.who, day_and_time(one.opened_at, zone), reason, looked]


def _fields(wrong: InvalidInput | None) -> list[FieldView]:
    errors = {one.field: FAULTS[one.code] for one in wrong.problems} if wrong else {}
    asked = request.form if wrong else request.args
    return [
        FieldView(
            "reference",
            "text",
            "Reference",
            hint="Such as K7QF-29MD",
            value=asked.get("reference", ""),
            error=errors.get("reference", ""),
            width="short",
            autocomplete="off",
        ),
        FieldView(
            "reason",
            "area",
            "Why you must see it",
            hint="The privacy officers and the other administrators are told at once",
            value=request.form.get("reason", "") if wrong else "",
            error=errors.get("reason", ""),
            max_length=REASON_MAX_CHARACTERS,
            counter=True,
        ),
    ]
