"""Members of staff: created, given roles, reset, deactivated and let in again.

A member never gets a password from anybody. Whoever creates or resets an account hands over a
one-time link (``invitations``), and the second factor is set up at the first sign-in. There is no
self-service recovery: a lost password or telephone is a colleague's business, who knows the person.
The last administrator who can sign in stays one: else nobody could let anybody in.
"""

from collections.abc import Iterable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.tokens import new_public_id
from intake.errors import Conflict, InvalidInput, NotFound, Problem
from intake.staff.invitations import (
    cancel_invitations,
    new_invitation,
)
from intake.staff.lockout import forget_failures
from intake.staff.models import Role, RoleName, Staff, staff_roles
from intake.staff.passkeys import forget_passkeys
from intake.staff.sessions import end_all_sessions

NAME_MAX_CHARACTERS = 120


def ensure_roles(session: Session) -> None:
    """Store the rows of roles that are missing; repeating it changes nothing."""
    known = set(session.scalars(select(Role.name)))
    session.add_all(
        Role(name=name.value, description=None) for name in RoleName if name not in known
    )
    session.flush()


def create_member(
    session: Session,
    *,
    email: str,
    full_name: str,
    roles: Iterable[str],
    at: datetime,
    actor: Actor,
) -> str:
    """Create a member who cannot sign in yet, and return the token of their one-time link.

    The token is shown to nobody again: ``/staff/welcome/<token>`` is to be handed over now.

    Raises:
        InvalidInput: Fields ``email``, ``full_name`` or ``roles``, all problems at once.
        Conflict: ``staff_exists``.
    """
    address, name, wanted = _judged(email, full_name, set(roles))
    if session.scalar(select(Staff.id).where(Staff.email == address)) is not None:
        raise Conflict("staff_exists")
    ensure_roles(session)
    member = Staff(
        public_id=new_public_id(),
        email=address,
        full_name=name,
        password=None,
        active=True,
        fs_uniquifier=new_public_id(),
        created_at=at,
        roles=list(session.scalars(select(Role).where(Role.name.in_(wanted)))),
    )
    session.add(member)
    session.flush()
    trail.record(
        session,
        "staff.created",
        actor=actor,
        subject=member.public_id,
        at=at,
        detail={"roles": sorted(wanted)},
    )
    return new_invitation(session, member, actor=actor, at=at)


def change_roles(
    session: Session, *, email: str, roles: Iterable[str], at: datetime, actor: Actor
) -> None:
    """Give a member these roles and no other; it counts from their next request on.

    Raises:
        NotFound: ``staff_unknown``.
        InvalidInput: Field ``roles``.
        Conflict: ``last_administrator``; ``own_account``: a colleague could do it. Otherwise an
            administrator could give themselves what break-glass tells others of.
    """
    member, wanted = _member(session, email), {str(role) for role in roles}
    if not wanted or wanted - set(RoleName):
        raise InvalidInput((Problem("roles", "role_unknown"),))
    before = sorted(role.name for role in member.roles)
    if before == sorted(wanted):
        return
    others = _other_administrators(session, member.id)
    if actor.id == member.public_id and others:
        raise Conflict("own_account")
    if RoleName.ADMINISTRATOR in before and RoleName.ADMINISTRATOR not in wanted and not others:
        raise Conflict("last_administrator")
    ensure_roles(session)
    member.roles = list(session.scalars(select(Role).where(Role.name.in_(wanted))))
    session.flush()
    trail.record(
        session,
        "staff.roles_changed",
        actor=actor,
        subject=member.public_id,
        at=at,
        detail={"roles": sorted(wanted), "before": list(before)},
    )


def invite_again(session: Session, *, email: str, at: datetime, actor: Actor) -> str:
    """Return a new link for a member who has no password yet.

    Raises:
        NotFound: ``staff_unknown``.
        Conflict: ``has_password``: a link would let its holder replace it; ``staff_inactive``.
    """
    member = _member(session, email)
    if not member.active:
        raise Conflict("staff_inactive")
    if member.password is not None:
        raise Conflict("has_password")
    return new_invitation(session, member, actor=actor, at=at)


def reactivate(session: Session, *, email: str, at: datetime, actor: Actor) -> str:
    """Let a member in again, with a link for a new password; return its token.

    Raises:
        NotFound: ``staff_unknown``.
        Conflict: ``staff_active``.
    """
    member = _member(session, email)
    if member.active:
        raise Conflict("staff_active")
    member.active = True
    return _reset(session, member, "staff.reactivated", at=at, actor=actor)


def deactivate(
    session: Session, *, email: str, at: datetime, actor: Actor, reason: str = ""
) -> None:
    """Let a member in no more and end their open sessions; what they did stays told.

    ``desk.staffing.deactivate_member`` also hands their open inquiries over.

    Raises:
        NotFound: ``staff_unknown``.
        Conflict: ``staff_inactive``; ``own_account``; ``last_administrator``.
    """
    member = _member(session, email)
    if not member.active:
        raise Conflict("staff_inactive")
    if actor.id == member.public_id:
        raise Conflict("own_account")
    is_administrator = RoleName.ADMINISTRATOR in {role.name for role in member.roles}
    if is_administrator and not _other_administrators(session, member.id):
        raise Conflict("last_administrator")
    member.active = False
    cancel_invitations(session, member.id, at=at)
    ended = end_all_sessions(session, member.id, at=at)
    trail.record(
        session,
        "staff.deactivated",
        actor=actor,
        subject=member.public_id,
        at=at,
        detail={"sessions_ended": ended, **({"reason": reason} if reason else {})},
    )


def reset_password(session: Session, *, email: str, at: datetime, actor: Actor) -> str:
    """Sign the member out everywhere and return a link for a new password; the codes stay.

    The second factor still protects the account (ASVS 5.0.0 6.4.3). Also what frees an account
    that too many guesses have stopped.

    Raises:
        NotFound: ``staff_unknown``.
    """
    return _reset(session, _member(session, email), "staff.password_reset", at=at, actor=actor)


def reset_second_factor(session: Session, *, email: str, at: datetime, actor: Actor) -> str:
    """Forget the member's authenticator, recovery codes and passkeys; return a link.

    The old password goes too: with the second factor gone, whoever knows it would be in.

    Raises:
        NotFound: ``staff_unknown``.
        Conflict: ``own_account``: whoever holds a stolen session could make it theirs;
            ``staff_inactive``.
    """
    member = _member(session, email)
    if actor.id == member.public_id:
        raise Conflict("own_account")
    if not member.active:
        raise Conflict("staff_inactive")
    forget_passkeys(session, member.id)
    member.tf_primary_method = None
    member.tf_totp_secret = None
    member.totp_last_counter = None
    member.mf_recovery_codes = None
    return _reset(session, member, "staff.second_factor_reset", at=at, actor=actor)


def _judged(email: str, full_name: str, roles: set[str]) -> tuple[str, str, set[str]]:
    problems = []
    address, name = "", " ".join(full_name.split())
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        problems.append(Problem("email", "email_invalid"))
    if not 0 < len(name) <= NAME_MAX_CHARACTERS:
        problems.append(Problem("full_name", "name_missing"))
    if not roles or roles - set(RoleName):
        problems.append(Problem("roles", "role_unknown"))
    if problems:
        raise InvalidInput(tuple(problems))
    return address, name, {str(role) for role in roles}


def _member(session: Session, email: str) -> Staff:
    member = session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    if member is None:
        raise NotFound("staff_unknown")
    return member


def _reset(session: Session, member: Staff, action: str, *, at: datetime, actor: Actor) -> str:
    member.password = None
    member.fs_uniquifier = new_public_id()
    session.flush()
    forget_failures(session, member.id)
    end_all_sessions(session, member.id, at=at)
    trail.record(session, action, actor=actor, subject=member.public_id, at=at)
    return new_invitation(session, member, actor=actor, at=at)


def _other_administrators(session: Session, staff_id: int) -> int:
    """Count the other administrators who can sign in; two who leave at once wait for each other."""
    role_id = session.scalar(
        select(Role.id).where(Role.name == RoleName.ADMINISTRATOR.value).with_for_update()
    )
    others = session.scalar(
        select(func.count())
        .select_from(staff_roles)
        .join(Staff, Staff.id == staff_roles.c.staff_id)
        .where(
            staff_roles.c.role_id == role_id,
            Staff.active,
            Staff.password.is_not(None),
            Staff.id != staff_id,
        )
    )
    return others or 0
