"""One-time links: each lets one member choose a password once, within a day.

The row holds the link's SHA-256; reading never spends a link, as mail scanners open links too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.tokens import hash_secret, new_public_id, new_secret
from intake.staff.actor import staff_actor
from intake.staff.lockout import forget_failures
from intake.staff.models import Role, RoleName, Staff, StaffInvitation, staff_roles
from intake.staff.sessions import end_all_sessions

INVITATION_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom a one-time link belongs to.

    ``may_coordinate``: an administrator who may take the coordinator role with this link. Without
    it an administrator sees no health text.
    """

    staff_id: int
    public_id: str
    email: str
    full_name: str
    may_coordinate: bool


def find_invitation(session: Session, token: str, *, at: datetime) -> Invitee | None:
    """Return whom a one-time link belongs to while it can be used; reading never spends it."""
    row = session.execute(
        select(Staff.id, Staff.public_id, Staff.email, Staff.full_name)
        .join(StaffInvitation, StaffInvitation.staff_id == Staff.id)
        .where(
            StaffInvitation.token_hash == hash_secret(token),
            StaffInvitation.used_at.is_(None),
            StaffInvitation.expires_at > at,
            Staff.active,
        )
    ).one_or_none()
    if row is None:
        return None
    roles = set(
        session.scalars(
            select(Role.name)
            .join(staff_roles, staff_roles.c.role_id == Role.id)
            .where(staff_roles.c.staff_id == row.id)
        )
    )
    may_coordinate = RoleName.ADMINISTRATOR in roles and RoleName.COORDINATOR not in roles
    return Invitee(*row, may_coordinate=may_coordinate)


def accept_invitation(
    session: Session, token: str, *, password_hash: str, at: datetime, coordinates: bool = False
) -> bool:
    """Spend the link and store the password; False when it was spent, late or unknown.

    ``coordinates`` also takes the coordinator role, where the invitee may.

    Hash before the write door opens: argon2 is slow on purpose. All open sessions end, so a
    stolen one does not outlive the reset.
    """
    invitee = find_invitation(session, token, at=at)
    spent = session.execute(
        update(StaffInvitation)
        .where(
            StaffInvitation.token_hash == hash_secret(token),
            StaffInvitation.used_at.is_(None),
            StaffInvitation.expires_at > at,
        )
        .values(used_at=at)
        .returning(StaffInvitation.staff_id)
    ).one_or_none()
    if invitee is None or spent is None:
        return False
    session.execute(
        update(Staff)
        .where(Staff.id == invitee.staff_id)
        .values(password=password_hash, fs_uniquifier=new_public_id())
    )
    forget_failures(session, invitee.staff_id)
    end_all_sessions(session, invitee.staff_id, at=at)
    trail.record(
        session,
        "staff.password_set",
        actor=staff_actor(invitee.public_id),
        subject=invitee.public_id,
        at=at,
    )
    if coordinates and invitee.may_coordinate:
        _take_role(session, invitee, RoleName.COORDINATOR, at=at)
    return True


def _take_role(session: Session, invitee: Invitee, role: RoleName, *, at: datetime) -> None:
    role_id = session.scalars(select(Role.id).where(Role.name == role.value)).one()
    session.execute(insert(staff_roles).values(staff_id=invitee.staff_id, role_id=role_id))
    trail.record(
        session,
        "staff.role_taken",
        actor=staff_actor(invitee.public_id),
        subject=invitee.public_id,
        at=at,
        detail={"role": role.value},
    )


def new_invitation(session: Session, member: Staff, *, actor: Actor, at: datetime) -> str:
    """Make a link for a member, and return its token; any link before it is worth nothing."""
    cancel_invitations(session, member.id, at=at)
    token = new_secret()
    session.add(
        StaffInvitation(
            token_hash=hash_secret(token),
            staff_id=member.id,
            created_at=at,
            expires_at=at + INVITATION_LASTS,
            used_at=None,
        )
    )
    session.flush()
    trail.record(session, "staff.invited", actor=actor, subject=member.public_id, at=at)
    return token


def cancel_invitations(session: Session, staff_id: int, *, at: datetime) -> None:
    """Let a member's open links be worth nothing."""
    session.execute(
        update(StaffInvitation)
        .where(StaffInvitation.staff_id == staff_id, StaffInvitation.used_at.is_(None))
        .values(used_at=at)
    )
