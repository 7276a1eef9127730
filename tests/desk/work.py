"""A clinic at work: members of each role, an office, and the verbs with short names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.models import OPERATOR, SYSTEM, Actor, ActorKind
from intake.desk.office import By, DeskMember, Office, office
from intake.inquiries.models import Inquiry
from intake.notifications.outbox import ensure_channels
from intake.settings import DeskSettings
from intake.staff.members import create_member
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_clinic, a_keyring, an_inquiry

MINUTE = timedelta(minutes=1)
T = TypeVar("T")


def the_office(**rules: int | str | bool) -> Office:
    """Return the office of the shipped clinic, with other rules where given."""
    return office(a_keyring(), a_clinic(), DeskSettings.model_validate(rules))


def a_desk_member(database: Database, name: str, *roles: str) -> DeskMember:
    """Store an active member and return them as somebody who acts."""
    email = f"{name}@clinic.example"
    with database.write() as session:
        ensure_channels(session)
        create_member(
            session, email=email, full_name=f"{name} Made-Up", roles=roles, at=NOON, actor=OPERATOR
        )
        row = session.scalars(select(Staff).where(Staff.email == email)).unique().one()
        return DeskMember(row.id, row.public_id, tuple(roles))


def row_of(session: Session, reference: str) -> Inquiry:
    """Return the inquiry's row as it is now."""
    return session.scalars(
        select(Inquiry)
        .where(Inquiry.reference == reference)
        .execution_options(populate_existing=True)
    ).one()


@dataclass
class Desk:
    """One database with a coordinator, a second one and a clinician; each act takes a minute."""

    database: Database
    office: Office = field(default_factory=the_office)
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.ida = a_desk_member(self.database, "ida", "coordinator")
        self.rosa = a_desk_member(self.database, "rosa", "coordinator")
        self.doctor = a_desk_member(self.database, "doctor", "clinician")

    def inquiry(self, **answers: object) -> str:
        """Store an inquiry that arrived now and return its reference."""
        return an_inquiry(self.database, at=self.now, **answers).reference  # type: ignore[arg-type]

    def look(self, reference: str) -> Inquiry:
        """Return the row as it is now."""
        with self.database.read() as session:
            return row_of(session, reference)

    def do(
        self,
        verb: Callable[..., T],
        reference: str,
        *,
        by: By | None = None,
        version: int | None = None,
        **arguments: object,
    ) -> T:
        """Call a verb a minute later, with the version that stands then unless one is given."""
        self.now += MINUTE
        with self.database.write() as session:
            known = version or row_of(session, reference).version
            return verb(
                session, self.office, reference, known, by=by or self.ida, at=self.now, **arguments
            )

    def wrote(self, verb: Callable[..., T], reference: str, *, by: By = SYSTEM) -> T:
        """Call a verb of the person's, which asks for no version."""
        self.now += MINUTE
        with self.database.write() as session:
            return verb(session, self.office, reference, by=by, at=self.now)

    def person(self, reference: str) -> Actor:
        """Return the one who asked, as the holder of their private link."""
        return Actor(ActorKind.PERSON, self.look(reference).public_id)
