"""The numbers page: one span of days, drawn on the server, with a table under each chart."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk.numbers.breakdown import breakdown, endings_of
from intake.desk.numbers.queries import Numbers, is_kept, numbers_of
from intake.desk.numbers.tally import Dimension
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard import number_charts as charts
from intake.web.dashboard import number_stages as stages
from intake.web.dashboard import number_words as words
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import needs
from intake.web.dashboard.times import ago

FAIR = (
    Dimension.LANGUAGE,
    Dimension.INTERPRETER,
    Dimension.REACHED_BY,
    Dimension.CAME_BY,
)
LANGUAGES = {"": "All languages", **words.PAGE_LANGUAGES}
ENDINGS_BY = (Dimension.CONDITION, Dimension.LANGUAGE, Dimension.CAME_BY)


class Span(StrEnum):
    """The spans to choose from, as they stand in the address."""

    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "12m"


@dataclass(frozen=True, slots=True)
class Choice:
    """A span in days, in words, and how many days make one column of its chart."""

    days: int
    words: str
    column_days: int


CHOICES = {
    Span.WEEK: Choice(7, "7 days", 1),
    Span.MONTH: Choice(30, "30 days", 1),
    Span.QUARTER: Choice(90, "90 days", 7),
    Span.YEAR: Choice(365, "12 months", 28),
}


@dashboard.get("/numbers")
@needs(Permission.SEE_NUMBERS)
def numbers() -> ResponseReturnValue:
    """Show the numbers of a span and a language; one that does not exist is the usual one."""
    asked = request.args.get("span", "")
    span = Span(asked) if asked in set(Span) else Span.MONTH
    language = request.args.get("language", "")
    language = language if language in LANGUAGES else ""
    intake, at = current(), now()
    with intake.database.read() as session:
        found = numbers_of(session, intake.counting, CHOICES[span].days, at=at)
        was_kept = is_kept(session)
    return render_template(
        "dashboard/numbers.html",
        title="Numbers",
        section="numbers",
        spans=[
            (_address(one, language), choice.words, one is span) for one, choice in CHOICES.items()
        ],
        languages=[(_address(span, one), name, one == language) for one, name in LANGUAGES.items()],
        period=words.period(found.first, found.last),
        counted=_counted(found, at, was_kept=was_kept),
        **(_of_language(found, language) if language else _drawn(found, CHOICES[span])),
    )


def _address(span: Span, language: str) -> str:
    return url_for("dashboard.numbers", span=span.value, language=language or None)


def _of_language(found: Numbers, language: str) -> dict[str, object]:
    """Return what may be told of one language beside what is told of all."""
    endings = endings_of(found.tally)
    by_language = breakdown(found.tally, Dimension.LANGUAGE, endings)
    row = next((one for one in by_language.rows if one.name == language), None)
    shown = stages.Shown(found, language)
    return {
        "tiles": charts.tiles_of_language(row),
        "is_empty": not found.received,
        "answering": [],
        "endings": [
            stages.funnel(shown, endings, by_language),
            stages.endings_of_language(language, by_language),
        ],
        "form_pages": stages.form_pages(shown),
        "fairness": [],
        "fairness_note": "",
        "breakdowns": [],
        "deliveries": None,
        "rules": words.RULES,
    }


def _drawn(found: Numbers, choice: Choice) -> dict[str, object]:
    tally, endings = found.tally, endings_of(found.tally)
    groups = {one: breakdown(tally, one, endings) for one in {*FAIR, *ENDINGS_BY}}
    fair = [groups[one] for one in FAIR]
    shown = stages.Shown(found)
    return {
        "tiles": charts.tiles(found, choice.words),
        "is_empty": not found.received,
        "answering": charts.answering(found, choice.column_days),
        "endings": [
            stages.funnel(shown, endings, groups[Dimension.LANGUAGE]),
            charts.endings(endings),
            stages.withdrawals(endings),
        ],
        "form_pages": stages.form_pages(shown),
        "fairness": [charts.fairness(one) for one in fair],
        "fairness_note": words.widest_gap(fair),
        "breakdowns": [charts.endings_by(groups[one]) for one in ENDINGS_BY],
        "deliveries": charts.deliveries(tally),
        "rules": words.RULES,
    }


def _counted(found: Numbers, at: datetime, *, was_kept: bool) -> str:
    if not was_kept:
        return "Nothing is counted yet. A worker counts every minute: run intake worker."
    if found.to_count:
        days = "1 day is" if found.to_count == 1 else f"{found.to_count} days are"
        return f"{days} being counted."
    return f"Counted {ago(found.counted_at, now=at)}." if found.counted_at else ""
