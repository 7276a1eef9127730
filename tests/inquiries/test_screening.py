from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.screening import screen
from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_draft, an_inquiry

LATER = NOON + timedelta(hours=2)
SPAM = "Buy backlinks at https://a.example and https://b.example and https://c.example now"


def status_of(database: Database, reference: str) -> str:
    with database.read() as session:
        return session.scalars(select(Inquiry.status).where(Inquiry.reference == reference)).one()


@pytest.mark.parametrize(
    ("signs", "story", "is_doubted"),
    [
        ((), "I would like to ask about lupus.", False),
        (("too_fast",), "", False),
        (("token_old",), "", False),
        (("too_fast", "token_old"), "", True),
        (("honeypot",), "", True),
        (("rate",), "", True),
        ((), "I read https://example.org/study and have a question.", False),
        ((), SPAM, True),
        ((), '<a href="https://a.example">cheap</a>', True),
        ((), "buy " * 40, False),
        (("token_old",), "buy " * 40, True),
        (("something_new",), "", False),
    ],
)
def test_signs_and_words_add_up_to_doubt(
    signs: tuple[str, ...], story: str, is_doubted: bool
) -> None:
    assert screen(a_draft(story=story), signs).quarantines is is_doubted


def test_every_doubt_is_named_once() -> None:
    doubt = screen(a_draft(story=SPAM), ("honeypot", "honeypot"))

    assert doubt.reasons == ("honeypot", "links", "selling")
    assert doubt.score == 100


@pytest.mark.parametrize(
    "answers",
    [{"safety": "yes"}, {"story": "I have chest pain. " + SPAM}, {"story": "quiero morir"}],
)
def test_a_red_flag_is_urgent_and_never_held_back(
    database: Database, answers: dict[str, Any]
) -> None:
    receipt = an_inquiry(database, signs=("honeypot", "rate", "too_fast"), **answers)

    with database.read() as session:
        inquiry = session.scalars(select(Inquiry)).one()
    assert inquiry.reference == receipt.reference
    assert inquiry.status == Status.NEW
    assert inquiry.urgent
    assert inquiry.spam_score == 100


@pytest.mark.parametrize(
    "answers", [{"email": "", "contact_by": ["call"]}, {"phone": "+34 612 34 56 78"}]
)
def test_a_known_person_is_never_held_back(database: Database, answers: dict[str, Any]) -> None:
    an_inquiry(database)

    again = an_inquiry(database, at=LATER, signs=("honeypot",), **answers)

    assert status_of(database, again.reference) == Status.NEW


def test_a_flood_does_not_make_itself_known(database: Database) -> None:
    an_inquiry(database)

    flood = [an_inquiry(database, at=NOON + timedelta(minutes=n), signs=("rate",)) for n in (1, 2)]

    assert {status_of(database, one.reference) for one in flood} == {Status.QUARANTINED}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"status": "contacting"}, Status.NEW),
        ({"status": "closed", "outcome": "consultation_held", "closed_at": NOON}, Status.NEW),
        ({"status": "closed", "outcome": "spam", "closed_at": NOON}, Status.QUARANTINED),
        ({"status": "quarantined"}, Status.QUARANTINED),
    ],
)
def test_a_person_is_known_by_an_inquiry_that_was_no_spam(
    database: Database, values: dict[str, Any], status: Status
) -> None:
    an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(values))

    again = an_inquiry(database, at=NOON + timedelta(minutes=5), signs=("honeypot",))

    assert status_of(database, again.reference) == status


def test_a_quarantined_inquiry_keeps_the_same_receipt_promise_and_messages(
    database: Database,
) -> None:
    trusted = an_inquiry(database, email="a@mail.example.org", phone="305 555 0101")
    doubted = an_inquiry(
        database, signs=("honeypot",), email="b@mail.example.org", phone="305 555 0102"
    )

    assert status_of(database, doubted.reference) == Status.QUARANTINED
    assert doubted.due_at == trusted.due_at
    assert len(doubted.reference) == len(trusted.reference)
    assert not doubted.repeated
    with database.read() as session:
        assert len(session.scalars(select(OutboxMessage)).all()) == 2
        details = session.scalars(select(AuditEvent.detail).order_by(AuditEvent.id)).all()
    assert [detail["status"] for detail in details] == ["new", "quarantined"]
