"""Who stands on which rung of the ladder, so that a late inquiry is never nobody's.

Lead and clinic owner are contacts of the settings; the others are members. A rung where nobody
stands falls to the administrators, then to the coordinators, then to the terminal: never silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import Attendance
from intake.notifications.recipient import STAFF
from intake.notifications.ways import CONSOLE, CONTACT, DESK, MAIL, Way, endpoint_way
from intake.settings import EscalationSettings
from intake.staff.models import RoleName
from intake.staff.queries import active_by_role


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who may be told, read once for a round; build with :func:`audience`."""

    contacts: EscalationSettings
    roles: Mapping[str, tuple[int, ...]]
    active: frozenset[int]
    backups: Mapping[int, int]
    on_call: Way | None

    @property
    def coordinators(self) -> tuple[int, ...]:
        """Those who answer people; the administrators where there are none."""
        return self._holding(RoleName.COORDINATOR) or self._holding(RoleName.ADMINISTRATOR)

    @property
    def administrators(self) -> tuple[int, ...]:
        """Those who keep the service running; the coordinators where there are none."""
        return self._holding(RoleName.ADMINISTRATOR) or self._holding(RoleName.COORDINATOR)

    def owner_rung(self, assignee_id: int | None) -> list[Way]:
        """Whose inquiry it is; all coordinators while it is nobody's."""
        if assignee_id in self.active:
            return self._mailed([assignee_id])
        return self._mailed(self.coordinators)

    def backup_rung(self, assignee_id: int | None) -> list[Way]:
        """Who stands in for the owner; the other coordinators where nobody is named."""
        backup = None if assignee_id is None else self.backups.get(assignee_id)
        if backup in self.active:
            return self._mailed([backup])
        others = [one for one in self.coordinators if one != assignee_id]
        return self._mailed(others or self.administrators)

    def lead_rung(self, _assignee_id: int | None) -> list[Way]:
        """The lead of the settings, else the administrators."""
        if self.contacts.lead:
            return [(f"{CONTACT}lead", MAIL)]
        return self._mailed(self.administrators)

    def clinic_rung(self, _assignee_id: int | None) -> list[Way]:
        """The clinic's owner of the settings, else the administrators."""
        if self.contacts.owner:
            return [(f"{CONTACT}owner", MAIL)]
        return self._mailed(self.administrators)

    def _holding(self, role: RoleName) -> tuple[int, ...]:
        return self.roles.get(role.value, ())

    @staticmethod
    def _mailed(members: Sequence[int | None]) -> list[Way]:
        return [(f"{STAFF}{number}", MAIL) for number in members] or [(DESK, CONSOLE)]


def audience(session: Session, contacts: EscalationSettings) -> Audience:
    """Return who may be told, as things stand now."""
    roles = active_by_role(session)
    backups = session.execute(
        select(Attendance.staff_id, Attendance.backup_id).where(Attendance.backup_id.is_not(None))
    )
    return Audience(
        contacts=contacts,
        roles=roles,
        active=frozenset(number for members in roles.values() for number in members),
        backups={staff_id: backup_id for staff_id, backup_id in backups if backup_id is not None},
        on_call=_on_call(session, contacts.on_call),
    )


def _on_call(session: Session, contact: str) -> Way | None:
    if "@" in contact:
        return (f"{CONTACT}on_call", MAIL)
    return endpoint_way(session, contact) if contact else None
