"""Passkeys on the screen: signing in with one, keeping one's own, and proving oneself again.

They need a script in the browser; without it everything here leads to the password.
"""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from intake.errors import InvalidInput
from intake.staff.accounts import (
    Asking,
    Member,
    add_passkey,
    asked_at_sign_in,
    asked_for_new,
    current_member,
    drop_passkey,
    own_passkeys,
    sign_in_with_passkey,
)
from intake.staff.passkeys import NAME_MAX_CHARACTERS, PASSKEYS_MAX
from intake.staff.permissions import Permission
from intake.web.context import clinic, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import is_open, member_here, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.times import ago, day_and_time
from intake.web.fields import FieldView

NOT_SIGNED_IN = "This passkey cannot sign in here. Try it again, or use your e-mail and password."
FAULTS = {
    "name_missing": "Enter a name, such as the device or key that holds the passkey.",
    "name_long": f"Enter a shorter name: {NAME_MAX_CHARACTERS} characters at most.",
    "name_taken": "You have a passkey of this name. Enter another name.",
    "passkeys_many": f"You have {PASSKEYS_MAX} passkeys. Remove one that you do not use.",
    "passkey_known": "This passkey is on your list already.",
    "answer_refused": "Your device made no passkey that can be used here. Try it again.",
}


def at_sign_in() -> dict[str, Asking]:
    """Give the sign-in page what it asks a passkey."""
    return {"passkey": asked_at_sign_in()}


def to_proof(_within: timedelta, _grace: timedelta) -> Response:
    """Lead from a page of the library that needs proof to ours, and back."""
    return redirect(url_for("dashboard.proof", next=request.path), 303)


@dashboard.post("/login/passkey")
@is_open()
def passkey_sign_in() -> ResponseReturnValue:
    """Sign in whoever's passkey answered."""
    form = request.form
    if current_member() is None and not sign_in_with_passkey(
        form.get("asked", ""), form.get("answer", "")
    ):
        flash(NOT_SIGNED_IN, "error")
        return redirect(url_for("security.login", next=form.get("next") or None), 303)
    return redirect(form.get("next") or url_for("dashboard.home"), 303)


@dashboard.get("/proof")
@needs(Permission.KEEP_OWN_ACCOUNT, fresh_minutes=0)
def proof() -> ResponseReturnValue:
    """Ask who it is, for a page that was asked for and not sent."""
    return redirect(url_for("dashboard.account"), 303)


@dashboard.post("/proof")
@needs(Permission.KEEP_OWN_ACCOUNT, fresh_minutes=0)
def proof_given() -> ResponseReturnValue:
    """Go on to the page that was asked for."""
    return redirect(request.form.get("next") or url_for("dashboard.account"), 303)


@dashboard.get("/account/passkeys/new")
@needs(Permission.KEEP_OWN_ACCOUNT, fresh_minutes=FRESH_MINUTES)
def passkey_new() -> ResponseReturnValue:
    """Ask for a name and show the button that makes a passkey."""
    return _page(member_here())


@dashboard.post("/account/passkeys")
@needs(Permission.KEEP_OWN_ACCOUNT, fresh_minutes=FRESH_MINUTES)
def passkey_create() -> ResponseReturnValue:
    """Keep the passkey that the device made; a name that cannot be used keeps its answer."""
    form, member = request.form, member_here()
    try:
        add_passkey(member, form.get("name", ""), form.get("asked", ""), form.get("answer", ""))
    except InvalidInput as wrong:
        return _page(member, wrong.problems[0].code), 422
    flash("The passkey is added. Next time you can sign in with it alone.")
    return redirect(url_for("dashboard.account"), 303)


@dashboard.post("/account/passkeys/<public_id>/removal")
@needs(Permission.KEEP_OWN_ACCOUNT, fresh_minutes=FRESH_MINUTES)
def passkey_removal(public_id: str) -> ResponseReturnValue:
    """Forget one of the member's passkeys."""
    if name := drop_passkey(member_here(), public_id):
        flash(f"The passkey {name} is removed. Delete it on the device that holds it too.")
    return redirect(url_for("dashboard.account"), 303)


def passkey_rows(member: Member) -> list[dict[str, object]]:
    """Return the member's passkeys as the account page draws them."""
    at, zone = now(), clinic().zone
    return [
        {
            "id": one.public_id,
            "name": one.name,
            "added": day_and_time(one.created_at, zone),
            "used": ago(one.last_used_at, now=at),
            "where": "Synced between devices" if one.is_synced else "On one device",
            "is_stopped": one.is_stopped,
        }
        for one in own_passkeys(member)
    ]


def _page(member: Member, fault: str = "") -> str:
    form = request.form
    # A device was asked already and only the name is wrong: its answer is kept.
    is_made = bool(fault and fault != "answer_refused" and form.get("answer"))
    field = FieldView(
        "name",
        "text",
        "Name of the passkey",
        hint="So that you know it again: My phone, blue key",
        value=form.get("name", ""),
        error=FAULTS.get(fault, ""),
        autocomplete="off",
        max_length=NAME_MAX_CHARACTERS,
    )
    return render_template(
        "dashboard/passkey_new.html",
        title="Add a passkey",
        section="account",
        fields=[field],
        problems=[(f"#{field.id}", field.error)] if field.error else [],
        passkey=asked_for_new(member),
        answer=form.get("answer", "") if is_made else "",
        asked=form.get("asked", "") if is_made else "",
    )
