import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from intake.consent.grant import withdraw_consents
from intake.consent.models import Answer, ConsentRecord, ConsentWording, Purpose
from intake.consent.queries import consents_of, is_permitted
from intake.inquiries.models import Inquiry
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry


def inquiry_id(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(Inquiry.id)).one()


def test_what_is_hashed_is_the_stored_text_itself(database: Database) -> None:
    an_inquiry(database)
    an_inquiry(database, page_language="es")

    with database.read() as session:
        wordings = session.scalars(select(ConsentWording)).all()
        records = session.scalars(select(ConsentRecord)).all()

    assert len(wordings) == 5  # contact and health in two languages, the notice in its own
    for wording in wordings:
        assert wording.sha256 == hashlib.sha256(wording.text.encode()).hexdigest()
    by_id = {wording.id: wording for wording in wordings}
    for record in records:
        assert record.sha256 == by_id[record.wording_id].sha256
        assert record.purpose == by_id[record.wording_id].purpose


def test_a_wording_is_stored_once_whoever_agrees_to_it(database: Database) -> None:
    for _ in range(3):
        an_inquiry(database)

    with database.read() as session:
        assert len(session.scalars(select(ConsentWording)).all()) == 3
        assert len(session.scalars(select(ConsentRecord)).all()) == 9


def test_a_wording_holds_nothing_of_the_person(database: Database) -> None:
    an_inquiry(database, full_name="Zebedee Quux", phone="(305) 555-0177")

    with database.read() as session:
        for text in session.scalars(select(ConsentWording.text)):
            assert "Zebedee" not in text
            assert "0177" not in text


def test_consents_come_back_word_for_word(database: Database) -> None:
    an_inquiry(database, page_language="es", source="steps")

    with database.read() as session:
        contact, health, notice = consents_of(session, inquiry_id(database))

    assert contact.text.startswith("Example Clinic puede contactarme")
    assert "12 meses" in health.text
    assert (contact.answer, notice.answer) == (Answer.YES, Answer.SHOWN)
    assert (contact.how, contact.given_at, contact.language) == ("steps", NOON, "es")
    assert contact.is_in_force
    assert not notice.is_in_force


def test_a_permission_taken_back_no_longer_counts_and_keeps_its_story(database: Database) -> None:
    an_inquiry(database)
    number = inquiry_id(database)
    later = NOON + timedelta(days=2)

    with database.write() as session:
        taken = withdraw_consents(session, number, [Purpose.CONTACT], how="phone", at=later)
    with database.write() as session:
        again = withdraw_consents(
            session, number, [Purpose.CONTACT], how="link", at=later + timedelta(days=1)
        )

    with database.read() as session:
        contact = consents_of(session, number)[0]
        assert (taken, again) == (1, 0)
        assert (contact.given_at, contact.withdrawn_at, contact.withdrawn_how) == (
            NOON,
            later,
            "phone",
        )
        assert not is_permitted(session, number, Purpose.CONTACT)
        assert is_permitted(session, number, Purpose.HEALTH)


def test_another_database_in_its_place_costs_one_try_only(database: Database) -> None:
    an_inquiry(database)
    with database.write() as session:  # what a restore of an older copy would look like
        session.execute(delete(ConsentRecord))
        session.execute(delete(ConsentWording))

    with pytest.raises(IntegrityError):
        an_inquiry(database)

    an_inquiry(database)
    with database.read() as session:
        assert len(session.scalars(select(ConsentRecord)).all()) == 3
