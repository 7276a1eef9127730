"""Writing to the person: shown once more before it is sent, because it cannot be taken back."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import new_public_id, show_reference
from intake.desk.messages import check_words, write_to_person
from intake.errors import InvalidInput
from intake.inquiries.queries import inquiry_by_reference
from intake.staff.permissions import Permission
from intake.web.context import current
from intake.web.dashboard.acting import Returned, act, typed_here, version_here
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.inquiry_page import show
from intake.web.dashboard.policies import needs
from intake.web.dashboard.sentences import language_words

FORM = "messages"
SEND = "send"
CHANGE = "change"
KEY_MAX_CHARACTERS = 60


@dashboard.post("/inquiries/<reference>/messages")
@needs(Permission.ACT_ON_INQUIRIES)
def inquiry_messages(reference: str) -> ResponseReturnValue:
    """Ask whether to send a message to the person, and send it on a yes."""
    then = request.form.get("then")
    if then == CHANGE:
        return show(reference, Returned(FORM, typed_here()))
    if then != SEND:
        return _ask(reference)
    form_key = request.form.get("form_key", "") or new_public_id()
    return act(
        reference,
        FORM,
        "The message stands on their page.",
        lambda hand, typed: hand.do(
            write_to_person, text=typed.get("body", ""), form_key=form_key[:KEY_MAX_CHARACTERS]
        ),
    )


def _ask(reference: str) -> ResponseReturnValue:
    intake, typed = current(), typed_here()
    try:
        text = check_words(typed.get("body", ""))
    except InvalidInput as wrong:
        return show(reference, Returned(FORM, typed, problems=wrong.problems)), 422
    with intake.database.read() as session:
        summary = inquiry_by_reference(session, intake.keyring, reference)
    label = summary.label
    return render_template(
        "dashboard/message_confirm.html",
        title=f"Send this message? · {show_reference(summary.reference)}",
        section="inquiries",
        reference=show_reference(summary.reference),
        name=label.name if label else "",
        spoken=language_words(label.language if label else summary.language),
        is_mailed=label is not None and "email" in label.ways,
        text=text,
        action=url_for("dashboard.inquiry_messages", reference=summary.reference),
        back_url=url_for("dashboard.inquiry", reference=summary.reference, _anchor="do"),
        typed={"body": text, "version": str(version_here()), "form_key": new_public_id()},
    )
