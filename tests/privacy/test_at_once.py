"""Two presses at once: whichever comes first, nothing half done and nothing left behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from intake.errors import IntakeError
from intake.inquiries.conversation_models import AnswerCorrection, ConversationMessage
from intake.inquiries.queries import read_inquiry
from intake.patient.corrections import WORDS, Mending, as_typed, correct
from intake.patient.messages import write_message
from intake.privacy.erasure import erase_for_person
from intake.privacy.holds import is_held, set_hold
from intake.privacy.models import AskedHow, ErasureCertificate, ErasureRequest
from intake.privacy.permissions import change, hold, standings
from intake.privacy.person import inquiry_of
from intake.privacy.requests import ask_for_erasure
from intake.privacy.withdrawing import Typed, carry_out, note_try, stop_contact, take_back
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_clinic, a_form, a_keyring, search_tokens
from tests.privacy.people import Clinic, a_clinic_with_a_person

ROUNDS = 3
EMAIL = "ana.diaz@mail.example.org"


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all of them at the same moment; return what each came to, an error as its code."""
    together = Barrier(len(acts))

    def go(act: Callable[[], object]) -> str:
        together.wait(10)
        try:
            act()
        except IntakeError as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def rows(clinic: Clinic, model: type) -> int:
    with clinic.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def erase(clinic: Clinic) -> None:
    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)


def is_empty(clinic: Clinic) -> bool:
    row = clinic.row()
    return (row.data_key, row.answers, row.label, row.access) == (None, None, None, None)


@pytest.fixture(params=range(ROUNDS))
def clinic(database: Database) -> Clinic:
    return a_clinic_with_a_person(database)


def test_two_confirmations_are_one_erasure(clinic: Clinic) -> None:
    said = at_once(lambda: erase(clinic), lambda: erase(clinic))

    assert "done" in said
    assert set(said) <= {"done", "inquiry_erased"}
    assert is_empty(clinic)
    assert rows(clinic, ErasureCertificate) == 1


def test_a_hold_stops_an_erasure_or_comes_too_late(clinic: Clinic) -> None:
    def held() -> None:
        with clinic.database.write() as session:
            set_hold(
                session,
                clinic.desk.office,
                clinic.reference,
                reason="A court asked for it",
                by=clinic.officer,
                at=NOON,
            )

    said = at_once(lambda: erase(clinic), held)

    with clinic.database.read() as session:
        is_kept = is_held(session, clinic.row().id)
    assert said in (["done", "inquiry_erased"], ["legal_hold", "done"])
    assert is_kept is not is_empty(clinic)


def test_what_is_written_while_it_is_erased_is_not_left_behind(clinic: Clinic) -> None:
    answers = read_inquiry(
        clinic.database, a_keyring(), clinic.reference, actor=clinic.officer.actor, at=NOON
    ).answers
    typed = {**as_typed(answers), "called": ["Ani"]}
    mending = Mending(a_keyring(), search_tokens(), a_clinic(), a_form())
    token = clinic.receipt.link_token

    def write() -> None:
        with clinic.database.write() as session:
            write_message(session, a_keyring(), token, text="Hello", form_key="k", at=NOON)

    def mend() -> None:
        with clinic.database.write() as session:
            correct(session, mending, token, typed, fields=WORDS, form_key="k", at=NOON)

    def permit() -> None:
        person = clinic.person()
        with clinic.database.write() as session:
            hold(session, person)
            found = standings(session, clinic.desk.office, person, a_form(), language="en")
            call = next((one for one in found if one.purpose.value == "call"), None)
            if call is not None:
                change(session, clinic.desk.office, person, call, on=False, at=NOON)

    said = at_once(lambda: erase(clinic), write, mend, permit)

    assert said[0] == "done"
    assert is_empty(clinic)
    assert rows(clinic, ConversationMessage) == rows(clinic, AnswerCorrection) == 0


def test_two_wishes_to_be_erased_are_one(clinic: Clinic) -> None:
    with clinic.database.write() as session:
        typed = Typed(clinic.reference, EMAIL, wants_erasure=True)
        note_try(session, a_keyring(), search_tokens(), typed, at=NOON)

    def ask() -> None:
        person = clinic.person()
        with clinic.database.write() as session:
            inquiry = inquiry_of(session, person, lock=True)
            stop_contact(session, clinic.desk.office, inquiry, at=NOON)
            how = AskedHow.PRIVATE_PAGE
            ask_for_erasure(session, inquiry, how=how, actor=person.actor, at=NOON)

    said = at_once(ask, lambda: carry_out(clinic.database, clinic.desk.office, at=NOON))

    assert said == ["done", "done"]
    assert rows(clinic, ErasureRequest) == 1
    assert clinic.row().outcome == "withdrawn"


def test_stopping_and_beginning_again_at_once_ends_in_one_of_the_two(clinic: Clinic) -> None:
    def turn(verb: Callable[..., object]) -> Callable[[], None]:
        def act() -> None:
            person = clinic.person()
            with clinic.database.write() as session:
                inquiry = inquiry_of(session, person, lock=True)
                verb(session, clinic.desk.office, inquiry, at=NOON)

        return act

    turn(stop_contact)()
    said = at_once(turn(take_back), turn(take_back), turn(stop_contact))

    assert "done" in said[:2]
    assert set(said) <= {"done", "not_withdrawn", "not_from_this_status"}
    row = clinic.row()
    assert (row.status, row.outcome) in (("new", None), ("closed", "withdrawn"))
