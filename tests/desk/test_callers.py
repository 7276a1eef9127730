"""Who may hear about an inquiry on the phone, and what the trail keeps of the check."""

from datetime import timedelta
from typing import Any

import pytest

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.desk.callers import (
    LASTS,
    CallerCheck,
    Claim,
    Result,
    Way,
    check_caller,
    is_same_name,
    last_check,
)
from intake.errors import InvalidInput
from intake.inquiries.models import Inquiry
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import id_of
from tests.factories import a_keyring, an_inquiry

ROSA = Actor(ActorKind.STAFF, "rosa")
FOR_HER_SON: dict[str, Any] = {
    "asking_for": "other",
    "relationship": "parent",
    "person_knows": "no",
    "full_name": "Luis Moreno",
    "requester_name": "Ana Díaz Moreno",
}


def checked(database: Database, reference: str, claim: Claim) -> Result:
    return check_caller(database, a_keyring(), reference, claim, actor=ROSA, at=NOON)


def said(reference: str, name: str) -> Claim:
    return Claim(Way.REFERENCE_AND_NAME, reference, name)


@pytest.mark.parametrize(
    ("heard", "stored", "same"),
    [
        ("ana diaz", "Ana Díaz Moreno", True),
        ("DÍAZ, Ana", "Ana Díaz Moreno", True),
        ("Ana", "Ana Díaz Moreno", False),
        ("Ana Pérez", "Ana Díaz Moreno", False),
        ("Sukarno", "Sukarno", True),
        ("", "Ana Díaz", False),
        ("  ", "Ana Díaz", False),
        ("O'Brien Núñez", "Pat O’Brien-Nunez", True),
        ("李", "李", True),
    ],
)
def test_a_spoken_name_is_compared_without_accents_case_and_order(
    heard: str, stored: str, same: bool
) -> None:
    assert is_same_name(heard, stored) is same


def test_reference_and_name_together_are_enough_and_each_alone_is_not(database: Database) -> None:
    reference = an_inquiry(database).reference
    spaced = f"{reference[:4].lower()} {reference[4:]}"

    assert checked(database, reference, said(spaced, "ana diaz")) is Result.PERSON
    assert checked(database, reference, said(spaced, "Luis Díaz")) is Result.NOT_MATCHED
    assert checked(database, reference, said("K7QF-29MD", "Ana Díaz")) is Result.NOT_MATCHED


def test_who_wants_us_to_speak_only_with_them_is_the_only_one_we_speak_with(
    sqlite_database: Database,
) -> None:
    reference = an_inquiry(sqlite_database, **FOR_HER_SON).reference

    hers = checked(sqlite_database, reference, said(reference, "Ana Moreno"))
    his = checked(sqlite_database, reference, said(reference, "Luis Moreno"))
    back = checked(sqlite_database, reference, Claim(Way.CALLED_BACK))

    assert (hers, his, back) == (
        Result.REQUESTER,
        Result.SPEAK_ONLY_WITH_REQUESTER,
        Result.REQUESTER,
    )


def test_the_trail_keeps_way_and_result_and_not_what_was_said(sqlite_database: Database) -> None:
    reference = an_inquiry(sqlite_database).reference
    checked(sqlite_database, reference, said("WRNG", "Somebody Else"))

    with sqlite_database.read() as session:
        public_id = session.get_one(Inquiry, id_of(sqlite_database, reference)).public_id
        history = trail.history(session, public_id)

    assert [entry.action for entry in history][-2:] == ["inquiry.read", "caller.checked"]
    assert history[-1].detail == {"way": "reference_and_name", "result": "not_matched"}
    assert last_check(history) == CallerCheck(
        NOON, ROSA, Way.REFERENCE_AND_NAME, Result.NOT_MATCHED
    )
    assert last_check([]) is None


def test_a_check_holds_for_one_call_of_one_member() -> None:
    check = CallerCheck(NOON, ROSA, Way.CALLED_BACK, Result.PERSON)
    other = Actor(ActorKind.STAFF, "maria")
    refused = CallerCheck(NOON, ROSA, Way.CALLED_BACK, Result.NOT_MATCHED)

    assert check.holds(ROSA, NOON + LASTS - timedelta(seconds=1))
    assert not check.holds(ROSA, NOON + LASTS)
    assert not check.holds(other, NOON)
    assert not refused.holds(ROSA, NOON)


def test_nothing_is_read_where_something_is_missing_and_no_number_cannot_be_called(
    sqlite_database: Database,
) -> None:
    reference = an_inquiry(sqlite_database, contact_by=["email"], phone="").reference

    with pytest.raises(InvalidInput) as missing:
        checked(sqlite_database, reference, said("", " "))
    with pytest.raises(InvalidInput) as no_number:
        checked(sqlite_database, reference, Claim(Way.CALLED_BACK))

    assert [one.field for one in missing.value.problems] == ["said_reference", "said_name"]
    assert [(one.field, one.code) for one in no_number.value.problems] == [("way", "no_number")]
