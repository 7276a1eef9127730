"""A name stands under a text only as that person's own word, or with who wrote it down."""

from datetime import date

import pytest

from intake.clinic.notices import NOTICES
from intake.errors import InvalidInput
from intake.publishing.signing import Yes
from intake.storage.database import Database
from tests.publishing.a_desk import LUPUS, LUPUS_ES, TODAY, Desk, changed

OTHER = {
    "is_own": False,
    "full_name": "Pat Lane",
    "credentials": "MD",
    "signed_on": TODAY,
    "has_written_word": True,
}
OWN = {**OTHER, "is_own": True, "full_name": "", "has_written_word": False}


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database)


def yes(kind: str, said: dict[str, object], **changes: object) -> Yes:
    return Yes(kind, **{**said, **changes})  # type: ignore[arg-type]


def test_who_recorded_somebody_elses_yes_is_kept_beside_the_name(desk: Desk) -> None:
    number = desk.save(changed())
    desk.sign(number, "clinical")

    (one,) = desk.see(number).signoffs

    assert (one.full_name, one.is_own, one.recorded_by) == ("Pat Lane", False, desk.editor)


def test_a_clinician_signs_in_their_own_name_whatever_is_typed(desk: Desk) -> None:
    number = desk.save(changed())
    clinician = desk.signer(is_clinician=True, may_record=False)

    desk.sign(number, "", yes=yes("clinical", OWN, full_name="Dr. Nobody"), signer=clinician)

    (one,) = desk.see(number).signoffs
    assert (one.full_name, one.is_own) == ("Rosa Soto", True)


REFUSED = [
    (yes("clinical", OWN), False, True, {("kind", "not_clinician")}),
    (yes("clinical", OTHER), True, False, {("who", "own_only")}),
    (yes("clinical", OTHER, full_name=" rosa  SOTO "), False, True, {("full_name", "own_name")}),
    (yes("clinical", OTHER, full_name=" "), False, True, {("full_name", "missing")}),
    (yes("clinical", OTHER, full_name="x" * 121), False, True, {("full_name", "too_long")}),
    (yes("clinical", OTHER, credentials=""), False, True, {("credentials", "missing")}),
    (yes("clinical", OTHER, credentials="x" * 121), False, True, {("credentials", "too_long")}),
    (yes("legal", OTHER, has_written_word=False), False, True, {("written_word", "missing")}),
    (yes("legal", OTHER, signed_on=None), False, True, {("signed_on", "format")}),
    (yes("legal", OTHER, signed_on=date(2026, 11, 24)), False, True, {("signed_on", "future")}),
    (
        yes("legal", OTHER, signed_on=date(2026, 11, 20)),
        False,
        True,
        {("signed_on", "before_text")},
    ),
    (yes("spanish", OTHER), False, True, {("kind", "not_spanish")}),
    (yes("notice", OTHER), False, True, {("kind", "no_notice")}),
    (yes("everything", OTHER), False, True, {("kind", "missing")}),
    (
        yes("", OTHER, full_name="", credentials=""),
        False,
        True,
        {("kind", "missing"), ("full_name", "missing"), ("credentials", "missing")},
    ),
]


@pytest.mark.parametrize(("said", "is_clinician", "may_record", "expected"), REFUSED)
def test_what_cannot_be_signed_so_is_refused_with_every_reason(
    desk: Desk,
    said: Yes,
    is_clinician: bool,
    may_record: bool,
    expected: set[tuple[str, str]],
) -> None:
    number = desk.save(changed())

    with pytest.raises(InvalidInput) as refused:
        desk.sign(
            number,
            "",
            yes=said,
            signer=desk.signer(is_clinician=is_clinician, may_record=may_record),
        )

    assert {(one.field, one.code) for one in refused.value.problems} == expected
    assert desk.see(number).signoffs == ()


def test_characters_that_nobody_sees_are_left_out_of_a_name(desk: Desk) -> None:
    number = desk.save(changed())

    desk.sign(number, "", yes=yes("legal", OTHER, full_name="Pat\0 \u202eLane\x07"))

    assert desk.see(number).signoffs[0].full_name == "Pat Lane"


def test_the_same_person_signs_the_same_text_once(desk: Desk) -> None:
    number = desk.save(changed())
    desk.sign(number, "legal")

    with pytest.raises(InvalidInput) as refused:
        desk.sign(number, "legal")

    assert refused.value.problems[0].code == "signed_already"


def test_a_confirmed_notice_counts_for_this_text_and_this_version(desk: Desk) -> None:
    desk.notices = (NOTICES["FL"],)
    number = desk.ready(changed())
    desk.publish(number)
    before = desk.live().notices(LUPUS, desk.notices)

    desk.sign(number, "notice")

    (after,) = desk.live().notices(LUPUS, desk.notices)
    assert not before[0].is_confirmed
    assert (after.confirmed_by, after.confirmed_on) == ("Pat Lane", TODAY)
    assert not desk.live().notices(LUPUS_ES, desk.notices)[0].is_confirmed
    assert not desk.live().notices(LUPUS, (NOTICES["CA"],))[0].is_confirmed
