"""Whose an inquiry is: claimed, given to somebody, given back; fifty at once at most.

Reassigning moves no clock.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from intake.desk import acts
from intake.desk.done import Done, done
from intake.desk.lifecycle import Verb
from intake.desk.office import By, Case, Office, member_id
from intake.desk.refusals import refuse
from intake.desk.writing import tell_assignee
from intake.errors import Conflict, IntakeError, NotPermitted
from intake.staff.models import Staff
from intake.staff.permissions import Permission, allows

BULK_MAX = 50


def claim(
    session: Session, office: Office, reference: str, version: int, *, by: By, at: datetime
) -> Done:
    """Take an inquiry that is nobody's; one's own already is no error.

    Raises:
        Conflict: ``owned_by_other``: hand it over with ``assign`` instead.
    """
    case = acts.begin(session, office, reference, version, verb=Verb.CLAIM, by=by, at=at)
    acts.leaving_status(case, Verb.CLAIM)
    mine = member_id(by)
    if mine is None:
        raise NotPermitted(acts.ROLE)
    if case.inquiry.assignee_id == mine:
        return done(case, None)
    if case.inquiry.assignee_id is not None:
        raise Conflict("owned_by_other")
    return _give(case, Verb.CLAIM, mine)


def assign(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    to: int,
    by: By,
    at: datetime,
) -> Done:
    """Give an inquiry to a member (row id) who may act on it, and tell them.

    Raises:
        InvalidInput: ``assignee`` is ``unknown``: not active, or without the permission.
    """
    case = acts.begin(session, office, reference, version, verb=Verb.ASSIGN, by=by, at=at)
    acts.leaving_status(case, Verb.ASSIGN)
    if not can_own(session, to):
        raise refuse("assignee", "unknown")
    if case.inquiry.assignee_id == to:
        return done(case, None)
    return _give(case, Verb.ASSIGN, to)


def unassign(
    session: Session, office: Office, reference: str, version: int, *, by: By, at: datetime
) -> Done:
    """Give an inquiry back to everybody."""
    case = acts.begin(session, office, reference, version, verb=Verb.UNASSIGN, by=by, at=at)
    acts.leaving_status(case, Verb.UNASSIGN)
    if case.inquiry.assignee_id is None:
        return done(case, None)
    return _give(case, Verb.UNASSIGN, None)


def _give(case: Case, verb: Verb, to: int | None) -> Done:
    move = acts.write(case, verb)
    case.inquiry.assignee_id = to
    if to is not None and to != member_id(case.by):
        tell_assignee(case, to, move.id)
    case.session.flush()
    return done(case, move)


def can_own(session: Session, staff_id: int) -> bool:
    """Whether a member works here and may act on inquiries."""
    member = session.scalars(
        select(Staff).where(Staff.id == staff_id, Staff.active).options(selectinload(Staff.roles))
    ).one_or_none()
    if member is None:
        return False
    return allows([role.name for role in member.roles], Permission.ACT_ON_INQUIRIES)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of each: done, or refused with its error, which changed nothing of that one."""

    done: tuple[Done, ...]
    refused: Mapping[str, IntakeError]


def each(chosen: Iterable[tuple[str, int]], act: Callable[[str, int], Done]) -> Bulk:
    """Do one act to several inquiries, ``(reference, version)`` each, in the caller's transaction.

    ``each(chosen, lambda reference, version: assign(session, office, reference, version, ...))``.
    Assigning, snoozing and spam only: nobody is contacted in bulk.

    Raises:
        InvalidInput: ``chosen``: none, or more than 50.
    """
    rows = list(dict(chosen).items())
    if not rows:
        raise refuse("chosen", "missing")
    if len(rows) > BULK_MAX:
        raise refuse("chosen", "too_many")
    finished, refused = [], {}
    for reference, version in sorted(rows):  # one order for everybody: two bulks cannot block
        try:
            finished.append(act(reference, version))
        except IntakeError as error:
            refused[reference] = error
    return Bulk(tuple(finished), refused)
