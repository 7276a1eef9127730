"""What a process remembers: read seldom, kept while the database is away."""

from datetime import datetime, timedelta

import pytest

from intake.errors import Unavailable
from intake.storage.remembered import Remembered
from tests.conftest import NOON

FIVE = timedelta(seconds=5)


class Source:
    """What is read: the instant of each reading, or nothing while it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.readings = 0

    def __call__(self, at: datetime) -> datetime:
        self.readings += 1
        if self.is_away:
            raise Unavailable("database_away")
        return at


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def known(source: Source) -> Remembered[datetime | None]:
    return Remembered("made up", source, None, seconds=5)


def test_it_is_read_at_most_once_in_its_time(
    known: Remembered[datetime | None], source: Source
) -> None:
    first = [known.at(NOON), known.at(NOON + FIVE / 2)]
    later = known.at(NOON + FIVE)

    assert (first, later, source.readings) == ([NOON, NOON], NOON + FIVE, 2)


def test_what_was_known_stands_while_it_cannot_be_read(
    known: Remembered[datetime | None], source: Source
) -> None:
    source.is_away = True
    assert known.at(NOON) is None
    source.is_away = False
    assert known.at(NOON + FIVE) == NOON + FIVE
    source.is_away = True

    still = [known.at(NOON + FIVE * 2), known.at(NOON + FIVE * 2)]

    assert (still, source.readings) == ([NOON + FIVE] * 2, 3)


def test_who_changed_it_has_it_read_at_the_next_question(
    known: Remembered[datetime | None],
) -> None:
    known.at(NOON)
    known.forget()

    assert known.at(NOON + FIVE / 5) == NOON + FIVE / 5


def test_a_clock_that_was_put_back_keeps_nothing_for_ever(
    known: Remembered[datetime | None],
) -> None:
    known.at(NOON)

    assert known.at(NOON - FIVE) == NOON - FIVE
