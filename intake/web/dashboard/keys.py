"""Whether single keys act for a member: on as shipped, turned off on the account page.

Source: WCAG 2.2, 2.1.4 Character Key Shortcuts.
"""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk.worklist.preferences import set_single_keys, uses_single_keys
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.context import current
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs


def single_keys(member: Member) -> bool:
    """Say whether single keys act for this member."""
    with current().database.read() as session:
        return uses_single_keys(session, member.id)


@dashboard.post("/account/keys")
@needs(Permission.KEEP_OWN_ACCOUNT)
def keys_set() -> ResponseReturnValue:
    """Turn the member's single keys on or off."""
    on = request.form.get("keys") == "on"
    with current().database.write() as session:
        set_single_keys(session, member_here().id, on=on)
    flash("Single keys are on." if on else "Single keys are off. Every act still has its button.")
    return redirect(url_for("dashboard.account"), 303)
