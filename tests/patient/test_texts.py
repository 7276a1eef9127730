"""STOP by text: obeyed at once, everywhere, confirmed once."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import func, select

from intake.audit.trail import history
from intake.clinic.profile import profile
from intake.consent.models import ConsentRecord, ConsentWording
from intake.i18n import LANGUAGES
from intake.inquiries.models import Inquiry
from intake.inquiries.text_readers import phone_key
from intake.notifications.address_models import InboundMessage, Suppression
from intake.patient.texts import receive_text
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_clinic, a_keyring, an_inquiry

CLINIC = {language: profile(a_clinic(), language) for language in LANGUAGES}
NUMBER = "+13055550142"  # that of tests.factories.ANSWERS
STOPPED = "Example Clinic: you will get no more texts from us."
STOPPED_ES = "Example Clinic: no recibirá más mensajes nuestros."
_ids = count(1)


def texted(
    database: Database,
    text: str,
    *,
    sender: str = NUMBER,
    name: str | None = None,
    at: datetime = NOON,
) -> str | None:
    with database.write() as session:
        return receive_text(
            session,
            a_keyring(),
            CLINIC,
            channel="texts",
            message_id=name or f"msg_{next(_ids)}",
            sender=sender,
            text=text,
            at=at,
        )


def suppressed(database: Database) -> list[tuple[bytes, str]]:
    with database.read() as session:
        return [(one.address_hash, one.reason) for one in session.scalars(select(Suppression))]


def test_a_stop_suppresses_the_number_and_is_confirmed_once(database: Database) -> None:
    replies = [texted(database, text) for text in ("STOP", "stop!", "ALTO", "Unsubscribe")]

    assert replies == [STOPPED, None, None, None]
    assert suppressed(database) == [(phone_key(a_keyring(), NUMBER), "text_stop")]


def test_a_number_is_one_number_however_the_gateway_writes_it(database: Database) -> None:
    replies = [
        texted(database, "STOP", sender=s) for s in ("(305) 555-0142", "13055550142", NUMBER)
    ]

    assert replies == [STOPPED, None, None]
    assert len(suppressed(database)) == 1


def test_a_stop_is_written_on_every_inquiry_of_the_number(database: Database) -> None:
    an_inquiry(database)
    an_inquiry(database)
    an_inquiry(database, phone="(305) 555-0177")

    texted(database, "STOP")

    with database.read() as session:
        found = [
            [entry.action for entry in history(session, inquiry.public_id)][-1]
            for inquiry in session.scalars(select(Inquiry).order_by(Inquiry.id))
        ]
        still_given = session.scalars(
            select(ConsentWording.purpose)
            .join(ConsentRecord, ConsentRecord.wording_id == ConsentWording.id)
            .where(ConsentRecord.withdrawn_at.is_not(None))
        ).all()
    assert found == ["texts.stopped", "texts.stopped", "inquiry.submitted"]
    assert set(still_given) <= {"text"}


def test_the_reply_is_spanish_for_who_writes_or_reads_spanish(database: Database) -> None:
    an_inquiry(database, page_language="es", language="es")

    replies = [
        texted(database, "STOP"),  # known by the inquiry
        texted(database, "ALTO", sender="+13055550199"),
        texted(database, "STOP", sender="+13055550198"),
    ]

    assert replies == [STOPPED_ES, STOPPED_ES, STOPPED]


def test_the_same_message_again_is_not_looked_at(database: Database) -> None:
    replies = [texted(database, "HELP", name="msg_same") for _ in range(3)]

    assert replies == ["Example Clinic: call +1 305 555 0100. Reply STOP to end.", None, None]


def test_help_is_answered_a_few_times_a_day_and_anything_else_once(database: Database) -> None:
    helped = [texted(database, "AYUDA") is not None for _ in range(6)]
    other = [texted(database, "I have lupus") is not None for _ in range(3)]
    tomorrow = texted(database, "AYUDA", at=NOON + timedelta(days=1, seconds=1))

    assert helped == [True, True, True, False, False, False]
    assert other == [True, False, False]
    assert tomorrow == "Example Clinic: llame al +1 305 555 0100. Responda ALTO para terminar."


def test_who_said_stop_gets_help_and_no_other_answer(database: Database) -> None:
    texted(database, "STOP")

    assert texted(database, "hello") is None
    assert texted(database, "HELP") is not None


@pytest.mark.parametrize("sender", ["", "12345", "CLINIC", "+1", "x" * 5000, "\ud800"])
def test_a_sender_that_is_no_number_is_harmless(database: Database, sender: str) -> None:
    assert texted(database, "STOP", sender=sender) is None
    assert suppressed(database) == []


def test_nothing_that_was_texted_is_kept_and_the_rest_not_for_long(database: Database) -> None:
    texted(database, "My lupus is worse")
    texted(database, "HELP", at=NOON + timedelta(days=3))

    with database.read() as session:
        rows = session.scalars(select(InboundMessage)).all()
        total = session.scalar(select(func.count()).select_from(InboundMessage))
    assert (total, rows[0].meaning) == (1, "help")
