"""The opened page: what was sent, what we need, messages, who read it, and changes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.audit.models import Actor, ActorKind, AuditEvent
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.closing import close, withdraw
from intake.desk.messages import write_to_person
from intake.desk.models import Channel, Result
from intake.desk.moves import request_information
from intake.desk.office import DeskMember
from intake.inquiries.conversation_models import ConversationMessage
from intake.inquiries.models import Inquiry, Outcome
from intake.inquiries.queries import read_inquiry
from intake.patient.messages import HOURLY_MAX
from tests.conftest import NOON
from tests.desk.work import a_desk_member
from tests.web.status.desk import Desk

HEALTH = ("Lupus", "what research shows")


def member(desk: Desk, *roles: str) -> DeskMember:
    return a_desk_member(desk.intake.database, roles[0], *roles)


def reached(desk: Desk, by: DeskMember) -> int:
    with desk.intake.database.write() as session:
        return log_attempt(
            session,
            desk.intake.office,
            desk.receipt.reference,
            1,
            channel=Channel.CALL,
            result=Result.REACHED,
            by=by,
            at=NOON,
        ).version


def statuses(desk: Desk) -> list[str]:
    with desk.intake.database.read() as session:
        return list(session.scalars(select(Inquiry.status)))


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_with_the_code_they_see_what_they_sent_and_their_permissions(
    desk: Desk, prefix: str
) -> None:
    before = desk.page(prefix + desk.link)
    desk.open(prefix)

    page = desk.page(prefix + desk.link)

    for word in ("Ana Díaz Moreno", "(305) 555-0142", "ana.diaz@mail.example.org", *HEALTH):
        assert word in page
        assert word not in before
    assert page.count("<li><span>") >= 2
    assert f'href="{prefix}{desk.link}/corrections"' in page
    assert f'href="{prefix}{desk.link}/contact-times"' in page
    with desk.intake.database.read() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["inquiry.submitted", "status.opened", "status.read"]


def test_what_we_need_stands_behind_the_code_only_and_is_answered_there(desk: Desk) -> None:
    rosa = member(desk, "coordinator")
    version = reached(desk, rosa)
    with desk.intake.database.write() as session:
        request_information(
            session,
            desk.intake.office,
            desk.receipt.reference,
            version,
            text="The name of your doctor, please.",
            by=rosa,
            at=NOON,
        )
    assert "name of your doctor" not in desk.page(desk.link)
    desk.open()
    page = desk.page(desk.link)
    assert "The name of your doctor, please." in page
    assert "Your answer" in page

    answer = desk.post(
        f"{desk.link}/messages", text="Dr. Lane\r\nin Miami", form_key=form_key(page)
    )

    assert (answer.status_code, answer.location) == (303, f"{desk.link}?done=written")
    assert statuses(desk) == ["in_discussion"]
    after = desk.page(desk.link)
    assert "Dr. Lane\nin Miami" in after
    assert "What we need from you" not in after
    assert "The name of your doctor, please." in after


def test_a_double_click_is_one_message(desk: Desk) -> None:
    desk.open()
    key = form_key(desk.page(desk.link))

    for _ in range(3):
        assert desk.post(f"{desk.link}/messages", text="Hello", form_key=key).status_code == 303

    with desk.intake.database.read() as session:
        assert len(session.scalars(select(ConversationMessage)).all()) == 1


def test_a_message_without_the_forms_key_is_a_message_of_its_own(desk: Desk) -> None:
    desk.open()

    for text in ("One", "Two"):
        assert desk.post(f"{desk.link}/messages", text=text).status_code == 303

    page = desk.page(desk.link)
    assert "One" in page
    assert "Two" in page


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "Write your message"), ("x" * 2001, "must be 2,000 characters or fewer")],
)
def test_a_message_that_is_refused_stays_in_its_field(desk: Desk, text: str, sentence: str) -> None:
    desk.open()

    answer = desk.post(f"{desk.link}/messages", text=text, form_key="k")

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#f-text"' in answer.text
    assert text in answer.text


def test_too_many_messages_wait_with_their_text(desk: Desk) -> None:
    desk.open()
    for number in range(HOURLY_MAX):
        desk.post(f"{desk.link}/messages", text="Hello", form_key=f"k{number}")

    answer = desk.post(f"{desk.link}/messages", text="One more word", form_key="more")

    assert answer.status_code == 422
    assert "Your text is still here" in answer.text
    assert "One more word</textarea>" in answer.text


def test_a_message_sent_after_the_time_is_kept_with_the_code(desk: Desk) -> None:
    desk.open()
    desk.at = NOON + timedelta(minutes=20)

    late = desk.post(f"{desk.link}/messages", text="A long thought", form_key="k")
    again = desk.post(
        f"{desk.link}/messages", text="A long thought", form_key="k", code=desk.receipt.code
    )

    assert late.status_code == 422
    assert "A long thought" in late.text
    assert again.status_code == 303
    assert "A long thought" in desk.page(desk.link)


def test_writing_opens_a_closed_inquiry_again_where_it_stood(desk: Desk) -> None:
    rosa = member(desk, "coordinator")
    version = reached(desk, rosa)
    with desk.intake.database.write() as session:
        close(
            session,
            desk.intake.office,
            desk.receipt.reference,
            version,
            outcome=Outcome.NOT_OFFERED,
            reason="no_room",
            no_message_because="told_by_phone",
            by=rosa,
            at=NOON,
        )
    before = desk.page(desk.link)
    desk.open()
    page = desk.page(desk.link)
    assert "We cannot offer a consultation" in page
    assert "We cannot offer a consultation" not in before
    assert f'href="{desk.link}/corrections"' not in page

    desk.post(f"{desk.link}/messages", text="One more question", form_key=form_key(page))

    assert statuses(desk) == ["in_discussion"]


def test_a_withdrawn_inquiry_takes_no_message_and_loses_no_word(desk: Desk) -> None:
    with desk.intake.database.read() as session:
        public_id = session.scalars(select(Inquiry.public_id)).one()
    with desk.intake.database.write() as session:
        withdraw(
            session,
            desk.intake.office,
            desk.receipt.reference,
            None,
            reason="by_link",
            by=Actor(ActorKind.PERSON, public_id),
            at=NOON,
        )
    desk.open()

    page = desk.page(desk.link)
    answer = desk.post(f"{desk.link}/messages", text="Please write back", form_key="k")

    assert "You withdrew this inquiry." in page
    assert "<textarea" not in page
    assert answer.status_code == 409
    assert "Your message was not sent" in answer.text
    assert "Please write back" in answer.text
    assert statuses(desk) == ["closed"]


def test_our_message_is_read_and_marked_as_seen(desk: Desk) -> None:
    rosa = member(desk, "coordinator")
    with desk.intake.database.write() as session:
        write_to_person(
            session,
            desk.intake.office,
            desk.receipt.reference,
            1,
            text="We will call you on Tuesday.",
            form_key="k",
            by=rosa,
            at=NOON,
        )
    assert "Tuesday" not in desk.page(desk.link)
    with desk.intake.database.read() as session:
        assert session.scalars(select(ConversationMessage.seen_at)).all() == [None]
    desk.open()
    desk.at = NOON + timedelta(minutes=3)

    page = desk.page(desk.link)

    assert "We will call you on Tuesday." in page
    assert "coordinator Made-Up" not in page
    with desk.intake.database.read() as session:
        assert session.scalars(select(ConversationMessage.seen_at)).all() == [desk.at]


def test_they_see_when_and_in_which_role_it_was_opened_and_never_who(desk: Desk) -> None:
    rosa = member(desk, "coordinator")
    doctor = member(desk, "clinician", "coordinator")
    for by, minute in ((rosa, 0), (rosa, 5), (doctor, 10), (rosa, 70)):
        read_inquiry(
            desk.intake.database,
            desk.intake.keyring,
            desk.receipt.reference,
            actor=by.actor,
            at=NOON + timedelta(minutes=minute),
        )
    desk.at = NOON + timedelta(hours=2)
    desk.open("/es")

    page = desk.page(f"/es{desk.link}")

    openings = page.partition('id="opened"')[2].partition("</section>")[0]
    assert re.findall(r'"muted">([^<]+)<', openings) == [
        "Coordinación",
        "Profesional clínico",
        "Coordinación",
    ]
    for name in ("Made-Up", rosa.public_id, doctor.public_id):
        assert name not in page


def test_what_is_booked_is_told_in_their_time(desk: Desk) -> None:
    rosa = member(desk, "coordinator", "clinician")
    version = reached(desk, rosa)
    with desk.intake.database.write() as session:
        book_callback(
            session,
            desk.intake.office,
            desk.receipt.reference,
            version,
            starts_at=NOON + timedelta(days=2),
            by=rosa,
            at=NOON,
        )
    desk.open()

    assert "We call you: Wed, Nov 25, 12 pm ET" in desk.page(desk.link)


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_wrong_number_is_corrected(desk: Desk, prefix: str) -> None:
    desk.open(prefix)
    form = desk.page(f"{prefix}{desk.link}/corrections")
    assert 'value="(305) 555-0142"' in form

    answer = desk.post(
        f"{prefix}{desk.link}/corrections",
        form_key=form_key(form),
        full_name="Ana Díaz Moreno",
        called="Anita",
        phone="305 555 0199",
        email="ana.diaz@mail.example.org",
        story="Another question",
    )

    assert answer.status_code == 303
    page = desk.page(prefix + desk.link)
    for word in ("305 555 0199", "Anita", "Another question"):
        assert word in page
    assert "555-0142" not in page


def test_what_cannot_be_is_said_beside_its_field_and_kept(desk: Desk) -> None:
    desk.open()

    answer = desk.post(
        f"{desk.link}/corrections", form_key="k", full_name="", phone="12", email="x@", story="Yes"
    )

    assert answer.status_code == 422
    for field, sentence in (
        ("full_name", "Enter the full name"),
        ("phone", "Phone number must have at least 10 digits"),
        ("email", "Enter an email address in the correct format"),
    ):
        assert f'href="#f-{field}"' in answer.text
        assert sentence in answer.text
    assert 'value="12"' in answer.text
    assert "Yes</textarea>" in answer.text


def test_ways_and_times_are_changed(desk: Desk) -> None:
    desk.open()
    form = desk.page(f"{desk.link}/contact-times")

    answer = desk.post(
        f"{desk.link}/contact-times",
        form_key=form_key(form),
        contact_by=["call"],
        phone="(305) 555-0142",
        voicemail="no",
        best_times=["morning", "evening"],
    )

    assert answer.status_code == 303, answer.text
    with desk.intake.database.read() as session:
        assert "answers.corrected" in session.scalars(select(AuditEvent.action)).all()


@pytest.mark.parametrize("noun", ["corrections", "contact-times", "messages"])
def test_nothing_is_reached_without_the_code(desk: Desk, noun: str) -> None:
    for path in (f"{desk.link}/{noun}", f"/s/{'A' * 43}/{noun}"):
        answer = desk.client.get(path)
        assert answer.status_code == 303
        assert answer.location.endswith("#code")


def test_an_erased_inquiry_shows_nothing_more_with_its_code(desk: Desk) -> None:
    desk.open()
    desk.set(status="erased", closed_at=NOON, data_key=None, answers=None, label=None, access=None)

    page = desk.page(desk.link)

    assert "Your information has been deleted." in page
    assert "/corrections" not in page
    assert "<textarea" not in page
