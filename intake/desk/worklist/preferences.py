"""Whether a member's single keys act: WCAG 2.1.4 asks that they can be turned off."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.desk.worklist.models import DeskPreference


def uses_single_keys(session: Session, staff_id: int) -> bool:
    """Say whether single keys act for this member; they do until the member turns them off."""
    chosen = session.scalar(
        select(DeskPreference.single_keys).where(DeskPreference.staff_id == staff_id)
    )
    return True if chosen is None else chosen


def set_single_keys(session: Session, staff_id: int, *, on: bool) -> None:
    """Turn a member's single keys on or off."""
    session.merge(DeskPreference(staff_id=staff_id, single_keys=on))
    session.flush()
