"""What a member wants to hear of and when they are there, changed with a line on the trail.

The line says that something was set and by whom. Which conditions a member asked for stays out of
it: beside a message of theirs it would tell what an inquiry is about, for as long as the trail is
kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.sealed import JSON
from intake.errors import NotFound
from intake.notifications.attendance import Absence, Quiet, set_absence, set_quiet_hours
from intake.notifications.subscriptions import (
    Filters,
    Pace,
    subscribe,
    subscriptions_of,
    unsubscribe,
)
from intake.notifications.ways import MAIL
from intake.staff.queries import Colleague


@dataclass(frozen=True, slots=True)
class Rule:
    """An event to hear of, for which inquiries, and how soon."""

    event: str
    filters: Filters
    pace: Pace


def keep_rule(
    session: Session, whose: Colleague, rule: Rule, *, actor: Actor, at: datetime
) -> None:
    """Let a member hear of an event by e-mail; the rule they had for it is replaced."""
    subscribe(session, whose.id, rule.event, MAIL, at, filters=rule.filters, pace=rule.pace)
    detail = {"event": rule.event, "pace": rule.pace.value}
    _record(session, "subscription.changed", whose, detail, actor=actor, at=at)


def end_rule(session: Session, whose: Colleague, key: str, *, actor: Actor, at: datetime) -> None:
    """Stop telling a member of something.

    Raises:
        NotFound: ``subscription_unknown``: no rule of this member's has this key.
    """
    found = [one for one in subscriptions_of(session, whose.id) if str(one.id) == key]
    if not found:
        raise NotFound("subscription_unknown")
    unsubscribe(session, whose.id, found[0].event, found[0].channel)
    _record(session, "subscription.ended", whose, {"event": found[0].event}, actor=actor, at=at)


def keep_quiet_hours(
    session: Session, whose: Colleague, quiet: Quiet | None, *, actor: Actor, at: datetime
) -> None:
    """Set or end a member's quiet hours; see ``set_quiet_hours`` for what is refused."""
    set_quiet_hours(session, whose.id, quiet)
    detail = {"set": quiet is not None}
    _record(session, "attendance.quiet_hours", whose, detail, actor=actor, at=at)


def keep_absence(
    session: Session, whose: Colleague, absence: Absence | None, *, actor: Actor, at: datetime
) -> None:
    """Set or end a member's absence; see ``set_absence`` for what is refused."""
    set_absence(session, whose.id, absence)
    detail = {"set": absence is not None}
    _record(session, "attendance.absence", whose, detail, actor=actor, at=at)


def _record(
    session: Session,
    action: str,
    whose: Colleague,
    detail: Mapping[str, JSON],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    trail.record(session, action, actor=actor, subject=whose.public_id, at=at, detail=detail)
