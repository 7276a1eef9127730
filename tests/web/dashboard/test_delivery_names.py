"""Staff read names, not codes: of endpoints and readers; what came back; a test to oneself."""

from datetime import timedelta

from sqlalchemy import select, update

from intake.audit.models import OPERATOR, AuditEvent
from intake.crypto.tokens import show_reference
from intake.inquiries.alerts import TRIAL
from intake.inquiries.recipients import recipient_of
from intake.notifications.endpoints import create_endpoint
from intake.notifications.models import Bounce, OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.notifications.recipient import Recipient
from intake.notifications.render import render
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_clinic, a_keyring, an_inquiry
from tests.notifications.rows import claimed
from tests.web.dashboard.desk import Colleague, an_intake
from tests.web.dashboard.test_deliveries import give_up

PAGE = "/staff/deliveries"


def an_endpoint(database: Database) -> str:
    with database.write() as session:
        ensure_channels(session)
        made = create_endpoint(
            session,
            kind="webhook",
            name="Patient records",
            address="https://hooks.clinic.example/intake",
            at=NOON,
            actor=OPERATOR,
            keyring=a_keyring(),
        )
    return made.channel


def message_to(database: Database, recipient: str) -> str:
    with database.read() as session:
        return session.scalars(
            select(OutboxMessage.public_id).where(OutboxMessage.recipient == recipient)
        ).one()


def test_an_endpoint_is_shown_by_its_name_wherever_messages_are(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    channel = an_endpoint(sqlite_database)
    receipt = an_inquiry(sqlite_database)
    give_up(sqlite_database)

    shown = [
        coordinator.get(PAGE).text,
        coordinator.get(f"{PAGE}/{message_to(sqlite_database, 'endpoint:1')}").text,
        coordinator.get(f"/staff/inquiries/{show_reference(receipt.reference)}").text,
    ]

    for page in shown:
        assert "Patient records" in page
        assert channel.capitalize() not in page
        assert "Endpoint 1" not in page
    assert f'<option value="{channel}">Patient records</option>' in shown[0]


def test_a_message_that_came_back_says_so_everywhere(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    name = message_to(sqlite_database, "person")
    with sqlite_database.write() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.public_id == name)).one()
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == row.id)
            .values(state="delivered", due_at=None, finished_at=NOON, bounced_at=NOON)
        )
        session.add(Bounce(message_id=row.id, kind="bounce", received_at=NOON))

    listed = coordinator.get(PAGE).text
    assert listed.split("Came back", 1)[1].count("The person") == 1
    assert "Came back" in coordinator.get(f"{PAGE}/{name}").text
    inquiry = coordinator.get(f"/staff/inquiries/{show_reference(receipt.reference)}").text
    assert "Came back" in inquiry
    assert "the mail system sent it back" in inquiry


def test_what_came_back_weeks_ago_is_not_listed_any_more(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    an_inquiry(sqlite_database)
    with sqlite_database.write() as session:
        number = session.scalars(select(OutboxMessage.id).limit(1)).one()
        past = NOON - timedelta(days=15)
        session.add(Bounce(message_id=number, kind="bounce", received_at=past))

    assert "No mail came back in the last two weeks" in coordinator.get(PAGE).text


def test_a_member_sends_a_test_to_themselves_once_a_minute(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        ensure_channels(session)

    answers = [coordinator.post(f"{PAGE}/tests") for _ in range(2)]

    page = coordinator.get(answers[0].location).text
    assert "Test to a member" in page
    assert "on its way to your mailbox" in page
    with sqlite_database.read() as session:
        (sent,) = session.scalars(select(OutboxMessage)).all()
        recorded = session.scalars(
            select(AuditEvent.subject).where(AuditEvent.action == "delivery.tested")
        ).all()
    assert sent.event == TRIAL
    assert sent.inquiry_id is None
    assert {answer.location for answer in answers} == {f"{PAGE}/{sent.public_id}"}
    assert set(recorded) == {sent.public_id}


def test_the_test_has_words_and_waits_for_no_quiet_hours(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        ensure_channels(session)
    coordinator.post(f"{PAGE}/tests")
    (message,) = claimed(sqlite_database)

    with sqlite_database.read() as session:
        reader = recipient_of(
            session, message, NOON, keyring=a_keyring(), clinic=a_clinic(), base_url="https://x.y"
        )

    assert isinstance(reader, Recipient)
    intake = an_intake(sqlite_database, lambda: NOON)
    letter = render(message, reader, intake.clinic, NOON)
    assert "Mail from the desk reaches you" in letter.text
