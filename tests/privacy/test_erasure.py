from pathlib import Path

from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.inquiries.models import Inquiry
from intake.privacy.erasure import erase_for_person
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk


def test_smoke(database: Database) -> None:
    desk = Desk(database)
    reference = desk.inquiry()
    erased = erase_for_person(database, desk.office, reference, at=NOON)
    row = desk.look(reference)
    assert row.status == "erased"
    assert row.outcome == "withdrawn"
    print(erased)
    with database.read() as session:
        print(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all())
