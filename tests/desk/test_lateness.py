"""Late is said once, with a new promise; the first promise stays what is measured."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.desk.attempts import log_attempt
from intake.desk.escalation import due_climbs
from intake.desk.lateness import PROMISED_AGAIN, new_promise, overdue, promise_again
from intake.desk.models import Channel, Result
from intake.desk.numbers.answer_times import AnswerTimes
from intake.desk.undo import undo
from intake.inquiries.models import Inquiry
from intake.inquiries.news import LATE
from intake.inquiries.promise import unanswered
from intake.notifications.recipient import Withheld
from intake.operations.rounds import DeskRounds
from intake.patient.status_page import status_by_link
from intake.storage.database import Database
from intake.web.status.sentences import late as late_words
from tests.conftest import NOON
from tests.desk.told import letter, messages, reader
from tests.desk.work import Desk, the_office
from tests.factories import BY_PHONE_ONLY, a_keyring, an_inquiry

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DUE = NOON + DAY  # one business day: Tuesday noon
LATER = DUE + MINUTE
# As long again from then: Wednesday, a minute after noon.
AGAIN = LATER + DAY
FRIDAY_4_PM = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def round_at(desk: Desk, at: datetime) -> int:
    return DeskRounds(desk.database, desk.office).say_late(at)


def trail_of(desk: Desk) -> list[dict[str, object]]:
    with desk.database.read() as session:
        found = select(AuditEvent.detail).where(AuditEvent.action == PROMISED_AGAIN)
        return list(session.scalars(found))


def test_nobody_is_late_until_the_promise_has_passed(desk: Desk) -> None:
    desk.inquiry()

    assert round_at(desk, DUE) == 0
    assert messages(desk.database, LATE) == []


def test_late_is_said_once_with_a_new_promise_and_the_first_one_stays(desk: Desk) -> None:
    reference = desk.inquiry()

    assert round_at(desk, LATER) == 1
    assert round_at(desk, LATER + MINUTE) == 0
    assert round_at(desk, LATER + 30 * DAY) == 0

    row = desk.look(reference)
    assert (row.first_response_due_at, row.new_promise_at) == (DUE, AGAIN)
    assert row.due_at == DUE
    assert len(messages(desk.database, LATE)) == 1
    assert trail_of(desk) == [{"told": "email"}]


def test_two_workers_say_it_once(desk: Desk) -> None:
    reference = desk.inquiry()
    with desk.database.read() as session:
        assert list(overdue(session, at=LATER)) == [reference]

    done = []
    for _ in range(2):
        with desk.database.write() as session:
            done.append(promise_again(session, desk.office, reference, None, at=LATER))

    assert done == [True, False]
    assert len(messages(desk.database, LATE)) == 1


def test_an_answer_between_the_look_and_the_lock_is_not_called_late(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.now = LATER
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)

    with desk.database.write() as session:
        assert not promise_again(session, desk.office, reference, None, at=desk.now)


@pytest.mark.parametrize(
    "columns",
    [
        {"first_responded_at": NOON},
        {"status": "quarantined"},
        {"status": "waiting_on_patient"},
        {"status": "scheduled"},
        {"status": "closed", "outcome": "withdrawn", "closed_at": NOON},
    ],
)
def test_who_was_answered_waits_for_nothing_or_is_doubted_is_not_told(
    desk: Desk, columns: dict[str, object]
) -> None:
    desk.inquiry()
    with desk.database.write() as session:
        session.execute(update(Inquiry).values(**columns))

    assert round_at(desk, LATER) == 0


def test_a_call_that_reached_nobody_is_still_late_and_a_voicemail_is_not(desk: Desk) -> None:
    called, left_word = desk.inquiry(), desk.inquiry()
    desk.do(log_attempt, called, channel=Channel.CALL, result=Result.NO_ANSWER)
    desk.do(log_attempt, left_word, channel=Channel.CALL, result=Result.VOICEMAIL)

    assert round_at(desk, LATER) == 1
    assert desk.look(called).new_promise_at is not None
    assert desk.look(left_word).new_promise_at is None


def test_the_new_promise_falls_into_opening_hours_and_over_the_weekend() -> None:
    promised = new_promise(the_office(), FRIDAY_4_PM - DAY, None, at=FRIDAY_4_PM)

    assert promised == FRIDAY_4_PM + 3 * DAY  # Monday, 4 pm


def test_the_new_promise_is_not_sooner_than_our_own_record(desk: Desk) -> None:
    slow = AnswerTimes(half_minutes=1440, nine_minutes=4 * 1440)
    quick = AnswerTimes(half_minutes=60, nine_minutes=120)
    nobody_knows = AnswerTimes(half_minutes=1440, nine_minutes=None)

    def of(times: AnswerTimes | None) -> datetime:
        return new_promise(desk.office, NOON, times, at=LATER)

    # Nine of ten within four days: Friday, a holiday in Florida; so Monday at opening.
    assert of(slow) == datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
    assert of(quick) == of(None) == AGAIN
    # Two business days: Wednesday, and Monday after Thanksgiving.
    assert of(nobody_knows) == AGAIN + 5 * DAY


def test_the_mail_says_both_times_in_plain_words(desk: Desk) -> None:
    desk.inquiry()
    round_at(desk, LATER)

    mail = letter(desk.database, messages(desk.database, LATE)[0], at=LATER)

    assert mail.subject == "We are late"
    assert "We planned to contact you by Tue, Nov 24, 12 pm." in mail.text
    assert "We now plan to contact you by Wed, Nov 25, 12:01 pm." in mail.text
    assert "if you do not want to wait" in mail.text
    assert "Wed, Nov 25, 12:01 pm" in mail.html
    for private in ("Ana", "lupus", "Lupus", "stem", "treat"):
        assert private not in mail.subject + mail.text + mail.html


def test_the_mail_speaks_spanish(desk: Desk) -> None:
    desk.inquiry(language="es")
    round_at(desk, LATER)

    mail = letter(desk.database, messages(desk.database, LATE)[0], at=LATER)

    assert mail.subject == "Estamos atrasados"
    assert "a más tardar el miércoles 25 de noviembre, 12:01 p.m." in mail.text


def test_a_mail_held_up_beyond_the_new_promise_promises_nothing(desk: Desk) -> None:
    desk.inquiry()
    round_at(desk, LATER)

    mail = letter(desk.database, messages(desk.database, LATE)[0], at=AGAIN + MINUTE)

    assert "We are late." in mail.text
    assert "We now plan" not in mail.text + mail.html
    assert "\n\n\n" not in mail.text


def test_it_is_not_sent_once_somebody_was_answered(desk: Desk) -> None:
    reference = desk.inquiry()
    round_at(desk, LATER)
    desk.now = LATER
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)

    found = reader(desk.database, messages(desk.database, LATE)[0], at=desk.now)

    assert found == Withheld("answered_meanwhile")


def test_who_allows_no_written_way_gets_the_new_promise_on_their_page_and_staff_see_why(
    desk: Desk,
) -> None:
    reference = desk.inquiry(**BY_PHONE_ONLY)

    assert round_at(desk, LATER) == 1
    assert messages(desk.database, LATE) == []
    assert trail_of(desk) == [{"told": ""}]
    assert desk.look(reference).new_promise_at == AGAIN


def test_late_counts_as_late_on_the_ladder_all_the_same(desk: Desk) -> None:
    desk.inquiry()
    with desk.database.read() as session:
        before = due_climbs(session, desk.office.hours, at=LATER)
    round_at(desk, LATER)

    with desk.database.read() as session:
        after = due_climbs(session, desk.office.hours, at=LATER)
        waiting = unanswered(session, desk.office.hours)

    assert [one.steps for one in after] == [one.steps for one in before] == [("50", "80", "100")]
    assert [(one.due_at, one.new_promise_at) for one in waiting] == [(DUE, AGAIN)]


def test_undoing_a_call_takes_nothing_back_of_what_the_person_was_told(desk: Desk) -> None:
    reference = desk.inquiry()
    round_at(desk, LATER)
    desk.now = LATER
    done = desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    desk.do(undo, reference, move_id=done.move_id)

    assert desk.look(reference).new_promise_at == AGAIN
    assert round_at(desk, LATER + MINUTE) == 0


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (DUE, ""),
        (
            LATER,
            (
                "We are late. We planned to contact you by Tue, Nov 24, 12 pm ET. We now aim to"
                " contact you by Wed, Nov 25, 12:01 pm ET. Call 555 0100 if you do not want to"
                " wait."
            ),
        ),
        (
            AGAIN + MINUTE,
            (
                "We are late. We planned to contact you by Tue, Nov 24, 12 pm ET, and then by Wed,"
                " Nov 25, 12:01 pm ET. Call 555 0100 if you do not want to wait."
            ),
        ),
    ],
)
def test_the_private_page_says_that_we_are_late_and_what_we_promise_now(
    desk: Desk, at: datetime, words: str
) -> None:
    receipt = an_inquiry(desk.database)
    round_at(desk, LATER)

    with desk.database.read() as session:
        view = status_by_link(session, a_keyring(), receipt.link_token, at=at)

    assert late_words(view, "en", zone="America/New_York", phone="555 0100") == words
