import re
from datetime import date

import pytest

from intake.pages.front_matter import Head, read_head
from tests.pages.a_page import CONDITION, GENERAL, line_of

FILE = "content/en/lupus.md"
TOP = (
    "title",
    "description",
    "kind",
    "written_on",
    "facts_checked_on",
    "next_review_on",
    "about_treatment",
)
ONLY_CONDITIONS = ("group", "in_short", "honest_line")
IN_TABLES = {
    "reviewed_by": "[review]",
    "credentials": "[review]",
    "reviewed_on": "[review]",
    "call_911": "[emergency]",
    "call_doctor_today": "[emergency]",
    "signed_off_by": "[emergency]",
    "name": "[[approach]]",
    "cell_kind": "[[approach]]",
    "evidence": "[[approach]]",
    "approval": "[[approach]]",
    "text": "[[approach]]",
}


def _without(text: str, field: str) -> str:
    shorter = re.sub(rf"^{field} = .*\n", "", text, count=1, flags=re.MULTILINE)
    assert shorter != text
    return shorter


def _with(text: str, field: str, value: str) -> str:
    changed = re.sub(rf"^{field} = .*$", f"{field} = {value}", text, count=1, flags=re.MULTILINE)
    assert changed != text
    return changed


def _faults(text: str) -> tuple[str, ...]:
    return read_head(text, FILE)[1]


def _good(text: str) -> Head:
    head, faults = read_head(text, FILE)
    assert faults == ()
    assert head is not None
    return head


@pytest.mark.parametrize("text", [CONDITION, GENERAL])
def test_a_whole_page_has_no_fault(text: str) -> None:
    assert _good(text).matter.title


def test_the_markdown_knows_its_first_line() -> None:
    head = _good(CONDITION)

    assert CONDITION.splitlines()[head.body_line - 1] == head.body.splitlines()[0]


@pytest.mark.parametrize("field", TOP)
def test_a_missing_field_is_a_fault(field: str) -> None:
    faults = _faults(_without(CONDITION, field))

    assert any(fault.startswith(f"{FILE}:1: the page has no {field}") for fault in faults)


@pytest.mark.parametrize("field", ONLY_CONDITIONS)
def test_a_condition_needs_more_than_a_general_page(field: str) -> None:
    (fault,) = _faults(_without(CONDITION, field))

    assert fault.startswith(f"{FILE}:1: a condition page has no {field}")


@pytest.mark.parametrize("table", ["emergency", "approach"])
def test_a_condition_needs_an_emergency_card_and_an_approach(table: str) -> None:
    shorter = rf"^\[\[?{table}\]\]?\n(?:(?!\+\+\+).+\n)+"
    text = re.sub(shorter, "", CONDITION, flags=re.MULTILINE)
    (fault,) = _faults(text)

    assert fault == f"{FILE}:1: a condition page has no {table}"


@pytest.mark.parametrize(("field", "table"), IN_TABLES.items())
def test_a_field_missing_in_a_table_is_named_at_the_line_of_the_table(
    field: str, table: str
) -> None:
    text = _without(CONDITION, field)
    (fault,) = _faults(text)

    assert fault.startswith(f"{FILE}:{line_of(text, table)}: ")
    assert field.split("_", maxsplit=1)[0] in fault


def test_the_second_approach_is_called_the_second() -> None:
    start, end = CONDITION.index("[[approach]]"), CONDITION.rindex("+++")
    second = _without(CONDITION[start:end], "evidence")
    text = CONDITION[:end] + second + CONDITION[end:]
    (fault,) = _faults(text)

    assert fault.startswith(f"{FILE}:{line_of(text, 'numbers') + 1}: ")
    assert "approach 2 has no evidence label; use one of standard, specialist" in fault


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("evidence", "unknown evidence label 'promising'; use one of standard"),
        ("approval", "unknown approval line 'promising'; use one of fda_yes"),
        ("cell_kind", "unknown cell kind 'promising'; use one of msc"),
        ("kind", "unknown kind 'promising'; use one of condition"),
        ("group", "unknown group 'promising'; use one of autoimmune, nerve"),
    ],
)
def test_an_unknown_choice_names_its_line_and_the_choices(field: str, words: str) -> None:
    text = _with(CONDITION, field, '"promising"')
    faults = _faults(text)

    assert [fault for fault in faults if words in fault] == [
        fault for fault in faults if fault.startswith(f"{FILE}:{line_of(text, field)}: ")
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("written_on", '"2026-11-22"'),
        ("written_on", "2026-11-22T08:00:00Z"),
        ("about_treatment", '"yes"'),
        ("title", '""'),
        ("title", '"   "'),
        ("description", f'"{"x" * 161}"'),
        ("call_911", "[]"),
    ],
)
def test_a_field_of_the_wrong_shape_names_its_line(field: str, value: str) -> None:
    text = _with(CONDITION, field, value)
    (fault,) = _faults(text)

    assert fault.startswith(f"{FILE}:{line_of(text, field)}: ")
    assert field in fault


@pytest.mark.parametrize("value", ["[" * 5000, "9" * 5000, "{a=" * 5000])
def test_a_value_that_no_parser_takes_is_a_fault_and_no_error(value: str) -> None:
    (fault,) = _faults(_with(CONDITION, "title", value))

    assert "the TOML cannot be read" in fault


def test_a_misspelt_field_is_not_passed_over() -> None:
    text = CONDITION.replace("honest_line", "honest_lnie")

    assert any(
        fault.startswith(f"{FILE}:{line_of(text, 'honest_lnie')}: ") and "unknown field" in fault
        for fault in _faults(text)
    )


def test_every_fault_is_told_at_once() -> None:
    text = _without(_without(_with(CONDITION, "evidence", '"good"'), "title"), "approval")

    assert len(_faults(text)) == 3


def test_a_file_without_a_head_says_how_it_starts() -> None:
    assert _faults("## What it is {#what}") == (
        f"{FILE}:1: the file must start with +++, TOML, and +++ again",
    )


def test_broken_toml_names_the_line_of_the_file() -> None:
    text = _with(CONDITION, "in_short", "no quotes here")
    (fault,) = _faults(text)

    assert fault.startswith(f"{FILE}:{line_of(text, 'in_short')}: the TOML cannot be read")


def test_more_people_than_were_there_is_a_fault() -> None:
    (fault,) = _faults(CONDITION.replace("count = 9, of = 12", "count = 13, of = 12"))

    assert "counts 13 of 12 people" in fault


def test_a_review_due_before_the_facts_were_checked_is_a_fault() -> None:
    (fault,) = _faults(_with(CONDITION, "next_review_on", "2026-11-22"))

    assert "must be after" in fault


def test_a_reviewer_without_credentials_or_date_is_a_fault() -> None:
    text = _with(CONDITION, "reviewed_by", '"Ana Example"')
    (fault,) = _faults(text)

    assert fault.startswith(f"{FILE}:{line_of(text, '[review]')}: ")


def test_a_complete_review_is_read() -> None:
    text = _with(CONDITION, "reviewed_by", '"Ana Example"')
    text = _with(_with(text, "credentials", '"MD"'), "reviewed_on", "2026-11-23")
    review = _good(text).matter.named_review()

    assert review is not None
    assert (review.reviewed_by, review.credentials) == ("Ana Example", "MD")
    assert review.reviewed_on == date(2026, 11, 23)
