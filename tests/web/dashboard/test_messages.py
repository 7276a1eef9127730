"""Writing to the person from an inquiry's page, what they wrote and changed, and a new code."""

import html
import re

import pytest
from sqlalchemy import select

from intake.audit.models import Actor, ActorKind, AuditEvent
from intake.inquiries.conversation_models import ConversationMessage
from intake.inquiries.models import Inquiry
from intake.notifications.models import OutboxMessage
from intake.patient.codes import check_code
from intake.patient.corrections import WORDS, Mending, as_typed, correct
from intake.patient.messages import write_message
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import (
    BY_PHONE_ONLY,
    a_clinic,
    a_form,
    a_keyring,
    an_inquiry,
    search_tokens,
)
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiries import InquiryPage
from tests.web.test_templates import check_page

TEXT = "We can call you on <Tuesday>.\nDoes 10 am work?"


def asked(page: InquiryPage, text: str = TEXT) -> dict[str, str]:
    """Send the form and return the hidden fields of the question that follows."""
    answer = page.send("messages", body=text)
    assert answer.status_code == 200
    check_page(answer.text)
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in fields if name != "csrf_token"}


def messages(database: Database) -> list[ConversationMessage]:
    with database.read() as session:
        return list(session.scalars(select(ConversationMessage)))


def test_a_message_is_sent_only_after_a_second_yes(page: InquiryPage) -> None:
    hidden = asked(page)
    assert messages(page.database) == []

    after = page.done("messages", **hidden, then="send")

    assert len(messages(page.database)) == 1
    assert "We wrote to them" in after
    assert "We can call you on &lt;Tuesday&gt;." in after
    assert "They have not read it yet" in after
    assert page.row().status == "contacting"
    assert page.row().first_responded_at == NOON
    with page.database.read() as session:
        events = session.scalars(select(OutboxMessage.event)).all()
    assert events.count("message.waiting") == 1


def test_the_same_yes_twice_is_one_message(page: InquiryPage) -> None:
    hidden = asked(page)

    for _ in range(2):
        page.done("messages", **hidden, then="send")

    assert len(messages(page.database)) == 1


def test_a_message_can_be_changed_before_it_is_sent(page: InquiryPage) -> None:
    hidden = asked(page)

    answer = page.send("messages", **hidden, then="change")

    assert answer.status_code == 200
    assert f"{html.escape(TEXT)}</textarea>" in answer.text
    assert messages(page.database) == []


def test_a_sent_message_cannot_be_taken_back(page: InquiryPage) -> None:
    after = page.done("messages", **asked(page), then="send")

    assert 'class="undo"' not in after
    with page.database.read() as session:
        from intake.desk.queries import moves_of

        move = moves_of(session, page.row().id)[-1]
    answer = page.send("undo", move=str(move.id))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("text", "sentence"), [("  ", "Write the message"), ("x" * 2001, "2,000 characters or fewer")]
)
def test_a_message_that_cannot_be_is_refused(page: InquiryPage, text: str, sentence: str) -> None:
    assert sentence in page.refused("messages", 422, body=text)


def test_who_chose_no_email_must_be_told_another_way(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database, **BY_PHONE_ONLY).reference
    page = InquiryPage(coordinator, sqlite_database, reference)

    assert "tell them another way that a message waits" in page.text()
    page.done("messages", **asked(page), then="send")

    with sqlite_database.read() as session:
        assert "message.waiting" not in session.scalars(select(OutboxMessage.event)).all()


def test_what_the_person_wrote_stands_in_the_timeline_and_is_seen(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    page = InquiryPage(coordinator, sqlite_database, receipt.reference)
    with sqlite_database.write() as session:
        write_message(
            session,
            a_keyring(),
            receipt.link_token,
            text="My number is wrong <b>",
            form_key="k",
            at=NOON,
        )

    text = page.text()

    assert "The person wrote to us" in text
    assert "My number is wrong &lt;b&gt;" in text
    assert messages(sqlite_database)[0].seen_at == NOON


def test_a_correction_is_told_as_was_and_now(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    page = InquiryPage(coordinator, sqlite_database, receipt.reference)
    mending = Mending(a_keyring(), search_tokens(), a_clinic(), a_form())
    typed = as_typed({"full_name": "Ana Díaz Moreno", "phone": "305 555 0199",
                      "email": "ana.diaz@mail.example.org"})  # fmt: skip
    with sqlite_database.write() as session:
        correct(session, mending, receipt.link_token, typed, fields=WORDS, form_key="k", at=NOON)

    text = page.text()

    assert "The person changed their answers" in text
    assert "was “(305) 555-0142”, now “305 555 0199”" in text
    assert "now “not given”" in text


def new_code(page: InquiryPage, **way: str) -> tuple[int, str]:
    answer = page.send("code", **way)
    if answer.status_code == 303:
        return 303, page.colleague.get(answer.location).text
    check_page(answer.text)
    return answer.status_code, answer.text


def test_a_new_code_is_read_aloud_only_to_a_checked_caller(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    page = InquiryPage(coordinator, sqlite_database, receipt.reference)
    assert "Make one to read aloud" not in page.text()
    assert "Check who is calling first" in new_code(page, way="aloud")[1]

    page.colleague.post(f"{page.path}/caller-check", page.path, way="called_back")
    assert "Make one to read aloud" in page.text()
    status, text = new_code(page, way="aloud")

    assert status == 200
    code = "".join(re.findall(r"(\d{3}) (\d{3})</strong>", text)[0])
    with sqlite_database.write() as session:
        assert check_code(session, a_keyring(), receipt.link_token, code, at=NOON)
        assert code == receipt.code or not check_code(
            session, a_keyring(), receipt.link_token, receipt.code, at=NOON
        )
    assert code[:3] + " " + code[3:] not in page.text()
    with sqlite_database.read() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "status.code_renewed")
        ).all()
    assert [event.actor_id for event in events] == [coordinator.public_id]


def test_a_new_code_is_sent_where_there_is_a_way(page: InquiryPage) -> None:
    assert "A code is on its way" in new_code(page, way="send")[1]

    with page.database.read() as session:
        assert "inquiry.code" in session.scalars(select(OutboxMessage.event)).all()


def test_without_a_way_no_code_is_made(coordinator: Colleague, sqlite_database: Database) -> None:
    receipt = an_inquiry(sqlite_database, **BY_PHONE_ONLY)
    page = InquiryPage(coordinator, sqlite_database, receipt.reference)

    assert "no address or number to send a code to" in new_code(page, way="send")[1]
    with sqlite_database.write() as session:
        assert check_code(session, a_keyring(), receipt.link_token, receipt.code, at=NOON)


def test_the_person_is_told_by_their_own_id(sqlite_database: Database) -> None:
    receipt = an_inquiry(sqlite_database)
    with sqlite_database.write() as session:
        wrote = write_message(
            session, a_keyring(), receipt.link_token, text="Hello", form_key="k", at=NOON
        )
        public_id = session.scalars(select(Inquiry.public_id)).one()

    assert wrote.actor == Actor(ActorKind.PERSON, public_id)
