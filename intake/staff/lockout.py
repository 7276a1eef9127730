"""Counting guesses at a member's password and codes, so that guessing never pays.

A guess is counted before it is checked: many at once cannot all slip through before the first is
counted. Ten are free, then each further one costs a wait that doubles up to an hour, and after a
hundred without one complete sign-in only a reset by a colleague helps. The count belongs to the
account whatever address it comes from. Sessions that are open already are not touched, so nobody
can be thrown out of their work by somebody else's guessing.

Source: SAFETY.md T12; NIST SP 800-63B-4 section 3.2.2 (at most 100 failures in a row).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.staff.models import Staff

FREE_GUESSES = 10
GUESSES_MAX = 100
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess that was counted: which number it has, and until when its failure locks."""

    number: int
    locks_until: datetime | None


def wait_after(failures: int) -> timedelta:
    """Return how long nothing is accepted after so many failures in a row."""
    if failures < FREE_GUESSES:
        return timedelta(0)
    doubled = 1 << min(failures - FREE_GUESSES, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def count_guess(session: Session, staff_id: int, *, at: datetime) -> Guess | None:
    """Count one guess before it is checked; None means it must be refused unchecked.

    Commit before checking, and check outside the transaction: hashing is slow on purpose.
    """
    row = session.execute(
        select(Staff.failed_sign_ins, Staff.locked_until)
        .where(Staff.id == staff_id)
        .with_for_update()
    ).one_or_none()
    if row is None or is_locked(row.failed_sign_ins, row.locked_until, at=at):
        return None
    number = row.failed_sign_ins + 1
    wait = wait_after(number)
    until = at + wait if wait else None
    session.execute(
        update(Staff).where(Staff.id == staff_id).values(failed_sign_ins=number, locked_until=until)
    )
    return Guess(number, until)


def give_back(session: Session, staff_id: int, guess: Guess) -> None:
    """Take back one guess that was right, though the sign-in is not complete yet.

    Only a complete sign-in forgets earlier failures: otherwise whoever knows the password could
    try codes without end. A wait that others caused meanwhile stays.
    """
    session.execute(
        update(Staff)
        .where(Staff.id == staff_id, Staff.failed_sign_ins > 0)
        .values(failed_sign_ins=Staff.failed_sign_ins - 1)
    )
    if guess.locks_until is not None:
        session.execute(
            update(Staff)
            .where(Staff.id == staff_id, Staff.locked_until == guess.locks_until)
            .values(locked_until=None)
        )


def forget_failures(session: Session, staff_id: int) -> None:
    """Begin to count anew, after a complete sign-in or a reset."""
    session.execute(
        update(Staff).where(Staff.id == staff_id).values(failed_sign_ins=0, locked_until=None)
    )


def is_locked(failures: int, locked_until: datetime | None, *, at: datetime) -> bool:
    """Say whether guesses are refused now."""
    return failures >= GUESSES_MAX or (locked_until is not None and locked_until > at)
