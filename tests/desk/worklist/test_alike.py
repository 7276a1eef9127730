"""How many likely duplicates a line tells of: those the inquiry's own page would warn of."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from intake.desk.joining import not_same_person, undo
from intake.desk.worklist.alike import ALIKE, SCANNED_AT_MOST, alike_counts, alike_words
from intake.inquiries.models import Inquiry
from intake.inquiries.shredding import shred
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import ROSA, id_of
from tests.desk.test_duplicates import found
from tests.desk.work import the_office
from tests.desk.worklist.test_views import close, plan_of
from tests.factories import an_inquiry


def alike(database: Database, *references: str, at: datetime = NOON) -> list[int]:
    ids = [id_of(database, one) for one in references]
    with database.read() as session:
        counted = alike_counts(session, ids, at=at)
    return [counted.get(one, 0) for one in ids]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({}, 1),
        ({"email": "other@mail.example.org"}, 1),
        ({"phone": "(305) 555-0199", "email": "other@mail.example.org"}, 1),
        ({"email": "other@mail.example.org", "full_name": "Ána Díaz", "age_band": "65_79"}, 1),
        ({"age_band": "not_said"}, 1),
        ({"full_name": "Luis Díaz", "email": "luis@mail.example.org"}, 0),  # a household
        ({"full_name": "Li Wei", "phone": "3055550199", "email": "li@mail.example.org"}, 0),
    ],
)
def test_a_line_counts_what_the_page_would_warn_of(
    database: Database, changed: dict[str, Any], number: int
) -> None:
    first = an_inquiry(database).reference
    second = an_inquiry(database, **changed).reference

    assert alike(database, first, second) == [number, number]
    assert sum(one.score >= 40 for one in found(database, second)) == number


def test_a_page_is_counted_in_one_statement_and_each_line_by_itself(database: Database) -> None:
    ana = [an_inquiry(database).reference for _ in range(3)]
    luis = an_inquiry(
        database, full_name="Luis Pérez", phone="3055550199", email="luis@mail.example.org"
    ).reference

    assert alike(database, *ana, luis) == [2, 2, 2, 0]
    with database.read() as session:
        assert alike_counts(session, [], at=NOON) == {}


def test_what_staff_have_judged_is_over_or_erased_counts_no_more(database: Database) -> None:
    kept, judged, erased, closed = (an_inquiry(database).reference for _ in range(4))
    office = the_office()
    with database.write() as session:
        not_same_person(session, kept, judged, by=ROSA, at=NOON)
        gone = session.get_one(Inquiry, id_of(database, erased)).public_id
        shred(session, gone, reason="asked", actor=ROSA.actor, at=NOON)
    close(database, closed)

    assert alike(database, kept, judged, erased, closed) == [1, 1, 0, 0]
    later = NOON + timedelta(days=200)
    assert alike(database, kept, judged, at=later) == [0, 0]
    with database.write() as session:
        undo(session, office, judged, kept, by=ROSA, at=NOON)
    assert alike(database, kept, judged) == [2, 2]


def test_an_erased_inquiry_keeps_no_token_by_which_it_could_be_told(database: Database) -> None:
    reference = an_inquiry(database).reference
    with database.write() as session:
        row = session.get_one(Inquiry, id_of(database, reference))
        shred(session, row.public_id, reason="asked", actor=ROSA.actor, at=NOON)
    with database.read() as session:
        row = session.get_one(Inquiry, id_of(database, reference))

        assert (row.place, row.like_phone, row.like_email, row.like_person) == (None,) * 4


def test_an_inquiry_of_before_has_no_number_and_hides_nobody(database: Database) -> None:
    old, new = an_inquiry(database).reference, an_inquiry(database).reference
    none = {"like_phone": None, "like_email": None, "like_person": None}
    with database.write() as session:
        session.execute(update(Inquiry).where(Inquiry.reference == old).values(none))

    assert alike(database, old, new) == [0, 1]


def test_a_number_that_many_carry_is_counted_no_further_than_a_line_needs(
    sqlite_database: Database,
) -> None:
    many = [an_inquiry(sqlite_database).reference for _ in range(SCANNED_AT_MOST + 3)]

    assert alike(sqlite_database, many[0]) == [SCANNED_AT_MOST]
    assert alike_words(SCANNED_AT_MOST) == "9+ likely duplicates"
    assert alike_words(9) == "9 likely duplicates"
    assert alike_words(1) == "1 likely duplicate"


def test_the_tokens_are_read_from_their_index(database: Database) -> None:
    plan = plan_of(database, ALIKE.params(ids=[1, 2], since=NOON))

    assert "pk_search_tokens" in plan or "PRIMARY KEY" in plan
    assert "SCAN search_tokens" not in plan
    assert "SCAN inquiries" not in plan
