"""How long ago a member proved who they are, kept in the row of their session.

The library keeps this time in the cookie and by its own clock; its own pages still do, so both are
moved on together.

Source: ASVS 5.0.0 7.5.1.
"""

import time
from datetime import timedelta

from flask import g, session
from flask_login import current_user

from intake.audit import trail
from intake.staff.accounts.guesses import password_is_right
from intake.staff.accounts.member import Member
from intake.staff.accounts.passkey_use import accepted
from intake.staff.accounts.state import accounts
from intake.staff.sessions import note_proof

LIBRARY_PROVED_AT = "fs_paa"


def is_fresh(within: timedelta) -> bool:
    """Say whether the member signed in, or proved again who they are, so lately."""
    age = accounts().clock() - g.staff_proved_at
    return bool(timedelta(0) <= age < within)


def prove_with_password(member: Member, password: str) -> bool:
    """Check the member's password once more; a guess like any other."""
    account = current_user._get_current_object()  # noqa: SLF001 - werkzeug's own way
    return password_is_right(accounts(), account, password) and _note(member, "password")


def prove_with_passkey(member: Member, sealed: str, answer: str) -> bool:
    """Check an answer of one of the member's own passkeys."""
    return accepted(sealed, answer, whose=member.public_id) is not None and _note(member, "passkey")


def _note(member: Member, what: str) -> bool:
    room = accounts()
    at = room.clock()
    with room.database.write() as doors:
        note_proof(doors, g.staff_session, at=at)
        trail.record(
            doors,
            "staff.proved_again",
            actor=member.actor,
            subject=member.public_id,
            at=at,
            detail={"with": what},
        )
    g.staff_proved_at = at
    session[LIBRARY_PROVED_AT] = time.time()
    return True
