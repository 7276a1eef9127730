"""Who could not be reached is told in writing, where they permit it, once in twelve hours."""

from datetime import timedelta
from typing import Any

import pytest

from intake.audit import trail
from intake.desk.attempts import log_attempt
from intake.desk.closing import close
from intake.desk.models import Channel, Result
from intake.desk.moves import request_information
from intake.desk.undo import undo
from intake.inquiries.models import Outcome
from intake.inquiries.news import CLOSING_NOTE, INFORMATION_REQUESTED, TEXT_FORMS, TRIED, WAITING
from intake.notifications.models import State
from intake.notifications.recipient import Withheld
from intake.notifications.text_channel import keep_in_step
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.told import letter, messages, reader
from tests.desk.work import Desk, the_office
from tests.factories import BY_PHONE_ONLY

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_ANSWER: dict[str, Any] = {"channel": Channel.CALL, "result": Result.NO_ANSWER}
BY_TEXT: dict[str, Any] = {"contact_by": ["call", "text"], "email": "", "perm_text": "yes"}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_call_without_an_answer_is_told_by_mail_when_it_can_be_taken_back_no_more(
    desk: Desk,
) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, **NO_ANSWER)

    (message,) = messages(desk.database, TRIED)
    mail = letter(desk.database, message, at=desk.now + 11 * MINUTE)

    assert message.due_at == desk.now + 11 * MINUTE
    assert mail.subject == "We tried to reach you"
    assert "We called on Mon, Nov 23, 12:01 pm and could not reach you." in mail.text
    assert "Pick a better time or tell us to stop: https://intake.example.org/s/" in mail.text
    assert mail.key == f"{message.public_id}-{message.generation}"
    for private in ("Ana", "lupus", "stem", "treat"):
        assert private not in mail.subject + mail.text + mail.html


def test_it_speaks_spanish(desk: Desk) -> None:
    desk.do(log_attempt, desk.inquiry(language="es"), **NO_ANSWER)

    mail = letter(desk.database, messages(desk.database, TRIED)[0], at=desk.now)

    assert mail.subject == "Tratamos de contactarle"
    assert "12:01 p.m., hora del Este, y no pudimos hablar con usted" in mail.text


@pytest.mark.parametrize("result", [Result.VOICEMAIL, Result.WRONG_NUMBER, Result.BUSY])
def test_every_call_that_reached_nobody_is_told(desk: Desk, result: Result) -> None:
    desk.do(log_attempt, desk.inquiry(), channel=Channel.CALL, result=result)

    assert len(messages(desk.database, TRIED)) == 1


@pytest.mark.parametrize(
    "attempt",
    [
        {"channel": Channel.CALL, "result": Result.REACHED},
        {"channel": Channel.EMAIL, "result": Result.SENT},
        {"channel": Channel.CALL, "result": Result.ASKED_TO_STOP},
        {**NO_ANSWER, "incoming": True},
    ],
)
def test_what_reached_somebody_is_not_told(desk: Desk, attempt: dict[str, Any]) -> None:
    desk.do(log_attempt, desk.inquiry(), **attempt)

    assert messages(desk.database, TRIED) == []


def test_a_call_written_down_days_later_is_no_news(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.now = NOON + 3 * DAY
    desk.do(log_attempt, reference, made_at=NOON + HOUR, **NO_ANSWER)

    assert messages(desk.database, TRIED) == []


def test_three_calls_on_a_day_are_one_message_and_the_next_day_is_another(desk: Desk) -> None:
    reference = desk.inquiry()
    for _ in range(3):
        desk.do(log_attempt, reference, **NO_ANSWER)
    assert len(messages(desk.database, TRIED)) == 1

    desk.now = NOON + DAY
    desk.do(log_attempt, reference, **NO_ANSWER)
    assert len(messages(desk.database, TRIED)) == 2


def test_a_call_that_is_undone_is_not_told_and_the_right_one_is(desk: Desk) -> None:
    reference = desk.inquiry()
    done = desk.do(log_attempt, reference, **NO_ANSWER)
    desk.do(undo, reference, move_id=done.move_id)
    desk.do(log_attempt, reference, **NO_ANSWER)

    first, second = messages(desk.database, TRIED)

    assert (first.state, first.last_error) == (State.CANCELLED.value, "attempt_taken_back")
    assert second.state == State.PENDING.value


def test_it_is_not_sent_once_we_talked_since(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, **NO_ANSWER)
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)

    found = reader(desk.database, messages(desk.database, TRIED)[0], at=desk.now)

    assert found == Withheld("answered_meanwhile")


def test_it_stops_no_clock_and_counts_as_no_written_message(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, **NO_ANSWER)

    assert desk.look(reference).first_responded_at is None


def test_the_trail_says_who_cannot_be_told(desk: Desk) -> None:
    reference = desk.inquiry(**BY_PHONE_ONLY)
    desk.do(log_attempt, reference, **NO_ANSWER)

    with desk.database.read() as session:
        entries = trail.history(session, desk.look(reference).public_id)
    (attempted,) = [one for one in entries if one.action == "inquiry.attempted"]
    assert attempted.detail["told"] == ""
    assert messages(desk.database, TRIED) == []


def with_texts(desk: Desk, language: str = "en") -> str:
    """Return an inquiry of somebody who chose calls and texts, where texts go out."""
    from tests.inquiries.test_text_readers import an_inquiry as of_texter

    keep_in_step(desk.database, is_on=True)
    return of_texter(desk.database, language=language, **BY_TEXT).reference


def test_who_chose_texts_and_no_mail_is_told_by_text(desk: Desk) -> None:
    desk.do(log_attempt, with_texts(desk), **NO_ANSWER)

    (message,) = messages(desk.database, TEXT_FORMS[TRIED])
    text = letter(desk.database, message, at=desk.now)

    assert text.to == "+13055550142"
    assert text.subject.startswith(
        "Example Clinic: we called on Mon, Nov 23, 12:01 pm and could not reach you, ref "
    )
    assert text.subject.endswith("Reply STOP to end.")
    assert (text.text.strip(), text.html) == ("", "")
    assert "http" not in text.subject


def test_what_has_no_words_for_a_text_says_that_there_is_a_message(desk: Desk) -> None:
    reference = with_texts(desk, "es")
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    desk.do(request_information, reference, text="Which medicine do you take?")

    (message,) = messages(desk.database, TEXT_FORMS[WAITING])
    text = letter(desk.database, message, at=desk.now)

    assert messages(desk.database, INFORMATION_REQUESTED) == []
    assert "tiene un mensaje" in text.subject
    assert "medicine" not in text.subject


def test_with_texts_off_nobody_is_texted(desk: Desk) -> None:
    reference = with_texts(desk)
    keep_in_step(desk.database, is_on=False)
    desk.do(log_attempt, reference, **NO_ANSWER)

    assert messages(desk.database, TEXT_FORMS[TRIED]) == []


@pytest.fixture
def easy_desk(database: Database) -> Desk:
    """Give a desk where one try is enough to count as not reached."""
    rules = {"attempts": 1, "attempt_days": 1, "attempt_day_parts": 1, "written_messages": 0}
    return Desk(database, the_office(**rules))


def test_closed_as_not_reached_is_told_when_it_can_be_taken_back_no_more(easy_desk: Desk) -> None:
    desk, reference = easy_desk, easy_desk.inquiry()
    desk.do(log_attempt, reference, **NO_ANSWER)
    done = desk.do(close, reference, outcome=Outcome.NOT_REACHED)

    (message,) = messages(desk.database, CLOSING_NOTE)
    mail = letter(desk.database, message, at=desk.now + 11 * MINUTE)

    assert message.due_at == desk.now + 11 * MINUTE
    assert mail.subject == "About your message"
    assert "We have closed message" in mail.text
    assert "You can write to us again at any time: https://intake.example.org/s/" in mail.text
    assert reader(desk.database, messages(desk.database, TRIED)[0], at=desk.now) == Withheld(
        "closed"
    )
    desk.do(undo, reference, move_id=done.move_id)
    assert reader(desk.database, message, at=desk.now) == Withheld("not_closed")
