"""What is proposed as alike, with which reasons, and what never is."""

from datetime import timedelta
from typing import Any

import pytest

from intake.desk.duplicates import Candidate, Reason, candidates
from intake.desk.joining import link, merge, not_same_person, undo
from intake.inquiries.likeness import likeness_of
from intake.inquiries.queries import read_inquiry
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import ROSA, seen
from tests.desk.test_joining import change
from tests.desk.work import the_office
from tests.factories import BY_PHONE_ONLY, a_keyring, an_inquiry, search_tokens

OTHER: dict[str, Any] = {
    "phone": "(305) 555-0199",
    "email": "other@mail.example.org",
    "full_name": "Li Wei",
}


def found(database: Database, reference: str, *, days: int = 0) -> list[Candidate]:
    at = NOON + timedelta(days=days)
    opened = read_inquiry(database, a_keyring(), reference, actor=ROSA.actor, at=at)
    likeness = likeness_of(opened.answers, search_tokens())
    with database.read() as session:
        return list(candidates(session, a_keyring(), opened.summary, likeness, at=at))


@pytest.mark.parametrize(
    ("changed", "reasons", "score"),
    [
        ({}, ["same_phone", "same_email", "same_name_and_age"], 100),
        ({"email": "other@mail.example.org"}, ["same_phone", "same_name_and_age"], 75),
        ({**OTHER, "full_name": "moreno DIAZ ana"}, ["same_name_and_age"], 40),
        ({"age_band": "not_said"}, ["same_phone", "same_email", "same_name"], 100),
        (
            {"full_name": "Luis Díaz", "email": "luis@mail.example.org"},
            ["same_phone", "may_be_household"],
            15,
        ),
        ({"full_name": "Luis Díaz"}, ["same_phone", "same_email", "may_be_household"], 60),
        (
            {"full_name": "Ána Díaz", "email": "other@mail.example.org", "age_band": "65_79"},
            ["same_phone", "same_first_name"],
            45,
        ),
    ],
)
def test_reasons_and_score(
    database: Database, changed: dict[str, Any], reasons: list[str], score: int
) -> None:
    first = an_inquiry(database).reference
    second = an_inquiry(database, **changed).reference

    (one,) = found(database, second)

    assert one.other.reference == first
    assert [str(reason) for reason in one.reasons] == reasons
    assert one.score == score


def test_a_phone_typed_in_another_style_is_the_same_phone(sqlite_database: Database) -> None:
    an_inquiry(sqlite_database, phone="+1 305 555 0142", full_name="Luis Díaz", **BY_PHONE_ONLY)
    second = an_inquiry(sqlite_database, **BY_PHONE_ONLY).reference

    (one,) = found(sqlite_database, second)

    assert Reason.SAME_PHONE in one.reasons


def test_a_name_with_another_age_or_a_mother_with_her_sons_number_is_not_the_person(
    sqlite_database: Database,
) -> None:
    an_inquiry(sqlite_database, age_band="65_79", **{**OTHER, "full_name": "Ana Díaz Moreno"})
    an_inquiry(
        sqlite_database,
        asking_for="other",
        relationship="parent",
        person_knows="my_child",
        full_name="Luis Moreno",
        requester_name="Ana Díaz Moreno",
        age_band="under_18",
        **BY_PHONE_ONLY,
    )
    hers = an_inquiry(sqlite_database).reference

    (one,) = found(sqlite_database, hers)

    assert one.reasons == (Reason.SAME_PHONE, Reason.MAY_BE_HOUSEHOLD)


def test_old_closed_ones_tests_and_erased_ones_are_not_proposed_and_old_open_ones_are(
    sqlite_database: Database,
) -> None:
    old = NOON - timedelta(days=200)
    closed = an_inquiry(sqlite_database, at=old).reference
    a_test = an_inquiry(sqlite_database).reference
    still_open = an_inquiry(sqlite_database, at=old).reference
    recent = an_inquiry(sqlite_database, at=NOON - timedelta(days=100)).reference
    over = {"status": "closed", "closed_at": NOON}
    change(sqlite_database, closed, outcome="not_reached", **over)
    change(sqlite_database, a_test, outcome="test", **over)
    change(sqlite_database, recent, outcome="not_reached", **over)
    newest = an_inquiry(sqlite_database).reference

    references = {one.other.reference for one in found(sqlite_database, newest)}

    assert references == {still_open, recent}


def test_pairs_that_were_judged_are_not_proposed_again_until_that_is_taken_back(
    database: Database,
) -> None:
    one, two, three, four = (an_inquiry(database).reference for _ in range(4))
    with database.write() as session:
        not_same_person(session, one, two, by=ROSA, at=NOON)
    with database.write() as session:
        link(session, one, three, by=ROSA, at=NOON)
    with database.write() as session:
        merge(session, the_office(), seen(database, one), seen(database, four), by=ROSA, at=NOON)
    judged = found(database, one), [x.other.reference for x in found(database, two)]

    with database.write() as session:
        undo(session, the_office(), two, one, by=ROSA, at=NOON)

    assert judged[0] == []
    assert one not in judged[1]
    assert [x.other.reference for x in found(database, one)] == [two]


def test_a_number_that_hundreds_carry_still_answers_with_the_ten_most_alike(
    sqlite_database: Database,
) -> None:
    same = an_inquiry(sqlite_database).reference
    for number in range(25):
        an_inquiry(sqlite_database, full_name=f"Visitor {'abcdefghijklmnopqrstuvwxyz'[number]}x")
    mine = an_inquiry(sqlite_database).reference

    proposed = found(sqlite_database, mine)

    assert len(proposed) == 10
    assert proposed[0].other.reference == same
