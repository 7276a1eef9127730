"""A new short code for the person's private page: read aloud to a checked caller, or sent to them.

The old code is void at once and every try is forgotten. It is shown on the answer of the button
alone: no message, no cookie and no later page carries it.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.audit import trail
from intake.crypto.tokens import show_reference
from intake.desk.callers import last_check
from intake.inquiries.queries import inquiry_by_reference
from intake.patient.codes import renew_code
from intake.patient.sent_codes import send_new_code
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs

ALOUD = "aloud"
CHECK_FIRST = "Check who is calling first, then make the code."
NO_WAY = "There is no address or number to send a code to. Check who is calling and read it aloud."
SENT = "A code is on its way. It works once, for 15 minutes."


@dashboard.post("/inquiries/<reference>/code")
@needs(Permission.CHECK_CALLERS)
def inquiry_code(reference: str) -> ResponseReturnValue:
    """Make a new code: shown for a caller who was checked just now, else sent."""
    intake, member, at = current(), member_here(), now()
    with intake.database.read() as session:
        summary = inquiry_by_reference(session, intake.keyring, reference)
        check = last_check(trail.history(session, summary.public_id))
    back = url_for("dashboard.inquiry", reference=summary.reference, _anchor="caller")
    if request.form.get("way") != ALOUD:
        with intake.database.write() as session:
            is_sent = send_new_code(
                session, intake.keyring, summary.reference, actor=member.actor, at=at
            )
        flash(SENT if is_sent else NO_WAY, "message" if is_sent else "error")
        return redirect(back, 303)
    if check is None or not check.holds(member.actor, at):
        flash(CHECK_FIRST, "error")
        return redirect(back, 303)
    with intake.database.write() as session:
        code = renew_code(session, intake.keyring, summary.reference, actor=member.actor, at=at)
    reference = show_reference(summary.reference)
    return render_template(
        "dashboard/new_code.html",
        title=f"New code · {reference}",
        section="inquiries",
        reference=reference,
        code=f"{code[:3]} {code[3:]}",
        back_url=back,
    )
