"""``/ask/challenge``: where a page fetches its small calculation, if the clinic turned it on.

A POST, because it names the submission by the form's token, and addresses are logged.
"""

from flask import Response, abort, jsonify, request

from intake.web.context import current, now, path
from intake.web.form_token import FormToken, Standing
from intake.web.site.blueprint import site
from intake.web.site.inquiry_form import InquiryForm
from intake.web.site.proof import FIELD, PURPOSE, new_challenge, sign_of


@site.post("/ask/challenge")
def challenge() -> Response:
    """Give a challenge for the submission of the form that asks."""
    if not current().settings.form.altcha:
        abort(404)
    form = InquiryForm()
    if form.check_token() is Standing.FOREIGN:
        abort(400)
    return jsonify(new_challenge(form.token.submission_key, _secret(), now()))


def challenge_url() -> str:
    """Return where this page fetches its challenge; empty where the clinic wants none."""
    return path("/ask/challenge") if current().settings.form.altcha else ""


def proof_signs(token: FormToken) -> tuple[str, ...]:
    """Return what is odd about the solution in this request; nothing where none is asked for."""
    if not current().settings.form.altcha:
        return ()
    found = sign_of(request.form.get(FIELD, ""), token.submission_key, _secret(), now())
    return (found,) if found else ()


def _secret() -> bytes:
    return current().keyring.secret(PURPOSE)
