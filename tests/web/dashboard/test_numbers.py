"""The numbers page, as members see it."""

import re
from datetime import timedelta

import html5lib
import pytest
from flask import Flask

from intake.desk.numbers.form_pages import Visit, add_visits
from intake.desk.numbers.keeping import keep
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.numbers.days import a_counting, came_in
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

HOUR = timedelta(hours=1)
SVG = "{http://www.w3.org/2000/svg}"


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def six_and_two(database: Database) -> None:
    """Six English ones, answered in an hour and half of them late; two Spanish ones, waiting."""
    for number in range(6):
        came_in(
            database,
            NOON - timedelta(days=7),
            answered_after=HOUR if number % 2 else timedelta(days=3),
            outcome="consultation_held",
        )
    for _ in range(2):
        came_in(database, NOON - HOUR, language="es")
    keep(database, a_counting(), at=NOON)


def test_the_figures_of_a_small_set_are_exact(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    six_and_two(sqlite_database)

    page = coordinator.get("/staff/numbers").text
    shown = text_of(page)

    assert "New 8 8 more than in the 30 days before" in shown
    assert "50% 3 of 6" in shown
    assert "Waiting now 2 oldest 1 h" in shown
    assert "Oct 25 to Nov 23, 2026" in shown
    assert "Counted just now." in shown
    # Spanish is a group of two, and eight less six would tell it: the groups are withheld.
    assert shown.count("Spanish") == 1  # the link to look at it


def test_every_chart_has_a_title_a_description_and_a_table(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    six_and_two(sqlite_database)

    page = coordinator.get("/staff/numbers").text

    tree = html5lib.parse(page, namespaceHTMLElements=False)
    charts = [one for one in tree.iter(f"{SVG}svg") if one.get("class") == "chart"]
    assert len(charts) >= 5
    for chart in charts:
        names = (chart.get("aria-labelledby") or "").split()
        described = [*chart.findall(f"{SVG}title"), *chart.findall(f"{SVG}desc")]
        texts = {child.get("id"): child.text for child in described}
        assert chart.get("role") == "img"
        assert list(texts) == names
        assert all(texts.values())
    assert page.count("Show as table") == len(charts)


def test_no_style_stands_in_the_page(sqlite_database: Database, coordinator: Colleague) -> None:
    six_and_two(sqlite_database)

    page = coordinator.get("/staff/numbers").text

    assert " style=" not in page
    assert "<style" not in page


@pytest.mark.parametrize(
    ("span", "period", "count"),
    [
        ("7d", "Nov 17 to Nov 23, 2026", "New 2 4 fewer than in the 7 days before"),
        ("90d", "Aug 26 to Nov 23, 2026", "New 8"),
        ("12m", "Nov 24, 2025 to Nov 23, 2026", "New 8"),
        ("made-up", "Oct 25 to Nov 23, 2026", "New 8"),
    ],
)
def test_the_days_are_chosen_by_the_address(
    sqlite_database: Database, coordinator: Colleague, span: str, period: str, count: str
) -> None:
    six_and_two(sqlite_database)

    shown = text_of(coordinator.get(f"/staff/numbers?span={span}").text)

    assert period in shown
    assert count in shown


def visited(database: Database, language: str, **pages: int) -> None:
    with database.write() as session:
        add_visits(
            session, {Visit("2026-11-20", page, language): count for page, count in pages.items()}
        )


def test_the_form_is_told_page_by_page_without_small_groups(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    visited(sqlite_database, "en", start=120, who=100, about=98, condition=80, sent=70)
    visited(sqlite_database, "en", one_page=20, one_page_sent=12)

    shown = text_of(coordinator.get("/staff/numbers").text)

    assert "Start page: 120 · 20 left;" in shown
    # Two left at the first question; the ten of the third hide them, or the rest would tell.
    assert "1 Who it is for: 100 · under 5 left; 2 About them: hidden · 18 left;" in shown
    assert "3 Condition: hidden; 4 Question: 70;" in shown
    assert "Sent: 70." in shown
    assert "All questions on one page: 20 · 8 left; Sent from one page: 12." in shown
    assert "no person is tracked" in shown


def test_one_language_is_told_beside_all_of_them(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    for language in ("en", "es"):
        for _ in range(10):
            came_in(sqlite_database, NOON - HOUR, language=language, status="in_discussion")
    keep(sqlite_database, a_counting(), at=NOON)
    visited(sqlite_database, "en", start=60, who=40, sent=40)
    visited(sqlite_database, "es", start=30, who=20, sent=20)

    shown = text_of(coordinator.get("/staff/numbers?span=7d&language=es").text)

    assert "New 10" in shown
    assert "We talked with each other: 10" in shown
    assert "Start page: 30 · 10 left" in shown
    assert "Still open: 10" in shown
    assert "By how they came" not in shown  # crossed with nothing else
    assert "Delivery rate" not in shown


def test_a_language_of_few_is_not_told(sqlite_database: Database, coordinator: Colleague) -> None:
    six_and_two(sqlite_database)
    visited(sqlite_database, "en", start=60, who=40)
    visited(sqlite_database, "es", start=3, who=1)

    for language in ("es", "en"):
        shown = text_of(coordinator.get(f"/staff/numbers?language={language}").text)
        assert "Too few to tell the languages apart." in shown
        assert "Start page:" not in shown
        assert "New – too few to tell" in shown


def test_who_withdrew_is_told_with_the_way(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    for _ in range(12):
        came_in(sqlite_database, NOON - HOUR, outcome="withdrawn")
    for _ in range(8):
        came_in(sqlite_database, NOON - HOUR)
    keep(sqlite_database, a_counting(), at=NOON)

    shown = text_of(coordinator.get("/staff/numbers").text)

    assert "Withdrawn by the person, and how" in shown
    assert "Withdrawn: 12" in shown


def test_the_choice_of_language_keeps_the_days_and_the_other_way_round(
    coordinator: Colleague,
) -> None:
    page = coordinator.get("/staff/numbers?span=90d&language=es").text

    assert 'href="/staff/numbers?span=90d&amp;language=en"' in page
    assert 'href="/staff/numbers?span=7d&amp;language=es"' in page
    assert '<a href="/staff/numbers?span=90d&amp;language=es" aria-current="page">Spanish' in page


def test_an_empty_desk_says_so(coordinator: Colleague) -> None:
    shown = text_of(coordinator.get("/staff/numbers").text)

    assert "Nothing came in during these days." in shown
    assert "Nothing is counted yet." in shown
    assert "nobody waits for a first answer" in shown


def test_days_that_changed_are_said_to_be_counted_again(
    sqlite_database: Database, coordinator: Colleague, clock: StoppedClock
) -> None:
    six_and_two(sqlite_database)
    clock.advance(minutes=4)

    assert "Counted 4 min ago." in text_of(coordinator.get("/staff/numbers").text)


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_may_not_read_health_text_sees_the_link_and_the_page(
    app: Flask, sqlite_database: Database, clock: StoppedClock, role: str
) -> None:
    member = Colleague(app, sqlite_database, clock(), [role])

    page = member.get("/staff/numbers").text

    assert '<a href="/staff/numbers" aria-current="page">Numbers</a>' in page


def test_an_editor_has_no_link_to_it(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    member = Colleague(app, sqlite_database, clock(), ["editor"])

    assert "/staff/numbers" not in member.get("/staff/account").text
    assert member.get("/staff/numbers").status_code == 403
