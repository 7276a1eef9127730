"""The work list, the search and one inquiry, as staff see them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.crypto.tokens import show_reference
from intake.storage.database import Database
from intake.storage.paging import write_cursor
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

STORY = "I would like to know what research shows"


def events(database: Database, action: str) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.execute(
            select(AuditEvent.actor_id, AuditEvent.subject).where(AuditEvent.action == action)
        )
        return [(row.actor_id, row.subject) for row in rows]


def without_choices(page: str) -> str:
    """Return a page without what could be chosen in it: the filter offers every condition."""
    return re.sub(r"<option[^>]*>[^<]*</option>", "", page)


def test_the_list_shows_who_waits_and_no_health_text(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)

    page = without_choices(coordinator.get("/staff/inquiries").text)

    assert show_reference(receipt.reference) in page
    assert "Ana M." in page
    assert "Due in" in page
    assert "Moreno" not in page
    assert "Díaz" not in page
    assert "upus" not in page
    assert STORY not in page
    assert events(sqlite_database, "inquiry.read") == []


def test_the_least_time_left_comes_first_and_pages_follow(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    references = [
        an_inquiry(sqlite_database, at=NOON - timedelta(hours=hours)).reference
        for hours in range(60)
    ]

    first = coordinator.get("/staff/inquiries").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = coordinator.get(older[1].replace("&amp;", "&")).text

    shown = re.findall(r'class="ref">([^<]+)<', first + second)
    assert set(shown) == {show_reference(reference) for reference in references}
    assert len(shown) == 60


def test_opening_an_inquiry_is_recorded_and_shows_everything(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)

    page = coordinator.get(f"/staff/inquiries/{receipt.reference}").text

    assert STORY in page
    assert "Lupus" in page
    assert "Ana Díaz Moreno" in page
    assert 'href="tel:+13055550142"' in page
    assert re.search(r"SHA-256 <code[^>]*>[0-9a-f]{64}<", page)
    assert "Opened and read" in page
    assert "Confirmation to the person" in page
    ((reader, _subject),) = events(sqlite_database, "inquiry.read")
    assert reader == coordinator.public_id


def test_what_somebody_wrote_is_spoken_in_the_language_they_wrote_it_in(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    spanish = an_inquiry(sqlite_database, language="es", story="¿Qué se sabe?")
    english = an_inquiry(sqlite_database)

    theirs = coordinator.get(f"/staff/inquiries/{spanish.reference}").text

    assert re.search(r'<dd class="long" lang="es">\s*¿Qué se sabe\?', theirs)
    ours = coordinator.get(f"/staff/inquiries/{english.reference}").text
    assert 'class="long" lang=' not in ours


def test_an_address_cannot_add_a_recipient_to_the_letter_staff_begin(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    """A local part may hold ``?`` and ``&``, which in a mailto link begin further fields."""
    receipt = an_inquiry(
        sqlite_database, email="ana?bcc=spy%40evil.example&body=hi@mail.example.org"
    )

    page = coordinator.get(f"/staff/inquiries/{receipt.reference}").text

    linked = re.search(r'href="mailto:([^"]+)"', page)
    assert linked
    assert linked[1] == "ana%3Fbcc%3Dspy%2540evil.example%26body%3Dhi@mail.example.org"


def test_each_opening_is_recorded_however_it_is_asked_for(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    typed = show_reference(receipt.reference).lower()

    coordinator.get(f"/staff/inquiries/{typed}")
    coordinator.client.head(f"/staff/inquiries/{receipt.reference}")

    assert len(events(sqlite_database, "inquiry.read")) == 2


def test_an_unknown_reference_is_not_found_and_not_recorded(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    answer = coordinator.get("/staff/inquiries/K7QF29MD")

    assert answer.status_code == 404
    assert "Back to the inquiries" in answer.text
    assert events(sqlite_database, "inquiry.read") == []


@pytest.mark.parametrize("words", ["Díaz", "diaz more", "0142", "ana.diaz@mail.example.org"])
def test_a_search_finds_and_its_words_stand_in_no_address(
    coordinator: Colleague, sqlite_database: Database, words: str
) -> None:
    receipt = an_inquiry(sqlite_database)
    an_inquiry(
        sqlite_database, full_name="Li Wei", phone="305 555 0199", email="li@mail.example.org"
    )

    led = coordinator.post("/staff/inquiries/search", query=words)
    found = coordinator.get(led.location).text

    assert led.status_code == 303
    assert "iaz" not in led.location.lower()
    assert "0142" not in led.location
    assert "1 inquiry" in found
    assert show_reference(receipt.reference) in found


def test_a_search_is_good_for_its_finder_and_a_quarter_of_an_hour(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    an_inquiry(sqlite_database)
    other = Colleague(app, sqlite_database, clock(), ["clinician"])
    location = coordinator.post("/staff/inquiries/search", query="Díaz").location

    assert other.get(location).status_code == 303
    clock.advance(minutes=14)
    assert coordinator.get(location).status_code == 200
    clock.advance(minutes=1)
    assert coordinator.get(location).status_code == 303
    assert coordinator.get("/staff/inquiries?found=made-up").status_code == 303


def test_an_administrator_sees_references_and_times_and_no_person(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    receipt = an_inquiry(sqlite_database)
    administrator = Colleague(app, sqlite_database, clock(), ["administrator"])

    page = administrator.get("/staff/inquiries").text
    opened = administrator.get(f"/staff/inquiries/{receipt.reference}")

    assert show_reference(receipt.reference) in page
    assert "Ana" not in page
    assert 'role="search"' not in page
    assert opened.status_code == 403
    assert STORY not in opened.text
    assert events(sqlite_database, "inquiry.read") == []


def test_a_suspected_inquiry_is_in_its_own_view(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database, signs=("honeypot", "too_fast"))
    shown = show_reference(receipt.reference)

    assert shown not in coordinator.get("/staff/inquiries").text
    assert shown in coordinator.get("/staff/inquiries?view=quarantined").text


@pytest.mark.parametrize("key", [(2**62, 1), (-(2**62), 1)])
def test_a_cursor_beyond_all_years_is_refused(coordinator: Colleague, key: tuple[int, int]) -> None:
    assert coordinator.get(f"/staff/inquiries?after={write_cursor(*key)}").status_code == 422


def test_a_cursor_that_is_not_ours_is_refused(coordinator: Colleague) -> None:
    assert coordinator.get("/staff/inquiries?after=made-up").status_code == 422


def test_an_empty_list_says_so(coordinator: Colleague) -> None:
    assert (
        "Everybody has had a first reply. No inquiry has come in yet."
        in coordinator.get("/staff/inquiries").text
    )
