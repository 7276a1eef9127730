"""Reaching a person from an inquiry's page: owner, attempts, call-backs, snoozing, asking."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.desk.models import Appointment
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiries import InquiryPage, reach


def test_claiming_giving_and_giving_back(
    page: InquiryPage, doctor: InquiryPage, coordinator: Colleague
) -> None:
    assert "Assigned to Rosa Soto" in page.done("assignment", to="me")
    page.done("assignment", colleague=str(doctor.colleague.staff_id))
    assert page.row().assignee_id == doctor.colleague.staff_id
    assert "A colleague has this inquiry" in page.refused("assignment", 409, to="me")
    page.done("assignment", to="nobody")
    assert page.row().assignee_id is None


@pytest.mark.parametrize("colleague", ["", "999999", "me", "1" * 30])
def test_nobody_else_can_be_given_an_inquiry(page: InquiryPage, colleague: str) -> None:
    assert "Choose a colleague" in page.refused("assignment", 422, colleague=colleague)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ("reached", "in_discussion"),
        ("voicemail", "contacting"),
        ("no_answer", "contacting"),
        ("wrong_number", "contacting"),
        ("busy", "contacting"),
        ("asked_to_stop", "closed"),
    ],
)
def test_an_attempt_is_logged_with_its_note(page: InquiryPage, result: str, status: str) -> None:
    text = page.done("attempts", channel="call", result=result, note="A private note <b>")

    assert page.row().status == status
    assert "A private note &lt;b&gt;" in text
    assert "internal" in text


def test_an_attempt_without_its_result_keeps_the_note(page: InquiryPage) -> None:
    text = page.refused("attempts", 422, channel="call", note="Half a thought")

    assert "Say how it ended" in text
    assert "Half a thought" in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"channel": "text", "result": "sent"}, "The person did not allow this channel"),
        ({"channel": "email", "result": "reached"}, "Choose a result that fits the channel"),
        ({"channel": "pigeon", "result": "reached"}, "Choose one of the answers"),
        ({"channel": "call", "result": "reached", "note": "x" * 4001}, "4,000 characters or fewer"),
    ],
)
def test_an_attempt_that_cannot_be_is_refused(
    page: InquiryPage, fields: dict[str, str], sentence: str
) -> None:
    assert sentence in page.refused("attempts", 422, **fields)


def test_the_next_step_is_taken_with_the_attempt_or_neither(page: InquiryPage) -> None:
    wrong = page.refused(
        "attempts",
        422,
        channel="call",
        result="no_answer",
        next_step="call",
        next_at="2026-11-24T05:00",
    )
    assert "It is too early or too late there" in wrong
    assert 'value="2026-11-24T05:00"' in wrong
    assert page.row().status == "new"

    right = page.done(
        "attempts", channel="call", result="no_answer", next_step="call", next_at="2026-11-24T10:00"
    )

    assert "Call-back: Tuesday Nov 24, 10:00 am" in right
    assert page.row().status == "contacting"


def test_asking_as_the_next_step_waits_for_them(page: InquiryPage) -> None:
    page.refused("attempts", 422, channel="call", result="reached", next_step="ask", next_text=" ")

    text = page.done(
        "attempts", channel="call", result="reached", next_step="ask", next_text="Your blood test"
    )

    assert page.row().status == "waiting_on_patient"
    assert "Paused: waiting on person" in text
    assert "Asked: Your blood test" in text


def test_save_and_next_leads_to_the_next_with_an_undo_for_the_last(
    page: InquiryPage, sqlite_database: Database
) -> None:
    other = an_inquiry(sqlite_database, at=NOON - timedelta(hours=1)).reference

    answer = page.send("attempts", channel="call", result="no_answer", then="next")
    text = page.colleague.get(answer.location).text

    assert f"/staff/inquiries/{other}?done={page.reference}" in answer.location
    assert f'action="{page.path}/undo"' in text
    page.undo()
    assert page.row().status == "new"


def test_a_note_that_is_empty_or_too_long_is_refused_and_kept(page: InquiryPage) -> None:
    assert "Write something" in page.refused("notes", 422, note="  ")
    long = "n" * 10_000
    assert long in page.refused("notes", 422, note=long)
    kept = page.colleague.post(f"{page.path}/notes/draft", page.path, note=long)
    assert kept.status_code == 422


def test_snoozing_and_waking(page: InquiryPage) -> None:
    assert "Put aside until Nov 24, 9:00 am" in page.done("snooze", until="tomorrow")
    page.done("snooze/ending")
    assert page.row().snoozed_until is None
    page.done("snooze", until="at", until_at="2026-12-01T09:00")
    assert "Choose until when" in page.refused("snooze", 422, until="")
    for until_at, sentence in (
        ("2026-11-01T09:00", "That time has passed"),
        ("2027-11-01T09:00", "90 days at most"),
        ("tomorrow", "Enter a day and a time"),
        ("", "Choose until when"),
    ):
        assert sentence in page.refused("snooze", 422, until="at", until_at=until_at)


def test_a_call_back_is_booked_by_their_clock(page: InquiryPage) -> None:
    text = page.done("callbacks", starts_at="2026-11-24T09:00", zone="America/Denver")

    assert "Tuesday Nov 24, 9:00 am in Denver (11:00 am here)" in text
    with page.database.read() as session:
        booked = session.scalars(select(Appointment)).one()
    assert booked.starts_at == NOON.replace(day=24, hour=16)
    assert (
        "Call-back"
        not in page.done("callbacks/ending").split("Timeline")[0].split("Next:")[1][:200]
    )


@pytest.mark.parametrize(
    ("starts_at", "sentence"),
    [
        ("2026-11-24T07:59", "It is too early or too late there"),
        ("2026-11-24T20:00", "It is too early or too late there"),
        ("2026-11-20T09:00", "That time has passed"),
        ("2029-11-20T09:00", "more than a year away"),
        ("2027-03-14T02:30", "the clocks go forward"),
        ("soon", "like 2026-11-24 09:00"),
        ("", "Enter a date and a time"),
    ],
)
def test_a_call_back_at_a_wrong_time_is_refused_beside_the_field(
    page: InquiryPage, starts_at: str, sentence: str
) -> None:
    text = page.refused("callbacks", 422, starts_at=starts_at)

    assert sentence in text
    assert f'value="{starts_at}"' in text
    assert 'href="#f-callbacks-starts_at"' in text


def test_a_call_back_in_a_made_up_zone_is_refused(page: InquiryPage) -> None:
    page.refused("callbacks", 422, starts_at="2026-11-24T09:00", zone="Mars/Olympus")


def test_asking_waiting_and_stopping_to_wait(page: InquiryPage) -> None:
    reach(page)
    assert "Write what we need" in page.refused("information-requests", 422, text="")
    page.done("information-requests", text="Please send the name of your doctor.")
    assert page.row().status == "waiting_on_patient"
    page.done("information-requests/ending")
    assert page.row().status == "in_discussion"


def test_a_busy_desk_behind_one_address_is_never_braked(page: InquiryPage) -> None:
    text = page.text()
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert token
    fields = {"csrf_token": token[1], "note": "Half a thought"}

    answers = [
        page.colleague.client.post(f"{page.path}/notes/draft", data=fields) for _ in range(70)
    ]

    assert {answer.status_code for answer in answers} == {204}
