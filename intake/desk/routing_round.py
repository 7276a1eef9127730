"""Gives new inquiries out by the rules, each once, soon after they are stored.

The worker does it and not the submission: a rule that fails must never stop an inquiry, and what a
rule needs is not on the way of somebody who waits for a receipt. An inquiry that a person at the
desk has taken, given or given back already is left alone. Conditions are told by their keyed
tokens and where somebody lives by the label, so no health text is opened.

Source: PRODUCT.md 36, 41 and 46.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.crypto.sealed import JSON
from intake.desk import acts
from intake.desk.assignment import can_own
from intake.desk.lifecycle import Verb
from intake.desk.models import InquiryMove
from intake.desk.office import Case, Office
from intake.desk.routing import Rule, StoredRule, rules_in_force
from intake.desk.routing_models import Routing
from intake.desk.writing import tell_assignee
from intake.inquiries.models import Inquiry, SearchToken, Status
from intake.inquiries.references import inquiry_named
from intake.notifications.attendance import first_there
from intake.staff.models import Staff
from intake.storage.upsert import insert_into

NOBODY_THERE = "inquiry.not_routed"
ROUND_MAX = 200
BY_HAND = (Verb.CLAIM.value, Verb.ASSIGN.value, Verb.UNASSIGN.value)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a rule gives an inquiry to; ``instead_of`` is who is away."""

    staff_id: int
    instead_of: int | None


def to_route(session: Session) -> Sequence[str]:
    """Return the references that the rules have not looked at yet; reads only.

    Only what came in after the first of the rules was written: rules change tomorrow, not the past.
    """
    rules = rules_in_force(session)
    if not rules:
        return ()
    by_hand = exists().where(InquiryMove.inquiry_id == Inquiry.id, InquiryMove.verb.in_(BY_HAND))
    return session.scalars(
        select(Inquiry.reference)
        .where(
            Inquiry.status == Status.NEW.value,
            Inquiry.closed_at.is_(None),
            Inquiry.assignee_id.is_(None),
            Inquiry.received_at >= min(one.created_at for one in rules),
            ~exists().where(Routing.inquiry_id == Inquiry.id),
            ~by_hand,
        )
        .order_by(Inquiry.id)
        .limit(ROUND_MAX)
    ).all()


def route(session: Session, office: Office, reference: str, *, at: datetime) -> bool:
    """Give one inquiry to whom the first fitting rule names; say whether it was given.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs of the desk are given.
        reference: Of the inquiry.
        at: Now.
    """
    inquiry = inquiry_named(session, reference, lock=True)
    if inquiry.status != Status.NEW.value or inquiry.assignee_id is not None:
        return False
    case = Case(session, office, inquiry, SYSTEM, at)
    absent: StoredRule | None = None
    for stored in rules_in_force(session):
        if not _fits(case, stored.rule):
            continue
        choice = _choice(case, stored.rule.members)
        if choice is not None:
            return _give(case, stored, choice)
        absent = absent or stored
    if _note(case, None, None) and absent is not None:
        trail.record(
            session,
            NOBODY_THERE,
            actor=SYSTEM,
            subject=inquiry.public_id,
            at=at,
            detail={"rule": absent.number},
        )
    return False


def leave_alone(session: Session, reference: str, *, at: datetime) -> None:
    """Look at an inquiry no more: it stays nobody's until somebody takes it."""
    inquiry_id = session.scalar(select(Inquiry.id).where(Inquiry.reference == reference))
    if inquiry_id is not None:
        _write_down(session, inquiry_id, at=at)


def _fits(case: Case, rule: Rule) -> bool:
    if rule.language and rule.language != case.inquiry.language:
        return False
    if rule.country or rule.state:
        label = case.label
        if label is None or rule.country != label.country:
            return False
        if rule.state and rule.state != label.state:
            return False
    if rule.condition_token is None:
        return True
    return bool(
        case.session.scalar(
            select(
                exists().where(
                    SearchToken.token == rule.condition_token,
                    SearchToken.inquiry_id == case.inquiry.id,
                )
            )
        )
    )


def _choice(case: Case, members: Sequence[int]) -> Choice | None:
    """Return who of these is there and has the fewest open; for who is away, their stand-in."""
    found: dict[int, Choice] = {}
    for member in members:
        there, _ = first_there(
            case.session, member, case.at, is_active=partial(can_own, case.session)
        )
        if there is not None and there not in found:
            found[there] = Choice(there, None if there == member else member)
    if not found:
        return None
    counts = _open_counts(case.session, found)
    return min(found.values(), key=lambda one: counts.get(one.staff_id, 0))


def _open_counts(session: Session, members: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(Inquiry.assignee_id, func.count())
        .where(Inquiry.assignee_id.in_(list(members)), Inquiry.closed_at.is_(None))
        .group_by(Inquiry.assignee_id)
    )
    return {staff_id: count for staff_id, count in rows if staff_id is not None}


def _give(case: Case, stored: StoredRule, choice: Choice) -> bool:
    if not _note(case, stored.id, choice.staff_id):
        return False
    names = _public_ids(case.session, choice)
    detail: dict[str, JSON] = {
        "rule": stored.number,
        "rule_id": stored.public_id,
        "matched": list(_reasons(stored.rule)),
        "given_to": names[choice.staff_id],
        "among": len(stored.rule.members),
    }
    if choice.instead_of is not None:
        detail["instead_of"] = names[choice.instead_of]
    acts.leaving_status(case, Verb.ASSIGN)
    move = acts.write(case, Verb.ASSIGN, detail=detail)
    case.inquiry.assignee_id = choice.staff_id
    tell_assignee(case, choice.staff_id, move.id)
    case.session.flush()
    return True


def _note(case: Case, rule_id: int | None, staff_id: int | None) -> bool:
    """Write down that the rules have looked; False where another worker was faster."""
    return _write_down(
        case.session, case.inquiry.id, rule_id=rule_id, staff_id=staff_id, at=case.at
    )


def _write_down(
    session: Session,
    inquiry_id: int,
    *,
    rule_id: int | None = None,
    staff_id: int | None = None,
    at: datetime,
) -> bool:
    connection = session.connection()
    row = insert_into(connection.dialect.name, Routing).values(
        inquiry_id=inquiry_id, rule_id=rule_id, staff_id=staff_id, at=at
    )
    written = connection.execute(row.on_conflict_do_nothing().returning(Routing.inquiry_id))
    return written.first() is not None


def _reasons(rule: Rule) -> Iterator[str]:
    """Give what the rule asked for, by kind: which condition it was stands in no event."""
    if rule.language:
        yield "language"
    if rule.condition_token is not None:
        yield "condition"
    if rule.country or rule.state:
        yield "place"


def _public_ids(session: Session, choice: Choice) -> dict[int, str]:
    wanted = [one for one in (choice.staff_id, choice.instead_of) if one is not None]
    rows = session.execute(select(Staff.id, Staff.public_id).where(Staff.id.in_(wanted)))
    return {row.id: row.public_id for row in rows}
