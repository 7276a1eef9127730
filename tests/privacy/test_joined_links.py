"""Whoever sent a form with somebody else's name and number, which staff then joined with theirs.

They hold a link and a code of their own. With these they may write and stop, as with a reference,
and neither read, nor begin again, nor destroy what the other person sent.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.crypto.tokens import show_reference
from intake.desk.joining import Seen, merge
from intake.desk.messages import write_to_person
from intake.errors import Conflict
from intake.inquiries.models import Inquiry
from intake.inquiries.queries import inquiry_by_reference
from intake.inquiries.submit import Receipt
from intake.patient.messages import write_message
from intake.patient.opened import OpenedPage, read_page
from intake.privacy.erasure import AskedBy, erase_for_person, erase_for_staff
from intake.privacy.models import AskedHow, ErasureRequest
from intake.privacy.permissions import change, hold, standings
from intake.privacy.person import Person, inquiry_of
from intake.privacy.requests import ask_for_erasure, open_request
from intake.privacy.withdrawing import stop_contact, take_back
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_form, a_keyring, an_inquiry
from tests.privacy.people import Clinic, a_clinic_with_a_person

HERS = "My knees are worse"
OURS = "Please bring the letter of Dr. Roth"
OFFER = a_form().model_copy(update={"texts": True, "news": True})


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """Give a person who wrote with the clinic."""
    clinic = a_clinic_with_a_person(database)
    wrote(clinic, clinic.receipt, HERS)
    with database.write() as session:
        write_to_person(
            session,
            clinic.desk.office,
            clinic.reference,
            clinic.row().version,
            text=OURS,
            form_key="ours",
            by=clinic.desk.rosa,
            at=NOON,
        )
    return clinic


@pytest.fixture
def stranger(clinic: Clinic) -> Receipt:
    """Give another's receipt, sent with the same name, phone and address, and joined by staff."""
    receipt = an_inquiry(clinic.database, at=NOON)
    with clinic.database.write() as session:
        pair = Seen(clinic.reference, clinic.row().version), Seen(receipt.reference, 1)
        merge(session, clinic.desk.office, *pair, by=clinic.desk.rosa, at=NOON)
    return receipt


def wrote(clinic: Clinic, receipt: Receipt, text: str) -> None:
    with clinic.database.write() as session:
        key = f"k {text}"
        write_message(session, a_keyring(), receipt.link_token, text=text, form_key=key, at=NOON)


def opened(clinic: Clinic, receipt: Receipt) -> OpenedPage:
    return read_page(clinic.database, a_keyring(), receipt.link_token, at=NOON)


def holder(clinic: Clinic, receipt: Receipt) -> Person:
    return clinic.person(receipt)


def stop(clinic: Clinic, receipt: Receipt) -> None:
    person = holder(clinic, receipt)
    with clinic.database.write() as session:
        inquiry = inquiry_of(session, person, lock=True)
        stop_contact(session, clinic.desk.office, inquiry, at=clinic.desk.now)


def begin_again(clinic: Clinic, receipt: Receipt) -> None:
    person = holder(clinic, receipt)
    with clinic.database.write() as session:
        inquiry = inquiry_of(session, person, lock=True)
        take_back(session, clinic.desk.office, inquiry, at=clinic.desk.now)


def turn(clinic: Clinic, receipt: Receipt, purpose: str, *, on: bool) -> None:
    person = holder(clinic, receipt)
    with clinic.database.write() as session:
        hold(session, person)
        found = standings(session, clinic.desk.office, person, OFFER, language="en")
        one = next(one for one in found if one.purpose.value == purpose)
        change(session, clinic.desk.office, person, one, on=on, at=NOON)


def ways(clinic: Clinic, reference: str) -> tuple[str, ...]:
    with clinic.database.read() as session:
        label = inquiry_by_reference(session, a_keyring(), reference).label
    assert label is not None
    return label.ways


def test_it_shows_no_word_of_the_other_and_marks_none_as_read(
    clinic: Clinic, stranger: Receipt
) -> None:
    page = opened(clinic, stranger)

    assert page.is_joined
    assert page.said == ()
    assert [one.text for one in opened(clinic, clinic.receipt).said] == [HERS, OURS]


def test_what_is_written_through_it_is_seen_there_and_told_apart_at_the_desk(
    clinic: Clinic, stranger: Receipt
) -> None:
    wrote(clinic, stranger, "It is me again")

    assert [one.text for one in opened(clinic, stranger).said] == ["It is me again"]
    assert "It is me again" in [one.text for one in opened(clinic, clinic.receipt).said]
    with clinic.database.read() as session:
        details = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "message.received")
        ).all()
    assert [one.get("through") for one in details] == [None, show_reference(stranger.reference)]


def test_it_shows_what_was_written_on_it_before(clinic: Clinic) -> None:
    other = an_inquiry(clinic.database, at=NOON)
    wrote(clinic, other, "Before you joined them")
    with clinic.database.write() as session:
        pair = Seen(clinic.reference, clinic.row().version), Seen(other.reference, 1)
        merge(session, clinic.desk.office, *pair, by=clinic.desk.rosa, at=NOON)

    assert [one.text for one in opened(clinic, other).said] == ["Before you joined them"]


def test_it_cannot_begin_again_what_the_other_stopped(clinic: Clinic, stranger: Receipt) -> None:
    stop(clinic, clinic.receipt)

    assert holder(clinic, stranger).undo_until is None
    with pytest.raises(Conflict, match="not_withdrawn"):
        begin_again(clinic, stranger)
    stop(clinic, stranger)  # nothing is open any more: this stops nothing, and may undo nothing
    with pytest.raises(Conflict, match="not_withdrawn"):
        begin_again(clinic, stranger)

    begin_again(clinic, clinic.receipt)
    assert clinic.row().status == "contacting"


def test_what_it_stopped_both_may_begin_again(clinic: Clinic, stranger: Receipt) -> None:
    stop(clinic, stranger)
    assert holder(clinic, stranger).undo_until is not None
    begin_again(clinic, stranger)
    clinic.desk.now += timedelta(minutes=1)
    stop(clinic, stranger)

    begin_again(clinic, clinic.receipt)

    assert clinic.row().status == "contacting"
    with pytest.raises(Conflict, match="not_withdrawn"):
        begin_again(clinic, stranger)


def test_beginning_again_leaves_the_others_wish_to_be_erased(
    clinic: Clinic, stranger: Receipt
) -> None:
    stop(clinic, stranger)
    with clinic.database.write() as session:
        inquiry = inquiry_of(session, holder(clinic, clinic.receipt), lock=True)
        actor = holder(clinic, clinic.receipt).actor
        ask_for_erasure(session, inquiry, how=AskedHow.PRIVATE_PAGE, actor=actor, at=NOON)

    begin_again(clinic, stranger)

    with clinic.database.read() as session:
        assert open_request(session, clinic.row().id) is not None


def test_it_takes_permissions_back_for_both_and_gives_them_for_itself(
    clinic: Clinic, stranger: Receipt
) -> None:
    turn(clinic, stranger, "call", on=False)
    assert ways(clinic, clinic.reference) == ("email",)

    turn(clinic, stranger, "call", on=True)

    assert "call" in ways(clinic, stranger.reference)
    assert ways(clinic, clinic.reference) == ("email",)
    turn(clinic, clinic.receipt, "call", on=True)
    assert "call" in ways(clinic, clinic.reference)


@pytest.mark.parametrize("goes_on", [False, True])
def test_its_code_destroys_its_own_alone(clinic: Clinic, goes_on: bool) -> None:
    """Whichever of the two goes on: the phone that agrees was typed by the stranger."""
    stranger = an_inquiry(clinic.database, at=NOON)
    hers, theirs = Seen(clinic.reference, clinic.row().version), Seen(stranger.reference, 1)
    pair = (theirs, hers) if goes_on else (hers, theirs)
    with clinic.database.write() as session:
        merge(session, clinic.desk.office, *pair, by=clinic.desk.rosa, at=NOON)

    erased = erase_for_person(clinic.database, clinic.desk.office, stranger.reference, at=NOON)

    assert erased.references == (stranger.reference,)
    assert erased.left == (clinic.reference,)
    assert clinic.row().data_key is not None
    with clinic.database.read() as session:
        asked = session.execute(
            select(Inquiry.reference, ErasureRequest.asked_how)
            .join(Inquiry, Inquiry.id == ErasureRequest.inquiry_id)
            .where(ErasureRequest.ended_at.is_(None))
        ).all()
    assert [tuple(one) for one in asked] == [(clinic.reference, "withdraw_page")]


def test_the_privacy_officer_erases_both_where_the_phone_agrees(
    clinic: Clinic, stranger: Receipt
) -> None:
    erased = erase_for_staff(
        clinic.database,
        clinic.desk.office,
        stranger.reference,
        member=clinic.officer,
        asked_by=AskedBy.PERSON,
        reason="asked_by_phone",
        at=NOON,
    )

    assert set(erased.references) == {stranger.reference, clinic.reference}
