"""One inquiry's page: each act done and refused, in a coordinator's and a clinician's hands."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from intake.desk.models import Appointment, ContactAttempt, InquiryMove
from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiries import InquiryPage, offers, said


@pytest.fixture
def page(coordinator: Colleague, sqlite_database: Database) -> InquiryPage:
    reference = an_inquiry(sqlite_database).reference
    return InquiryPage(coordinator, sqlite_database, reference)


@pytest.fixture
def doctor(
    app: Flask, sqlite_database: Database, clock: StoppedClock, page: InquiryPage
) -> InquiryPage:
    clinician = Colleague(app, sqlite_database, clock(), ["clinician"])
    return InquiryPage(clinician, sqlite_database, page.reference)


def reach(page: InquiryPage) -> None:
    page.done("attempts", channel="call", result="reached", next_step="plan")


def hand_over(page: InquiryPage) -> None:
    reach(page)
    page.done("clinical-review", summary="She asks for advice.", question="May we see her?")


def test_the_page_says_what_is_next_and_why(page: InquiryPage) -> None:
    text = page.text()

    assert "Call 1 of 3, now" in text
    assert "First answer" in text
    assert "Claim it" in text
    assert "Hello, this is Rosa from" in text
    assert "May I speak with Ana?" in text


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

    assert offers(text) == set()
    assert "Timeline" in text


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


def test_a_note_is_kept_as_a_draft_and_then_saved(page: InquiryPage) -> None:
    drafted = page.colleague.post(f"{page.path}/notes/draft", page.path, note="Half a note")
    assert drafted.status_code == 204
    assert "Half a note" in page.text()
    page.done("notes", note="Half a note, and more", then="draft")
    assert "Half a note, and more" in page.text()

    saved = page.done("notes", note="A whole note")

    assert "A whole note" in saved
    assert "Half a note" not in saved


def test_a_note_that_is_empty_or_too_long_is_refused_and_kept(page: InquiryPage) -> None:
    assert "Write something" in page.refused("notes", 422, note="  ")
    long = "n" * 10_000
    assert long in page.refused("notes", 422, note=long)
    kept = page.colleague.post(f"{page.path}/notes/draft", page.path, note=long)
    assert kept.status_code == 422


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


def test_a_clinician_is_asked_and_decides(page: InquiryPage, doctor: InquiryPage) -> None:
    reach(page)
    wrong = page.refused("clinical-review", 422, summary="Only this", question="")
    assert "Only this" in wrong
    assert "Write the question" in wrong
    page.refused("clinical-review", 422, summary="s", question="q", clinician="77")
    page.done(
        "clinical-review",
        summary="She asks for advice.",
        question="May we see her?",
        clinician=str(doctor.colleague.staff_id),
    )
    assert "Question: May we see her?" in doctor.text()
    assert page.send("disposition", disposition="offer").status_code == 403

    assert "Choose what you decided" in doctor.refused("disposition", 422)
    doctor.refused("disposition", 422, disposition="not_suitable")
    doctor.refused("disposition", 422, disposition="ask_more", text="")
    doctor.done("disposition", disposition="offer", words="See her in January.")

    assert "Book the consultation that was offered" in page.text()


def test_a_clinician_asks_for_more(page: InquiryPage, doctor: InquiryPage) -> None:
    hand_over(page)

    doctor.done("disposition", disposition="ask_more", text="Which medicines?")

    assert page.row().status == "waiting_on_patient"
    assert "Asked: Which medicines?" in page.text()


def test_booking_needs_an_offer_and_a_time_ahead(page: InquiryPage, doctor: InquiryPage) -> None:
    reach(page)
    text = page.refused("appointment", 422, kind="consultation", starts_at="2026-12-01T09:00")
    assert "A clinician has to offer a consultation first" in text
    page.done("clinical-review", summary="s", question="q")
    doctor.done("disposition", disposition="offer")
    page.refused("appointment", 422, kind="callback", starts_at="2026-12-01T09:00")
    page.refused("appointment", 422, kind="consultation", starts_at="2026-11-01T09:00")

    page.done("appointment", kind="consultation", starts_at="2026-12-01T09:00")
    assert page.row().status == "scheduled"
    page.refused("appointment/ending", 422, how="")
    page.done("appointment/ending", how="missed")
    assert page.row().status == "in_discussion"
    page.done("appointment", kind="call", starts_at="2026-12-02T09:00")
    page.done("closing", outcome="consultation_held")
    assert page.row().outcome == "consultation_held"


def test_closing_as_not_reached_says_what_is_still_missing(page: InquiryPage) -> None:
    page.done("attempts", channel="call", result="no_answer")

    text = page.refused("closing", 422, outcome="not_reached")

    assert "Still needed: more calls, calls on another day" in text
    step = page.refused("attempts", 422, channel="call", result="no_answer", next_step="close")
    assert "Not everything was tried yet" in step


def test_declining_with_a_letter_sends_it_after_the_time_for_undo(page: InquiryPage) -> None:
    assert "Choose how it ends" in page.refused("closing", 422)
    wrong = page.refused("closing", 422, outcome="not_offered", reason_not_offered="no_room")
    assert "Choose a message, or say why there is none" in wrong
    page.refused(
        "closing", 422, outcome="not_offered", reason_not_offered="",
        message_not_offered="not_offered-general.1",
    )  # fmt: skip
    page.refused(
        "closing", 422, outcome="not_offered", reason_not_offered="no_room",
        message_not_offered="not_suitable-general.1",
    )  # fmt: skip

    text = page.done(
        "closing", outcome="not_offered", reason_not_offered="no_room",
        message_not_offered="not_offered-general.1",
    )  # fmt: skip

    assert page.row().outcome == "not_offered"
    assert "we have no appointments" in text
    with page.database.read() as session:
        letter = session.scalars(
            select(OutboxMessage).where(OutboxMessage.event == "inquiry.letter")
        ).one()
    assert letter.due_at == NOON + timedelta(minutes=11)
    assert letter.payload == {"letter": "not_offered-general.1"}


def test_referring_without_a_letter_needs_a_reason_for_none(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database, **BY_PHONE_ONLY).reference
    page = InquiryPage(coordinator, sqlite_database, reference)
    said_so = {"outcome": "referred_elsewhere", "reason_referred_elsewhere": "own_doctor"}
    text = page.refused(
        "closing", 422, message_referred_elsewhere="referred-own_doctor.1", **said_so
    )
    assert "They allow no email" in text

    page.done("closing", no_message_because="told_by_phone", **said_so)

    assert page.row().outcome == "referred_elsewhere"
    assert "no letter: we told them by phone" in page.text()


def test_closing_clinically_asks_who_it_is_and_keeps_the_words(
    page: InquiryPage, doctor: InquiryPage, clock: StoppedClock
) -> None:
    hand_over(page)
    clock.advance(minutes=11)
    said_so = {"reason": "risk", "words": "Too risky now", "no_message_because": "told_by_phone"}

    asked = doctor.send("clinical-closing", **said_so)

    assert "Confirm that it is you" in asked.text
    assert "Too risky now" in asked.text
    assert page.row().status == "clinical_review"


def test_a_clinician_who_has_just_signed_in_closes(page: InquiryPage, doctor: InquiryPage) -> None:
    hand_over(page)
    text = doctor.refused("clinical-closing", 422, reason="", words="Too risky")
    assert "Choose a reason" in text
    assert "Too risky" in text
    assert page.send("clinical-closing", reason="risk").status_code == 403

    doctor.done("clinical-closing", reason="risk", words="Too risky", no_message_because="no_way")

    assert page.row().outcome == "not_suitable"
    assert "Too risky" in page.text()


def test_withdrawing_and_that_only_they_can_open_it_again(page: InquiryPage) -> None:
    page.refused("withdrawal", 422, reason="")

    text = page.done("withdrawal", reason="asked_to_stop")

    assert page.row().outcome == "withdrawn"
    assert "Do not contact: withdrawn" in text
    assert "reopening" not in offers(text)
    assert "Only they can open it again" in page.refused("reopening", 409, reason="mistake")


def test_the_death_of_a_person_is_confirmed_and_stops_everything(page: InquiryPage) -> None:
    asked = page.colleague.get(f"{page.path}/deceased").text
    assert "takes back every message" in asked
    assert "Tick the box" in page.refused("deceased", 422)

    text = page.done("deceased", confirmed="yes")

    assert page.row().deceased_at == NOON
    assert "The person has died. Write and call nobody." in text
    assert "tel:" not in text
    assert page.colleague.get(f"{page.path}/deceased").status_code == 303


def test_spam_and_out_of_quarantine(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(sqlite_database, signs=("honeypot", "too_fast")).reference
    page = InquiryPage(coordinator, sqlite_database, reference)
    assert "attempts" not in offers(page.text())
    page.refused("spam", 422, reason="")
    page.done("spam", reason="nonsense")
    assert page.row().status == "quarantined"
    assert "A second person has to agree" in page.refused("spam", 409, reason="nonsense")

    page.done("restoration")

    assert page.row().status == "new"


def test_reopening_needs_a_reason(page: InquiryPage) -> None:
    page.done(
        "closing", outcome="not_offered", reason_not_offered="place",
        no_message_because="told_by_phone",
    )  # fmt: skip
    assert "Choose a reason" in page.refused("reopening", 422, reason="")

    page.done("reopening", reason="came_back")

    assert page.row().status == "new"


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
