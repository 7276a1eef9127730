"""The member who is signed in, as the dashboard knows them, and what they may do to themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from flask_login import current_user
from flask_security import hash_password
from flask_security.utils import logout_user

from intake.audit import trail
from intake.audit.models import Actor
from intake.staff.accounts.state import accounts
from intake.staff.actor import staff_actor
from intake.staff.invitations import Invitee, accept_invitation
from intake.staff.passwords import fault_of, normal
from intake.staff.permissions import Permission, permissions_of
from intake.staff.sessions import (
    OpenSession,
    end_all_sessions,
    end_session_named,
    open_sessions,
    session_key,
)


@dataclass(frozen=True, slots=True)
class Member:
    """Who is signed in; ``permissions`` is everything their roles allow together."""

    id: int
    public_id: str
    full_name: str
    email: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    session_key: str
    recovery_codes_left: int

    @property
    def actor(self) -> Actor:
        """The member as the audit trail names them."""
        return staff_actor(self.public_id)

    def may(self, permission: Permission | str) -> bool:
        """Say whether the member may do this."""
        return permission in self.permissions


def current_member() -> Member | None:
    """Return who is signed in, or None; counts as use of the session."""
    if not current_user.is_authenticated:
        return None
    roles = tuple(sorted(role.name for role in current_user.roles))
    return Member(
        id=current_user.id,
        public_id=current_user.public_id,
        full_name=current_user.full_name,
        email=current_user.email,
        roles=roles,
        permissions=permissions_of(roles),
        session_key=session_key(g.staff_session),
        recovery_codes_left=len(current_user.mf_recovery_codes or ()),
    )


def own_sessions(member: Member) -> Sequence[OpenSession]:
    """Return the member's open sign-ins, the last used first."""
    room = accounts()
    with room.database.read() as session:
        return open_sessions(session, member.id, limits=room.limits, at=room.clock())


def end_one_session(member: Member, key: str) -> bool:
    """Sign the member out on one device; False when there is no such open sign-in of theirs."""
    room = accounts()
    at = room.clock()
    with room.database.write() as session:
        ended = end_session_named(session, member.id, key, at=at)
        if ended:
            trail.record(
                session,
                "staff.session_ended",
                actor=member.actor,
                subject=member.public_id,
                at=at,
                detail={"sessions": 1},
            )
    return ended


def end_every_session(member: Member) -> int:
    """Sign the member out everywhere, here too; return how many sign-ins ended."""
    room = accounts()
    at = room.clock()
    with room.database.write() as session:
        ended = end_all_sessions(session, member.id, at=at)
        trail.record(
            session,
            "staff.session_ended",
            actor=member.actor,
            subject=member.public_id,
            at=at,
            detail={"sessions": ended},
        )
    logout_user()
    return ended


def note_refusal(member: Member, what: str) -> None:
    """Write down that a member asked for what their roles do not allow."""
    room = accounts()
    with room.database.write() as session:
        trail.record(
            session,
            "staff.refused",
            actor=member.actor,
            subject=member.public_id,
            at=room.clock(),
            detail={"what": what},
        )


def password_fault(password: str, invitee: Invitee) -> str | None:
    """Return why the invited member cannot use this password, as a code, or None."""
    own = (*accounts().own_words, invitee.email, invitee.full_name)
    return fault_of(password, own_words=own)


def accept_link(token: str, password: str, *, coordinates: bool = False) -> bool:
    """Spend a one-time link for this password; False when it was spent, late or unknown."""
    room = accounts()
    hashed = hash_password(normal(password))
    with room.database.write() as session:
        return accept_invitation(
            session, token, password_hash=hashed, at=room.clock(), coordinates=coordinates
        )
