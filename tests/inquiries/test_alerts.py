"""What an alert says is counted when it is sent; what is no longer true is not sent."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from intake.clinic.profile import profile
from intake.crypto.tokens import show_reference
from intake.i18n import LANGUAGES
from intake.inquiries.alerts import ALARM, DUE_SOON, OVERDUE, UNDELIVERED, URGENT
from intake.inquiries.models import Inquiry
from intake.inquiries.recipients import recipient_of
from intake.notifications import alarms
from intake.notifications.channels.base import Letter
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import NewMessage, enqueue
from intake.settings import EscalationSettings
from intake.storage.database import Database
from tests.by_hand import deliver_next
from tests.conftest import NOON
from tests.desk.people import a_member, rounds
from tests.factories import a_clinic, a_keyring, an_inquiry
from tests.fakes import Mailbox

BASE = "https://intake.clinic.example"
CLINIC = {language: profile(a_clinic(), language) for language in LANGUAGES}
CONTACTS = EscalationSettings(lead="lead@clinic.example", on_call="nurse@clinic.example")
reader = partial(
    recipient_of, keyring=a_keyring(), clinic=a_clinic(), base_url=BASE, contacts=CONTACTS
)
HALF, DUE = NOON + timedelta(hours=4), NOON + timedelta(hours=24)


def delivered(database: Database, at: datetime, event: str, channel: str = "email") -> list[Letter]:
    """Carry out everything that is due, and return what was sent of an event."""
    box = Mailbox()
    while deliver_next(database, {channel: box}, lambda: at, reader, CLINIC):
        pass
    with database.read() as session:
        found = select(OutboxMessage.public_id).where(OutboxMessage.event == event)
        keys = {f"{public_id}-1" for public_id in session.scalars(found)}
    return [letter for letter in box.letters if letter.key in keys]


def reason(database: Database, event: str) -> tuple[str, str | None]:
    with database.read() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.event == event)).one()
        return row.state, row.last_error


def write(database: Database, event: str, recipient: str, **payload: str) -> None:
    with database.write() as session:
        message = NewMessage(None, recipient, "email", event, f"test:{event}", payload)
        enqueue(session, [message], at=NOON)


def test_due_soon_counts_what_still_waits_when_it_is_sent(database: Database) -> None:
    a_member(database, "ida")
    for _ in range(3):
        an_inquiry(database)
    rounds(database).climb(HALF)
    with database.write() as session:
        first = session.scalars(select(Inquiry.id).order_by(Inquiry.id).limit(1)).one()
        session.execute(update(Inquiry).where(Inquiry.id == first).values(first_responded_at=HALF))

    (letter,) = delivered(database, HALF + timedelta(hours=1), DUE_SOON)

    assert letter.to == "ida@clinic.example"
    assert letter.subject == "2 inquiries due in the next 19 hours"
    assert f"{BASE}/staff/inquiries" in letter.text


def test_an_alert_about_what_was_answered_is_not_sent(database: Database) -> None:
    a_member(database, "ida")
    an_inquiry(database)
    rounds(database).climb(HALF)
    with database.write() as session:
        session.execute(update(Inquiry).values(first_responded_at=HALF))

    assert delivered(database, HALF, DUE_SOON) == []
    assert reason(database, DUE_SOON) == ("cancelled", "answered_meanwhile")


def test_overdue_says_how_late_the_oldest_is_to_the_lead(database: Database) -> None:
    a_member(database, "ida")
    an_inquiry(database)
    here = rounds(database, lead=CONTACTS.lead)
    here.climb(HALF)
    here.climb(DUE - timedelta(minutes=1))
    here.climb(DUE)

    (letter,) = delivered(database, DUE + timedelta(hours=3, minutes=10), OVERDUE)

    assert letter.to == "lead@clinic.example"
    assert letter.subject == "1 inquiry is overdue"
    assert "Oldest is 3 hours late." in letter.text


def test_a_contact_that_is_not_set_any_more_gets_nothing(sqlite_database: Database) -> None:
    a_member(sqlite_database, "ida")
    an_inquiry(sqlite_database)
    rounds(sqlite_database, lead="x@clinic.example", owner="y@clinic.example").climb(
        NOON + timedelta(hours=28)
    )
    delivered(sqlite_database, NOON + timedelta(hours=28), OVERDUE)

    with sqlite_database.read() as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.recipient == "contact:owner")
        ).one()
    assert row.last_error == "no_contact"


@pytest.mark.parametrize("channel", ["email", "console"])
def test_urgent_names_the_reference_and_nothing_of_the_person(
    database: Database, channel: str
) -> None:
    a_member(database, "ida")
    receipt = an_inquiry(database, safety="yes")
    rounds(database, on_call=CONTACTS.on_call).alert_urgent(NOON)

    letters = delivered(database, NOON, URGENT, channel)

    wanted = {
        "email": ["nurse@clinic.example", "ida@clinic.example"],
        "console": ["desk"],
    }
    assert [letter.to for letter in letters] == wanted[channel]
    shown = show_reference(receipt.reference)
    assert letters[0].subject == f"Urgent inquiry {shown}. Reply due Mon, Nov 23, 2 pm"
    assert f"{BASE}/staff/inquiries/{shown}" in letters[0].text
    for word in ("Ana", "lupus", "research", "555-0142", "safety"):
        assert word not in letters[0].text + letters[0].html


def test_several_urgent_ones_are_one_message_that_leads_to_the_queue(database: Database) -> None:
    a_member(database, "ida")
    for _ in range(2):
        an_inquiry(database, safety="yes")
    rounds(database).alert_urgent(NOON)

    (letter,) = delivered(database, NOON, URGENT)

    assert letter.subject.startswith("2 urgent inquiries.")
    assert f"{BASE}/staff/inquiries\n" in letter.text


def test_an_alarm_is_told_in_its_own_words_while_it_is_open(sqlite_database: Database) -> None:
    member = a_member(sqlite_database, "ida")
    with sqlite_database.write() as session:
        alarms.raise_alarm(session, alarms.UNOPENED, at=NOON, detail={"minutes": 120, "count": 2})
        alarms.raise_alarm(session, alarms.DEAD, "email", at=NOON, detail={"count": 3})
    write(sqlite_database, ALARM, f"staff:{member}", kind=alarms.UNOPENED, subject="")
    write(sqlite_database, UNDELIVERED, f"staff:{member}", kind=alarms.DEAD, subject="email")

    (alarm,) = delivered(sqlite_database, NOON, ALARM)
    with sqlite_database.read() as session:
        assert session.scalars(select(OutboxMessage.state)).all() == ["delivered"] * 2

    assert alarm.subject == (
        "Alarm: 2 new inquiries are waiting, and nobody has opened the queue"
        " for 120 business minutes."
    )


@pytest.mark.parametrize("event", [ALARM, UNDELIVERED])
def test_an_alarm_that_is_over_is_not_told_any_more(sqlite_database: Database, event: str) -> None:
    member = a_member(sqlite_database, "ida")
    write(sqlite_database, event, f"staff:{member}", kind=alarms.UNOPENED, subject="")

    assert delivered(sqlite_database, NOON, event) == []
    assert reason(sqlite_database, event) == ("cancelled", "well_again")
