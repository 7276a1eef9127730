"""Each permission by itself, at once, with the words that were shown; and given again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from intake.consent.models import Answer, Purpose
from intake.consent.queries import consents_of, is_permitted
from intake.desk.attempts import may_use
from intake.desk.joining import Seen, merge
from intake.desk.models import Channel
from intake.desk.office import Case
from intake.errors import Conflict, InvalidInput
from intake.inquiries.queries import inquiry_by_reference
from intake.inquiries.recipients import may_contact
from intake.inquiries.references import inquiry_named
from intake.notifications.outbox import ensure_channels
from intake.privacy.erasure import erase_for_person
from intake.privacy.permissions import Standing, change, chosen, hold, standings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_form, a_keyring, an_inquiry
from tests.inquiries.test_recipients import delivered
from tests.inquiries.test_text_readers import an_inquiry as an_inquiry_by_text
from tests.privacy.people import Clinic, a_clinic_with_a_person

OFFER = a_form().model_copy(update={"texts": True, "news": True})


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return a_clinic_with_a_person(database)


def shown(clinic: Clinic, language: str = "en") -> dict[str, Standing]:
    with clinic.database.read() as session:
        found = standings(session, clinic.desk.office, clinic.person(), OFFER, language=language)
    return {one.purpose.value: one for one in found}


def turn(clinic: Clinic, purpose: str, *, on: bool, language: str = "en") -> None:
    with clinic.database.write() as session:
        found = standings(session, clinic.desk.office, clinic.person(), OFFER, language=language)
        one = next(one for one in found if one.purpose.value == purpose)
        change(session, clinic.desk.office, clinic.person(), one, on=on, at=clinic.desk.now)


def ways(clinic: Clinic) -> set[str]:
    with clinic.database.read() as session:
        label = inquiry_by_reference(session, a_keyring(), clinic.reference).label
    assert label is not None
    return set(label.ways)


def allowed(clinic: Clinic, channel: Channel) -> bool:
    with clinic.database.read() as session:
        inquiry = inquiry_named(session, clinic.reference)
        case = Case(session, clinic.desk.office, inquiry, clinic.desk.ida, NOON)
        return may_use(case, channel)


def test_what_was_chosen_is_shown_and_nothing_that_was_not(clinic: Clinic) -> None:
    assert {name: one.is_on for name, one in shown(clinic).items()} == {
        "contact": True,
        "call": True,
        "email": True,
        "health": True,
        "news": False,
    }
    assert "puede llamarme al número" in shown(clinic, "es")["call"].wording.text


@pytest.mark.parametrize(("purpose", "channel"), [("call", "call"), ("email", "email")])
def test_a_channel_goes_off_and_on_at_once(clinic: Clinic, purpose: str, channel: str) -> None:
    turn(clinic, purpose, on=False)

    assert channel not in ways(clinic)
    assert not allowed(clinic, Channel(channel))
    assert not shown(clinic)[purpose].is_on
    others = {"call", "email"} - {channel}
    assert ways(clinic) == others

    turn(clinic, purpose, on=True)

    assert ways(clinic) == {"call", "email"}
    assert allowed(clinic, Channel(channel))


def test_no_mail_leaves_once_mail_is_off(clinic: Clinic) -> None:
    turn(clinic, "email", on=False)

    assert [one.to for one in delivered(clinic.database) if "mail.example.org" in one.to] == []


def test_each_change_is_a_record_with_its_words(clinic: Clinic) -> None:
    turn(clinic, "call", on=False, language="es")
    turn(clinic, "call", on=True)

    with clinic.database.read() as session:
        row = inquiry_named(session, clinic.reference)
        found = [one for one in consents_of(session, row.id) if one.purpose is Purpose.CALL]
    assert [(one.answer, one.language, one.how) for one in found] == [
        (Answer.NO, "es", "private_page"),
        (Answer.YES, "en", "private_page"),
    ]
    assert "puede llamarme al número que di" in found[0].text
    assert "may call me at the number I gave" in found[1].text


def test_health_can_be_taken_back_and_given_again(clinic: Clinic) -> None:
    with clinic.database.read() as session:
        row = inquiry_named(session, clinic.reference)
    for on in (False, True):
        turn(clinic, "health", on=on)
        with clinic.database.read() as session:
            assert is_permitted(session, row.id, Purpose.HEALTH) is on


def test_taking_back_contact_withdraws_and_giving_it_again_counts(clinic: Clinic) -> None:
    turn(clinic, "contact", on=False)

    row = clinic.row()
    assert (row.status, row.outcome) == ("closed", "withdrawn")
    with clinic.database.read() as session:
        assert not may_contact(session, row.id)

    turn(clinic, "contact", on=True)

    with clinic.database.read() as session:
        assert may_contact(session, row.id)


def test_pressing_twice_is_once(clinic: Clinic) -> None:
    one = shown(clinic)["call"]
    for _ in range(2):
        turn(clinic, "call", on=False)

    with clinic.database.read() as session:
        row = inquiry_named(session, clinic.reference)
        found = [c for c in consents_of(session, row.id) if c.purpose is Purpose.CALL]
    assert one.is_on
    assert len(found) == 1


def test_what_is_taken_back_on_one_counts_for_what_was_joined_with_it(clinic: Clinic) -> None:
    kept = an_inquiry(clinic.database, at=NOON)
    with clinic.database.write() as session:
        pair = Seen(kept.reference, 1), Seen(clinic.reference, 1)
        merge(session, clinic.desk.office, *pair, by=clinic.desk.rosa, at=NOON)
    kept_id = clinic.desk.look(kept.reference).id

    turn(clinic, "call", on=False)

    with clinic.database.read() as session:
        label = inquiry_by_reference(session, a_keyring(), kept.reference).label
        assert label is not None
        assert label.ways == ("email",)
        assert may_contact(session, kept_id)


def test_two_changes_at_once_both_hold(clinic: Clinic) -> None:
    together = Barrier(2)

    def off(purpose: str) -> None:
        person = clinic.person()
        together.wait(5)
        with clinic.database.write() as session:
            hold(session, person)
            found = standings(session, clinic.desk.office, person, OFFER, language="en")
            one = next(one for one in found if one.purpose.value == purpose)
            change(session, clinic.desk.office, person, one, on=False, at=NOON)

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(off, ("call", "email")))
        assert ways(clinic) == set()
        for purpose in ("call", "email"):
            turn(clinic, purpose, on=True)


def test_texts_go_off_and_on_with_their_own_permission(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
    receipt = an_inquiry_by_text(database, contact_by=["call", "text"])
    clinic = replace(a_clinic_with_a_person(database), receipt=receipt)
    seen = []

    for on in (False, True):
        seen.append(shown(clinic)["text"].is_on)
        turn(clinic, "text", on=on)
        assert ("text" in ways(clinic)) is on
        assert allowed(clinic, Channel.TEXT) is on

    assert seen == [True, False]


def test_other_words_and_other_purposes_are_refused(clinic: Clinic) -> None:
    found = tuple(shown(clinic).values())
    sha256 = found[0].wording.sha256

    with pytest.raises(InvalidInput):
        chosen(found, "notice", sha256)
    with pytest.raises(InvalidInput):
        chosen(found, "text", sha256)
    with pytest.raises(Conflict, match="words_changed"):
        chosen(found, "call", "0" * 64)
    assert chosen(found, "contact", sha256) == found[0]


def test_nothing_is_given_for_who_was_erased(clinic: Clinic) -> None:
    one = shown(clinic)["call"]
    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)

    with clinic.database.write() as session, pytest.raises(Conflict, match="inquiry_erased"):
        change(session, clinic.desk.office, clinic.person(), one, on=False, at=NOON)
