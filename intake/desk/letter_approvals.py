"""Which letters somebody of the clinic has read in both languages and agreed with.

A clinician approves: a letter that ends an inquiry says no to care, and who says so answers for it.
The approval holds for these very words: the hash of both languages is kept with it, so a file that
was changed is a letter that nobody has approved. It can be taken back; nothing is deleted.

Source: PRODUCT.md 54 and 57.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.desk.closing_letters import ClosingLetter, all_versions, letters
from intake.desk.letter_models import LetterApproval
from intake.desk.office import DeskMember
from intake.errors import Conflict, InvalidInput, NotFound, NotPermitted, Problem
from intake.staff.models import Staff
from intake.staff.permissions import Permission

APPROVED = "letter.approved"
TAKEN_BACK = "letter.approval_taken_back"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed with a letter, and when."""

    letter: str
    by: str
    at: datetime


def words_hash(letter: ClosingLetter) -> str:
    """Return the SHA-256 of a letter's words in every language, in hex."""
    whole = "\0".join(f"{language}\0{letter.words[language]}" for language in sorted(letter.words))
    return hashlib.sha256(whole.encode()).hexdigest()


def approvals(session: Session) -> Mapping[str, Approval]:
    """Return who approved each letter as its words stand; one that is missing has nobody."""
    rows = session.scalars(
        select(LetterApproval)
        .where(LetterApproval.withdrawn_at.is_(None))
        .order_by(LetterApproval.id)
    ).all()
    hashes = {letter.id: words_hash(letter) for letter in all_versions()}
    return {
        row.letter: Approval(row.letter, row.approved_by, row.approved_at)
        for row in rows
        if hashes.get(row.letter) == row.words_sha256
    }


def unapproved(session: Session) -> Sequence[ClosingLetter]:
    """Return the letters in use that nobody has approved."""
    known = approvals(session)
    return [letter for letter in letters() if letter.id not in known]


def approve(
    session: Session, letter_id: str, *, read_both: bool, words: str, by: DeskMember, at: datetime
) -> None:
    """Write down that a named clinician has read a letter in both languages and agrees.

    Args:
        session: A session of ``Database.write()``.
        letter_id: Name and version.
        read_both: Whether they say that they read both languages.
        words: The hash of the words on the page they read, from :func:`words_hash`.
        by: The clinician.
        at: Now.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``letter_unknown``.
        InvalidInput: ``read_both``: ``missing``.
        Conflict: ``letter_changed``: these are not the words they read; ``letter_approved``.
    """
    letter = _letter(letter_id, by)
    if not read_both:
        raise InvalidInput((Problem("read_both", "missing"),))
    if words != words_hash(letter):
        raise Conflict("letter_changed")
    name = session.execute(
        select(Staff.full_name).where(Staff.id == by.id).with_for_update()
    ).scalar_one()
    if letter_id in approvals(session):
        raise Conflict("letter_approved")
    session.add(
        LetterApproval(
            letter=letter_id,
            words_sha256=words,
            staff_id=by.id,
            approved_by=name,
            approved_at=at,
        )
    )
    session.flush()
    detail = {"words_sha256": words}
    trail.record(session, APPROVED, actor=by.actor, subject=letter_id, at=at, detail=detail)


def take_approval_back(session: Session, letter_id: str, *, by: DeskMember, at: datetime) -> None:
    """Let a letter count as approved no more.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``letter_unknown``.
        Conflict: ``letter_not_approved``.
    """
    _letter(letter_id, by)
    rows = session.scalars(
        select(LetterApproval)
        .where(LetterApproval.letter == letter_id, LetterApproval.withdrawn_at.is_(None))
        .with_for_update()
    ).all()
    if not rows:
        raise Conflict("letter_not_approved")
    for row in rows:
        row.withdrawn_at, row.withdrawn_by = at, by.id
    session.flush()
    trail.record(session, TAKEN_BACK, actor=by.actor, subject=letter_id, at=at)


def _letter(letter_id: str, by: DeskMember) -> ClosingLetter:
    if not by.may(Permission.APPROVE_LETTERS):
        raise NotPermitted("role")
    found = next((letter for letter in all_versions() if letter.id == letter_id), None)
    if found is None:
        raise NotFound("letter_unknown")
    return found
