import pytest

from intake.pages.catalog import CONTENT
from intake.pages.citations import Citations, read_sources

SOURCES, FAULTS = read_sources((CONTENT / "sources.toml").read_text("utf-8"), "sources.toml")
ENTRY = """[R1]
title = "Overview"
publisher = "An institute"
year = "2020"
url = "https://institute.example/overview"
seen = "page"
mark = "P"
"""


def test_the_source_list_has_no_fault_and_every_entry_of_the_fact_sheet() -> None:
    numbers = {f"R{number}" for number in range(1, 78)} - {"R30"}

    assert FAULTS == ()
    assert set(SOURCES) == numbers | {"R20b", "R24b", "R30a", "R30b"}


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('mark = "P"', 'mark = "U"', "mark"),
        ('mark = "P"\n', "", "mark"),
        ("https://", "http://", "url"),
        ("https://institute", "javascript:institute", "url"),
        ('"2020"', '"lately"', "year"),
        ('"Overview"', '""', "title"),
        ("publisher", "publsher", "publsher"),
    ],
)
def test_a_wrong_entry_names_the_line_of_the_source(old: str, new: str, named: str) -> None:
    text = "# a comment\n" + ENTRY.replace(old, new)
    sources, faults = read_sources(text, "content/sources.toml")

    assert sources == {}
    assert all(fault.startswith("content/sources.toml:2: source R1: ") for fault in faults)
    assert any(named in fault for fault in faults)


def test_an_id_of_another_form_is_a_fault() -> None:
    assert read_sources(ENTRY.replace("[R1]", "[Source1]"), "s")[1] == (
        "s:1: source Source1: an id is R, a number, and perhaps one small letter",
    )


def test_broken_toml_is_a_fault() -> None:
    assert "cannot be read" in read_sources("[R1", "s")[1][0]


def test_numbers_follow_first_use_and_mentions_lead_back() -> None:
    citations = Citations(SOURCES)

    marks = [citations.mention(one) for one in ("R11", "R2", "R11")]
    listed = citations.listed()

    assert marks == [(1, "cite-R11-1"), (2, "cite-R2-1"), (1, "cite-R11-2")]
    assert [(one.number, one.id, one.mentions) for one in listed] == [
        (1, "R11", ("cite-R11-1", "cite-R11-2")),
        (2, "R2", ("cite-R2-1",)),
    ]


def test_a_source_listed_without_a_mark_has_a_number_and_no_way_back() -> None:
    citations = Citations(SOURCES)

    assert citations.number("R32") == 1
    assert citations.listed()[0].mentions == ()
