"""Questions about members of staff that other rooms may ask: how they are called, who is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.staff.models import Role, RoleName, Staff, staff_roles


def names_by_public_id(session: Session, public_ids: Iterable[str]) -> Mapping[str, str]:
    """Return the full names of these members; who is unknown is left out."""
    rows = session.execute(
        select(Staff.public_id, Staff.full_name).where(Staff.public_id.in_(set(public_ids)))
    )
    return {row.public_id: row.full_name for row in rows}


def roles_by_public_id(session: Session, public_ids: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the roles that these members hold now, for those who hold any."""
    rows = session.execute(
        select(Staff.public_id, Role.name)
        .join(staff_roles, staff_roles.c.staff_id == Staff.id)
        .join(Role, Role.id == staff_roles.c.role_id)
        .where(Staff.public_id.in_(set(public_ids)))
    )
    found: dict[str, frozenset[str]] = {}
    for public_id, role in rows:
        found[public_id] = found.get(public_id, frozenset()) | {role}
    return found


def names_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """Return the full names of the members with these row ids."""
    rows = session.execute(select(Staff.id, Staff.full_name).where(Staff.id.in_(set(ids))))
    return {row.id: row.full_name for row in rows}


def active_by_role(session: Session) -> Mapping[str, tuple[int, ...]]:
    """Return the row ids of active members by the name of each role they hold."""
    rows = session.execute(
        select(Role.name, Staff.id)
        .join(staff_roles, staff_roles.c.role_id == Role.id)
        .join(Staff, Staff.id == staff_roles.c.staff_id)
        .where(Staff.active)
        .order_by(Role.name, Staff.id)
    )
    found: dict[str, tuple[int, ...]] = {}
    for role, staff_id in rows:
        found[role] = (*found.get(role, ()), staff_id)
    return found


def last_resort(session: Session) -> list[int]:
    """Return the row ids of who hears what nobody else would: administrators, else coordinators."""
    for role in (RoleName.ADMINISTRATOR, RoleName.COORDINATOR):
        found = session.scalars(
            select(Staff.id)
            .join(staff_roles, staff_roles.c.staff_id == Staff.id)
            .join(Role, Role.id == staff_roles.c.role_id)
            .where(Role.name == role.value, Staff.active)
            .order_by(Staff.id)
        ).all()
        if found:
            return list(found)
    return []


def is_active(session: Session, staff_id: int) -> bool:
    """Say whether a member works here."""
    return bool(session.scalar(select(Staff.active).where(Staff.id == staff_id)))


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member as others choose them."""

    id: int
    public_id: str
    full_name: str


def colleagues(session: Session) -> tuple[Colleague, ...]:
    """Return all active members by name."""
    rows = session.execute(
        select(Staff.id, Staff.public_id, Staff.full_name)
        .where(Staff.active)
        .order_by(Staff.full_name, Staff.id)
    )
    return tuple(Colleague(*row) for row in rows)
