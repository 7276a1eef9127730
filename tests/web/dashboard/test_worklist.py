"""The work list as a page: views, filters, own views, and looking again."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from intake.crypto.tokens import show_reference
from intake.desk.worklist.models import SavedView
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

DOUBTED: dict[str, Any] = {"signs": ("honeypot",), "email": "x@spam.example", "phone": "3055550111"}


def rows(page: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page)


def test_each_line_says_the_one_thing_to_do_next_and_why(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    an_inquiry(sqlite_database, state="CO", at=NOON - timedelta(hours=3))

    page = coordinator.get("/staff/inquiries").text

    assert "Call 1 of 3, now" in page
    assert "Call: no answer" not in page


def test_every_view_has_its_count_and_opens(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    an_inquiry(sqlite_database)
    an_inquiry(sqlite_database, **DOUBTED)

    page = coordinator.get("/staff/inquiries").text

    views = re.findall(
        r'href="([^"]+)" data-go="(\w)"[^>]*>([^<]+)<span class="count">([^<]*)<', page
    )
    assert [(words.strip(), count) for _, _, words, count in views] == [
        ("Needs first reply", "1"),
        ("Mine", "0"),
        ("Unassigned", "1"),
        ("Call-backs today", "0"),
        ("Replies waiting", "0"),
        ("Quarantine", "1"),
        ("Clinical review", "0"),
        ("Snoozed", "0"),
        ("All open", "1"),
        ("Closed", "0"),
    ]
    assert len({key for _, key, _, _ in views}) == len(views)
    for url, _, words, _ in views:
        assert f"<h1>{words.strip()}</h1>" in coordinator.get(url.replace("&amp;", "&")).text


def test_an_empty_view_says_when_the_last_one_came(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    an_inquiry(sqlite_database, at=NOON - timedelta(hours=2))

    page = coordinator.get("/staff/inquiries?view=snoozed").text

    assert "Nothing is snoozed. The last inquiry came in Nov 23, 10:00 am, 2 h ago." in page


def test_who_may_not_see_people_is_not_told_where_they_live_and_cannot_choose(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    an_inquiry(sqlite_database, state="CO")
    auditor = Colleague(app, sqlite_database, clock(), ["auditor"])

    page = auditor.get("/staff/inquiries").text

    assert "First contact" in page
    assert "Denver" not in page
    assert 'name="chosen"' not in page
    assert 'name="condition"' not in page


def test_a_condition_is_filtered_by_and_stands_in_no_address(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    theirs = an_inquiry(sqlite_database, conditions=["multiple-sclerosis"])
    an_inquiry(sqlite_database)

    led = coordinator.post(
        "/staff/inquiries/filter", view="open", condition="multiple-sclerosis", owner="nobody"
    )
    page = coordinator.get(led.location).text

    assert led.status_code == 303
    assert "sclerosis" not in led.location
    assert "owner=nobody" in led.location
    assert rows(page) == [theirs.reference]
    assert '<option value="multiple-sclerosis" selected>' in page
    assert "<title>All open" in page


def test_somebody_elses_sealed_condition_filters_nothing(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    an_inquiry(sqlite_database)
    other = Colleague(app, sqlite_database, clock(), ["clinician"])
    led = coordinator.post("/staff/inquiries/filter", view="open", condition="als").location

    assert rows(coordinator.get(led).text) == []
    assert len(rows(other.get(led).text)) == 1


def test_filters_go_on_through_the_pages_and_narrow_a_search(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    spanish = [an_inquiry(sqlite_database, language="es").reference for _ in range(51)]
    an_inquiry(sqlite_database)

    first = coordinator.get("/staff/inquiries?view=open&language=es").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = coordinator.get(older[1].replace("&amp;", "&")).text
    found = coordinator.post("/staff/inquiries/search", query="ana").location

    assert rows(first) + rows(second) == spanish
    assert len(rows(coordinator.get(f"{found}&language=en").text)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "view=nonsense",
        "status=nonsense",
        "status=erased",
        "owner=nonsense",
        "state=XX",
        "language=xx",
        "from_day=yesterday",
        "to_day=0001-01-01",
        "to_day=9999-12-31",
        "about=nonsense",
        "saved=nonsense",
        "done=nonsense",
    ],
)
def test_what_makes_no_sense_narrows_nothing(
    coordinator: Colleague, sqlite_database: Database, words: str
) -> None:
    an_inquiry(sqlite_database)

    answer = coordinator.get(f"/staff/inquiries?{words}")

    assert answer.status_code == 200
    assert len(rows(answer.text)) == 1


def test_filters_are_kept_under_a_name_of_ones_own_and_sealed(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    lupus = an_inquiry(sqlite_database, language="es")
    an_inquiry(sqlite_database, conditions=["als"])
    other = Colleague(app, sqlite_database, clock(), ["clinician"])

    led = coordinator.post(
        "/staff/inquiries/views", view="open", condition="lupus", language="es", name=" Lupus  ES "
    ).location
    page = coordinator.get(led).text

    assert rows(page) == [lupus.reference]
    assert "<h1>Lupus ES</h1>" in page
    assert "<title>My view" in page
    assert 'data-go="1"' in page
    assert "Lupus ES" not in other.get(led).text
    with sqlite_database.read() as session:
        body = session.scalars(select(SavedView.body)).one()
    assert b"upus" not in body
    assert b"open" not in body


def test_ones_own_views_tell_how_many_they_hold(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    for state in ("FL", "FL", "CO"):
        an_inquiry(sqlite_database, state=state)
    led = coordinator.post(
        "/staff/inquiries/views", view="open", state="FL", name="Florida"
    ).location

    page = coordinator.get("/staff/inquiries").text

    assert re.search(r'>Florida <span class="count">2</span>', page)
    assert len(rows(coordinator.get(led).text)) == 2


def test_a_state_is_filtered_by_for_those_who_may_see_people(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    florida = an_inquiry(sqlite_database, state="FL").reference
    an_inquiry(sqlite_database, state="CO")
    auditor = Colleague(app, sqlite_database, clock(), ["auditor"])

    led = coordinator.post("/staff/inquiries/filter", view="open", state="FL").location
    page = coordinator.get(led).text

    assert led == "/staff/inquiries?view=open&state=FL"
    assert rows(page) == [florida]
    assert '<option value="FL" selected>Florida</option>' in page
    assert len(rows(auditor.get(led).text)) == 2
    assert 'name="state"' not in auditor.get("/staff/inquiries").text


def test_a_line_tells_how_many_likely_duplicates_there_are_and_never_why(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    for _ in range(3):
        an_inquiry(sqlite_database)
    auditor = Colleague(app, sqlite_database, clock(), ["auditor"])

    page = coordinator.get("/staff/inquiries").text

    assert page.count("2 likely duplicates") == 3
    assert "same" not in page.partition('<ol class="queue')[2].partition("</ol>")[0]
    assert "likely duplicate" not in auditor.get("/staff/inquiries").text


def test_an_administrator_meets_a_line_with_the_way_to_open_it_as_an_exception(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = show_reference(an_inquiry(sqlite_database).reference)
    administrator = Colleague(app, sqlite_database, clock(), ["administrator"])
    auditor = Colleague(app, sqlite_database, clock(), ["auditor"])
    both = Colleague(app, sqlite_database, clock(), ["administrator", "coordinator"])

    page = administrator.get("/staff/inquiries").text

    assert f'href="/staff/openings?reference={reference}"' in page
    opening = administrator.get(f"/staff/openings?reference={reference}").text
    assert f'value="{reference}"' in opening
    assert "/staff/openings?" not in auditor.get("/staff/inquiries").text
    assert "/staff/openings?" not in both.get("/staff/inquiries").text


def test_five_views_are_kept_and_no_sixth_and_one_can_be_removed(coordinator: Colleague) -> None:
    def keep(name: str) -> str:
        led = coordinator.post("/staff/inquiries/views", view="mine", name=name).location
        return coordinator.get(led).text

    for number in range(5):
        keep(f"View {number}")
    assert "Five views are saved already" in keep("One more")
    page = keep("View 4")
    assert "View 4" in page  # the name again replaces
    assert "Enter a name" in keep("   ")
    assert "Enter a name" in keep("x" * 41)
    removal = re.search(r"/staff/inquiries/views/\w+/ending", page)
    assert removal
    coordinator.post(removal[0])
    assert "View 4" not in coordinator.get("/staff/inquiries").text


def test_somebody_elses_view_cannot_be_removed(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    led = coordinator.post("/staff/inquiries/views", view="mine", name="Mine").location
    public_id = led.rpartition("saved=")[2]
    other = Colleague(app, sqlite_database, clock(), ["clinician"])

    answer = other.post(f"/staff/inquiries/views/{public_id}/ending")

    assert answer.status_code == 404
    assert coordinator.get(led).status_code == 200


def test_a_page_that_looks_again_hears_304_until_something_changes(
    coordinator: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    an_inquiry(sqlite_database)
    first = coordinator.get("/staff/inquiries")
    headers = {"If-None-Match": first.headers["ETag"], "X-Intake-Watch": "1"}

    same = coordinator.client.get("/staff/inquiries", headers=headers)
    an_inquiry(sqlite_database)
    fresh = coordinator.client.get("/staff/inquiries", headers=headers)
    clock.advance(minutes=2)
    later = coordinator.client.get(
        "/staff/inquiries", headers={**headers, "If-None-Match": fresh.headers["ETag"]}
    )

    assert same.status_code == 304
    assert fresh.status_code == 200
    assert later.status_code == 200  # two minutes less are left
    assert re.search(r'data-tag="([^"]+)"', fresh.text)


def test_single_keys_can_be_turned_off(coordinator: Colleague) -> None:
    assert 'data-keys="on"' in coordinator.get("/staff/inquiries").text

    coordinator.post("/staff/account/keys", keys="off")
    off = coordinator.get("/staff/inquiries").text
    account = coordinator.get("/staff/account").text
    coordinator.post("/staff/account/keys", keys="on")

    assert "data-keys" not in off
    assert "Single keys are off." in account
    assert 'data-keys="on"' in coordinator.get("/staff/inquiries").text
