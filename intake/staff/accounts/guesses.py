"""Checking a password or a code, each guess counted before it is checked.

Whoever asks learns nothing but "no": an unknown address, a wrong password, a deactivated member and
a locked account take the same steps (one counted write, one argon2 check, one written outcome) and
get the same answer.

Source: SAFETY.md T11, T12; ASVS 5.0.0 6.3.1.
"""

from flask_security.utils import verify_password

from intake.audit import trail
from intake.audit.models import VISITOR
from intake.staff.accounts.models import Account
from intake.staff.accounts.state import Accounts
from intake.staff.actor import staff_actor
from intake.staff.lockout import FREE_GUESSES, Guess, count_guess, give_back
from intake.staff.passwords import normal

NOBODY_ID = 0  # identities begin at 1
UNKNOWN = "unknown"


def password_is_right(accounts: Accounts, member: Account | None, password: str) -> bool:
    """Say whether this is the password of an active member whose guesses are not stopped.

    Opens the write door twice, for moments; the hash is computed between them, outside.
    """
    guess = counted(accounts, member.id if member else NOBODY_ID)
    stored = member.password if member and member.password else accounts.dummy_hash
    right = verify_password(normal(password), stored)
    if right and guess and member and member.password and member.active:
        with accounts.database.write() as session:
            give_back(session, member.id, guess)
        return True
    note_failure(accounts, member, guess, what="password")
    return False


def counted(accounts: Accounts, staff_id: int) -> Guess | None:
    """Count one guess in a transaction of its own; None means it must be refused unchecked."""
    with accounts.database.write() as session:
        return count_guess(session, staff_id, at=accounts.clock())


def note_failure(
    accounts: Accounts, member: Account | None, guess: Guess | None, *, what: str
) -> None:
    """Write down a failed guess; the address that was typed is never written anywhere."""
    at = accounts.clock()
    actor, subject = (
        (staff_actor(member.public_id), member.public_id) if member else (VISITOR, UNKNOWN)
    )
    number = guess.number if guess else None
    with accounts.database.write() as session:
        trail.record(
            session,
            "staff.sign_in_failed",
            actor=actor,
            subject=subject,
            at=at,
            detail={"what": what, "refused": guess is None},
        )
        if member and number is not None and number >= FREE_GUESSES:
            trail.record(
                session,
                "staff.locked",
                actor=actor,
                subject=subject,
                at=at,
                detail={"failures": number},
            )
