"""How pages that are drawn once learn that what they tell has changed, in every process.

Pages are kept as bytes. Whatever else than the day may change them is a mark: a small value, read
in one short query, that differs when they must be drawn anew. All marks are looked up together,
every few seconds at most and by one thread while the others go on with what they have; so no
process has to be told anything, and a database that is away costs readers nothing but freshness.

A room whose facts stand on kept pages adds its mark to ``MARKS``.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import cast

from flask import Flask, current_app

from intake.bootstrap import Intake
from intake.errors import Unavailable
from intake.publishing.live import live_stamp
from intake.web.context import current, now

LOOK_EVERY = timedelta(seconds=3)
AFTER_TROUBLE = timedelta(seconds=30)

Mark = Callable[[Intake, datetime], Hashable]
Stamp = tuple[Hashable, ...]


def published_pages(intake: Intake, at: datetime) -> Hashable:
    """Return what differs when an editor's text has taken the place of another."""
    return live_stamp(intake.database, at)


MARKS: tuple[Mark, ...] = (published_pages,)


class Freshness:
    """The marks as they were when this process last looked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp: Stamp = ()
        self._from: datetime | None = None
        self._until: datetime | None = None

    def stamp(self, intake: Intake, at: datetime) -> Stamp:
        """Return the marks, at most ``LOOK_EVERY`` old; older while the database is away."""
        if not self._is_due(at) or not self._lock.acquire(blocking=self._from is None):
            return self._stamp
        try:
            if self._is_due(at):
                self._look(intake, at)
        finally:
            self._lock.release()
        return self._stamp

    def forget(self) -> None:
        """Look again at the next request: whoever published wants to see it."""
        self._until = None

    def _is_due(self, at: datetime) -> bool:
        """Say whether to look; a clock that was set back is no reason to wait for hours."""
        return self._from is None or self._until is None or not self._from <= at < self._until

    def _look(self, intake: Intake, at: datetime) -> None:
        try:
            self._stamp = tuple(mark(intake, at) for mark in MARKS)
        except Unavailable:
            self._from, self._until = at, at + AFTER_TROUBLE
        else:
            self._from, self._until = at, at + LOOK_EVERY


def stamp() -> Stamp:
    """Return the marks for this request."""
    return _here().stamp(current(), now())


def forget() -> None:
    """Let this process look again at once; the others follow within seconds."""
    _here().forget()


def _here() -> Freshness:
    return cast(Freshness, current_app.extensions["intake_freshness"])


def install(app: Flask) -> None:
    """Give the application its place to look."""
    app.extensions["intake_freshness"] = Freshness()
