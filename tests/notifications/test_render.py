"""The words of messages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from intake.clinic.profile import ClinicProfile
from intake.notifications.channels.base import Letter
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.notifications.render import TEXTS, VALUES, CannotRender, render
from tests.conftest import NOON
from tests.notifications.conftest import ACKNOWLEDGED, SUBMITTED

Clinic = Mapping[str, ClinicProfile]
MESSAGE = ClaimedMessage(
    id=1,
    public_id="abc",
    inquiry_id=None,
    recipient="person",
    channel_id=1,
    event="inquiry.acknowledged",
    generation=1,
    payload={},
    attempts=1,
    losses=0,
    give_up_at=NOON + timedelta(hours=72),
    created_at=NOON,
    claimed_at=NOON,
    lease_token="t",
)


def to_person(clinic: Clinic, language: str, **values: object) -> Letter:
    recipient = Recipient("ana@people.example", language, {**ACKNOWLEDGED, **values})
    return render(MESSAGE, recipient, clinic, NOON)


def test_the_acknowledgement_says_what_happens_next_in_english(clinic: Clinic) -> None:
    letter = to_person(clinic, "en")

    assert letter.subject == "We received your message"
    assert "on Mon, Nov 23, 12 pm. Your reference is K7QF-29MD." in letter.text
    assert "by phone or email. You will hear from us by Tue, Nov 24, 12 pm." in letter.text
    assert "Check the status: https://intake.example.org/s/token\n" in letter.text
    assert "stop these messages: https://intake.example.org/s/token/not-me" in letter.text
    assert "call 911" in letter.text
    assert letter.key == "abc-1"


def test_the_acknowledgement_is_spanish_for_who_reads_spanish(clinic: Clinic) -> None:
    letter = to_person(clinic, "es", ways=("call", "text", "email"))

    assert letter.subject == "Recibimos su mensaje"
    assert letter.text.startswith("Hola:\n")
    assert "por teléfono, mensaje de texto o correo electrónico." in letter.text
    assert "llame al 911" in letter.text
    assert 'lang="es"' in letter.html
    for english in ("We ", "You ", "Check", "Call ", "email"):
        assert english not in letter.text + letter.html


def test_a_language_we_do_not_have_is_answered_in_english(clinic: Clinic) -> None:
    assert to_person(clinic, "ht").language == "en"


def test_staff_read_reference_language_times_and_link_and_nothing_else(clinic: Clinic) -> None:
    message = replace(MESSAGE, event="inquiry.submitted")
    recipient = Recipient("ida@clinic.example", "en", {**SUBMITTED, "language": "es"})

    letter = render(message, recipient, clinic, NOON)

    assert letter.subject == "New inquiry K7QF-29MD. Reply due Tue, Nov 24, 12 pm"
    assert "Language: Spanish. Received Mon, Nov 23, 12 pm." in letter.text
    assert "Open it: https://intake.example.org/staff/inquiries/K7QF29MD" in letter.text
    assert "This email has no health details." in letter.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_message_has_anything_remote_or_says_what_the_clinic_does(
    clinic: Clinic, language: str
) -> None:
    letter = to_person(clinic, language)

    for remote in ("<img", "src=", "url(", "@import", "<link", "<script", "<style"):
        assert remote not in letter.html
    whole = (letter.subject + letter.text + letter.html).lower()
    for word in ("lupus", "stem", "cell", "madre", "treat", "tratamiento", "inquiry", "clinic for"):
        assert word not in whole


def test_values_are_escaped_in_html_and_left_alone_in_text(clinic: Clinic) -> None:
    letter = to_person(clinic, "en", reference="<b>&</b>")

    assert "&lt;b&gt;&amp;&lt;/b&gt;" in letter.html
    assert "<b>&</b>" in letter.text


@pytest.mark.parametrize(
    ("event", "values"),
    [
        ("inquiry.unknown", ACKNOWLEDGED),
        ("inquiry.acknowledged", {}),
        ("inquiry.acknowledged", SUBMITTED),
        ("inquiry.acknowledged", {**ACKNOWLEDGED, "story": "typed by a visitor"}),
        ("inquiry.acknowledged", {**ACKNOWLEDGED, "reference": None, "extra": 1}),
    ],
)
def test_values_that_do_not_fit_the_event_are_refused(
    clinic: Clinic, event: str, values: dict[str, object]
) -> None:
    recipient = Recipient("ana@people.example", "en", values)
    with pytest.raises(CannotRender):
        render(replace(MESSAGE, event=event), recipient, clinic, NOON)


def test_every_event_has_words_in_both_forms(clinic: Clinic) -> None:
    for event in VALUES:
        known = {
            "code": "481302",
            **SUBMITTED,
            **ACKNOWLEDGED,
            "count": 2,
            "hours": 3,
            "sentence": "Made up.",
        }
        known |= {"by": "Rosa Made-Up"}
        known |= {"kind": "bounce", "whose": "person", "new": 1, "other": 0, "more": 0, "lines": []}
        known |= {"who": "Ada Made-Up", "opened_at": NOON, "until": NOON}
        known |= {"due_on": "2027-05-22", "pages": ["Lupus (English)", "Lupus (Spanish)"]}
        known |= {"tried_at": NOON, "new_due_at": NOON}
        known |= {"letter": "not_offered-general.1", "code": "481 302"}
        values = {name: known[name] for name in VALUES[event]}
        letter = render(
            replace(MESSAGE, event=event), Recipient("a@b.example", "en", values), clinic, NOON
        )
        assert letter.subject
        assert letter.html.startswith("<!doctype html>") == (event not in TEXTS)
        assert "\n\n\n" not in letter.text


@pytest.mark.parametrize(
    ("event", "count", "hours", "subject"),
    [
        ("inquiry.due_soon", 1, 1, "1 inquiry due in the next hour"),
        ("inquiry.due_soon", 3, 4, "3 inquiries due in the next 4 hours"),
        ("inquiry.overdue", 1, 0, "1 inquiry is overdue"),
        ("inquiry.overdue", 7, 2, "7 inquiries are overdue"),
    ],
)
def test_the_ladder_says_how_many_and_how_soon_and_names_nobody(
    clinic: Clinic, event: str, count: int, hours: int, subject: str
) -> None:
    values = {"count": count, "hours": hours, "url": "https://x.example/q", "zone": "UTC"}
    values |= {"new_due_at": None} if event == "inquiry.overdue" else {}
    letter = render(
        replace(MESSAGE, event=event), Recipient("a@b.example", "en", values), clinic, NOON
    )

    assert letter.subject == subject
    assert "https://x.example/q" in letter.text
    assert "no health details" in letter.text
    assert ("Oldest is" in letter.text) is (event == "inquiry.overdue")


def test_a_spanish_time_at_the_end_of_a_sentence_has_one_full_stop(clinic: Clinic) -> None:
    letter = to_person(clinic, "es")

    assert "hora del Este. Su número de referencia" in letter.text
    assert ".." not in letter.text + letter.html
