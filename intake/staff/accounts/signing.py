"""From a complete sign-in to a session row, and from a cookie back to a member.

The library's own cookie says who somebody claims to be; without an open row for the secret beside
it, nobody is signed in (fail closed). The row is written in the moment both factors were right, in
one transaction with the forgetting of earlier failures and the audit event.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from flask import Flask, g, request, session
from flask_login import user_logged_out
from flask_security import user_authenticated
from flask_security.tf_plugin import tf_clean_session
from sqlalchemy import func, update
from werkzeug.user_agent import UserAgent

from intake.audit import trail
from intake.crypto.tokens import hash_secret
from intake.errors import Unavailable
from intake.staff.accounts.forms import HALF_AT
from intake.staff.accounts.models import Account
from intake.staff.accounts.state import accounts
from intake.staff.actor import staff_actor
from intake.staff.lockout import forget_failures
from intake.staff.models import Staff
from intake.staff.sessions import (
    begin_session,
    end_all_sessions,
    end_session,
    find_session,
    must_be_noted,
    note_seen,
)

SECRET = "sid"  # noqa: S105 - the name of the entry, not a secret
CSRF = "csrf_token"
WATCH = "X-Intake-Watch"  # sent by static/js/watch.js
BLUEPRINT = "security"
HALF_LASTS_SECONDS = 600.0
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


def connect(app: Flask) -> None:
    """Hear of sign-ins and sign-outs in this application."""
    app.before_request(forget_half_sign_in)
    user_authenticated.connect(signed_in, app)
    user_logged_out.connect(signed_out, app)


def signed_in(_app: Flask, user: Account, authn_via: Any = None, **_others: object) -> None:  # noqa: ANN401 - the signal's own
    """Open a session row once both factors were right; a changed password ends all others."""
    room = accounts()
    at = room.clock()
    with room.database.write() as doors:
        if authn_via == ["change"]:
            end_all_sessions(doors, user.id, at=at)
            action = "staff.password_changed"
        else:
            action = "staff.signed_in"
        secret = begin_session(doors, user.id, device=device_of(request.user_agent), at=at)
        forget_failures(doors, user.id)
        doors.execute(
            update(Staff)
            .where(Staff.id == user.id)
            .values(
                last_login_at=Staff.current_login_at,
                current_login_at=at,
                login_count=func.coalesce(Staff.login_count, 0) + 1,
            )
        )
        trail.record(
            doors,
            action,
            actor=staff_actor(user.public_id),
            subject=user.public_id,
            at=at,
            detail={"with": "passkey"} if authn_via == ["passkey"] else None,
        )
    session[SECRET] = secret
    session.pop(HALF_AT, None)
    session.pop(CSRF, None)  # a token from before the sign-in does not outlive it
    g.pop(CSRF, None)


def forget_half_sign_in() -> None:
    """Begin anew where the code comes long after the password.

    The library keeps the first half of a sign-in in the browser, for ever; an old cookie must not
    stand for a password.
    """
    if request.blueprint != BLUEPRINT or "tf_user_id" not in session:
        return
    began = session.get(HALF_AT)
    age = accounts().clock().timestamp() - began if isinstance(began, float) else None
    if age is None or not -HALF_LASTS_SECONDS < age < HALF_LASTS_SECONDS:
        tf_clean_session()  # type: ignore[no-untyped-call]


def signed_out(_app: Flask, user: Account, **_others: object) -> None:
    """End the row of the session that was left."""
    secret = session.pop(SECRET, None)
    if secret is None:
        return
    room = accounts()
    at = room.clock()
    with room.database.write() as doors:
        if end_session(doors, hash_secret(secret), at=at):
            trail.record(
                doors,
                "staff.signed_out",
                actor=staff_actor(user.public_id),
                subject=user.public_id,
                at=at,
            )


def loader(loaded: Callable[[str], Account | None]) -> Callable[[str], Account | None]:
    """Wrap the library's loader, so that a member counts only with an open session row."""

    def member_of(uniquifier: str) -> Account | None:
        secret = session.get(SECRET)
        if not isinstance(secret, str):
            return None
        member = loaded(uniquifier)
        return member if member is not None and _is_open(secret, member.id) else None

    return member_of


def _is_open(secret: str, staff_id: int) -> bool:
    room = accounts()
    at = room.clock()
    with room.database.read() as doors:
        row = find_session(doors, secret, staff_id, limits=room.limits, at=at)
    if row is None:
        return False
    # A page that looks by itself whether something changed is not a person at work.
    if must_be_noted(row, at=at) and WATCH not in request.headers:
        # A page may be read while the write door is shut; only the idle time stands still.
        with contextlib.suppress(Unavailable), room.database.write() as doors:
            note_seen(doors, row.id_hash, at=at)
    g.staff_session = row.id_hash
    g.staff_proved_at = row.proved_at or row.created_at
    return True


def device_of(agent: UserAgent) -> str:
    """Return a few known words about a browser, "Firefox on Windows", never its own text."""
    text = agent.string
    browser = next((name for sign, name in BROWSERS if sign in text), "A browser")
    system = next((name for name in SYSTEMS if name in text), "")
    names = {"Macintosh": "macOS", "CrOS": "ChromeOS"}
    return f"{browser} on {names.get(system, system)}" if system else browser
