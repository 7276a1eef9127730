from typing import Any

import pytest

from intake.inquiries.search import search
from intake.storage.database import Database
from tests.factories import BY_PHONE_ONLY, a_keyring, an_inquiry, search_tokens

PEOPLE: dict[str, Any] = {
    "full_name": "Íñigo Muñoz-O'Brien",
    "called": "Nacho",
    "email": "inigo.munoz@mail.example.org",
    "phone": "+34 612 34 56 78",
}


def found(database: Database, text: str) -> list[str]:
    with database.read() as session:
        return [row.reference for row in search(session, a_keyring(), search_tokens(), text).rows]


@pytest.mark.parametrize(
    "text",
    [
        *("Íñigo Muñoz", "inigo munoz", "INIGO", "iñi", "mun", "munoz inig", "O'Brien", "obrien"),
        *("nacho", "Nacho Muñoz"),
        *("+34 612 34 56 78", "612345678", "612-345-678", "0034612345678", "5678", "2345678"),
        *("inigo.munoz@mail.example.org", " INIGO.Munoz@Mail.Example.ORG "),
    ],
)
def test_people_are_found_by_whatever_they_told_us(sqlite_database: Database, text: str) -> None:
    reference = an_inquiry(sqlite_database, **PEOPLE).reference
    an_inquiry(sqlite_database)

    assert found(sqlite_database, text) == [reference]


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?", "nobody", "inigo nobody", "munoz@mail.example.org", "9999", "2222-2222"],
)
def test_what_nobody_told_us_finds_nobody(sqlite_database: Database, text: str) -> None:
    an_inquiry(sqlite_database, **PEOPLE)

    assert found(sqlite_database, text) == []


def test_an_inquiry_is_found_by_its_reference_in_any_style(database: Database) -> None:
    reference = an_inquiry(database).reference
    an_inquiry(database)

    for typed in (reference, reference.lower(), f"{reference[:4]}-{reference[4:]}"):
        assert found(database, typed) == [reference]


def test_all_words_must_match_whichever_is_rarer(database: Database) -> None:
    for number in range(5):
        an_inquiry(database, full_name=f"Maria Common{'abcde'[number]}")
    rare = an_inquiry(database, full_name="Maria Zyx").reference

    assert found(database, "maria zyx") == [rare]
    assert found(database, "zyx maria") == [rare]
    assert len(found(database, "maria common")) == 5


def test_a_requester_is_found_too(database: Database) -> None:
    reference = an_inquiry(
        database,
        asking_for="other",
        relationship="child",
        person_knows="agrees",
        requester_name="Quentin Yarrow",
        **BY_PHONE_ONLY,
    ).reference

    assert found(database, "yarrow") == [reference]


def test_pages_of_a_search_go_newest_first_and_repeat_nothing(database: Database) -> None:
    stored = [an_inquiry(database).reference for _ in range(5)]
    seen: list[str] = []
    cursor = None

    for _ in range(3):
        with database.read() as session:
            page = search(session, a_keyring(), search_tokens(), "ana diaz", after=cursor, size=2)
        seen += [row.reference for row in page.rows]
        cursor = page.next_cursor
        an_inquiry(database)

    assert seen == stored[::-1]
    assert cursor is None
