"""Who is on the line: checked before anything about an inquiry is said to somebody who calls.

Two ways count. They tell the reference and the name, or the member hangs up and calls the stored
number. A reference is a name and no secret, so it is never enough alone. What was said is compared
and forgotten: the trail keeps the way and the result.

Source: PRODUCT.md 12; issue "The desk", point 6; 45 CFR 164.514(h), verification of identity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from intake.audit import trail
from intake.audit.models import Actor
from intake.audit.trail import AuditEntry
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.crypto.tokens import joined_words, parse_reference
from intake.errors import InvalidInput, Problem
from intake.inquiries.asking import text_of
from intake.inquiries.choices import PersonKnows
from intake.inquiries.queries import read_inquiry
from intake.storage.database import Database

CHECKED = "caller.checked"
# A check is for one call. Whoever calls again is checked again.
LASTS = timedelta(minutes=30)
SAID_MAX_CHARACTERS = 200


class Way(StrEnum):
    """How a caller is checked."""

    REFERENCE_AND_NAME = "reference_and_name"
    CALLED_BACK = "called_back"


class Result(StrEnum):
    """Who the caller is, as far as the check tells; only the first two may be told anything."""

    PERSON = "person"  # the one it is about
    REQUESTER = "requester"  # the one who asked for somebody else
    NOT_MATCHED = "not_matched"
    SPEAK_ONLY_WITH_REQUESTER = "speak_only_with_requester"


MAY_HEAR = frozenset({Result.PERSON, Result.REQUESTER})


@dataclass(frozen=True, slots=True)
class Claim:
    """What the caller said; never stored."""

    way: Way
    reference: str = field(default="", repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CallerCheck:
    """A check on the trail: who did it, when, how, and what came out."""

    at: datetime
    actor: Actor
    way: Way
    result: Result

    def holds(self, actor: Actor, at: datetime) -> bool:
        """Say whether this member may still go by it: their own, of this call, and matched."""
        is_fresh = self.at <= at < self.at + LASTS
        return self.result in MAY_HEAR and self.actor == actor and is_fresh


def check_caller(
    database: Database,
    keyring: Keyring,
    reference: str,
    claim: Claim,
    *,
    actor: Actor,
    at: datetime,
) -> Result:
    """Compare what a caller said with the inquiry, and write down the way and the result.

    Opens the answers, so the reading is recorded first, as always.

    Args:
        database: Both doors: the reading is committed before the names are compared.
        keyring: Opens the answers.
        reference: Of the inquiry on the screen.
        claim: What the caller said, or that they were called back.
        actor: The member on the phone.
        at: Now.

    Raises:
        InvalidInput: Something is missing: ``said_reference``, ``said_name``; or ``way`` is
            ``no_number`` where no number is stored to call back.
        NotFound: ``inquiry_unknown``.
    """
    problems = _problems(claim)
    if problems:
        raise InvalidInput(problems)
    opened = read_inquiry(database, keyring, reference, actor=actor, at=at)
    if claim.way is Way.CALLED_BACK and not text_of(opened.answers, "phone_e164"):
        raise InvalidInput((Problem("way", "no_number"),))
    result = _result(opened.answers, opened.summary.reference, claim)
    with database.write() as session:
        trail.record(
            session,
            CHECKED,
            actor=actor,
            subject=opened.summary.public_id,
            at=at,
            detail={"way": claim.way.value, "result": result.value},
        )
    return result


def last_check(history: Sequence[AuditEntry]) -> CallerCheck | None:
    """Return the newest check in an inquiry's history, None where nobody was checked."""
    for entry in reversed(history):
        if entry.action == CHECKED:
            way, result = Way(str(entry.detail["way"])), Result(str(entry.detail["result"]))
            return CallerCheck(entry.at, entry.actor, way, result)
    return None


def is_same_name(said: str, stored: str) -> bool:
    """Say whether a spoken name is the stored one: without accents and case, words in any order.

    Two words of a longer name are enough ("Ana Díaz" of "Ana Díaz Moreno"); one word is only where
    no more is stored.
    """
    heard, known = set(joined_words(said)), set(joined_words(stored))
    return bool(heard) and heard <= known and (len(heard) >= 2 or len(known) == 1)


def _problems(claim: Claim) -> tuple[Problem, ...]:
    if claim.way is Way.CALLED_BACK:
        return ()
    said = (("said_reference", claim.reference), ("said_name", claim.name))
    missing = [Problem(name, "missing") for name, text in said if not text.strip()]
    long = [Problem(name, "too_long") for name, text in said if len(text) > SAID_MAX_CHARACTERS]
    return (*missing, *long)


def _result(answers: Mapping[str, JSON], reference: str, claim: Claim) -> Result:
    requester = text_of(answers, "requester_name")
    if claim.way is Way.CALLED_BACK:  # the number is that of whoever asked
        return Result.REQUESTER if requester else Result.PERSON
    if parse_reference(claim.reference) != reference:
        return Result.NOT_MATCHED
    if requester and is_same_name(claim.name, requester):
        return Result.REQUESTER
    if not is_same_name(claim.name, text_of(answers, "full_name")):
        return Result.NOT_MATCHED
    speaks_only = text_of(answers, "person_knows") in {PersonKnows.NO, PersonKnows.CANNOT_DECIDE}
    return Result.SPEAK_ONLY_WITH_REQUESTER if speaks_only else Result.PERSON
