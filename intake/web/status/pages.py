"""The private status page, "this was not me", and how to withdraw.

Every link that does not open is answered alike, byte for byte like any page that does not exist:
nothing tells a mistyped link from one that has expired.
"""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import show_reference
from intake.errors import NotFound
from intake.i18n import N_, words
from intake.patient.status_page import check_mail_link, status_by_link, stop_mail
from intake.web.context import NAMES, OtherLanguage, clinic, current, here, language, now
from intake.web.messages import error_words
from intake.web.status.blueprint import status
from intake.web.status.sentences import late, sentence, track

__all__ = ["status"]  # with the views below on it

TITLE = N_("Your inquiry")
NOT_ME_TITLE = N_("Stop our emails to this address")
WITHDRAW_TITLE = N_("Withdraw your inquiry")


@status.get("/s/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show where the inquiry stands: a sentence and dates."""
    service, tongue = current(), language()
    with service.database.read() as session:
        view = status_by_link(session, service.keyring, token, at=now())
    zone = view.zone or service.settings.clinic.zone
    phone = clinic().phone
    say = words(tongue).gettext
    return render_template(
        "status/status.html",
        title=say(TITLE),
        problems=[],
        reference=show_reference(view.reference),
        sentence=sentence(view, tongue, zone=zone, phone=phone),
        late=late(view, tongue, zone=zone, phone=phone),
        track=track(view, tongue, zone=zone),
        code=None,
        code_action="",
        hidden=[],
        details=None,
        actions=[],
        withdraw_url=here("status.withdraw"),
    )


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


@status.get("/withdraw")
def withdraw() -> ResponseReturnValue:
    """Say how to withdraw or delete an inquiry."""
    return render_template(
        "status/how_to_withdraw.html", title=words(language()).gettext(WITHDRAW_TITLE), problems=[]
    )


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
        done=done,
    )
