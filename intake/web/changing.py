"""What public pages say that changes while they are served, read every half minute at most.

Pages are drawn once and kept (``site/pages``, ``site/drawing.untouched``). Whoever keeps one keeps
beside it the :class:`Changing` it was drawn from, and draws it anew when :func:`changing` returns
another: so a page follows within a minute, in every process, without a query for each request.
To add something: a field here, its query in ``_look``, and the template that shows it.

A database that does not answer changes nothing: pages say what they said.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import current_app

from intake.clinic.closures import Closure
from intake.desk.numbers.answer_times import AnswerTimes, answer_times
from intake.publishing.queries import stamp
from intake.web.context import current, now

REREAD_AFTER = timedelta(seconds=30)
KEY = "intake_changing"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Changing:
    """Small and comparable: two that are equal draw the same pages."""

    answer_times: AnswerTimes | None = None
    published: tuple[int, ...] = ()  # differs when an editor's text took the place of another
    closed: tuple[Closure, ...] = ()  # what the banner of now is made of; empty without one


@dataclass(slots=True)
class _Read:
    """What was read last, and when; one for each process."""

    at: datetime | None = None
    found: Changing = field(default_factory=Changing)


def changing() -> Changing:
    """Return what stands now, at most ``REREAD_AFTER`` old."""
    kept = _kept()
    at = now()
    if kept.at is None or abs(at - kept.at) >= REREAD_AFTER:
        kept.at = at  # first, so that others go on with what stood while this one reads
        try:
            kept.found = _look(at)
        except Exception as fault:  # noqa: BLE001 - a page must not fail for a figure on it
            log.warning("changing_not_read", error=type(fault).__name__)
    return kept.found


def reread() -> None:
    """Let this process look again at once: whoever changed something wants to see it."""
    _kept().at = None


def _kept() -> _Read:
    return cast("_Read", current_app.extensions.setdefault(KEY, _Read()))


def _look(at: datetime) -> Changing:
    known = current().closures.at(at)
    holding = tuple(one for one in known if one.holds(at))
    with current().database.read() as session:
        return Changing(
            answer_times=answer_times(session, at=at),
            published=stamp(session, at),
            closed=holding + known if holding else (),
        )
