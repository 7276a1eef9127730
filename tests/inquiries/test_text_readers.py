"""A text says that a request arrived: to who chose it, by day, until they say STOP."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.audit.models import VISITOR
from intake.clinic.profile import profile
from intake.consent.grant import withdraw_consents
from intake.consent.models import Purpose
from intake.crypto.tokens import show_reference
from intake.i18n import LANGUAGES
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.models import Inquiry
from intake.inquiries.recipients import recipient_of
from intake.inquiries.sealing import Circumstances, seal_inquiry
from intake.inquiries.submit import Receipt, submit_inquiry
from intake.notifications.channels.texts import TEXTS
from intake.notifications.models import Channel, OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.notifications.stranded import end_stranded
from intake.notifications.text_channel import keep_in_step
from intake.patient.texts import receive_text
from intake.settings import FormSettings
from intake.storage.database import Database
from tests.by_hand import deliver_next
from tests.conftest import NOON
from tests.factories import ANSWERS, a_clinic, a_form, a_keyring, a_submission_key, search_tokens
from tests.fakes import Mailbox

OFFER = FormSettings.model_validate({**a_form().model_dump(), "texts": True})
CHOSE_TEXTS: Mapping[str, Any] = {"contact_by": ["text"], "perm_text": "yes", "state": "NY"}
CLINIC = {language: profile(a_clinic(), language) for language in LANGUAGES}
NUMBER = "+13055550142"
READER = partial(
    recipient_of, keyring=a_keyring(), clinic=a_clinic(), base_url="https://intake.clinic.example"
)


@pytest.fixture(autouse=True)
def _texts_on(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
    keep_in_step(database, is_on=True)


def an_inquiry(
    database: Database,
    *,
    offer: FormSettings = OFFER,
    at: datetime = NOON,
    **answers: str | list[str],
) -> Receipt:
    given = {**ANSWERS, **CHOSE_TEXTS, **answers}
    sealed = seal_inquiry(
        InquiryDraft.parse({name: one for name, one in given.items() if one}, offer=offer),
        Circumstances(a_submission_key(), "en", "one_page", "0123456789abcdef"),
        keyring=a_keyring(),
        tokens=search_tokens(),
        clinic=a_clinic(),
        offer=offer,
        at=at,
    )
    with database.write() as session:
        return submit_inquiry(session, sealed, actor=VISITOR, at=at)


def sent(database: Database, at: datetime = NOON) -> Mailbox:
    """Carry out every text that is due."""
    phone = Mailbox()
    while deliver_next(database, {TEXTS: phone}, lambda: at, READER, CLINIC):
        pass
    return phone


def texts(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        rows = session.execute(
            select(OutboxMessage.state, OutboxMessage.last_error)
            .join(Channel, Channel.id == OutboxMessage.channel_id)
            .where(Channel.name == TEXTS)
            .order_by(OutboxMessage.id)
        )
        return [(row.state, row.last_error) for row in rows]


def test_who_chose_and_permitted_texts_gets_the_words_of_the_catalogue(database: Database) -> None:
    receipt = an_inquiry(database)

    (letter,) = sent(database).letters

    assert letter.to == NUMBER
    assert letter.subject == (
        f"Example Clinic: we got your message, ref {show_reference(receipt.reference)}. We will"
        " contact you within 1 business day. Reply STOP to end, HELP for help."
    )
    assert (letter.text.strip(), letter.html) == ("", "")
    for secret in ("Ana", "lupus", "Lupus", "http", receipt.link_token):
        assert secret not in letter.subject


def test_it_speaks_the_persons_language(database: Database) -> None:
    an_inquiry(database, language="es")

    (letter,) = sent(database).letters

    assert "recibimos su mensaje, ref." in letter.subject
    assert "Responda ALTO para terminar" in letter.subject


@pytest.mark.parametrize(
    "answers",
    [
        {"perm_text": ""},
        {"contact_by": ["call", "email"]},
        {"phone": "(305) 555-0142 ext. 7"},
    ],
    ids=["not permitted", "not chosen", "an extension"],
)
def test_who_did_not_choose_or_permit_texts_gets_none(
    database: Database, answers: dict[str, Any]
) -> None:
    an_inquiry(database, **answers)

    assert texts(database) == []


def test_texts_are_off_unless_the_form_offers_them_and_the_channel_is_there(
    database: Database,
) -> None:
    an_inquiry(database, offer=a_form(), contact_by=["call"], perm_text="")
    keep_in_step(database, is_on=False)
    an_inquiry(database)

    assert texts(database) == []


def test_switched_off_meanwhile_what_waits_ends_with_its_reason(database: Database) -> None:
    an_inquiry(database)

    keep_in_step(database, is_on=False)
    assert sent(database).letters == []
    end_stranded(database, at=NOON)

    assert texts(database) == [("cancelled", "texts_off")]


def test_at_night_it_waits_for_the_morning_and_burns_no_try(database: Database) -> None:
    evening = NOON + timedelta(hours=9)  # 9 pm in New York
    an_inquiry(database, at=evening)

    late, early = sent(database, evening), sent(database, NOON + timedelta(hours=19, minutes=59))
    assert (late.letters, early.letters) == ([], [])
    assert texts(database) == [("pending", "text_hours")]
    morning = sent(database, NOON + timedelta(hours=20))

    assert len(morning.letters) == 1
    assert texts(database) == [("delivered", None)]


def test_the_hours_are_those_of_where_the_person_lives(database: Database) -> None:
    early = NOON - timedelta(hours=2)  # 10 am in Miami, 7 am in Los Angeles, 5 am in Honolulu
    for state in ("CA", "HI"):
        an_inquiry(database, at=early, state=state)

    assert sent(database, early).letters == []


@pytest.mark.parametrize("purpose", [Purpose.TEXT, Purpose.CONTACT])
def test_a_permission_taken_back_before_it_is_sent_counts(
    database: Database, purpose: Purpose
) -> None:
    an_inquiry(database)
    with database.write() as session:
        number = session.scalars(select(Inquiry.id)).one()
        withdraw_consents(session, number, [purpose], how="link", at=NOON)

    assert sent(database).letters == []
    assert texts(database) == [("cancelled", "permission_withdrawn")]


def test_a_number_that_said_stop_never_gets_a_text_whoever_types_it(database: Database) -> None:
    with database.write() as session:
        receive_text(
            session,
            a_keyring(),
            CLINIC,
            channel="texts",
            message_id="msg_1",
            sender=NUMBER,
            text="STOP",
            at=NOON,
        )
    an_inquiry(database, at=NOON + timedelta(days=1))

    assert sent(database, NOON + timedelta(days=1)).letters == []
    assert texts(database) == [("cancelled", "suppressed")]


def test_a_stop_between_writing_and_sending_counts(database: Database) -> None:
    an_inquiry(database)
    with database.write() as session:
        stop = {"channel": "texts", "message_id": "msg_2", "sender": NUMBER, "text": "ALTO"}
        receive_text(session, a_keyring(), CLINIC, **stop, at=NOON)

    assert sent(database).letters == []
    assert texts(database)[0][0] == "cancelled"


def test_one_number_cannot_be_bombed(database: Database) -> None:
    for _ in range(20):
        an_inquiry(database)

    hours = [NOON + timedelta(minutes=20 * number) for number in range(12)]
    letters = [letter for at in hours for letter in sent(database, at).letters]

    assert len(letters) == 3


def test_who_is_answered_and_closed_gets_no_late_text(database: Database) -> None:
    an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(status="closed", closed_at=NOON))

    assert sent(database).letters == []
    assert texts(database) == [("cancelled", "closed")]
