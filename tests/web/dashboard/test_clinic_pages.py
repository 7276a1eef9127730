"""Closed times, routing and letters: what staff set, see and are told."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.bootstrap import Intake
from intake.desk.closing_letters import letters
from intake.desk.letter_approvals import words_hash
from intake.operations.rounds import DeskRounds
from intake.storage.database import Database
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk
from tests.web.dashboard.inquiries import InquiryPage, reach
from tests.web.test_templates import check_page

TUESDAY, WEDNESDAY = "2026-11-24T08:00", "2026-11-25T09:00"
FIRST = letters()[0]


@pytest.fixture
def ada(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["administrator"])


@pytest.fixture
def doctor(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["clinician"])


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def close(ada: Colleague, starts_at: str = TUESDAY, ends_at: str = WEDNESDAY) -> None:
    answer = ada.post("/staff/closures", starts_at=starts_at, ends_at=ends_at, reason="weather")
    assert answer.status_code == 303


def test_a_closure_is_told_to_staff_before_and_after_it_begins(
    ada: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    check_page(ada.get("/staff/closures").text)

    close(ada)
    before = ada.get("/staff/closures").text
    clock.advance(hours=21)
    next_day = Colleague(app, sqlite_database, clock(), ["administrator"], name="second")
    during = next_day.get("/staff/closures").text

    check_page(before)
    sentence = "We are closed because of the weather until Wed, Nov 25, 9 am ET."
    assert sentence in before
    assert "Estamos cerrados por el mal tiempo hasta el miércoles 25 de noviembre, 9" in before
    assert "To come" in before
    assert "Call off" in before
    assert f"{sentence} The public pages say so." not in before
    assert f"{sentence} The public pages say so." in during
    assert "Open now" in during


def test_every_public_page_says_that_we_are_closed_and_stops_saying_it(
    ada: Colleague, sqlite_database: Database, visitor: FlaskClient, clock: StoppedClock
) -> None:
    receipt = an_inquiry(sqlite_database)
    pages = (
        "/",
        "/conditions/lupus",
        "/ask",
        "/ask/who",
        "/ask/all",
        f"/ask/received/{receipt.receipt_token}",
        f"/s/{receipt.link_token}",
        "/withdraw",
        "/no-such-page",
    )
    plain = visitor.get("/").headers["ETag"]
    close(ada)
    assert visitor.get("/").headers["ETag"] == plain  # not yet

    clock.advance(hours=21)
    told = {page: visitor.get(page).text for page in pages}
    spanish = visitor.get("/es/conditions/lupus").text
    clock.advance(hours=24)

    sentence = "We are closed because of the weather until Wed, Nov 25, 9 am ET."
    assert [page for page, text in told.items() if sentence not in text] == []
    for text in told.values():
        check_page(text)
    assert "Le responderemos cuando volvamos a abrir" in spanish
    assert sentence not in visitor.get("/").text
    assert visitor.get("/").headers["ETag"] == plain


def test_opening_early_is_seen_at_once_here_and_within_seconds_elsewhere(
    ada: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    elsewhere = a_desk(sqlite_database, clock).test_client()
    close(ada, "2026-11-23T11:00", WEDNESDAY)
    clock.advance(seconds=30)
    assert "We are closed" in elsewhere.get("/").text
    action = ada.get("/staff/closures").text.split('action="/staff/closures/')[1].split('"')[0]

    ada.post(f"/staff/closures/{action}")

    assert "We are closed" not in ada.client.get("/").text
    clock.advance(seconds=30)
    assert "We are closed" not in elsewhere.get("/").text
    assert "Opened early by" in ada.get("/staff/closures").text
    ada.post(f"/staff/closures/{action}")
    assert "This closure is over already." in ada.get("/staff/closures").text


def test_the_person_sees_the_new_time_and_what_was_said_first(
    ada: Colleague, app: Flask, sqlite_database: Database, visitor: FlaskClient, clock: StoppedClock
) -> None:
    receipt = an_inquiry(sqlite_database)
    close(ada)
    clock.advance(minutes=1)
    office = app.extensions["intake"].office
    DeskRounds(sqlite_database, office).keep_promises(clock())

    page = visitor.get(f"/s/{receipt.link_token}").text
    spanish = visitor.get(f"/es/s/{receipt.link_token}").text
    again = visitor.get(f"/ask/received/{receipt.receipt_token}").text

    assert "by Wed, Nov 25, 12 pm ET. At first we said Tue, Nov 24, 12 pm ET." in page
    assert "Al principio le dijimos el martes 24 de noviembre" in spanish
    assert "by Wed, Nov 25, 12 pm" in again


def test_the_inquiry_says_that_its_promise_was_moved(
    ada: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock, page: InquiryPage
) -> None:
    close(ada)
    DeskRounds(sqlite_database, app.extensions["intake"].office).keep_promises(clock())

    assert (
        "The promised time was moved, as the clinic is closed then:"
        " Nov 24, 12:00 pm to Nov 25, 12:00 pm" in page.text()
    )


def test_what_comes_in_while_closed_is_promised_for_after_it(
    ada: Colleague, app: Flask, clock: StoppedClock
) -> None:
    close(ada, "2026-11-23T11:00", WEDNESDAY)
    service: Intake = app.extensions["intake"]

    assert service.office.hours.due_after(clock(), 1).isoformat() == "2026-11-30T14:00:00+00:00"


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "sentence"),
    [
        (TUESDAY, "", "Enter a date and a time"),
        ("tomorrow", WEDNESDAY, "Enter a date and a time, like"),
        (WEDNESDAY, TUESDAY, "Enter a time after the beginning"),
        ("2026-11-01T09:00", WEDNESDAY, "Enter a time that is less than a day ago"),
        (TUESDAY, "2027-11-24T09:00", "Half a year at most"),
        ("2027-03-14T02:30", "2027-03-15T09:00", "That hour does not exist"),
    ],
)
def test_a_closure_that_cannot_be_keeps_what_was_typed(
    ada: Colleague, starts_at: str, ends_at: str, sentence: str
) -> None:
    answer = ada.post("/staff/closures", starts_at=starts_at, ends_at=ends_at, reason="holiday")

    assert answer.status_code == 422
    check_page(answer.text)
    assert sentence in answer.text
    assert f'value="{starts_at}"' in answer.text


def test_bookings_in_a_closure_are_told_and_by_name_to_nobody(
    ada: Colleague, app: Flask, page: InquiryPage, clock: StoppedClock
) -> None:
    reach(page)
    page.done("callbacks", starts_at="2026-11-24T10:00")

    close(ada)

    text = ada.get("/staff/closures").text
    assert "Booked while we are closed" in text
    assert "Ana" not in text


def test_rules_are_added_moved_and_removed(ada: Colleague, coordinator: Colleague) -> None:
    member = str(coordinator.staff_id)
    check_page(ada.get("/staff/routing").text)

    assert (
        ada.post(
            "/staff/routing", language="es", condition="lupus", place="US-FL", members=member
        ).status_code
        == 303
    )
    ada.post("/staff/routing", members=member)
    page = ada.get("/staff/routing").text
    check_page(page)
    assert "Spanish, Lupus, United States: Florida" in page
    assert "Everybody" in page
    key = page.split('action="/staff/routing/')[1].split("/place")[0]

    ada.post(f"/staff/routing/{key}/place", to="later")
    moved = ada.get("/staff/routing").text
    assert moved.index("Everybody") < moved.index("Spanish, Lupus")
    ada.post(f"/staff/routing/{key}/ending")
    assert "Spanish, Lupus" not in ada.get("/staff/routing").text
    gone = ada.post(f"/staff/routing/{key}/ending")
    assert "removed meanwhile" in ada.get(gone.location).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"members": ""}, "Select at least one colleague"),
        ({"members": "9" * 40}, "Select at least one colleague"),
        ({"members": "999"}, "Select colleagues who work with inquiries"),
        ({"members": "9" * 17}, "Select colleagues who work with inquiries"),
        ({"members": "9" * 20}, "Select at least one colleague"),
        ({"members": "9" * 5000}, "Select at least one colleague"),
        ({"condition": "made-up"}, "Select a condition from the list"),
        ({"place": "XX"}, "Select a place from the list"),
        ({"language": "fr"}, "Select a language from the list"),
    ],
)
def test_a_rule_that_is_wrong_is_shown_again(
    ada: Colleague, coordinator: Colleague, typed: dict[str, str], sentence: str
) -> None:
    answer = ada.post("/staff/routing", **{"members": str(coordinator.staff_id), **typed})

    assert answer.status_code == 422
    check_page(answer.text)
    assert sentence in answer.text


def test_the_timeline_says_by_which_rule(
    ada: Colleague,
    coordinator: Colleague,
    app: Flask,
    sqlite_database: Database,
    clock: StoppedClock,
) -> None:
    ada.post("/staff/routing", condition="lupus", members=str(coordinator.staff_id))
    clock.advance(seconds=1)
    reference = an_inquiry(sqlite_database, at=clock()).reference

    DeskRounds(sqlite_database, app.extensions["intake"].office).give_out(clock())

    text = coordinator.get(f"/staff/inquiries/{reference}").text
    assert "by rule 1 (condition)" in text


def test_a_clinician_approves_a_letter_and_staff_see_it(
    doctor: Colleague, coordinator: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(sqlite_database).reference
    before = coordinator.get(f"/staff/inquiries/{reference}").text
    assert f"{FIRST.name} (not approved yet)" in before
    assert "ask a clinician first" in before
    page = doctor.get("/staff/letters").text
    check_page(page)
    assert page.count("Nobody of this clinic has approved these words yet.") == len(letters())

    path, words = f"/staff/letters/{FIRST.id}/approval", words_hash(FIRST)
    wrong = doctor.post(path, words=words)
    assert wrong.status_code == 422
    check_page(wrong.text)
    doctor.post(path, words=words, read_both="yes")

    after = coordinator.get(f"/staff/inquiries/{reference}").text
    assert f"{FIRST.name} (not approved yet)" not in after
    assert "Approved by" in after
    letters_page = coordinator.get("/staff/letters").text
    check_page(letters_page)
    assert "Approved by" in letters_page
    assert "I have read this letter" not in letters_page
    doctor.post(f"{path}/ending")
    assert "Approved by" not in coordinator.get("/staff/letters").text


def test_approving_asks_who_it_is_after_a_while(doctor: Colleague, clock: StoppedClock) -> None:
    clock.advance(minutes=11)

    answer = doctor.post(
        f"/staff/letters/{FIRST.id}/approval", words=words_hash(FIRST), read_both="yes"
    )

    assert "Confirm that it is you" in answer.text
