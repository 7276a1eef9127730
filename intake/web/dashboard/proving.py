"""Asking a member once more who they are, before something that a stolen session must not do.

The page stands in for the answer to the very request: it carries everything that was typed and
sends it again, to the same address, with the password or a passkey's answer. So whoever proves
themselves goes on where they were, with one press and nothing to type twice.

Source: SAFETY.md T16; ASVS 5.0.0 7.5.1.
"""

from datetime import timedelta

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.staff.accounts import (
    Member,
    asked_for_proof,
    is_fresh,
    prove_with_passkey,
    prove_with_password,
)
from intake.web.fields import FieldView
from intake.web.security import SAFE_METHODS

FRESH_MINUTES = 10
PASSWORD, ASKED, ANSWER = "proof_password", "proof_asked", "proof_answer"
OWN_FIELDS = frozenset({"csrf_token", PASSWORD, ASKED, ANSWER})
NO_PASSWORD = "Enter your password."  # noqa: S105 - a sentence
WRONG_PASSWORD = "This is not your password, or there were too many tries."  # noqa: S105
WRONG_PASSKEY = "This passkey could not be used. Try it again, or enter your password."


def ask_again(minutes: int = FRESH_MINUTES) -> ResponseReturnValue | None:
    """Return the page that asks who it is, or None where the member may go on.

    For a view whose need depends on what was sent; a route that always needs it says so in its
    policy, ``@needs(permission, fresh_minutes=10)``::

        if (page := ask_again()) is not None:
            return page

    Args:
        minutes: How long ago the member may have signed in or proved who they are; 0 always asks.
    """
    member: Member = g.member
    if is_fresh(timedelta(minutes=minutes)):
        return None
    is_sent = request.method not in SAFE_METHODS
    error = _fault(member) if is_sent else ""
    if error is None:
        return None
    return _page(member, error, is_sent=is_sent)


def _fault(member: Member) -> str | None:
    """Judge what was sent to prove it: None for proved, empty where nothing was sent yet."""
    form = request.form
    if form.get(ANSWER):
        proved = prove_with_passkey(member, form.get(ASKED, ""), form[ANSWER])
        return None if proved else WRONG_PASSKEY
    if PASSWORD not in form:
        return ""
    if not form[PASSWORD]:
        return NO_PASSWORD
    return None if prove_with_password(member, form[PASSWORD]) else WRONG_PASSWORD


def _page(member: Member, error: str, *, is_sent: bool) -> ResponseReturnValue:
    held = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS]
    action = request.full_path.rstrip("?")
    if not is_sent:
        is_proof = request.endpoint == "dashboard.proof"
        held = [("next", request.args.get("next", "") if is_proof else action)]
        action = url_for("dashboard.proof")
    field = FieldView(
        PASSWORD,
        "password",
        "Your password",
        error=error,
        autocomplete="current-password",
    )
    page = render_template(
        "dashboard/proof.html",
        title="Confirm that it is you",
        fields=[field],
        problems=[(f"#{field.id}", error)] if error else [],
        action=action,
        held=held,
        has_typed=is_sent and bool(held),
        email=member.email,
        passkey=asked_for_proof(member),
    )
    return page, 422 if error else 200
