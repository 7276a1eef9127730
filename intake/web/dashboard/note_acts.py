"""Notes for colleagues with their drafts, and the sign that somebody else looks at an inquiry.

A draft is kept by a button, or by the page's script while one types. Whoever only watches is not at
work: the script says so by a header, and the sign-in ends in its own time.
"""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import show_reference
from intake.desk.notes import add_note, keep_draft
from intake.desk.viewing import note_viewer, other_viewers
from intake.errors import InvalidInput
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.act_words import presence_words
from intake.web.dashboard.acting import Returned, typed_here
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.inquiry_page import show
from intake.web.dashboard.policies import acting, member_here, needs


@dashboard.post("/inquiries/<reference>/notes")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_notes(reference: str) -> ResponseReturnValue:
    """Add a note, or keep it as a draft."""
    intake, typed = current(), typed_here()
    is_draft = request.form.get("then") == "draft"
    try:
        with intake.database.write() as session:
            (keep_draft if is_draft else add_note)(
                session,
                intake.office,
                reference,
                text=typed.get("note", ""),
                by=acting(),
                at=now(),
            )
    except InvalidInput as wrong:
        return show(reference, Returned("notes", typed, problems=wrong.problems)), 422
    said = "The draft is kept." if is_draft else "The note is saved."
    flash(f"{show_reference(reference)}: {said}")
    return redirect(url_for("dashboard.inquiry", reference=reference, _anchor="notes"), 303)


@dashboard.post("/inquiries/<reference>/notes/draft")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_draft(reference: str) -> ResponseReturnValue:
    """Keep what is typed so far; answers the script with nothing."""
    intake = current()
    try:
        with intake.database.write() as session:
            keep_draft(
                session,
                intake.office,
                reference,
                text=typed_here().get("note", ""),
                by=acting(),
                at=now(),
            )
    except InvalidInput:
        return "", 422
    return "", 204


@dashboard.post("/inquiries/<reference>/viewers")
@needs(Permission.READ_INQUIRY)
def inquiry_viewers(reference: str) -> ResponseReturnValue:
    """Say that this member still looks, and answer who else does, as one sentence of text."""
    intake, member, at = current(), member_here(), now()
    note_viewer(intake.database, reference, member.id, at=at)
    with intake.database.read() as session:
        others = other_viewers(session, reference, member.id, at=at)
    return presence_words(others), 200, {"Content-Type": "text/plain; charset=utf-8"}
