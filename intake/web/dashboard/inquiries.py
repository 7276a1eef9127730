"""One inquiry: its reading is recorded first, and then it is shown."""

from flask import render_template
from flask.typing import ResponseReturnValue

from intake.audit import trail
from intake.consent.queries import consents_of
from intake.inquiries.queries import read_inquiry
from intake.notifications.queries import deliveries_of
from intake.staff.permissions import Permission
from intake.staff.queries import names_by_id, names_by_public_id
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.reading import Reading, screen_of


@dashboard.get("/inquiries/<reference>")
@needs(Permission.READ_INQUIRY)
def inquiry(reference: str) -> ResponseReturnValue:
    """Record that the member reads this inquiry, and then show it."""
    intake, member, at = current(), member_here(), now()
    opened = read_inquiry(intake.database, intake.keyring, reference, actor=member.actor, at=at)
    with intake.database.read() as session:
        history = trail.history(session, opened.summary.public_id)
        assigned = [opened.summary.assignee_id] if opened.summary.assignee_id else []
        reading = Reading(
            opened=opened,
            consents=consents_of(session, opened.summary.id),
            history=history,
            deliveries=deliveries_of(session, opened.summary.id),
            actors=names_by_public_id(session, (entry.actor.id for entry in history)),
            assignees=names_by_id(session, assigned),
        )
    return render_template("dashboard/inquiry.html", **screen_of(reading, member, at=at))
