"""In which role an inquiry was opened: as it was then, whatever the member is now."""

from datetime import timedelta

from sqlalchemy import select

from intake.audit import trail
from intake.audit.models import OPERATOR, AuditEvent
from intake.desk.office import DeskMember
from intake.inquiries.queries import read_inquiry
from intake.inquiries.readings import READ, note_reading
from intake.inquiries.submit import Receipt
from intake.patient.opened import read_page
from intake.privacy.access_copy import copy_of
from intake.privacy.person import person_by_link
from intake.staff.members import change_roles
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import a_desk_member
from tests.factories import a_keyring, an_inquiry

HOUR = timedelta(hours=1)


def becomes(database: Database, name: str, *roles: str) -> None:
    with database.write() as session:
        change_roles(
            session, email=f"{name}@clinic.example", roles=roles, at=NOON + HOUR, actor=OPERATOR
        )


def opened_in(database: Database, receipt: Receipt) -> list[set[str]]:
    """Return the roles that the person's page tells, oldest first."""
    page = read_page(database, a_keyring(), receipt.link_token, at=NOON + 9 * HOUR)
    return [set(one.roles) for one in reversed(page.openings)]


def look(database: Database, receipt: Receipt, by: DeskMember, hours: int) -> None:
    at = NOON + hours * HOUR
    read_inquiry(database, a_keyring(), receipt.reference, actor=by.actor, at=at)


def test_an_opening_keeps_the_role_it_was_done_in(database: Database) -> None:
    receipt, rosa = an_inquiry(database), a_desk_member(database, "rosa", "coordinator")
    look(database, receipt, rosa, 0)
    becomes(database, "rosa", "administrator")
    look(database, receipt, rosa, 2)

    told = opened_in(database, receipt)

    assert told == [{"coordinator"}, {"administrator"}]
    with database.read() as session:
        person = person_by_link(session, a_keyring(), receipt.link_token, at=NOON)
    copy = copy_of(database, a_keyring(), person, at=NOON + 9 * HOUR)
    assert [set(one.roles) for one in copy.opened] == told


def test_a_change_of_role_makes_another_look_of_it(database: Database) -> None:
    receipt, rosa = an_inquiry(database), a_desk_member(database, "rosa", "coordinator")
    look(database, receipt, rosa, 1)
    look(database, receipt, rosa, 1)
    becomes(database, "rosa", "clinician")
    look(database, receipt, rosa, 1)

    assert opened_in(database, receipt) == [{"coordinator"}, {"clinician"}]


def test_a_record_without_a_role_is_told_with_those_held_now(database: Database) -> None:
    receipt, rosa = an_inquiry(database), a_desk_member(database, "rosa", "coordinator")
    with database.write() as session:
        subject = (
            session.scalars(
                select(AuditEvent.subject).where(AuditEvent.action == "inquiry.submitted")
            ).one()
            or ""
        )
        trail.record(session, READ, actor=rosa.actor, subject=subject, at=NOON)
    becomes(database, "rosa", "clinician")

    assert opened_in(database, receipt) == [{"clinician"}]


def test_each_reading_by_staff_says_its_role_and_the_persons_own_says_none(
    database: Database,
) -> None:
    receipt, rosa = an_inquiry(database), a_desk_member(database, "rosa", "coordinator")
    look(database, receipt, rosa, 0)
    with database.write() as session:
        subject = (
            session.scalars(
                select(AuditEvent.subject).where(AuditEvent.action == "inquiry.submitted")
            ).one()
            or ""
        )
        note_reading(session, subject, actor=rosa.actor, at=NOON, part="holds")
    read_page(database, a_keyring(), receipt.link_token, at=NOON)

    with database.read() as session:
        events = session.execute(
            select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)
        ).all()

    assert [tuple(one) for one in events if "read" in one.action] == [
        ("inquiry.read", {"roles": ["coordinator"]}),
        ("inquiry.read", {"part": "holds", "roles": ["coordinator"]}),
        ("status.read", {}),
    ]
