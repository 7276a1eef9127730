"""/withdraw stops contact, tells nobody anything, destroys nothing, and can be taken back."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from intake.audit.models import AuditEvent
from intake.crypto.sealed import SealBroken
from intake.desk.closing import close, withdraw
from intake.desk.done import Done
from intake.desk.joining import Seen, merge
from intake.desk.office import Office
from intake.errors import Conflict, InvalidInput, NotPermitted
from intake.inquiries.models import Outcome
from intake.inquiries.news import WITHDRAWAL_CONFIRMED
from intake.notifications.models import OutboxMessage
from intake.privacy import withdrawing
from intake.privacy.erasure import erase_for_person
from intake.privacy.models import AskedHow, WithdrawalTry
from intake.privacy.person import inquiry_of
from intake.privacy.requests import waiting
from intake.privacy.withdrawing import Typed, carry_out, note_try, stop_contact, take_back
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring, an_inquiry, search_tokens
from tests.inquiries.test_recipients import delivered
from tests.privacy.people import Clinic, a_clinic_with_a_person

HOUR = timedelta(hours=1)
EMAIL = "ana.diaz@mail.example.org"


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return a_clinic_with_a_person(database)


@pytest.fixture
def one(sqlite_database: Database) -> Clinic:
    return a_clinic_with_a_person(sqlite_database)


def tried(clinic: Clinic, reference: str, contact: str, *, erase: bool = False) -> int:
    """Use /withdraw and return how many inquiries it stopped."""
    at = clinic.desk.now
    with clinic.database.write() as session:
        typed = Typed(reference, contact, wants_erasure=erase)
        note_try(session, a_keyring(), search_tokens(), typed, at=at)
    return carry_out(clinic.database, clinic.desk.office, at=at)


@pytest.mark.parametrize(
    "contact",
    [
        EMAIL,
        f"  {EMAIL.upper()} ",
        "(305) 555-0142",
        "305.555.0142",
        "+1 305 555 0142",
        "001 305 555 0142",
        "1-305-555-0142",
    ],
)
def test_reference_and_contact_stop_contact_at_once(one: Clinic, contact: str) -> None:
    assert tried(one, one.reference.lower(), contact) == 1

    row = one.row()
    assert (row.status, row.outcome) == ("closed", "withdrawn")
    assert row.answers is not None


@pytest.mark.parametrize(
    ("reference", "contact"),
    [
        ("2222-2222", EMAIL),
        ("", "somebody@else.example"),
        ("", "305 555 0143"),
        ("", "0142"),
        ("", "555-0142"),
        ("", "Ana Díaz Moreno"),
        ("", "lupus"),
        ("", "%"),
        ("", "' OR 1=1 --"),
    ],
)
def test_whatever_does_not_match_does_nothing(one: Clinic, reference: str, contact: str) -> None:
    assert tried(one, reference or one.reference, contact) == 0

    assert one.row().status == "new"
    with one.database.read() as session:
        actions = session.scalars(select(AuditEvent.action)).all()
    assert not [action for action in actions if "withdraw" in action or "contact" in action]


def test_another_persons_reference_does_not_match_ones_own_phone(one: Clinic) -> None:
    other = an_inquiry(one.database, at=NOON, phone="(305) 555-0177", email="luis@mail.example.org")

    assert tried(one, other.reference, EMAIL) == 0

    assert one.desk.look(other.reference).status == "new"


def statements_of(clinic: Clinic, reference: str, contact: str) -> list[str]:
    """Return what one use asks of the database before it is answered."""
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(clinic.database.writer, "before_cursor_execute", note)
    with clinic.database.write() as session:
        typed = Typed(reference, contact, wants_erasure=True)
        note_try(session, a_keyring(), search_tokens(), typed, at=clinic.desk.now)
    event.remove(clinic.database.writer, "before_cursor_execute", note)
    return said


def test_a_match_and_a_mismatch_do_the_same_work(clinic: Clinic) -> None:
    right = statements_of(clinic, clinic.reference, EMAIL)

    for reference, contact in (
        (clinic.reference, "305 555 0199"),
        (clinic.reference, "nobody@mail.example.org"),
        ("2222-2222", EMAIL),
        ("2222-2222", "x"),
    ):
        assert statements_of(clinic, reference, contact) == right


def test_five_tries_an_hour_for_a_reference_whatever_they_are(clinic: Clinic) -> None:
    for reference in (clinic.reference, "2222-2222"):
        for _ in range(5):
            tried(clinic, reference, "wrong@mail.example.org")
        with pytest.raises(NotPermitted, match="withdraw_limit"):
            tried(clinic, reference, EMAIL)

    assert clinic.row().status == "new"
    clinic.desk.now += HOUR
    assert tried(clinic, clinic.reference, EMAIL) == 1


def test_tries_are_forgotten_after_a_day(one: Clinic) -> None:
    tried(one, one.reference, "wrong@mail.example.org")
    one.desk.now += timedelta(days=1, seconds=1)
    tried(one, "2222-2222", "wrong@mail.example.org")

    with one.database.read() as session:
        assert session.scalar(select(func.count()).select_from(WithdrawalTry)) == 1


@pytest.mark.parametrize(
    ("reference", "contact", "wrong"),
    [
        ("", EMAIL, ("reference", "missing")),
        ("K7QF", EMAIL, ("reference", "format")),
        ("x" * 300, EMAIL, ("reference", "too_long")),
        ("2222-2222", " ", ("contact", "missing")),
        ("2222-2222", "x" * 300, ("contact", "too_long")),
    ],
)
def test_what_is_missing_is_said_whatever_it_would_match(
    one: Clinic, reference: str, contact: str, wrong: tuple[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        tried(one, reference, contact)

    assert [(p.field, p.code) for p in refused.value.problems] == [wrong]


def test_it_is_carried_out_once_however_often_the_worker_looks(clinic: Clinic) -> None:
    with clinic.database.write() as session:
        for _ in range(3):
            typed = Typed(clinic.reference, EMAIL)
            note_try(session, a_keyring(), search_tokens(), typed, at=NOON)

    done = [carry_out(clinic.database, clinic.desk.office, at=NOON) for _ in range(3)]

    assert done == [3, 0, 0]
    with clinic.database.read() as session:
        events = Counter(session.scalars(select(OutboxMessage.event)))
    assert events[WITHDRAWAL_CONFIRMED] == 1


def test_the_person_is_told_once_and_in_neutral_words(clinic: Clinic) -> None:
    tried(clinic, clinic.reference, EMAIL)
    later = clinic.desk.now + timedelta(minutes=20)

    letters = [one for one in delivered(clinic.database, later) if one.to == EMAIL]

    assert [one.subject for one in letters] == ["Your request is done"]
    text = letters[0].text + letters[0].html
    assert "We have stopped contacting you about" in text
    assert "For 14 days you can undo it" in text
    assert clinic.receipt.link_token in text
    for word in ("lupus", "Ana", "inquiry", "clinic treat"):
        assert word not in text.replace("intake.example", "")


def test_what_waited_for_the_person_is_cancelled(clinic: Clinic) -> None:
    tried(clinic, clinic.reference, EMAIL)

    with clinic.database.read() as session:
        rows = session.execute(select(OutboxMessage.event, OutboxMessage.state)).all()
    assert ("inquiry.acknowledged", "cancelled") in [tuple(row) for row in rows]


def test_asking_to_erase_waits_and_destroys_nothing(clinic: Clinic) -> None:
    tried(clinic, clinic.reference, EMAIL, erase=True)

    row = clinic.row()
    assert row.answers is not None
    with clinic.database.read() as session:
        found = waiting(session)
        mails = session.scalars(
            select(OutboxMessage.recipient).where(OutboxMessage.event == "inquiry.erasure_asked")
        ).all()
    assert [(w.reference, w.asked_how) for w in found] == [
        (clinic.reference, AskedHow.WITHDRAW_PAGE)
    ]
    assert mails == [f"staff:{clinic.officer.id}"]
    assert clinic.person().asked_at == clinic.desk.now


def taken_back(clinic: Clinic) -> None:
    with clinic.database.write() as session:
        inquiry = inquiry_of(session, clinic.person(), lock=True)
        take_back(session, clinic.desk.office, inquiry, at=clinic.desk.now)


def test_it_can_be_taken_back_for_two_weeks_with_the_clocks_intact(clinic: Clinic) -> None:
    before = clinic.row()
    tried(clinic, clinic.reference, EMAIL, erase=True)
    clinic.desk.now = NOON + timedelta(days=14)

    taken_back(clinic)

    row = clinic.row()
    assert (row.status, row.due_at) == ("new", before.due_at)
    assert row.first_response_due_at == before.first_response_due_at
    with clinic.database.read() as session:
        assert waiting(session) == ()
        actor = session.scalars(
            select(AuditEvent.actor_kind).where(
                AuditEvent.action == "inquiry.withdrawal_taken_back"
            )
        ).all()
    assert actor == ["person"]


def test_after_two_weeks_it_stays(one: Clinic) -> None:
    tried(one, one.reference, EMAIL)
    one.desk.now = NOON + timedelta(days=14, minutes=1)

    assert one.person().undo_until is None
    with pytest.raises(Conflict, match="take_back_over"):
        taken_back(one)


def test_the_reference_of_a_joined_inquiry_stops_the_one_that_goes_on(clinic: Clinic) -> None:
    kept = an_inquiry(clinic.database, at=NOON)
    with clinic.database.write() as session:
        pair = Seen(kept.reference, 1), Seen(clinic.reference, 1)
        merge(session, clinic.desk.office, *pair, by=clinic.desk.rosa, at=NOON)

    assert tried(clinic, clinic.reference, EMAIL) == 1

    assert clinic.desk.look(kept.reference).outcome == "withdrawn"
    assert clinic.person().is_withdrawn
    taken_back(clinic)
    assert clinic.desk.look(kept.reference).status == "new"


def test_one_that_cannot_be_carried_out_holds_up_nobody_else(clinic: Clinic) -> None:
    other = an_inquiry(clinic.database, at=NOON)
    with clinic.database.write() as session:
        for reference in (clinic.reference, other.reference):
            note_try(session, a_keyring(), search_tokens(), Typed(reference, EMAIL), at=NOON)

    def fails(
        _session: Session, office: Office, reference: str, *rest: object, **more: object
    ) -> Done:
        if reference == clinic.reference:
            raise SealBroken
        return withdraw(_session, office, reference, *rest, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(withdrawing, "withdraw", fails)
        assert carry_out(clinic.database, clinic.desk.office, at=NOON) == 1

    assert clinic.desk.look(other.reference).outcome == "withdrawn"
    assert carry_out(clinic.database, clinic.desk.office, at=NOON) == 1
    assert clinic.row().outcome == "withdrawn"


def test_a_closed_inquiry_is_told_nothing_more(one: Clinic) -> None:
    one.desk.do(
        close,
        one.reference,
        outcome=Outcome.NOT_OFFERED,
        reason="no_room",
        no_message_because="told_by_phone",
    )

    assert tried(one, one.reference, EMAIL) == 1

    assert one.row().outcome == "not_offered"
    with one.database.read() as session:
        states = session.scalars(
            select(OutboxMessage.state).where(OutboxMessage.recipient == "person")
        ).all()
    assert set(states) == {"cancelled"}


def test_an_erased_inquiry_matches_nothing(one: Clinic) -> None:
    erase_for_person(one.database, one.desk.office, one.reference, at=NOON)

    assert tried(one, one.reference, EMAIL) == 0


def test_stopping_twice_is_once(one: Clinic) -> None:
    with one.database.write() as session:
        inquiry = inquiry_of(session, one.person(), lock=True)
        first = stop_contact(session, one.desk.office, inquiry, at=NOON)
        second = stop_contact(session, one.desk.office, inquiry, at=NOON)

    assert (first, second) == (True, False)
