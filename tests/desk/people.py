"""Members, endpoints and rounds that the tests of the desk start from."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from intake.audit.models import OPERATOR
from intake.desk.audience import audience
from intake.notifications.models import Channel, Endpoint, OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.operations.rounds import Rounds
from intake.settings import EscalationSettings, load_settings
from intake.staff.members import create_member
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON


def a_member(database: Database, name: str, roles: Iterable[str] = ("coordinator",)) -> int:
    """Store an active member and return the row id."""
    email = f"{name}@clinic.example"
    with database.write() as session:
        ensure_channels(session)
        create_member(
            session, email=email, full_name="Ida Made-Up", roles=roles, at=NOON, actor=OPERATOR
        )
        return session.scalars(select(Staff.id).where(Staff.email == email)).one()


def an_endpoint(
    database: Database, name: str, kind: str = "chat", *, failing: datetime | None = None
) -> int:
    """Store an endpoint with its channel and return the row id."""
    with database.write() as session:
        channel = Channel(name=f"{kind}:{name}", kind=kind, enabled=True, failing_since=failing)
        session.add(channel)
        session.flush()
        endpoint = Endpoint(
            public_id=name,
            channel_id=channel.id,
            kind=kind,
            name=name,
            address=b"sealed",
            enabled=True,
            created_at=NOON,
        )
        session.add(endpoint)
        session.flush()
        return endpoint.id


def rounds(database: Database, **contacts: str | int) -> Rounds:
    """Return the rounds of the shipped clinic with these contacts."""
    escalation = EscalationSettings.model_validate(contacts)
    settings = load_settings().model_copy(update={"escalation": escalation})
    return Rounds(database, settings)


def told(database: Database, event: str) -> list[tuple[str, str]]:
    """Return recipient and channel of each message of an event, in the order written."""
    with database.read() as session:
        rows = session.execute(
            select(OutboxMessage.recipient, Channel.name)
            .join(Channel, Channel.id == OutboxMessage.channel_id)
            .where(OutboxMessage.event == event)
            .order_by(OutboxMessage.id)
        )
        return [(row[0], row[1]) for row in rows]


def administrators(database: Database) -> tuple[int, ...]:
    """Return who is told where nobody else is."""
    with database.read() as session:
        return audience(session, EscalationSettings()).administrators
