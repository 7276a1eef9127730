"""Two or more made-up inquiries, and their rows as they stand."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from intake.desk.joining import Seen
from intake.desk.office import DeskMember
from intake.inquiries.models import Inquiry
from intake.storage.database import Database
from tests.factories import an_inquiry

ROSA = DeskMember(0, "rosa", ("coordinator",))
STANDING = (
    "status",
    "outcome",
    "closed_at",
    "due_at",
    "first_response_due_at",
    "first_responded_at",
    "snoozed_until",
    "urgent",
    "assignee_id",
)


def standing(database: Database, reference: str) -> dict[str, Any]:
    """Return status, owner and clocks of an inquiry."""
    with database.read() as session:
        row = session.scalars(select(Inquiry).where(Inquiry.reference == reference)).one()
        return {name: getattr(row, name) for name in STANDING}


def seen(database: Database, reference: str) -> Seen:
    """Return an inquiry as it is on the screen now."""
    with database.read() as session:
        version = session.scalars(
            select(Inquiry.version).where(Inquiry.reference == reference)
        ).one()
    return Seen(reference, version)


def id_of(database: Database, reference: str) -> int:
    with database.read() as session:
        return session.scalars(select(Inquiry.id).where(Inquiry.reference == reference)).one()


def two_inquiries(database: Database, first_at: datetime, second_at: datetime) -> tuple[str, str]:
    """Store two inquiries of one person and return their references, in that order."""
    return (
        an_inquiry(database, at=first_at).reference,
        an_inquiry(database, at=second_at).reference,
    )
