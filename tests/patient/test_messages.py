"""What the person writes: kept once, sealed, told to staff by ids, followed by the lifecycle."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from intake.audit.models import AuditEvent
from intake.crypto.sealed import SealBroken
from intake.desk.joining import Seen, merge
from intake.desk.messages import write_to_person
from intake.desk.models import Clock
from intake.desk.office import DeskMember
from intake.desk.refusals import NotFromHere
from intake.desk.replies import information_came
from intake.errors import InvalidInput, NotFound
from intake.inquiries.conversation import (
    MESSAGE_MAX_CHARACTERS,
    RECEIVED,
    WAITING,
    conversation_of,
    mark_seen,
    unseen,
)
from intake.inquiries.conversation_models import ConversationMessage
from intake.inquiries.models import Inquiry
from intake.inquiries.references import inquiry_named
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.notifications.subscriptions import subscribe
from intake.patient.messages import HOURLY_MAX, Wrote, write_message
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import ROSA
from tests.desk.work import a_desk_member, the_office
from tests.factories import a_keyring, an_inquiry
from tests.inquiries.test_recipients import delivered
from tests.notifications.rows import a_member

CANARY = "Canary: my knees are worse"


def written(
    database: Database, token: str, text: str = CANARY, *, key: str = "k1", minutes: int = 0
) -> Wrote:
    at = NOON + timedelta(minutes=minutes)
    with database.write() as session:
        wrote = write_message(session, a_keyring(), token, text=text, form_key=key, at=at)
        if wrote.is_new:
            information_came(session, the_office(), wrote.reference, by=wrote.actor, at=at)
        return wrote


def said(database: Database, reference: str) -> list[tuple[bool, str]]:
    with database.read() as session:
        inquiry = inquiry_named(session, reference)
        return [
            (one.from_person, one.text) for one in conversation_of(session, a_keyring(), inquiry)
        ]


def answered(database: Database, reference: str, version: int = 1, key: str = "s1") -> None:
    with database.read() as session:
        row = session.scalars(select(Staff)).first()
    rosa = (
        DeskMember(row.id, row.public_id, ("coordinator",))
        if row is not None
        else a_desk_member(database, "rosa", "coordinator")
    )
    with database.write() as session:
        write_to_person(
            session,
            the_office(),
            reference,
            version,
            text="We will call you.",
            form_key=key,
            by=rosa,
            at=NOON + timedelta(minutes=30),
        )


def test_what_they_write_is_kept_and_told_by_ids_alone(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        ensure_channels(session)
        subscribe(session, a_member(session), RECEIVED, "email", NOON)

    assert written(database, receipt.link_token).is_new

    assert said(database, receipt.reference) == [(True, CANARY)]
    with database.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.event == RECEIVED)).all()
        assert len(rows) == 1
        assert "Canary" not in str(rows[0].payload)
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions == ["inquiry.submitted", RECEIVED]
        assert session.scalars(select(Inquiry.status)).all() == ["new"]
        body = session.scalars(select(ConversationMessage.body)).one()
        assert b"Canary" not in body
    letter = delivered(database)[-1]
    assert "The person wrote to us" in letter.text
    assert "Canary" not in letter.text + letter.html + letter.subject


def test_the_same_form_twice_is_one_message(database: Database) -> None:
    receipt = an_inquiry(database)

    wrote = [written(database, receipt.link_token, minutes=minute) for minute in range(3)]

    assert [one.is_new for one in wrote] == [True, False, False]
    assert len(said(database, receipt.reference)) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        (" \u200b ", "missing"),
        ("a" * (MESSAGE_MAX_CHARACTERS + 1), "too_long"),
        ("a\x00b", "characters"),
    ],
)
def test_what_cannot_be_kept_is_refused(database: Database, text: str, code: str) -> None:
    receipt = an_inquiry(database)

    with pytest.raises(InvalidInput) as refused:
        written(database, receipt.link_token, text)

    assert [one.code for one in refused.value.problems] == [code]
    assert said(database, receipt.reference) == []


def test_ten_messages_an_hour_are_enough(database: Database) -> None:
    receipt = an_inquiry(database)
    for number in range(HOURLY_MAX):
        written(database, receipt.link_token, key=f"k{number}", minutes=number)

    with pytest.raises(InvalidInput):
        written(database, receipt.link_token, key="more", minutes=20)
    assert written(database, receipt.link_token, key="more", minutes=90).is_new


@pytest.mark.parametrize(
    ("status", "after"),
    [
        ("new", "new"),
        ("quarantined", "quarantined"),
        ("contacting", "in_discussion"),
        ("in_discussion", "in_discussion"),
        ("waiting_on_patient", "in_discussion"),
        ("clinical_review", "clinical_review"),
        ("scheduled", "scheduled"),
    ],
)
def test_the_lifecycle_follows_what_they_write(database: Database, status: str, after: str) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(status=status))

    written(database, receipt.link_token)

    with database.read() as session:
        assert session.scalars(select(Inquiry.status)).all() == [after]


def test_what_comes_on_the_link_of_a_joined_inquiry_belongs_to_the_other(
    database: Database,
) -> None:
    first, second = an_inquiry(database), an_inquiry(database)
    with database.write() as session:
        pair = Seen(second.reference, 1), Seen(first.reference, 1)
        merge(session, the_office(), *pair, by=ROSA, at=NOON)

    wrote = written(database, first.link_token)

    assert wrote.reference == second.reference
    assert said(database, second.reference) == [(True, CANARY)]


def test_an_erased_inquiry_takes_no_message(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(status="erased", closed_at=NOON, data_key=None))

    with pytest.raises(NotFound):
        written(database, receipt.link_token)


def test_without_the_key_nothing_can_be_read(database: Database) -> None:
    receipt = an_inquiry(database)
    written(database, receipt.link_token)
    with database.write() as session:
        other = session.scalars(select(Inquiry)).one()
        other.data_key = a_keyring().wrap(a_keyring().new_data_key(), record=other.public_id)

    with pytest.raises(SealBroken):
        said(database, receipt.reference)


def test_a_message_of_ours_is_told_by_mail_that_says_no_more(database: Database) -> None:
    receipt = an_inquiry(database)
    delivered(database)

    answered(database, receipt.reference)

    assert said(database, receipt.reference) == [(False, "We will call you.")]
    letter = delivered(database, NOON + timedelta(minutes=40))[-1]
    assert letter.to == "ana.diaz@mail.example.org"
    assert receipt.link_token in letter.text
    assert "call you" not in letter.text + letter.html
    with database.read() as session:
        inquiry = session.scalars(select(Inquiry)).one()
        assert inquiry.status == "contacting"
        assert inquiry.first_responded_at == NOON + timedelta(minutes=30)


def test_our_message_stops_the_reply_that_we_owe(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(status="in_discussion"))
    written(database, receipt.link_token)

    with database.read() as session:
        assert session.scalars(select(Clock.stopped_at)).all() == [None]
        version = session.scalars(select(Inquiry.version)).one()
    answered(database, receipt.reference, version)

    with database.read() as session:
        assert session.scalars(select(Clock.stopped_how)).all() == ["kept"]


def test_our_message_sent_twice_is_one(database: Database) -> None:
    receipt = an_inquiry(database)

    for _ in range(2):
        answered(database, receipt.reference)

    assert len(said(database, receipt.reference)) == 1
    with database.read() as session:
        told = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.event == WAITING)
        )
    assert told == 1


def test_nobody_writes_to_a_closed_inquiry(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(status="closed", outcome="spam", closed_at=NOON))

    with pytest.raises(NotFromHere):
        answered(database, receipt.reference)


def test_what_was_seen_stays_seen_at_its_first_time(database: Database) -> None:
    receipt = an_inquiry(database)
    answered(database, receipt.reference)
    with database.write() as session:
        number = session.scalars(select(Inquiry.id)).one()
        assert unseen(session, number, from_person=False) == 1
        for hour in (1, 2):
            mark_seen(session, number, from_person=False, at=NOON + timedelta(hours=hour))

    with database.read() as session:
        assert unseen(session, number, from_person=False) == 0
        seen = session.scalars(select(ConversationMessage.seen_at)).one()
    assert seen == NOON + timedelta(hours=1)
