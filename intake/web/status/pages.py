"""The private status page, and "this was not me".

Every link that does not open is answered alike, byte for byte like any page that does not exist:
nothing tells a mistyped link from one that has expired.
"""

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from intake.errors import NotFound
from intake.i18n import N_, words
from intake.patient.sent_codes import ask_for_code
from intake.patient.status_page import (
    check_mail_link,
    stop_mail,
)
from intake.web.afterwards import afterwards
from intake.web.context import NAMES, OtherLanguage, clinic, current, here, language, now
from intake.web.messages import error_words
from intake.web.status import changes, conversation, gate
from intake.web.status.blueprint import status
from intake.web.status.drawing import status_page
from intake.web.status.told import done_and_back

__all__ = ["status"]  # with the views below and of these files on it
VIEWS = (changes, conversation)

NOT_ME_TITLE = N_("Stop our emails to this address")
CODE_SENT = N_(
    "If you chose email or texts, we have sent you a code. It can take up to 15 minutes to arrive. "
    "It works once, for 15 minutes."
)


@status.get("/s/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show where the inquiry stands: a sentence and dates; more once the code was entered."""
    return status_page(token)


@status.get("/s/<token>/code")
def ask_code(token: str) -> ResponseReturnValue:
    """Lead to where the code is asked for: this address is one of a form."""
    return redirect(here("status.show", token=token) + "#code", 303)


@status.post("/s/<token>/code")
def open_page(token: str) -> ResponseReturnValue:
    """Try a code; one answer for every code and every link that does not fit."""
    if not gate.opens(token, request.form.get(gate.FIELD, "")):
        return gate.code_page(error=gate.WRONG), 422
    return gate.let_in(make_response(redirect(here("status.show", token=token), 303)), token)


@status.post("/s/<token>/code-by-mail")
def send_a_code(token: str) -> ResponseReturnValue:
    """Send a code to the address or number on record; one answer, whether there is one or not."""
    with current().database.write() as session:
        ask_for_code(session, token, at=now())
    afterwards().soon()
    return gate.code_page(told=CODE_SENT, action="code")


@status.post("/s/<token>/closing")
def shut_page(token: str) -> ResponseReturnValue:
    """Close what the code opened: somebody else may use this browser next."""
    return gate.shut(make_response(done_and_back("status.show", token, "closed")), token)


@status.get("/s/<token>/not-me/<proof>")
def not_me(token: str, proof: str) -> ResponseReturnValue:
    """Ask before stopping: mail scanners open links, and only people press buttons."""
    service = current()
    with service.database.read() as session:
        check_mail_link(session, service.keyring, token, proof, at=now())
    return _not_me_page(token, proof, done=False)


@status.post("/s/<token>/not-me/<proof>")
def stop(token: str, proof: str) -> ResponseReturnValue:
    """Stop automatic mail to the address and tell staff; the inquiry stays as it is."""
    service = current()
    with service.database.write() as session:
        stop_mail(session, service.keyring, token, proof, at=now())
    return _not_me_page(token, proof, done=True)


@status.errorhandler(NotFound)
def unknown(error: NotFound) -> ResponseReturnValue:
    """Answer as for an address that does not exist, without repeating the link that was tried."""
    del error
    title, words_of_it = error_words(404, language(), clinic().phone, sending=False)
    code, front = ("en", "/") if language() == "es" else ("es", "/es/")
    page = render_template(
        "errors/404.html",
        title=title,
        sentence=words_of_it,
        other_language=OtherLanguage(code, NAMES[code], front),
    )
    return Response(page, status=404, mimetype="text/html")


def _not_me_page(token: str, proof: str, *, done: bool) -> str:
    return render_template(
        "status/not_me.html",
        title=words(language()).gettext(NOT_ME_TITLE),
        problems=[],
        action=here("status.not_me", token=token, proof=proof),
        is_stopped=done,
    )
