"""What public pages say that changes while they are served, read every half minute at most.

Pages are drawn once and kept (``site/pages``, ``site/drawing.untouched``). Whoever keeps one keeps
beside it the :class:`Changing` it was drawn from, and draws it anew when :func:`changing` returns
another: so a page follows within a minute, in every process, without a query for each request.
To add something: a field here, its query in ``_look``, and the template that shows it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from intake.bootstrap import Intake
from intake.clinic.closures import Closure
from intake.desk.numbers.answer_times import AnswerTimes, answer_times
from intake.publishing.queries import stamp
from intake.storage.remembered import Remembered
from intake.web.context import now

REREAD_SECONDS = 30
KEY = "intake_changing"


@dataclass(frozen=True, slots=True)
class Changing:
    """Small and comparable: two that are equal draw the same pages."""

    answer_times: AnswerTimes | None = None
    published: tuple[int, ...] = ()  # differs when an editor's text took the place of another
    closed: tuple[Closure, ...] = ()  # what the banner of now is made of; empty without one


def install(app: Flask, intake: Intake) -> None:
    """Give the application its place to keep it; the service's clock says how old it is."""
    app.extensions[KEY] = Remembered(
        "changing", lambda at: _look(intake, at), Changing(), seconds=REREAD_SECONDS
    )


def changing() -> Changing:
    """Return what stands now, at most ``REREAD_SECONDS`` old."""
    return _kept().at(now())


def reread() -> None:
    """Let this process look again at once: whoever changed something wants to see it."""
    _kept().forget()


def _kept() -> Remembered[Changing]:
    return cast(Remembered[Changing], current_app.extensions[KEY])


def _look(intake: Intake, at: datetime) -> Changing:
    known = intake.closures.at(at)
    holding = tuple(one for one in known if one.holds(at))
    with intake.database.read() as session:
        return Changing(
            answer_times=answer_times(session, at=at),
            published=stamp(session, at),
            closed=holding + known if holding else (),
        )
