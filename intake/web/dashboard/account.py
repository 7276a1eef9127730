"""A member's own account: where they are signed in, and the ways to end it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.errors import NotFound
from intake.staff.accounts import end_every_session, end_one_session, own_sessions
from intake.staff.permissions import Permission
from intake.web.context import clinic, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.keys import single_keys
from intake.web.dashboard.passkeys import passkey_rows
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.times import ago, day_and_time


@dashboard.get("/")
@needs(Permission.KEEP_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """Lead to the first page the member may see."""
    may_see = member_here().may(Permission.SEE_WORK_LIST)
    return redirect(url_for("dashboard.work_list" if may_see else "dashboard.account"), 303)


@dashboard.get("/account")
@needs(Permission.KEEP_OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """Show the account and its open sessions."""
    member, at, zone = member_here(), now(), clinic().zone
    sessions = [
        {
            "key": one.key,
            "device": one.device,
            "since": day_and_time(one.created_at, zone),
            "seen": ago(one.seen_at, now=at),
            "is_here": one.key == member.session_key,
        }
        for one in own_sessions(member)
    ]
    return render_template(
        "dashboard/account.html",
        section="account",
        account=member,
        roles=", ".join(role.replace("_", " ") for role in member.roles) or "none",
        passkeys=passkey_rows(member),
        sessions=sessions,
        single_keys=single_keys(member),
    )


@dashboard.post("/account/sessions/<key>/ending")
@needs(Permission.KEEP_OWN_ACCOUNT)
def session_end(key: str) -> ResponseReturnValue:
    """Sign out one device of the member's own."""
    if not end_one_session(member_here(), key):
        raise NotFound("session_unknown")
    flash("That device is signed out.")
    return redirect(url_for("dashboard.account"), 303)


@dashboard.post("/account/sessions/ending")
@needs(Permission.KEEP_OWN_ACCOUNT)
def all_sessions_end() -> ResponseReturnValue:
    """Sign the member out everywhere, here too."""
    end_every_session(member_here())
    flash("You are signed out everywhere.")
    return redirect(url_for("security.login"), 303)
