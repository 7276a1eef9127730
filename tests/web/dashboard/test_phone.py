"""An inquiry by phone: the words to read, what is kept, and that nothing typed is lost."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.audit.models import AuditEvent
from intake.consent.queries import consents_of
from intake.consent.wordings import wordings_for
from intake.crypto.tokens import REFERENCE_ALPHABET
from intake.errors import Unavailable
from intake.inquiries.models import Inquiry
from intake.notifications.outbox import ensure_channels
from intake.storage.database import Database
from intake.web.dashboard import phone
from intake.web.dashboard.spelling import SPOKEN
from tests.factories import ANSWERS, a_clinic, a_form
from tests.web.dashboard.desk import Colleague
from tests.web.test_templates import check_page

NEW = "/staff/inquiries/new"
STORY, NAME = str(ANSWERS["story"]), str(ANSWERS["full_name"])


@pytest.fixture(autouse=True)
def channels(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        ensure_channels(session)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def save(member: Colleague, say: str = "en", page: str = "", **changes: Any) -> TestResponse:  # noqa: ANN401
    fields = {**hidden(page or member.get(f"{NEW}?say={say}").text), "agreed": "answer_owed"}
    return member.client.post(NEW, data={**ANSWERS, **fields, **changes})


def stored(database: Database) -> list[Inquiry]:
    with database.read() as session:
        return list(session.scalars(select(Inquiry)))


def test_the_script_stands_in_the_language_of_the_call_above_english_fields(
    coordinator: Colleague,
) -> None:
    english, spanish = (coordinator.get(f"{NEW}?say={code}").text for code in ("en", "es"))

    for page in (english, spanish):
        check_page(page)
        assert "What is your full name?" in page
    assert "¿Cuál es su nombre completo?" in spanish
    assert "Cuelgue y llame ahora al 911" in spanish
    for wording in wordings_for(a_clinic(), "es", a_form()):
        assert wording.label in spanish
    assert spanish.count('lang="es"') > 20
    assert "Cuelgue" not in english


def test_safety_comes_first_and_permissions_before_any_health_detail(
    coordinator: Colleague,
) -> None:
    page = coordinator.get(NEW).text

    names = list(dict.fromkeys(re.findall(r'name="(\w+)"', page[page.index("<h1>") :])))
    order = [names.index(name) for name in ("safety", "phone", "perm_health", "conditions")]
    assert order == sorted(order)


def test_a_call_is_a_new_inquiry_with_permissions_read_aloud_by_whom(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    answer = save(coordinator, "es", language="es")

    (inquiry,) = stored(sqlite_database)
    assert answer.status_code == 303
    assert (inquiry.source, inquiry.status, inquiry.first_responded_at) == ("phone", "new", None)
    with sqlite_database.read() as session:
        consents = consents_of(session, inquiry.id)
        (actor,) = session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.action == "inquiry.submitted")
        )
    assert actor == coordinator.public_id
    assert {(one.how, one.heard_by, one.language) for one in consents} == {
        ("read_aloud", coordinator.public_id, "es")
    }
    page = coordinator.get(f"/staff/inquiries/{inquiry.reference}").text
    assert "Contact: yes, read aloud by Rosa Soto" in page


def test_contact_is_recorded_where_they_talked_about_the_question(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    save(coordinator, agreed="talked")

    (inquiry,) = stored(sqlite_database)
    assert inquiry.status == "in_discussion"
    assert inquiry.first_responded_at == inquiry.received_at
    assert inquiry.contact_made_at == inquiry.received_at


def test_a_double_click_is_one_inquiry(coordinator: Colleague, sqlite_database: Database) -> None:
    page = coordinator.get(NEW).text

    first = save(coordinator, page=page, agreed="talked")
    second = save(coordinator, page=page, agreed="talked", story="changed")

    assert len(stored(sqlite_database)) == 1
    assert second.location.startswith(first.location)
    assert "saved before" in coordinator.get(second.location).text


def test_errors_are_told_in_english_in_call_order_and_keep_everything(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    answer = save(
        coordinator, "es", phone="12", perm_health="", conditions="", agreed="", full_name="Ana ñ"
    )

    page = answer.text
    check_page(page)
    assert answer.status_code == 422
    assert 'value="Ana ñ"' in page
    assert 'value="12"' in page
    assert STORY in page
    listed = re.findall(r'<li><a href="#f-(\w+)">', page)
    assert listed == ["phone", "perm_health", "conditions", "agreed"]
    assert "Read it out and tick it" in page
    assert stored(sqlite_database) == []


def test_the_language_changes_without_losing_a_word(coordinator: Colleague) -> None:
    page = save(coordinator, switch="es", full_name="Ana Díaz").text

    assert 'value="Ana Díaz"' in page
    assert "¿Cuál es su nombre completo?" in page


def test_a_child_alone_is_told_to_staff_as_it_helps(coordinator: Colleague) -> None:
    page = save(coordinator, age_band="under_18").text

    assert "ask for a parent or guardian on the line" in page


def test_a_token_of_another_is_no_way_to_point_at_their_inquiry(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    answer = save(coordinator, form_token="made.up.token")

    assert answer.status_code == 422
    assert NAME in answer.text
    assert stored(sqlite_database) == []


def test_a_database_that_is_away_loses_nothing(
    coordinator: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Unavailable("database_busy")

    monkeypatch.setattr(phone, "submit_inquiry", away)

    answer = save(coordinator)

    assert answer.status_code == 503
    assert STORY in answer.text
    assert "save again in a moment" in answer.text


def test_spam_words_of_a_caller_are_not_quarantined(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    save(coordinator, story="<a href='https://x.example'>seo casino</a> " * 3)

    (inquiry,) = stored(sqlite_database)
    assert inquiry.status == "new"


@pytest.mark.parametrize("say", ["en", "es"])
def test_the_reference_is_read_out_by_groups_with_the_promise(
    coordinator: Colleague, sqlite_database: Database, say: str
) -> None:
    answer = save(coordinator, say)

    page = coordinator.get(answer.location).text

    check_page(page)
    (inquiry,) = stored(sqlite_database)
    assert re.search(rf'class="ref">{inquiry.reference[:4]}<', page)
    words = re.findall(r"<ol>(.*?)</ol>", page, re.DOTALL)
    assert [group.count("<li>") for group in words] == [4, 4]
    assert ("antes del" if say == "es" else "We aim to contact you by") in page
    assert NAME not in page


def test_every_character_of_a_reference_has_a_word() -> None:
    assert set(SPOKEN) == set(REFERENCE_ALPHABET)
