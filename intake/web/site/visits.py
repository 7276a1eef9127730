"""How far people get in the form: pages counted in memory, written once a minute.

A count knows the day, the page and the language, and nothing else: no visitor, no cookie, no
address. A page counts when somebody gets past the one before it for the first time, which their
own answers tell; so going back, reloading and correcting count nothing.

A thread of its own writes, in one statement and only when there is something; what cannot be
written waits for the next minute. A process that is killed loses a minute of counts.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock, Timer
from typing import cast

import structlog
from flask import Flask, current_app, request

from intake.desk.numbers.form_pages import (
    CHECK,
    ONE_PAGE_SENT,
    SENT,
    Visit,
    add_visits,
)
from intake.inquiries.asking import Answers
from intake.inquiries.own_proof import HEADER
from intake.inquiries.sealing import Source
from intake.storage.database import Database
from intake.web.context import language, today

KEY = "intake_visits"
WRITTEN_AFTER_SECONDS = 60.0
VISITS_MAX = 1000  # kinds of counts that may wait while the database is away: weeks of them
# What tells that a step was passed before: a field that it cannot be passed without.
PASSED_BY: Mapping[str, str] = {
    "start": "safety",
    "who": "asking_for",
    "about": "full_name",
    "condition": "diagnosed",
    "question": "story",
    "contact": "contact_by",
    "language": "language",
    "permissions": "perm_contact",
}
STEPS = tuple(PASSED_BY)
NEXT = dict(zip(STEPS, (*STEPS[1:], CHECK), strict=True))
SENT_BY: Mapping[str, str] = {"steps": SENT, "one_page": ONE_PAGE_SENT}

log = structlog.get_logger()


@dataclass(slots=True)
class Visits:
    """The counts of one process that are not written yet; thread-safe.

    Args:
        database: Where they are written.
        after_seconds: How long they wait.
        later: Makes the thread that writes; a test gives one that waits for nobody.
    """

    database: Database
    after_seconds: float = WRITTEN_AFTER_SECONDS
    later: Callable[[float, Callable[[], None]], Timer] = Timer
    _counts: Counter[Visit] = field(default_factory=Counter)
    _timer: Timer | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    def note(self, visit: Visit) -> None:
        """Count one page; costs a lock and an addition."""
        with self._lock:
            self._counts[visit] += 1
            self._wait()

    def write(self) -> None:
        """Write what was counted; what cannot be written is kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if not counts:
            return
        try:
            with self.database.write() as session:
                add_visits(session, counts)
        except Exception as fault:  # noqa: BLE001 - counting must never be what breaks
            log.warning("visits_not_written", error=type(fault).__name__)
            self._keep(counts)

    def _keep(self, counts: Counter[Visit]) -> None:
        with self._lock:
            if len(self._counts) + len(counts) <= VISITS_MAX:
                self._counts.update(counts)
            self._wait()

    def _wait(self) -> None:
        if self._timer is None and self._counts:
            self._timer = self.later(self.after_seconds, self.write)
            self._timer.daemon = True
            self._timer.start()


def install(app: Flask, database: Database) -> None:
    """Give the application its counts."""
    app.extensions[KEY] = Visits(database)


def finish(app: Flask) -> None:
    """Write what is left; call it once, when nothing is served any more."""
    cast("Visits", app.extensions[KEY]).write()


def shown(page: str) -> None:
    """Count that the first page of a way in was shown: to a person, as far as that can be told.

    Not what a browser fetched by itself, nor what our own made-up visitor looked at.
    """
    is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method != "HEAD" and not is_fetched_ahead and HEADER not in request.headers:
        _note(page)


def passed(step: str, before: Answers) -> None:
    """Count that a step was passed, unless these earlier answers say that it was before."""
    later = STEPS[STEPS.index(step) :]
    if not any(_given(before, PASSED_BY[name]) for name in later):
        _note(NEXT[step])


def sent(source: Source) -> None:
    """Count an inquiry that was stored."""
    if source in SENT_BY:
        _note(SENT_BY[source])


def _given(answers: Answers, name: str) -> bool:
    values: str | Sequence[str] = answers.get(name, ())
    return any(values)


def _note(page: str) -> None:
    try:
        cast("Visits", current_app.extensions[KEY]).note(Visit(str(today()), page, language()))
    except Exception as fault:  # noqa: BLE001 - a machine without room for a thread still takes forms
        log.warning("visit_not_counted", error=type(fault).__name__)
