"""Who works here, as a colleague or the operator may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.errors import NotFound
from intake.staff.models import Passkey, Staff


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as a colleague or the operator may see it."""

    id: int
    public_id: str
    email: str
    full_name: str
    roles: tuple[str, ...]
    active: bool
    has_password: bool
    has_second_factor: bool
    passkeys: int
    last_login_at: datetime | None


def list_members(session: Session) -> Sequence[MemberRow]:
    """Return all members by name, the deactivated ones too."""
    members = session.scalars(select(Staff).order_by(Staff.full_name, Staff.id)).unique()
    counted = session.execute(
        select(Passkey.staff_id, func.count().label("number"))
        .where(Passkey.stopped_at.is_(None))
        .group_by(Passkey.staff_id)
    )
    passkeys = {row.staff_id: row.number for row in counted}
    return [
        MemberRow(
            id=member.id,
            public_id=member.public_id,
            email=member.email,
            full_name=member.full_name,
            roles=tuple(sorted(role.name for role in member.roles)),
            active=member.active,
            has_password=member.password is not None,
            has_second_factor=member.tf_totp_secret is not None,
            passkeys=passkeys.get(member.id, 0),
            last_login_at=member.current_login_at,
        )
        for member in members
    ]


def member_named(session: Session, public_id: str) -> MemberRow:
    """Return one member.

    Raises:
        NotFound: ``staff_unknown``.
    """
    found = next((one for one in list_members(session) if one.public_id == public_id), None)
    if found is None:
        raise NotFound("staff_unknown")
    return found
