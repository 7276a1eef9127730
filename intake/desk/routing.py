"""The rules that give new inquiries to members, in the order in which they are asked.

A rule says for whom (language, condition, where they live; what is empty holds for all) and to
whom: one member, or the one of several who has the fewest open. Without rules nothing is given to
anybody. What the rules do is ``routing_round``; it runs after an inquiry is stored, so no rule can
stop one.

Source: PRODUCT.md 36 and 46.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.crypto.tokens import new_public_id
from intake.desk.assignment import can_own
from intake.desk.office import DeskMember
from intake.desk.routing_models import RoutingMember, RoutingRule
from intake.errors import InvalidInput, NotFound, NotPermitted, Problem
from intake.inquiries.places import COUNTRY_CODES, STATE_CODES
from intake.staff.permissions import Permission
from intake.storage.turns import one_at_a_time

ADDED = "routing.rule_added"
REMOVED = "routing.rule_removed"
MOVED = "routing.rule_moved"
LANGUAGES = ("en", "es", "other")
RULES_MAX = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it is asked; ``members`` are row ids, in the order they were chosen."""

    language: str = ""
    condition_token: bytes | None = None
    country: str = ""
    state: str = ""
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule that is in force; ``number`` is its place, from 1."""

    id: int
    public_id: str
    number: int
    rule: Rule
    created_at: datetime


def add_rule(session: Session, rule: Rule, *, by: DeskMember, at: datetime) -> str:
    """Put a rule after all others and return its public id.

    Raises:
        NotPermitted: ``role``.
        InvalidInput: ``members``: ``missing``, or ``unknown``, somebody who may not own one;
            ``language`` or ``place``: ``choice``; ``rules``: ``too_many``.
    """
    _check_role(by)
    one_at_a_time(session, ADDED)  # or two new rules would get the same place
    stored = rules_in_force(session)
    problems = _problems(session, rule, stored)
    if problems:
        raise InvalidInput(problems)
    row = RoutingRule(
        public_id=new_public_id(),
        place=1 + max((one.number for one in stored), default=0),
        language=rule.language,
        condition_token=rule.condition_token,
        country=rule.country,
        state=rule.state,
        created_at=at,
    )
    session.add(row)
    session.flush()
    members = enumerate(dict.fromkeys(rule.members))
    session.add_all(
        RoutingMember(rule_id=row.id, staff_id=member, place=place) for place, member in members
    )
    session.flush()
    # Never which condition: the trail names the rule beside each inquiry it was used for.
    detail = {"language": rule.language, "place": rule.state or rule.country}
    trail.record(session, ADDED, actor=by.actor, subject=row.public_id, at=at, detail=detail)
    return row.public_id


def remove_rule(session: Session, public_id: str, *, by: DeskMember, at: datetime) -> None:
    """Use a rule no more; what it gave out stays where it is.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``rule_unknown``.
    """
    row = _locked(session, public_id, by)
    row.removed_at = at
    session.flush()
    _number(session)
    trail.record(session, REMOVED, actor=by.actor, subject=public_id, at=at)


def move_rule(
    session: Session, public_id: str, *, earlier: bool, by: DeskMember, at: datetime
) -> None:
    """Ask a rule one place earlier or later; at either end nothing changes.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``rule_unknown``.
    """
    row = _locked(session, public_id, by)
    step = -1 if earlier else 1
    other = session.scalars(
        select(RoutingRule).where(
            RoutingRule.removed_at.is_(None), RoutingRule.place == row.place + step
        )
    ).one_or_none()
    if other is None:
        return
    row.place, other.place = other.place, row.place
    session.flush()
    trail.record(
        session, MOVED, actor=by.actor, subject=public_id, at=at, detail={"place": row.place}
    )


def rules_in_force(session: Session) -> tuple[StoredRule, ...]:
    """Return the rules in the order in which they are asked."""
    rows = session.scalars(
        select(RoutingRule).where(RoutingRule.removed_at.is_(None)).order_by(RoutingRule.place)
    ).all()
    members = _members(session, [row.id for row in rows])
    return tuple(
        StoredRule(
            row.id,
            row.public_id,
            row.place,
            Rule(
                row.language, row.condition_token, row.country, row.state, members.get(row.id, ())
            ),
            row.created_at,
        )
        for row in rows
    )


def _members(session: Session, rules: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    rows = session.execute(
        select(RoutingMember.rule_id, RoutingMember.staff_id)
        .where(RoutingMember.rule_id.in_(rules))
        .order_by(RoutingMember.rule_id, RoutingMember.place)
    )
    for rule_id, staff_id in rows:
        found[rule_id] = (*found.get(rule_id, ()), staff_id)
    return found


def _problems(session: Session, rule: Rule, stored: Sequence[StoredRule]) -> tuple[Problem, ...]:
    known_place = not rule.country or rule.country in COUNTRY_CODES
    known_state = not rule.state or rule.state in STATE_CODES.get(rule.country, frozenset())
    checks = (
        (Problem("language", "choice"), not rule.language or rule.language in LANGUAGES),
        (Problem("place", "choice"), known_place and known_state),
        (Problem("members", "missing"), bool(rule.members)),
        (Problem("members", "unknown"), all(can_own(session, one) for one in rule.members)),
        (Problem("rules", "too_many"), len(stored) < RULES_MAX),
    )
    return tuple(problem for problem, holds in checks if not holds)


def _locked(session: Session, public_id: str, by: DeskMember) -> RoutingRule:
    _check_role(by)
    rows = session.scalars(
        select(RoutingRule)
        .where(RoutingRule.removed_at.is_(None))
        .order_by(RoutingRule.id)
        .with_for_update()
    ).all()
    found = next((row for row in rows if row.public_id == public_id), None)
    if found is None:
        raise NotFound("rule_unknown")
    return found


def _number(session: Session) -> None:
    """Close the gap that a rule left, so that numbers are places."""
    rows = session.execute(
        select(RoutingRule.id, func.row_number().over(order_by=RoutingRule.place)).where(
            RoutingRule.removed_at.is_(None)
        )
    ).all()
    for rule_id, place in rows:
        session.execute(update(RoutingRule).where(RoutingRule.id == rule_id).values(place=place))


def _check_role(by: DeskMember) -> None:
    if not by.may(Permission.KEEP_ROUTING):
        raise NotPermitted("role")
