"""One inquiry's page: what it shows and offers, notes, conflicts, undo, who else looks."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.desk.models import ContactAttempt, InquiryMove
from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.factories import BY_PHONE_ONLY, an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiries import (
    ON_PAGE,
    InquiryPage,
    hand_over,
    offers,
    reach,
    said,
)
from tests.web.test_templates import check_page


def test_the_page_is_valid_in_each_of_its_states(page: InquiryPage, doctor: InquiryPage) -> None:
    check_page(page.text())
    check_page(page.colleague.get(f"{page.path}/deceased").text)
    check_page(page.send("attempts", channel="call", note="x").text)
    check_page(page.send("attempts", version="0", channel="call", result="busy").text)
    check_page(page.send("clinical-review", summary="A summary", question="Why?").text)
    hand_over(page)
    check_page(page.text())
    check_page(doctor.text())
    doctor.done("clinical-closing", reason="risk", no_message_because="no_way")
    check_page(page.text())


def test_the_page_says_what_is_next_and_why(page: InquiryPage) -> None:
    text = page.text()

    assert "Call 1 of 3, now" in text
    assert "First answer" in text
    assert "Claim it" in text
    assert "Hello, this is Rosa from" in text
    assert "May I speak with Ana?" in text


def test_the_page_says_that_mail_comes_back_and_until_when_a_message_waits(
    page: InquiryPage,
) -> None:
    ack = select(OutboxMessage).where(OutboxMessage.event == "inquiry.acknowledged")
    with page.database.write() as session:
        message = session.scalars(ack).one()
        message.due_at = message.created_at + timedelta(minutes=15)
        message.last_error = "address_limit"
    waits = page.text()
    with page.database.write() as session:
        message = session.scalars(ack).one()
        message.state, message.due_at = "dead", None
        message.finished_at, message.last_error = message.created_at, "recipient_refused"

    refused = page.text()

    assert "this address had enough automatic messages for now; not before Nov 23" in waits
    assert "Mail to them comes back" not in waits
    assert "Mail to them comes back, so they have not read it" in refused
    assert "Mail comes back. Call 1 of 4" in refused
    check_page(refused)


def test_the_script_is_spoken_in_their_language(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database, language="es", voicemail="no")

    text = coordinator.get(f"/staff/inquiries/{receipt.reference}").text

    assert "¿Hablo con Ana? ¿Puede hablar en privado?" in text
    assert "Leave no voicemail" in text


def test_a_way_they_did_not_permit_has_no_button(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database, **BY_PHONE_ONLY)
    text = coordinator.get(f"/staff/inquiries/{receipt.reference}").text

    ways = re.findall(r'name="channel" value="([a-z_]+)"', text)

    assert ways == ["call", "message", "in_person", "incoming"]
    assert "mailto:" not in text


def test_who_may_only_read_gets_no_form(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    receipt = an_inquiry(sqlite_database)
    officer = Colleague(app, sqlite_database, clock(), ["privacy_officer"])

    text = officer.get(f"/staff/inquiries/{receipt.reference}").text

    assert not offers(text) & set(ON_PAGE)
    assert "Timeline" in text


def test_a_note_is_kept_as_a_draft_and_then_saved(page: InquiryPage) -> None:
    drafted = page.colleague.post(f"{page.path}/notes/draft", page.path, note="Half a note")
    assert drafted.status_code == 204
    assert "Half a note" in page.text()
    page.done("notes", note="Half a note, and more", then="draft")
    assert "Half a note, and more" in page.text()

    saved = page.done("notes", note="A whole note")

    assert "A whole note" in saved
    assert "Half a note" not in saved


def test_the_timeline_shows_one_kind_at_a_time(page: InquiryPage) -> None:
    page.done("attempts", channel="call", result="no_answer", note="rang long")
    page.done("notes", note="Call after work")

    notes = page.colleague.get(f"{page.path}?show=note").text
    calls = page.colleague.get(f"{page.path}?show=attempt").text

    assert "Call after work" in notes
    assert "Tried to reach them" not in notes
    assert "Tried to reach them: call, no answer" in calls
    assert "rang long" in calls
    assert "Nothing of this kind yet" not in page.colleague.get(f"{page.path}?show=made-up").text


def test_undo_puts_back_and_ends_after_ten_minutes(page: InquiryPage, clock: StoppedClock) -> None:
    reach(page)
    assert "You logged an attempt just now." in page.text()
    text = page.undo()
    assert page.row().status == "new"
    assert "taken back" in text

    reach(page)
    with page.database.read() as session:
        move = session.scalars(select(InquiryMove).order_by(InquiryMove.id.desc())).first()
    assert move
    clock.advance(minutes=11)
    assert 'class="undo"' not in page.text()
    assert "too long ago to be undone" in page.refused("undo", 409, move=str(move.id))
    assert page.send("undo", move="no").status_code == 422


def test_an_act_that_is_not_possible_here_keeps_what_was_typed(page: InquiryPage) -> None:
    text = page.refused("clinical-review", 409, summary="A long summary", question="And why?")

    assert "cannot be done from where the inquiry stands" in text
    assert "A long summary" in text
    assert "Keep it as a note" in text


def test_a_stale_page_shows_what_changed_and_keeps_mine(
    page: InquiryPage, doctor: InquiryPage
) -> None:
    old = page.row().version
    doctor.done("snooze", until="tomorrow")

    answer = page.send(
        "attempts", version=str(old), channel="call", result="no_answer", note="Mine <i>"
    )
    text = html.unescape(answer.text)

    assert answer.status_code == 409
    assert "Rosa Soto changed this just now" in text
    assert "put this aside" in text
    assert "Mine <i>" in text
    assert 'form="act-attempts">Keep mine too' in text
    assert f'name="version" value="{page.row().version}"' in text
    page.done("attempts", channel="call", result="no_answer", note="Mine <i>")
    with page.database.read() as session:
        assert len(session.scalars(select(ContactAttempt)).all()) == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_made_up_version_is_always_too_old(page: InquiryPage, version: str) -> None:
    answer = page.colleague.post(f"{page.path}/snooze", page.path, until="later", version=version)

    assert answer.status_code == 409, said(answer)


def test_colleagues_see_each_other_for_two_minutes(
    page: InquiryPage, doctor: InquiryPage, clock: StoppedClock
) -> None:
    page.text()

    assert "Rosa Soto is viewing this" in doctor.text()
    told = doctor.colleague.post(f"{page.path}/viewers", page.path)
    assert told.text == "Rosa Soto is viewing this"
    assert told.mimetype == "text/plain"
    clock.advance(minutes=2)
    assert "is viewing this" not in doctor.text()


def test_an_unknown_reference_is_not_found_for_every_act(coordinator: Colleague) -> None:
    for noun in ("attempts", "notes", "snooze", "viewers"):
        answer = coordinator.post(f"/staff/inquiries/K7QF29MD/{noun}", note="x", until="later",
                                  channel="call", result="busy", version="1")  # fmt: skip
        assert answer.status_code == 404, noun
