"""Letters at the end: fixed words in both languages, sent while it is closed and never before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.desk.closing import close
from intake.desk.closing_letters import check_letter, letters, letters_for, send_letter
from intake.desk.done import Done
from intake.desk.undo import undo
from intake.errors import InvalidInput
from intake.inquiries.models import Outcome
from intake.inquiries.news import LETTER
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import Withheld
from intake.storage.database import Database
from tests.desk import told
from tests.desk.told import CLINIC, messages, reader
from tests.desk.work import Desk

NO_WORDS_ABOUT_HEALTH = (
    "lupus", "stem", "cell", "treatment", "therapy", "disease", "condition", "medicine", "drug",
    "célula", "tratamiento", "terapia", "enfermedad", "condición", "medicina", "medicamento",
)  # fmt: skip


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def decline(desk: Desk, reference: str, letter: str) -> Done:
    done: Done = desk.do(
        close, reference, outcome=Outcome.NOT_OFFERED, reason="no_room", message=letter
    )
    with desk.database.write() as session:
        send_letter(session, done, letter, at=desk.now)
    return done


def the_letter(desk: Desk) -> OutboxMessage:
    (row,) = messages(desk.database, LETTER)
    return row


@pytest.mark.parametrize(("language", "hello"), [("en", "Hello,"), ("es", "Hola:")])
def test_a_letter_reaches_its_reader_in_their_language(
    desk: Desk, language: str, hello: str
) -> None:
    decline(desk, desk.inquiry(language=language), "not_offered-general.1")
    sent = told.letter(desk.database, the_letter(desk), at=desk.now)

    assert sent.text.startswith(hello)
    assert {"en": "cannot offer you", "es": "no podemos ofrecerle"}[language] in sent.text
    assert CLINIC[language].phone in sent.text
    assert sent.html.count("<p>") >= 6


def test_a_letter_waits_until_the_closing_can_be_taken_back_no_more(desk: Desk) -> None:
    reference = desk.inquiry()
    done = decline(desk, reference, "not_offered-general.1")

    with desk.database.read() as session:
        due_at = session.scalars(
            select(OutboxMessage.due_at).where(OutboxMessage.event == LETTER)
        ).one()
    assert due_at == desk.now + timedelta(minutes=11)

    desk.do(undo, reference, move_id=done.move_id)
    assert reader(desk.database, the_letter(desk), at=desk.now) == Withheld("not_closed")


def test_every_letter_exists_in_both_languages_and_names_no_health() -> None:
    assert {letter.outcome for letter in letters()} == {
        Outcome.NOT_OFFERED,
        Outcome.REFERRED_ELSEWHERE,
        Outcome.NOT_SUITABLE,
    }
    for letter in letters():
        for language in ("en", "es"):
            words = letter.words[language].lower()
            assert len(words) > 100, letter.id
            assert [word for word in NO_WORDS_ABOUT_HEALTH if word in words] == [], letter.id


def test_a_letter_of_another_outcome_or_without_permission_is_refused() -> None:
    letter = letters_for(Outcome.NOT_OFFERED)[0].id

    check_letter("", Outcome.NOT_OFFERED, may_write=False)
    check_letter(letter, Outcome.NOT_OFFERED, may_write=True)
    for outcome, may_write in ((Outcome.NOT_SUITABLE, True), (Outcome.NOT_OFFERED, False)):
        with pytest.raises(InvalidInput):
            check_letter(letter, outcome, may_write=may_write)
