"""``/withdraw``: stop contact with the reference and the phone or e-mail; undo it with the code.

Whoever knows both may be a partner at the same kitchen table, so this stops contact and destroys
nothing, and its answer never tells whether anything matched (PRODUCT.md 3, SAFETY.md T3).
"""

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from intake.errors import Conflict, NotPermitted, Problem
from intake.i18n import N_, words
from intake.privacy.withdrawing import Typed, note_try, problems_of, undo_with_code
from intake.web.afterwards import afterwards
from intake.web.context import clinic, current, here, language, now
from intake.web.fields import FieldView
from intake.web.messages import sentence
from intake.web.status.blueprint import status

TITLE = N_("Withdraw your inquiry")
DONE_TITLE = N_("After you withdraw")
UNDO_TITLE = N_("Undo a withdrawal")
REFERENCE = N_("Your reference")
REFERENCE_HINT = N_("It looks like K7QF-29MD")
CONTACT = N_("The phone number or email address you gave us")
WHAT = N_("What should we do?")
STOP = N_("Stop contacting me")
STOP_AND_ERASE = N_("Stop contacting me and delete what you can")
ERASE_HINT = N_("To be sure that it is you, we delete only after your 6-digit code or a call.")
BUTTON = N_("Withdraw my inquiry")
CODE = N_("Your 6-digit code")
CODE_HINT = N_("It stands on your receipt, next to your private link")
UNDO_BUTTON = N_("Undo the withdrawal")
UNDO_BODY = N_(
    "You can undo a withdrawal for 14 days, with your reference and your 6-digit code. "
    "Your inquiry then goes on where it stood. After several wrong tries we close this for an "
    "hour, for your safety."
)
UNDONE = N_("Your inquiry goes on. We may contact you about it again.")
LIMIT_TITLE = N_("Wait a little")
LIMIT = N_(
    "This reference was used several times in the last hour. Wait an hour and try again, "
    "or call %(phone)s and we stop at once."
)
NOT_UNDONE = N_("This reference and this code undo nothing. Check both, or call us")
ERASE = "erase"
CHOICES = frozenset({"stop", ERASE})


@status.get("/withdraw")
def withdraw() -> ResponseReturnValue:
    """Ask for the reference and how they can be reached."""
    return _page({})


@status.post("/withdraw")
def withdraw_sent() -> ResponseReturnValue:
    """Note it, answer alike whatever it matched, and stop contact a moment later."""
    typed = {name: request.form.get(name, "") for name in ("reference", "contact", "what")}
    wanted = Typed(typed["reference"], typed["contact"], wants_erasure=typed["what"] == ERASE)
    problems = problems_of(wanted)
    if typed["what"] not in CHOICES:
        problems = (*problems, Problem("what", "missing"))
    if problems:
        return _page(typed, problems), 422
    service = current()
    try:
        with service.database.write() as session:
            note_try(session, service.keyring, service.tokens, wanted, at=now())
    except NotPermitted:
        return _limit()
    afterwards().soon()
    return redirect(here("status.withdraw_done"), 303)


@status.get("/withdraw/done")
def withdraw_done() -> ResponseReturnValue:
    """Say what has happened if it matched, and nothing about whether it did."""
    return render_template(
        "status/withdraw_done.html",
        title=words(language()).gettext(DONE_TITLE),
        problems=[],
        undo_url=here("status.undo"),
    )


@status.get("/withdraw/undo")
def undo() -> ResponseReturnValue:
    """Ask for the reference and the short code."""
    return _undo_page({})


@status.post("/withdraw/undo")
def undo_sent() -> ResponseReturnValue:
    """Take a withdrawal back; one answer for every reference and code that does not fit."""
    service = current()
    typed = {name: request.form.get(name, "") for name in ("reference", "code")}
    try:
        with service.database.write() as session:
            is_undone = undo_with_code(
                session, service.office, typed["reference"], typed["code"], at=now()
            )
    except (Conflict, NotPermitted):  # it never was open, so there is nowhere to go back to
        is_undone = False
    return _done_page() if is_undone else (_undo_page(typed, NOT_UNDONE), 422)


def _page(typed: dict[str, str], problems: tuple[Problem, ...] = ()) -> str:
    tongue = language()
    say = words(tongue).gettext
    errors = {one.field: sentence(one, tongue) for one in problems}
    fields = [
        _reference(typed, errors),
        FieldView(
            "contact",
            "text",
            say(CONTACT),
            value=typed.get("contact", ""),
            error=errors.get("contact", ""),
            autocomplete="off",
        ),
        FieldView(
            "what",
            "radios",
            say(WHAT),
            choices=(("stop", say(STOP), ""), (ERASE, say(STOP_AND_ERASE), say(ERASE_HINT))),
            value=typed.get("what", ""),
            error=errors.get("what", ""),
        ),
    ]
    return render_template(
        "status/withdraw.html",
        title=say(TITLE),
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
        action=here("status.withdraw"),
        fields=fields,
        button=say(BUTTON),
        undo_url=here("status.undo"),
    )


def _undo_page(typed: dict[str, str], error: str = "") -> str:
    say = words(language()).gettext
    fields = [
        _reference(typed, {"reference": say(error)} if error else {}),
        FieldView(
            "code",
            "code",
            say(CODE),
            hint=say(CODE_HINT),
            autocomplete="one-time-code",
            inputmode="numeric",
            width="short",
        ),
    ]
    return render_template(
        "status/undo.html",
        title=say(UNDO_TITLE),
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
        action=here("status.undo"),
        fields=fields,
        body=say(UNDO_BODY),
        button=say(UNDO_BUTTON),
        done="",
    )


def _done_page() -> str:
    say = words(language()).gettext
    return render_template(
        "status/undo.html",
        title=say(UNDO_TITLE),
        problems=[],
        action="",
        fields=[],
        body="",
        button="",
        done=say(UNDONE),
    )


def _reference(typed: dict[str, str], errors: dict[str, str]) -> FieldView:
    say = words(language()).gettext
    return FieldView(
        "reference",
        "text",
        say(REFERENCE),
        hint=say(REFERENCE_HINT),
        value=typed.get("reference", ""),
        error=errors.get("reference", ""),
        autocomplete="off",
        width="short",
    )


def _limit() -> Response:
    say = words(language()).gettext
    page = render_template(
        "status/told.html",
        title=say(LIMIT_TITLE),
        problems=[],
        told=say(LIMIT, phone=clinic().phone),
        links=[],
    )
    return make_response(page, 429)
