"""Messages to a person as they stand in the outbox, and as they would be sent."""

from datetime import datetime

from sqlalchemy import select

from intake.clinic.profile import profile
from intake.i18n import LANGUAGES
from intake.inquiries.recipients import recipient_of
from intake.notifications.channels.base import Letter
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import Recipient, Withheld
from intake.notifications.render import render
from intake.storage.database import Database
from tests.by_hand import claimed
from tests.factories import a_clinic, a_keyring

BASE = "https://intake.example.org"
CLINIC = {language: profile(a_clinic(), language) for language in LANGUAGES}


def messages(database: Database, event: str) -> list[OutboxMessage]:
    """Return what was written of one event, oldest first."""
    with database.read() as session:
        found = select(OutboxMessage).where(OutboxMessage.event == event)
        return list(session.scalars(found.order_by(OutboxMessage.id)))


def reader(database: Database, row: OutboxMessage, *, at: datetime) -> Recipient | Withheld:
    """Return who reads a message at this moment, or why nobody does."""
    with database.read() as session:
        return recipient_of(
            session,
            claimed(row),
            at,
            keyring=a_keyring(),
            clinic=a_clinic(),
            base_url=BASE,
        )


def letter(database: Database, row: OutboxMessage, *, at: datetime) -> Letter:
    """Return a message as it leaves at this moment."""
    found = reader(database, row, at=at)
    assert isinstance(found, Recipient), found
    return render(claimed(row), found, CLINIC, at)
