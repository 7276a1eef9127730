"""The door between what a private link shows and what its short code shows besides.

A right code opens the pages of that one link for a quarter of an hour: a sealed cookie that no
script reads and no other address is sent. A new code made by the clinic closes what the old one
opened. Whoever sends a form after their time is asked for the code again and loses no word.
Source: SAFETY.md T3.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps

from flask import Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from intake.crypto.sealed import JSON, open_cookie, seal_cookie
from intake.crypto.tokens import hash_secret
from intake.errors import NotFound
from intake.i18n import LANGUAGES, N_, words
from intake.patient.codes import check_code, code_mark
from intake.storage.types import to_millis
from intake.web.context import NAMES, SPANISH, OtherLanguage, current, here, language, now
from intake.web.fields import FieldView

NAME = "opened"
PURPOSE = "status opened"
OPEN_FOR = timedelta(minutes=15)
FIELD = "code"
TITLE = N_("Enter your code")
CODE_LABEL = N_("Your 6-digit code")
CODE_HINT = N_("It stands on your receipt, next to your private link")
SENT_HINT = N_("It stands in the message we send you, and the first one on your receipt")
WRONG = N_(
    "That code does not open this page. Check the 6 digits. After several wrong tries we close it "
    "for safety; then wait an hour or call us."
)

View = Callable[..., ResponseReturnValue]
Typed = tuple[tuple[str, str], ...]


def revealed(view: View) -> View:
    """Let a view of one private link be reached only after its short code.

    Without the code a GET leads back to the status page. A form that was sent too late is kept: the
    code is asked for on a page that carries everything typed, and the form goes on with it.
    """

    @wraps(view)
    def guarded(token: str, **values: str) -> ResponseReturnValue:
        if is_open(token):
            return view(token, **values)
        if request.method == "GET" or not _typed():
            return redirect(here("status.show", token=token) + "#code", 303)
        if FIELD not in request.form:
            return code_page(_typed()), 422
        if not opens(token, request.form[FIELD]):
            return code_page(_typed(), error=WRONG), 422
        g.status_opened = token
        return let_in(make_response(view(token, **values)), token)

    return guarded


def opens(token: str, code: str) -> bool:
    """Try a code; a wrong one is counted before this returns."""
    service = current()
    with service.database.write() as session:
        return check_code(session, service.keyring, token, code, at=now())


def is_open(token: str) -> bool:
    """Say whether this browser has opened this link, not long ago and with the code it has now."""
    if g.get("status_opened") == token:
        return True
    kept = open_cookie(_secret(), PURPOSE, request.cookies.get(_cookie(), ""))
    if not isinstance(kept, Mapping) or kept.get("link") != hash_secret(token).hex():
        return False
    until = kept.get("until")
    if not isinstance(until, int) or to_millis(now()) >= until:
        return False
    try:
        return kept.get("code") == _mark(token)
    except NotFound:
        return False


def let_in(response: Response, token: str) -> Response:
    """Set the cookie that keeps this link open, in both languages."""
    value: dict[str, JSON] = {
        "link": hash_secret(token).hex(),
        "until": to_millis(now() + OPEN_FOR),
        "code": _mark(token),
    }
    text = seal_cookie(_secret(), PURPOSE, value)
    for place in _places(token):
        response.set_cookie(
            _cookie(),
            text,
            max_age=OPEN_FOR,
            path=place,
            secure=current().settings.https,
            httponly=True,
            samesite="Lax",
        )
    return response


def shut(response: Response, token: str) -> Response:
    """Take the cookie out of the browser again."""
    for place in _places(token):
        response.delete_cookie(
            _cookie(),
            path=place,
            secure=current().settings.https,
            httponly=True,
            samesite="Lax",
        )
    return response


def code_field(*, error: str = "", hint: str = CODE_HINT) -> FieldView:
    """Return the field for the code."""
    say = words(language()).gettext
    return FieldView(
        name=FIELD,
        kind="code",
        label=say(CODE_LABEL),
        hint=say(hint),
        error=say(error) if error else "",
        autocomplete="one-time-code",
        inputmode="numeric",
        width="short",
    )


def code_page(typed: Typed = (), *, error: str = "", told: str = "", action: str = "") -> str:
    """Return the page that asks for the code: the same for every link, whatever is wrong.

    Its form leads to its own address, or to one beside it, so that not even the link is repeated.

    Args:
        typed: what to carry to the view that was meant.
        error: why the code is asked for once more.
        told: what to say above the field.
        action: where the form leads, seen from the page's own address.
    """
    field = code_field(error=error, hint=SENT_HINT if told else CODE_HINT)
    other = next(name for name in LANGUAGES if name != language())
    front = SPANISH + "/" if other == "es" else "/"
    return render_template(
        "status/code.html",
        title=words(language()).gettext(TITLE),
        problems=[(f"#{field.id}", field.error)] if field.error else [],
        code=field,
        hidden=typed,
        told=words(language()).gettext(told) if told else "",
        action=action,
        other_language=OtherLanguage(other, NAMES[other], front),
    )


def _typed() -> Typed:
    """Return what was typed; a group of boxes has its name more than once."""
    return tuple(
        (name, value.replace("\r\n", "\n"))
        for name, value in request.form.items(multi=True)
        if name != FIELD
    )


def _mark(token: str) -> str:
    with current().database.read() as session:
        return code_mark(session, token, at=now())


def _places(token: str) -> tuple[str, str]:
    return f"/s/{token}", f"{SPANISH}/s/{token}"


def _cookie() -> str:
    """Return the name; ``__Host-`` would forbid the path that keeps the cookie to one link."""
    return f"__Secure-{NAME}" if current().settings.https else NAME


def _secret() -> bytes:
    return current().keyring.secret("status")
