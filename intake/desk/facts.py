"""What may be done with one inquiry by one member, and all a page needs to offer it.

What a page offers comes from the lifecycle's own table; a way that the person did not permit, and a
step that this member may not take from here, is in none of it, so it has no button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.audit.models import ActorKind
from intake.crypto.sealed import JSON
from intake.desk.attempts import may_use
from intake.desk.clocks import Reading as ClockReading
from intake.desk.clocks import clocks_of
from intake.desk.letter_approvals import Approval, approvals
from intake.desk.lifecycle import LEAVING_STATUS, Verb, may_ever, targets_from
from intake.desk.messages import is_message
from intake.desk.models import Channel
from intake.desk.next_action import NextAction, next_actions
from intake.desk.notes import draft_of
from intake.desk.office import Case, DeskMember, Office
from intake.desk.queries import Booked, Move, booked_for, moves_of
from intake.desk.undo import UNDO_MINUTES
from intake.inquiries.models import Outcome, Status
from intake.inquiries.queries import OpenedInquiry
from intake.inquiries.references import inquiry_named
from intake.inquiries.summaries import InquirySummary
from intake.staff.permissions import ROLE_PERMISSIONS, Permission
from intake.staff.queries import active_by_role, names_by_id


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """One inquiry as its forms see it."""

    summary: InquirySummary
    answers: Mapping[str, JSON]
    by: DeskMember
    at: datetime
    zone: str
    zone_is_certain: bool
    clinic_zone: str
    verbs: frozenset[Verb]
    outcomes: frozenset[Outcome]
    ways: tuple[Channel, ...]
    clocks: tuple[ClockReading, ...]
    next_action: NextAction
    booked: Booked | None
    snoozed_until: datetime | None
    is_deceased: bool
    moves: tuple[Move, ...]
    colleagues: Sequence[tuple[int, str]]
    clinicians: Sequence[tuple[int, str]]
    draft: str
    calling: tuple[str, str]
    approvals: Mapping[str, Approval]  # of the closing letters; those that are missing have nobody

    @property
    def can_act(self) -> bool:
        """Whether this member has forms at all."""
        return self.by.may(Permission.ACT_ON_INQUIRIES)

    @property
    def name(self) -> str:
        """The short name of the person, or their reference."""
        label = self.summary.label
        return label.name if label else self.summary.reference


def facts_of(
    session: Session, office: Office, opened: OpenedInquiry, *, by: DeskMember, at: datetime
) -> DeskFacts:
    """Return what the forms need; the reading of ``opened`` was recorded before."""
    summary = opened.summary
    inquiry = inquiry_named(session, summary.reference)
    case = Case(session, office, inquiry, by, at)
    steps = targets_from(summary.status, by) if by.may(Permission.ACT_ON_INQUIRIES) else ()
    is_erased = summary.status is Status.ERASED
    acts = by.may(Permission.ACT_ON_INQUIRIES) and not is_erased
    return DeskFacts(
        summary=summary,
        answers=opened.answers,
        by=by,
        at=at,
        zone=case.zone,
        zone_is_certain=summary.label is not None and summary.label.zone_is_certain,
        clinic_zone=office.clinic.zone,
        verbs=frozenset({step.verb for step in steps} | _standing(summary.status, by)),
        outcomes=frozenset(step.outcome for step in steps if step.outcome is not None),
        ways=tuple(way for way in Channel if may_use(case, way)),
        clocks=clocks_of(session, office, inquiry),
        next_action=next_actions(session, office, [summary], at=at)[summary.id],
        booked=booked_for(session, [summary.id]).get(summary.id),
        snoozed_until=inquiry.snoozed_until,
        is_deceased=inquiry.deceased_at is not None,
        moves=moves_of(session, summary.id),
        colleagues=members_who(session, Permission.ACT_ON_INQUIRIES),
        clinicians=members_who(session, Permission.DECIDE_CLINICALLY),
        draft=draft_of(session, office, summary.reference, by=by) if acts else "",
        calling=(office.rules.call_from, office.rules.call_until),
        approvals=approvals(session),
    )


def _standing(status: Status, by: DeskMember) -> set[Verb]:
    return {
        verb
        for verb, standing in LEAVING_STATUS.items()
        if status in standing.statuses and standing.allows(by)
    }


def members_who(session: Session, permission: Permission) -> Sequence[tuple[int, str]]:
    """Return row id and name of the active members with a permission, by name."""
    may = {role.value for role, granted in ROLE_PERMISSIONS.items() if permission in granted}
    ids = {
        one for role, members in active_by_role(session).items() if role in may for one in members
    }
    return sorted(names_by_id(session, ids).items(), key=lambda one: one[1].casefold())


def undoable(moves: Sequence[Move], version: int, *, by: DeskMember, at: datetime) -> Move | None:
    """Return the last act where this member may still take it back."""
    move = moves[-1] if moves else None
    if move is None or move.actor_kind != ActorKind.STAFF.value or move.undone:
        return None
    if move.verb == Verb.UNDO or move.version != version or is_message(move):
        return None
    if at > move.at + timedelta(minutes=UNDO_MINUTES):
        return None
    return move if may_ever(Verb(move.verb), by) else None
