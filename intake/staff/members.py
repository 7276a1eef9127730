"""Members of staff: created, invited, reset and deactivated by a colleague or the operator.

A member never gets a password from anybody. Whoever creates or resets an account hands over a
one-time link (24 hours, stored as a hash, spent only by choosing a password), and the second factor
is set up at the first sign-in. There is no self-service recovery: a lost password or telephone is a
colleague's business, who knows the person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.crypto.tokens import hash_secret, new_public_id, new_secret
from intake.errors import Conflict, InvalidInput, NotFound, Problem
from intake.staff.lockout import forget_failures
from intake.staff.models import Role, RoleName, Staff, StaffInvitation, staff_roles
from intake.staff.sessions import end_all_sessions

INVITATION_LASTS = timedelta(hours=24)
NAME_MAX_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as a colleague or the operator may see it."""

    public_id: str
    email: str
    full_name: str
    roles: tuple[str, ...]
    active: bool
    has_password: bool
    has_second_factor: bool
    last_login_at: datetime | None


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
    return _invite(session, member, actor=actor, at=at)


def list_members(session: Session) -> Sequence[MemberRow]:
    """Return all members by name, the deactivated ones too."""
    members = session.scalars(select(Staff).order_by(Staff.full_name, Staff.id)).unique()
    return [
        MemberRow(
            public_id=member.public_id,
            email=member.email,
            full_name=member.full_name,
            roles=tuple(sorted(role.name for role in member.roles)),
            active=member.active,
            has_password=member.password is not None,
            has_second_factor=member.tf_totp_secret is not None,
            last_login_at=member.current_login_at,
        )
        for member in members
    ]


def deactivate(session: Session, *, email: str, at: datetime, actor: Actor) -> None:
    """Let a member in no more and end their open sessions; what they did stays told.

    Raises:
        NotFound: ``staff_unknown``.
    """
    member = _member(session, email)
    member.active = False
    _cancel_invitations(session, member.id, at=at)
    ended = end_all_sessions(session, member.id, at=at)
    trail.record(
        session,
        "staff.deactivated",
        actor=actor,
        subject=member.public_id,
        at=at,
        detail={"sessions_ended": ended},
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
    """Forget the member's authenticator and recovery codes, and return a link for a new password.

    The old password goes too: with the second factor gone, whoever knows it would be in.

    Raises:
        NotFound: ``staff_unknown``.
    """
    member = _member(session, email)
    member.tf_primary_method = None
    member.tf_totp_secret = None
    member.totp_last_counter = None
    member.mf_recovery_codes = None
    return _reset(session, member, "staff.second_factor_reset", at=at, actor=actor)


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


def staff_actor(public_id: str) -> Actor:
    """Return the member as the audit trail names them."""
    return Actor(ActorKind.STAFF, public_id)


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
    return _invite(session, member, actor=actor, at=at)


def _invite(session: Session, member: Staff, *, actor: Actor, at: datetime) -> str:
    _cancel_invitations(session, member.id, at=at)
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


def _cancel_invitations(session: Session, staff_id: int, *, at: datetime) -> None:
    session.execute(
        update(StaffInvitation)
        .where(StaffInvitation.staff_id == staff_id, StaffInvitation.used_at.is_(None))
        .values(used_at=at)
    )
