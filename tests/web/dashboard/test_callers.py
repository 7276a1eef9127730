"""The check of a caller on the screen."""

from intake.crypto.tokens import show_reference
from intake.storage.database import Database
from tests.factories import an_inquiry
from tests.web.dashboard.desk import Colleague
from tests.web.test_templates import check_page


def form(reference: str) -> str:
    return f"/staff/inquiries/{reference}/caller-check"


def test_before_the_check_the_page_says_what_may_be_said(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database).reference

    page = coordinator.get(f"/staff/inquiries/{reference}").text
    asked = coordinator.get(form(reference)).text

    check_page(page)
    check_page(asked)
    assert "Not checked for this call" in page
    assert "Do not say that there is an inquiry" in page
    for shown in (page, asked):
        assert "I can call you back at the number we have, if there is one." in shown
        assert 'lang="es">Puedo devolverle la llamada al número que tengamos' in shown
    assert "Ana" not in asked


def test_a_match_is_shown_with_what_may_be_said_and_a_mismatch_tells_nothing(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database).reference
    said = {"way": "reference_and_name", "said_reference": show_reference(reference)}

    wrong = coordinator.post(form(reference), said_name="Luis Pérez", **said)
    after_wrong = coordinator.get(wrong.location).text
    right = coordinator.post(form(reference), said_name="ana diaz", **said)
    after_right = coordinator.get(right.location).text

    assert "do not match" in after_wrong
    assert "Díaz" not in after_wrong
    assert "Checked: this is the person who asked" in after_right
    assert "You may speak about this inquiry" in after_right
    assert "A caller was checked" in after_right


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database).reference

    no_way = coordinator.post(form(reference))
    no_name = coordinator.post(form(reference), way="reference_and_name", said_reference="K7QF")
    long = coordinator.post(
        form(reference), way="reference_and_name", said_reference="x" * 9000, said_name="y" * 9000
    )

    assert (no_way.status_code, no_name.status_code, long.status_code) == (422, 422, 422)
    assert "Select how you checked" in no_way.text
    assert "Enter the full name" in no_name.text
    assert 'value="K7QF"' in no_name.text
    check_page(no_name.text)


def test_a_call_back_is_the_members_word(coordinator: Colleague, sqlite_database: Database) -> None:
    reference = an_inquiry(sqlite_database).reference

    answer = coordinator.post(form(reference), way="called_back")

    assert "Checked: this is the person who asked" in coordinator.get(answer.location).text
