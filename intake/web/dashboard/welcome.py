"""The one-time link: choose a password, then set up the second factor by signing in.

Opening the link never spends it: mail scanners and previews open links too. Unknown, spent and late
links are answered alike.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.staff.accounts import PASSWORD_FAULTS, accept_link, password_fault
from intake.staff.invitations import Invitee, find_invitation
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import is_open
from intake.web.fields import FieldView

NOT_THE_SAME = "The two passwords are not the same."
COORDINATES = FieldView(
    "coordinates",
    "box",
    "I also answer inquiries",
    hint="Gives you the coordinator role. Without it you see no health details",
)


@dashboard.get("/welcome/<token>")
@is_open()
def welcome(token: str) -> ResponseReturnValue:
    """Ask for a password, as long as the link can be used."""
    invitee = _invitee(token)
    return _page(invitee) if invitee else _unusable()


@dashboard.post("/welcome/<token>")
@is_open()
def choose_password(token: str) -> ResponseReturnValue:
    """Judge the password, and spend the link for a good one."""
    invitee = _invitee(token)
    if invitee is None:
        return _unusable()
    password, again = request.form.get("password", ""), request.form.get("again", "")
    fault = password_fault(password, invitee)
    if fault is not None:
        return _page(invitee, password=PASSWORD_FAULTS[fault]), 422
    if password != again:
        return _page(invitee, again=NOT_THE_SAME), 422
    if not accept_link(token, password, coordinates="coordinates" in request.form):
        return _unusable()
    flash("Your password is set. Sign in with it, then set up your authenticator app.")
    return redirect(url_for("security.login"), 303)


def _invitee(token: str) -> Invitee | None:
    with current().database.read() as session:
        return find_invitation(session, token, at=now())


def _page(invitee: Invitee, *, password: str = "", again: str = "") -> str:
    fields = [
        FieldView(
            "password",
            "password",
            "Password",
            hint="At least 15 characters. A few unrelated words make a good password.",
            error=password,
            autocomplete="new-password",
        ),
        FieldView(
            "again",
            "password",
            "The same password again",
            error=again,
            autocomplete="new-password",
        ),
    ]
    return render_template(
        "dashboard/welcome.html",
        full_name=invitee.full_name,
        email=invitee.email,
        may_coordinate=invitee.may_coordinate,
        fields=fields,
        coordinates=COORDINATES,
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
    )


def _unusable() -> ResponseReturnValue:
    return render_template("dashboard/welcome_spent.html"), 404
