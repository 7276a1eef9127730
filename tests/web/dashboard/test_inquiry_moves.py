"""Moving an inquiry on from its page and ending it: by coordinators and by clinicians."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiries import InquiryPage, hand_over, offers, reach


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
    text = page.text()
    assert "attempts" not in offers(text)
    assert "Held back by screening: a field was filled in that people do not see; the form" in text
    page.refused("spam", 422, reason="")
    page.done("spam", reason="nonsense")
    assert page.row().status == "quarantined"
    assert "A second person has to agree" in page.refused("spam", 409, reason="nonsense")

    text = page.done("restoration")

    assert page.row().status == "new"
    assert "Held back by screening" not in text


def test_reopening_needs_a_reason(page: InquiryPage) -> None:
    page.done(
        "closing", outcome="not_offered", reason_not_offered="place",
        no_message_because="told_by_phone",
    )  # fmt: skip
    assert "Choose a reason" in page.refused("reopening", 422, reason="")

    page.done("reopening", reason="came_back")

    assert page.row().status == "new"
