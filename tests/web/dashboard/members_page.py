"""What the members pages and their letters say, read by several tests."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.inquiries.recipients import recipient_of
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import Recipient, Withheld
from intake.storage.database import Database
from tests.by_hand import claimed
from tests.factories import a_clinic, a_keyring

LI = {"full_name": "Li Wei", "email": "li.wei@clinic.example", "roles": "coordinator"}


def link_in(page: str) -> str:
    found = re.search(r'<code class="link">[^<]*(/staff/welcome/[^<]+)</code>', page)
    assert found, page
    return found[1]


def actions(database: Database, subject: str) -> list[str]:
    with database.read() as session:
        return list(
            session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.subject == subject)
                .order_by(AuditEvent.id)
            )
        )


def letters(database: Database, at: datetime) -> Sequence[Recipient | Withheld]:
    """Return what is mailed about accounts, as the worker would read it."""
    with database.read() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.event.like("staff.%"))
            .order_by(OutboxMessage.id)
        ).all()
        return [
            recipient_of(
                session,
                claimed(row),
                at,
                keyring=a_keyring(),
                clinic=a_clinic(),
                base_url="https://desk.example",
            )
            for row in rows
        ]
