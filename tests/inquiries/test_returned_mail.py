"""A mail that came back: seen by staff, and the person is owed an answer again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.audit.trail import history
from intake.desk.reached import take_mail
from intake.inquiries.alerts import ALARM
from intake.inquiries.models import Inquiry
from intake.inquiries.recipients import address_key
from intake.inquiries.returned_mail import EVENT
from intake.notifications.address_models import Suppression
from intake.notifications.alarms import MAIL_RETURNED, open_alarms
from intake.notifications.models import Bounce, OutboxMessage
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.subscriptions import subscribe
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import a_member as a_colleague
from tests.desk.people import an_endpoint, told
from tests.factories import ANSWERS, a_keyring, an_inquiry
from tests.inquiries.test_recipients import delivered
from tests.notifications.rows import a_member
from tests.notifications.samples import sample

LATER = NOON + timedelta(hours=3)
BOUNCE, COMPLAINT = "postfix.bounce.5.1.1.eml", "yahoo.complaint.none.eml"
DELAY = "postfix.delayed.4.4.1.eml"


def told_members(database: Database, count: int = 1) -> list[int]:
    """Store members who want to hear of what comes back."""
    from intake.notifications.outbox import ensure_channels

    with database.write() as session:
        ensure_channels(session)
        members = [a_member(session) for _ in range(count)]
        for member in members:
            subscribe(session, member, EVENT, "email", NOON)
            subscribe(session, member, "inquiry.submitted", "email", NOON)
    return members


def messages(database: Database, event: str) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.event == event)))


def message_id(message: OutboxMessage) -> str:
    return f"{message.public_id}-{message.generation}@clinic.example"


def came_back(database: Database, message: OutboxMessage, name: str = BOUNCE) -> str | None:
    with database.write() as session:
        return take_mail(session, a_keyring(), sample(name, message_id(message)), at=LATER)


def sent_acknowledgement(database: Database) -> OutboxMessage:
    """Store an inquiry and send everything; return the confirmation to the person."""
    an_inquiry(database)
    delivered(database)
    return messages(database, "inquiry.acknowledged")[0]


def responded(database: Database, status: str) -> None:
    with database.write() as session:
        session.execute(
            update(Inquiry).values(
                status=status, first_responded_at=NOON, due_at=NOON + timedelta(days=9)
            )
        )


def inquiry(database: Database) -> Inquiry:
    with database.read() as session:
        return session.scalars(select(Inquiry)).one()


def bounces(database: Database) -> list[Bounce]:
    with database.read() as session:
        return list(session.scalars(select(Bounce).order_by(Bounce.id)))


def test_a_bounce_is_kept_told_to_staff_and_starts_the_clock_again(database: Database) -> None:
    members = told_members(database)
    sent = sent_acknowledgement(database)
    responded(database, "contacting")

    kind = came_back(database, sent)

    found, told = inquiry(database), messages(database, EVENT)
    assert kind == "bounce"
    assert [(one.kind, one.status_code, one.received_at) for one in bounces(database)] == [
        ("bounce", "5.1.1", LATER)
    ]
    assert messages(database, "inquiry.acknowledged")[0].bounced_at == LATER
    assert (found.first_responded_at, found.due_at) == (None, found.first_response_due_at)
    assert found.version == 2
    assert [one.recipient for one in told] == [f"staff:{members[0]}"]
    with database.read() as session:
        trail = history(session, found.public_id)
    assert trail[-1].action == "message.bounced"
    assert trail[-1].detail == {"message": sent.public_id, "code": "5.1.1"}


def test_staff_read_what_came_back_and_no_address(database: Database) -> None:
    told_members(database)
    sent = sent_acknowledgement(database)
    came_back(database, sent)

    letters = delivered(database, LATER)

    assert len(letters) == 1
    assert "was not delivered" in letters[0].subject
    assert "did not reach the person" in letters[0].text
    assert "/staff/inquiries/" in letters[0].text
    assert str(ANSWERS["email"]) not in letters[0].text + letters[0].html


@pytest.mark.parametrize("status", ["in_discussion", "waiting_on_patient", "scheduled"])
def test_who_answered_us_already_is_not_owed_a_first_response_again(
    database: Database, status: str
) -> None:
    sent = sent_acknowledgement(database)
    responded(database, status)

    came_back(database, sent)

    assert inquiry(database).first_responded_at == NOON


def test_the_same_report_again_changes_nothing(database: Database) -> None:
    told_members(database)
    sent = sent_acknowledgement(database)

    kinds = [came_back(database, sent) for _ in range(3)]

    assert kinds == ["bounce", None, None]
    assert len(bounces(database)) == 1
    assert len(messages(database, EVENT)) == 1


def test_a_delay_is_kept_and_disturbs_nobody(database: Database) -> None:
    told_members(database)
    sent = sent_acknowledgement(database)
    responded(database, "contacting")

    kinds = [came_back(database, sent, name) for name in (DELAY, DELAY, BOUNCE, DELAY)]

    assert kinds == ["delayed", None, "bounce", None]
    assert [one.kind for one in bounces(database)] == ["delayed", "bounce"]
    assert len(messages(database, EVENT)) == 1


def test_who_complains_gets_no_automatic_mail_any_more(database: Database) -> None:
    told_members(database)
    sent = sent_acknowledgement(database)
    responded(database, "contacting")

    came_back(database, sent, COMPLAINT)

    with database.read() as session:
        suppressed = session.scalars(select(Suppression)).all()
    assert [(one.address_hash, one.reason) for one in suppressed] == [
        (address_key(a_keyring(), str(ANSWERS["email"])), "complaint")
    ]
    assert inquiry(database).first_responded_at == NOON  # it did arrive
    letters = delivered(database, LATER)
    assert ["reported as unwanted" in letter.subject for letter in letters] == [True]


def test_a_bounce_from_a_member_is_told_to_the_others_and_never_goes_round(
    database: Database,
) -> None:
    first, second = told_members(database, 2)
    sent_acknowledgement(database)
    responded(database, "contacting")
    to_first = next(
        one for one in messages(database, "inquiry.submitted") if one.recipient == f"staff:{first}"
    )

    came_back(database, to_first)
    told = messages(database, EVENT)
    letters = delivered(database, LATER)
    came_back(database, told[0])

    assert [one.recipient for one in told] == [f"staff:{second}"]
    assert "to a member of staff came back" in letters[0].text
    assert len(messages(database, EVENT)) == 1
    assert len(bounces(database)) == 2
    assert inquiry(database).first_responded_at == NOON


def test_a_forged_report_that_does_not_know_the_message_does_nothing(database: Database) -> None:
    told_members(database)
    sent = sent_acknowledgement(database)
    forged = f"{sent.public_id[::-1]}-1@clinic.example", f"{sent.public_id}-2@clinic.example"

    with database.write() as session:
        kinds = [take_mail(session, a_keyring(), sample(BOUNCE, name), at=LATER) for name in forged]

    assert kinds == [None, None]
    assert bounces(database) == []


def test_a_message_that_was_never_tried_cannot_come_back(database: Database) -> None:
    an_inquiry(database)

    assert came_back(database, messages(database, "inquiry.acknowledged")[0]) is None


def test_a_bounce_about_an_erased_inquiry_is_harmless(database: Database) -> None:
    told_members(database)
    sent = sent_acknowledgement(database)
    with database.write() as session:
        session.execute(
            update(Inquiry).values(
                status="erased", closed_at=NOON, data_key=None, access=None, label=None
            )
        )

    assert [came_back(database, sent, name) for name in (BOUNCE, COMPLAINT)] == [
        "bounce",
        "complaint",
    ]


def a_digest(database: Database, recipient: str) -> OutboxMessage:
    """Write a message about no inquiry and send it."""
    with database.write() as session:
        new = NewMessage(None, recipient, "email", ALARM, "made-up", {"kind": "x", "subject": ""})
        enqueue(session, [new], at=NOON)
        session.execute(
            update(OutboxMessage).values(
                state="delivered", due_at=None, finished_at=NOON, attempts=1
            )
        )
    return messages(database, ALARM)[0]


def returned_alarms(database: Database) -> list[str]:
    with database.read() as session:
        return [one.subject for one in open_alarms(session) if one.kind == MAIL_RETURNED]


@pytest.mark.parametrize("report", [BOUNCE, COMPLAINT])
def test_mail_about_no_inquiry_that_came_back_is_told_to_administrators_another_way(
    database: Database, report: str
) -> None:
    ada = a_colleague(database, "ada", ["administrator"])
    ida = a_colleague(database, "ida")
    sent = a_digest(database, f"staff:{ida}")

    came_back(database, sent, report)
    came_back(database, sent, report)

    assert returned_alarms(database) == [f"staff:{ida}"]
    assert told(database, ALARM)[1:] == [("desk", "console"), (f"staff:{ada}", "email")]


def test_a_second_channel_hears_of_it_and_the_one_who_cannot_read_it_does_not(
    database: Database,
) -> None:
    ada = a_colleague(database, "ada", ["administrator"])
    chat = an_endpoint(database, "desk-chat")
    sent = a_digest(database, f"staff:{ada}")

    came_back(database, sent)

    assert told(database, ALARM)[1:] == [(f"endpoint:{chat}", "chat:desk-chat")]


def test_the_mail_about_it_that_comes_back_too_does_not_go_round(database: Database) -> None:
    members = [a_colleague(database, name, ["administrator"]) for name in ("ada", "bea")]
    came_back(database, a_digest(database, f"staff:{members[0]}"))

    for _ in range(3):
        with database.write() as session:
            session.execute(update(OutboxMessage).values(attempts=1))
        for message in messages(database, ALARM):
            came_back(database, message)

    assert returned_alarms(database) == [f"staff:{one}" for one in members]
    assert len(messages(database, ALARM)) < 6


def test_a_bounce_that_nobody_else_would_hear_of_is_an_alarm(database: Database) -> None:
    (only,) = told_members(database)
    sent_acknowledgement(database)
    to_only = messages(database, "inquiry.submitted")[0]

    came_back(database, to_only)

    assert messages(database, EVENT) == []
    assert returned_alarms(database) == [f"staff:{only}"]


def test_a_delay_of_our_own_mail_disturbs_nobody(database: Database) -> None:
    ida = a_colleague(database, "ida")

    came_back(database, a_digest(database, f"staff:{ida}"), DELAY)

    assert returned_alarms(database) == []
