"""How every act begins and is written down: permission, lock, version, step, guards, move, record.

A verb calls :func:`begin`, then :func:`step` or :func:`leaving_status`, then :func:`write`, and
changes what belongs to it after that. Everything that can refuse comes before the first change, so
an act that is refused has changed nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.sealed import JSON
from intake.desk.lifecycle import LEAVING_STATUS, Step, Verb, is_person, may_ever, steps_of
from intake.desk.models import InquiryMove
from intake.desk.office import By, Case, Given, Office, actor_of
from intake.desk.refusals import Change, NotFromHere, Stale
from intake.desk.snapshots import take
from intake.errors import InvalidInput, NotPermitted
from intake.inquiries.models import Outcome, Status
from intake.inquiries.references import inquiry_named

ROLE = "role"
ACTIONS: Mapping[Verb, str] = {
    Verb.RESTORE: "inquiry.restored",
    Verb.PROPOSE_SPAM: "inquiry.spam_proposed",
    Verb.LOG_ATTEMPT: "inquiry.attempted",
    Verb.REQUEST_INFORMATION: "inquiry.information_requested",
    Verb.STOP_WAITING: "inquiry.waiting_ended",
    Verb.INFORMATION_CAME: "inquiry.information_came",
    Verb.HAND_TO_CLINICIAN: "inquiry.handed_to_clinician",
    Verb.RECORD_DISPOSITION: "inquiry.disposition_recorded",
    Verb.SCHEDULE: "inquiry.scheduled",
    Verb.UNSCHEDULE: "inquiry.unscheduled",
    Verb.WITHDRAW: "inquiry.withdrawn",
    Verb.TAKE_BACK: "inquiry.withdrawal_taken_back",
    Verb.MARK_DECEASED: "inquiry.deceased",
    Verb.REOPEN: "inquiry.reopened",
    Verb.ERASE: "inquiry.erased",
    Verb.CLAIM: "inquiry.claimed",
    Verb.ASSIGN: "inquiry.assigned",
    Verb.UNASSIGN: "inquiry.unassigned",
    Verb.SNOOZE: "inquiry.snoozed",
    Verb.WAKE: "inquiry.woken",
    Verb.BOOK_CALLBACK: "inquiry.callback_booked",
    Verb.CANCEL_CALLBACK: "inquiry.callback_cancelled",
    Verb.UNDO: "inquiry.undone",
}
CLOSING = "inquiry.closed"
FINAL = frozenset({Status.CLOSED, Status.ERASED})


def begin(
    session: Session,
    office: Office,
    reference: str,
    version: int | None,
    *,
    verb: Verb,
    by: By,
    at: datetime,
    given: Given | None = None,
) -> Case:
    """Lock an inquiry for one act of somebody who may act at all.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs need.
        reference: As stored or in any way people type it.
        version: What the caller read; ``None`` for the system and the person, who overwrite nobody.
        verb: What is wanted.
        by: Who acts.
        at: Now.
        given: What the caller said.

    Raises:
        NotPermitted: ``role``: no step of this verb is for this actor.
        NotFound: ``inquiry_unknown``.
        Stale: Somebody was faster; carries what they did.
    """
    if not may_ever(verb, by):
        raise NotPermitted(ROLE)
    inquiry = inquiry_named(session, reference, lock=True)
    if isinstance(by, Actor) and is_person(by) and by.id != inquiry.public_id:
        raise NotPermitted(ROLE)
    if version is not None and inquiry.version != version:
        raise Stale(inquiry.version, changes_since(session, inquiry.id, version))
    if inquiry.status == Status.ERASED.value:
        raise NotFromHere(verb, Status.ERASED)
    return Case(session, office, inquiry, by, at, given or Given())


def changes_since(session: Session, inquiry_id: int, version: int) -> list[Change]:
    """Return what was done after somebody read this version, oldest first."""
    rows = session.scalars(
        select(InquiryMove)
        .where(InquiryMove.inquiry_id == inquiry_id, InquiryMove.version > version)
        .order_by(InquiryMove.id)
    )
    return [
        Change(row.verb, row.from_status, row.to_status, row.actor_kind, row.actor_id, row.at)
        for row in rows
    ]


def step(
    case: Case, verb: Verb, target: Status | None = None, outcome: Outcome | None = None
) -> Step:
    """Return the row of the lifecycle that this act takes, its guards passed.

    Raises:
        NotFromHere: The table has no such step from here.
        NotPermitted: ``role``: not for this actor; or what a guard says.
        Conflict: What a guard says of the state.
        InvalidInput: Everything the guards miss.
    """
    rows = [
        row
        for row in steps_of(verb, outcome)
        if case.status in row.sources and (target is None or row.target is target)
    ]
    if not rows:
        raise NotFromHere(verb, case.status)
    allowed = [row for row in rows if row.allows(case.by)]
    if not allowed:
        raise NotPermitted(ROLE)
    chosen = allowed[0]
    problems = [problem for guard in chosen.guards for problem in guard(case)]
    if problems:
        raise InvalidInput(tuple(problems))
    return chosen


def leaving_status(case: Case, verb: Verb) -> None:
    """Make sure that an act which changes no status is one for this actor, here.

    Raises:
        NotPermitted: ``role``.
        NotFromHere: Not in this status.
    """
    standing = LEAVING_STATUS[verb]
    if case.status not in standing.statuses:
        raise NotFromHere(verb, case.status)
    if not standing.allows(case.by):
        raise NotPermitted(ROLE)


def write(
    case: Case,
    verb: Verb,
    *,
    target: Status | None = None,
    outcome: Outcome | None = None,
    reason: str = "",
    detail: Mapping[str, JSON] | None = None,
    undoes_id: int | None = None,
) -> InquiryMove:
    """Write the move with everything as it was, set the status, count the version, record it."""
    one, actor = case.inquiry, actor_of(case.by)
    to = target or case.status
    move = InquiryMove(
        inquiry_id=one.id,
        verb=verb.value,
        from_status=one.status,
        to_status=to.value,
        outcome=outcome.value if outcome else None,
        reason=reason or None,
        detail=dict(detail or {}),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        at=case.at,
        version=one.version + 1,
        before=take(case),
        undoes_id=undoes_id,
    )
    case.session.add(move)
    told: dict[str, JSON] = {"verb": verb.value, "from": one.status, "to": to.value}
    told |= {"outcome": outcome.value} if outcome else {}
    told |= {"reason": reason} if reason else {}
    one.status, one.outcome = to.value, outcome.value if outcome else None
    if to not in FINAL:
        one.closed_at = None
    one.version += 1
    trail.record(
        case.session,
        ACTIONS.get(verb, CLOSING),
        actor=actor,
        subject=one.public_id,
        at=case.at,
        detail={**told, **(detail or {})},
    )
    # closed_at belongs to the status in the same statement (a constraint), so it is set here.
    if to is Status.CLOSED and one.closed_at is None:
        one.closed_at = case.at
    case.session.flush()
    return move
