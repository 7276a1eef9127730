"""Questions about members of staff that other rooms may ask: how a colleague is called."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.staff.models import Role, Staff, staff_roles


def names_by_public_id(session: Session, public_ids: Iterable[str]) -> Mapping[str, str]:
    """Return the full names of these members; who is unknown is left out."""
    rows = session.execute(
        select(Staff.public_id, Staff.full_name).where(Staff.public_id.in_(set(public_ids)))
    )
    return {row.public_id: row.full_name for row in rows}


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
