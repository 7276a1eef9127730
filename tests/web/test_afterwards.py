"""Work that follows an answer: soon, on a thread of its own, once for many."""

from collections.abc import Callable
from threading import Timer
from typing import cast

import pytest

from intake.web.afterwards import AT_LEAST_SECONDS, AT_MOST_SECONDS, Afterwards


class Later:
    """A timer that the test lets run."""

    def __init__(self) -> None:
        self.waits: list[tuple[float, Callable[[], None]]] = []
        self.daemon = False
        self.fails = False

    def __call__(self, seconds: float, run: Callable[[], None]) -> Timer:
        self.waits.append((seconds, run))
        return cast(Timer, self)

    def start(self) -> None:
        if self.fails:
            raise RuntimeError("can't start new thread")

    def run(self) -> None:
        self.waits.pop(0)[1]()


def test_many_requests_are_one_piece_of_work() -> None:
    done: list[int] = []
    later = Later()
    afterwards = Afterwards(lambda: done.append(1), later)

    for _ in range(5):
        afterwards.soon()
    assert done == []
    later.run()

    assert done == [1]
    assert later.waits == []
    assert later.daemon


def test_what_is_asked_for_during_the_work_gets_another_look() -> None:
    later, looks = Later(), []

    def look() -> None:
        looks.append(len(later.waits))
        afterwards.soon()

    afterwards = Afterwards(look, later)
    afterwards.soon()
    later.run()

    assert looks == [0]
    assert len(later.waits) == 1


def test_nobody_can_foretell_when_it_begins() -> None:
    later = Later()
    for _ in range(40):
        Afterwards(lambda: None, later).soon()

    moments = {seconds for seconds, _ in later.waits}

    assert len(moments) > 20
    assert all(AT_LEAST_SECONDS <= one < AT_MOST_SECONDS for one in moments)


def test_work_that_fails_or_cannot_begin_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise ValueError

    later = Later()
    afterwards = Afterwards(fails, later)

    later.fails = True
    afterwards.soon()
    later.fails = False
    afterwards.soon()
    later.waits.pop(0)
    later.run()
    afterwards.soon()

    assert len(later.waits) == 1
    capsys.readouterr()
