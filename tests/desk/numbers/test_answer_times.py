"""How soon people heard from us: exact for small sets, honest about who still waits."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.desk.numbers.answer_times import (
    AnswerTimes,
    answer_times,
    count_answer_times,
    heard_within,
    keep_answer_times,
    rounded_up,
)
from intake.desk.numbers.models import AnswerTime
from intake.inquiries.models import Inquiry
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.numbers.days import changed
from tests.factories import an_inquiry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def hours(*numbers: float) -> list[timedelta]:
    return [number * HOUR for number in numbers]


def answered(database: Database, *after: float, **columns: Any) -> None:  # noqa: ANN401
    """Store inquiries of five days ago that were answered after so many hours."""
    for number in after:
        came = NOON - 5 * DAY
        reference = an_inquiry(database, at=came).reference
        columns_now = {"first_responded_at": came + number * HOUR, **columns}
        changed(database, reference, NOON, **columns_now)


def counted(database: Database) -> AnswerTimes | None:
    with database.read() as session:
        return count_answer_times(session, at=NOON)


def test_with_nobody_waiting_it_is_the_share_of_the_answers() -> None:
    ten = hours(*range(1, 11))

    assert heard_within(ten, [], 0.5) == 5 * HOUR
    assert heard_within(ten, [], 0.9) == 9 * HOUR


def test_who_still_waits_longer_than_the_answers_took_counts() -> None:
    assert heard_within(hours(1, 1, 1, 1, 1), hours(*[40] * 5), 0.5) == 1 * HOUR
    assert heard_within(hours(1, 1, 1, 1), hours(*[40] * 6), 0.5) is None
    assert heard_within(hours(*range(1, 11)), hours(*[40] * 2), 0.9) is None


def test_who_has_just_written_changes_nothing() -> None:
    assert heard_within(hours(*range(1, 11)), hours(*[0.01] * 50), 0.9) == 9 * HOUR


@pytest.mark.parametrize(
    ("hours_taken", "told"),
    [(0.0, 60), (0.2, 60), (1.0, 60), (1.1, 120), (23.2, 1440), (24.0, 1440), (24.1, 2880)],
)
def test_a_figure_is_rounded_up_to_hours_and_beyond_a_day_to_days(
    hours_taken: float, told: int
) -> None:
    assert rounded_up(hours_taken * HOUR) == told


def test_the_answers_of_thirty_days_are_counted(database: Database) -> None:
    answered(database, *range(1, 11))

    assert counted(database) == AnswerTimes(5 * 60, 9 * 60)


def test_nine_answers_are_too_few(database: Database) -> None:
    answered(database, *range(1, 10))

    assert counted(database) is None


def test_an_older_answer_and_one_of_tomorrow_do_not_count(database: Database) -> None:
    answered(database, *range(1, 10))
    old = an_inquiry(database, at=NOON - 40 * DAY).reference
    changed(database, old, NOON, first_responded_at=NOON - 31 * DAY)
    later = an_inquiry(database, at=NOON).reference
    changed(database, later, NOON, first_responded_at=NOON + HOUR)

    assert counted(database) is None


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "closed", "outcome": "spam", "closed_at": NOON},
        {"status": "closed", "outcome": "test", "closed_at": NOON},
        {"status": "quarantined"},
        {"source": "phone"},
    ],
)
def test_spam_tests_quarantine_and_callers_do_not_count(
    database: Database, columns: dict[str, object]
) -> None:
    answered(database, *range(1, 11))
    answered(database, *[100] * 10, **columns)

    assert counted(database) == AnswerTimes(5 * 60, 9 * 60)


def test_who_waits_for_days_makes_it_longer(database: Database) -> None:
    answered(database, *range(1, 11))
    for _ in range(5):
        an_inquiry(database, at=NOON - 4 * DAY)

    assert counted(database) == AnswerTimes(8 * 60, None)


def test_who_gave_up_before_hearing_from_us_makes_it_longer(database: Database) -> None:
    answered(database, *range(1, 11))
    for _ in range(5):
        reference = an_inquiry(database, at=NOON - 4 * DAY).reference
        ended = {"status": "closed", "outcome": "withdrawn", "closed_at": NOON}
        changed(database, reference, NOON, **ended)

    assert counted(database) == AnswerTimes(8 * 60, None)


def test_more_than_half_waiting_is_said_and_not_hidden(database: Database) -> None:
    answered(database, *range(1, 11))
    for _ in range(15):
        an_inquiry(database, at=NOON - 4 * DAY)

    assert counted(database) == AnswerTimes(None, None)


def test_it_is_written_when_it_changes_and_once_a_day(database: Database) -> None:
    answered(database, *range(1, 11))

    assert keep_answer_times(database, at=NOON)
    assert not keep_answer_times(database, at=NOON + HOUR)
    assert keep_answer_times(database, at=NOON + DAY)
    answered(database, *[1] * 30)
    assert keep_answer_times(database, at=NOON + DAY + HOUR)
    with database.read() as session:
        assert answer_times(session, at=NOON + DAY) == AnswerTimes(60, 6 * 60)


def test_it_is_not_believed_for_more_than_two_days(database: Database) -> None:
    answered(database, *range(1, 11))
    keep_answer_times(database, at=NOON)

    with database.read() as session:
        assert answer_times(session, at=NOON + 2 * DAY) is not None
        assert answer_times(session, at=NOON + 2 * DAY + HOUR) is None


def test_nothing_is_kept_once_there_are_too_few(database: Database) -> None:
    answered(database, *range(1, 11))
    keep_answer_times(database, at=NOON)
    with database.write() as session:
        session.execute(update(Inquiry).values(first_responded_at=None))

    assert keep_answer_times(database, at=NOON)
    assert not keep_answer_times(database, at=NOON)
    with database.read() as session:
        assert session.scalars(select(AnswerTime)).all() == []


def test_a_made_up_inquiry_that_is_on_its_way_changes_nothing(database: Database) -> None:
    answered(database, *range(1, 11))
    an_inquiry(database, at=NOON)

    assert counted(database) == AnswerTimes(5 * 60, 9 * 60)
