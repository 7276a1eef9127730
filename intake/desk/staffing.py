"""What an administrator does to a member's account, with all that follows from it.

Each verb is one transaction: the account, the sessions, the work that is handed over, the record
and the letters. Subscriptions stay with their member and count while they are active.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.keyring import Keyring
from intake.errors import InvalidInput, Problem
from intake.inquiries.models import Inquiry
from intake.staff import members
from intake.staff.default_hearing import hear_by_default
from intake.staff.invitations import find_invitation
from intake.staff.letters import write_change, write_invitation
from intake.staff.permissions import Permission, allows
from intake.staff.roster import MemberRow, list_members, member_named

REASONS = ("left", "away", "misuse", "other")
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class HandingOver:
    """Why a member is deactivated, and who gets their open inquiries: a public id, or nobody."""

    reason: str
    successor: str = NOBODY


def invite_member(
    session: Session,
    *,
    email: str,
    full_name: str,
    roles: Iterable[str],
    keyring: Keyring,
    actor: Actor,
    at: datetime,
) -> str:
    """Create a member, mail them their link, and return its token, which is shown only now.

    Raises:
        InvalidInput: See ``create_member``.
        Conflict: ``staff_exists``.
    """
    wanted = tuple(roles)
    token = members.create_member(
        session, email=email, full_name=full_name, roles=wanted, at=at, actor=actor
    )
    invitee = find_invitation(session, token, at=at)
    if invitee is not None:
        write_invitation(session, invitee.staff_id, token, keyring=keyring, at=at)
        hear_by_default(session, invitee.staff_id, wanted, at=at)
    return token


def invite_member_again(
    session: Session, public_id: str, *, keyring: Keyring, actor: Actor, at: datetime
) -> str:
    """Mail a member a new link in place of the one before, and return its token."""
    member = member_named(session, public_id)
    token = members.invite_again(session, email=member.email, at=at, actor=actor)
    write_invitation(session, member.id, token, keyring=keyring, at=at)
    return token


def change_member_roles(
    session: Session, public_id: str, roles: Iterable[str], *, actor: Actor, at: datetime
) -> None:
    """Give a member these roles and tell them; see ``change_roles`` for what is refused."""
    member, wanted = member_named(session, public_id), tuple(roles)
    members.change_roles(session, email=member.email, roles=wanted, at=at, actor=actor)
    if set(wanted) != set(member.roles):
        write_change(session, member.id, "roles", at=at)


def reset_member_second_factor(
    session: Session, public_id: str, *, actor: Actor, at: datetime
) -> str:
    """Forget everything a member signs in with, tell them, and return a link to hand over."""
    member = member_named(session, public_id)
    token = members.reset_second_factor(session, email=member.email, at=at, actor=actor)
    write_change(session, member.id, "second_factor_reset", at=at)
    return token


def reactivate_member(
    session: Session, public_id: str, *, keyring: Keyring, actor: Actor, at: datetime
) -> str:
    """Let a member in again: tell them, mail them a link, and return its token."""
    member = member_named(session, public_id)
    token = members.reactivate(session, email=member.email, at=at, actor=actor)
    write_change(session, member.id, "reactivated", at=at)
    write_invitation(session, member.id, token, keyring=keyring, at=at)
    return token


def deactivate_member(
    session: Session, public_id: str, over: HandingOver, *, actor: Actor, at: datetime
) -> int:
    """Let a member in no more and hand their open inquiries over; return how many those were.

    Raises:
        InvalidInput: ``reason``: ``reason_missing``; ``successor``: ``successor_missing``, where
            there is something to hand over and nobody was chosen, or somebody who may not read it.
        Conflict: See ``members.deactivate``.
    """
    member = member_named(session, public_id)
    count = open_inquiries_of(session, member.id)
    successor = _judged(session, member, over, count)
    members.deactivate(session, email=member.email, at=at, actor=actor, reason=over.reason)
    _hand_over(session, member, successor, actor=actor, at=at)
    write_change(session, member.id, "deactivated", at=at)
    if successor is not None and count:
        write_change(session, successor.id, "took_over", at=at)
    return count


def open_inquiries_of(session: Session, staff_id: int) -> int:
    """Return how many open inquiries are a member's."""
    found = session.scalar(
        select(func.count()).where(Inquiry.assignee_id == staff_id, Inquiry.closed_at.is_(None))
    )
    return found or 0


def successors_of(session: Session, public_id: str) -> tuple[MemberRow, ...]:
    """Return the active colleagues who may read inquiries, by name."""
    return tuple(
        one
        for one in list_members(session)
        if one.active and one.public_id != public_id and allows(one.roles, Permission.READ_INQUIRY)
    )


def _judged(session: Session, member: MemberRow, over: HandingOver, count: int) -> MemberRow | None:
    successor = next(
        (
            one
            for one in successors_of(session, member.public_id)
            if one.public_id == over.successor
        ),
        None,
    )
    problems = []
    if over.reason not in REASONS:
        problems.append(Problem("reason", "reason_missing"))
    if count and successor is None and over.successor != NOBODY:
        problems.append(Problem("successor", "successor_missing"))
    if problems:
        raise InvalidInput(tuple(problems))
    return successor


def _hand_over(
    session: Session,
    member: MemberRow,
    successor: MemberRow | None,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    moved = session.execute(
        update(Inquiry)
        .where(Inquiry.assignee_id == member.id, Inquiry.closed_at.is_(None))
        .values(assignee_id=successor.id if successor else None, version=Inquiry.version + 1)
        .returning(Inquiry.public_id)
    )
    for public_id in moved.scalars().all():
        trail.record(
            session,
            "inquiry.assigned",
            actor=actor,
            subject=public_id,
            at=at,
            detail={
                "to": successor.public_id if successor else None,
                "from": member.public_id,
                "why": "member_deactivated",
            },
        )
