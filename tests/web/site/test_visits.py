"""Pages of the form are counted without knowing anybody, and counting breaks nothing."""

from collections.abc import Callable
from datetime import date
from threading import Timer

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from intake.desk.numbers.form_pages import STEPS, Visit, add_visits, visits_of
from intake.inquiries.own_proof import HEADER
from intake.storage.database import Database
from intake.web.site.visits import KEY, VISITS_MAX, Visits
from tests.conftest import NOON
from tests.web.site.asking import ANA, fill, post, walk
from tests.web.site.conftest import Clock, count, made_app, shipped

TODAY = date(2026, 11, 23)
VISIT = Visit("2026-11-23", "start", "en")
ONCE_EACH = dict.fromkeys(STEPS, 1)


class NoTimer(Timer):
    """A thread that never runs; the test writes by hand."""

    def start(self) -> None:
        """Do nothing."""


def no_timer(seconds: float, call: Callable[[], None]) -> Timer:
    return NoTimer(seconds, call)


@pytest.fixture
def own_app(sqlite_database: Database) -> Flask:
    """Give the site on a database where nothing was counted yet."""
    made = made_app(sqlite_database, shipped(), Clock())
    made.extensions[KEY] = Visits(sqlite_database, later=no_timer)
    return made


@pytest.fixture
def visitor(own_app: Flask) -> FlaskClient:
    return own_app.test_client()


def counted(app: Flask) -> dict[str, dict[str, int]]:
    """Write what was counted, and return it by language and page."""
    app.extensions[KEY].write()
    with app.extensions["intake"].database.read() as session:
        return {one: dict(pages) for one, pages in visits_of(session, TODAY, TODAY).items()}


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/es", "es")])
def test_a_walk_through_the_steps_counts_each_page_once(
    own_app: Flask, visitor: FlaskClient, prefix: str, language: str
) -> None:
    visitor.get(f"{prefix}/ask")
    walk(visitor, prefix=prefix)
    fill(visitor, f"{prefix}/ask/check", {})

    # The start page was fetched twice: once to look, once by the walk.
    assert counted(own_app) == {language: {**ONCE_EACH, "start": 2}}


def test_who_stops_half_way_is_counted_up_to_there(own_app: Flask, visitor: FlaskClient) -> None:
    walk(visitor, until="/ask/question")

    assert counted(own_app)["en"] == dict.fromkeys(
        ("start", "who", "about", "condition", "question"), 1
    )


def test_going_back_reloading_and_correcting_count_nothing(
    own_app: Flask, visitor: FlaskClient
) -> None:
    walk(visitor, until="/ask/contact")
    before = counted(own_app)

    visitor.get("/ask/about")
    visitor.get("/ask/about")
    fill(visitor, "/ask/about", {"full_name": "Ana Díaz Moreno", "age_band": "40_64"})
    fill(visitor, "/ask/condition?to=check", {"conditions": ["celiac-disease"], "diagnosed": "no"})
    visitor.get("/ask")

    assert counted(own_app) == before


def test_a_page_with_something_missing_is_not_passed(own_app: Flask, visitor: FlaskClient) -> None:
    walk(visitor, until="/ask/about")
    fill(visitor, "/ask/about", {"full_name": ""})

    assert "condition" not in counted(own_app)["en"]


def test_a_condition_brought_from_its_page_hides_no_step(
    own_app: Flask, visitor: FlaskClient
) -> None:
    post(visitor, "/ask", {"about": "lupus"})
    fill(visitor, "/ask", {"safety": "none", "about": "lupus"})
    fill(visitor, "/ask/who", {"asking_for": "me"})

    found = counted(own_app)["en"]
    assert (found["who"], found["about"]) == (1, 1)


def test_the_one_page_form_is_counted_apart(own_app: Flask, visitor: FlaskClient) -> None:
    fill(visitor, "/ask/all", ANA)

    assert counted(own_app) == {"en": {"one_page": 1, "one_page_sent": 1}}


def test_the_same_form_sent_twice_is_one(own_app: Flask, visitor: FlaskClient) -> None:
    walk(visitor)
    page = visitor.get("/ask/check").text
    from tests.web.site.asking import Fields

    for _ in range(2):
        post(visitor, "/ask/check", Fields(page).hidden)

    assert count(own_app, "inquiries") == 1
    assert counted(own_app)["en"]["sent"] == 1


@pytest.mark.parametrize("header", [("Sec-Purpose", "prefetch"), (HEADER, "made-up")])
def test_what_no_person_looked_at_is_not_counted(
    own_app: Flask, visitor: FlaskClient, header: tuple[str, str]
) -> None:
    visitor.get("/ask", headers=[header])
    visitor.get("/ask/all", headers=[header])
    visitor.head("/ask")

    assert counted(own_app) == {}


def test_nothing_is_set_in_the_browser_for_it(own_app: Flask, visitor: FlaskClient) -> None:
    del own_app

    assert "Set-Cookie" not in visitor.get("/ask").headers


def test_a_row_knows_day_page_language_and_a_number(own_app: Flask, visitor: FlaskClient) -> None:
    visitor.get("/ask", headers={"User-Agent": "canary-agent"})
    own_app.extensions[KEY].write()

    with own_app.extensions["intake"].database.read() as session:
        rows = session.execute(text("SELECT * FROM form_visits")).mappings().all()
    assert [dict(row) for row in rows] == [
        {"day": "2026-11-23", "page": "start", "language": "en", "count": 1}
    ]


def test_a_day_is_the_clinics(own_app: Flask, visitor: FlaskClient) -> None:
    own_app.extensions["intake"].clock.at = NOON.replace(day=24, hour=4)  # 11 pm in Miami
    visitor.get("/ask")

    assert counted(own_app) == {"en": {"start": 1}}


def test_the_form_goes_on_when_the_counts_cannot_be_written(
    own_app: Flask, visitor: FlaskClient
) -> None:
    with own_app.extensions["intake"].database.write() as session:
        session.execute(text("ALTER TABLE form_visits RENAME TO away"))

    walk(visitor)
    own_app.extensions[KEY].write()
    receipt = fill(visitor, "/ask/check", {})
    with own_app.extensions["intake"].database.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO form_visits"))

    assert receipt.status_code == 303
    assert counted(own_app) == {"en": ONCE_EACH}


def test_the_form_goes_on_when_no_thread_can_be_started(
    own_app: Flask, visitor: FlaskClient
) -> None:
    def no_room(seconds: float, call: Callable[[], None]) -> Timer:
        raise RuntimeError("can't start new thread")

    own_app.extensions[KEY].later = no_room

    assert visitor.get("/ask").status_code == 200
    walk(visitor)


def test_one_thread_waits_however_much_is_counted(database: Database) -> None:
    started: list[float] = []

    def later(seconds: float, call: Callable[[], None]) -> Timer:
        started.append(seconds)
        return NoTimer(seconds, call)

    visits = Visits(database, later=later)
    for _ in range(100):
        visits.note(VISIT)
    visits.write()
    visits.note(VISIT)
    visits.write()

    assert started == [60.0, 60.0]
    with database.read() as session:
        assert visits_of(session, TODAY, TODAY) == {"en": {"start": 101}}


def test_nothing_counted_writes_nothing(empty_database: Database) -> None:
    Visits(empty_database).write()  # a write would fail: there is no table


def test_while_the_database_is_away_only_so_much_is_kept(empty_database: Database) -> None:
    visits = Visits(empty_database, later=no_timer)
    for number in range(VISITS_MAX + 1):
        visits.note(Visit(f"day {number}", "start", "en"))

    visits.write()

    assert len(visits._counts) == 0


def test_counts_of_several_processes_add_up(database: Database) -> None:
    for _ in range(3):
        with database.write() as session:
            add_visits(session, {VISIT: 2, Visit("2026-11-23", "who", "es"): 1})

    with database.read() as session:
        assert visits_of(session, TODAY, TODAY) == {"en": {"start": 6}, "es": {"who": 3}}
