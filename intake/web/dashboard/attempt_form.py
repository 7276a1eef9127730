"""The form for a try to reach somebody: how, how it ended, what comes next, and a note.

The numbers before the results are keys while the list has the focus; the list stands in the same
order for every inquiry, so that hands learn it.
"""

from intake.desk.facts import DeskFacts
from intake.desk.lifecycle import Verb
from intake.desk.models import Channel
from intake.web.dashboard.act_words import CHANNELS, RESULTS
from intake.web.dashboard.form_parts import Draw, area, when
from intake.web.dashboard.times import clock_time
from intake.web.dashboard.wall_times import place_of
from intake.web.fields import FieldView

FIRST = (Channel.CALL, Channel.EMAIL, Channel.TEXT, Channel.MESSAGE, Channel.IN_PERSON)
STEP_PLAN, STEP_CALL, STEP_ASK, STEP_LATER, STEP_CLOSE = "plan", "call", "ask", "later", "close"


def fields(draw: Draw) -> list[FieldView]:
    """Return the fields in the order of the hand."""
    facts = draw.facts
    return [
        _radios(draw, "channel", "How", _ways(facts), _default_way(facts)),
        _radios(draw, "result", "How it ended", list(RESULTS.items())),
        _radios(draw, "next_step", "Next step", _steps(facts), STEP_PLAN),
        when(draw, "next_at", "When to call, on their clock", hint=_clocks(facts),
             shown_if=f"next_step={STEP_CALL}"),
        area(draw, "next_text", "What we need from them", shown_if=f"next_step={STEP_ASK}"),
        when(draw, "later_at", "Until when, on our clock", shown_if=f"next_step={STEP_LATER}"),
        area(draw, "note", "Note on this call", optional=True, hint="Internal: they never read it"),
    ]  # fmt: skip


def _ways(facts: DeskFacts) -> list[tuple[str, str]]:
    offered = [way for way in FIRST if way in facts.ways]
    rows = [(way.value, CHANNELS[way]) for way in offered]
    return [*rows, ("incoming", "They called us")]


def _default_way(facts: DeskFacts) -> str:
    return next((way.value for way in FIRST if way in facts.ways), "")


def _steps(facts: DeskFacts) -> list[tuple[str, str]]:
    """Return the next steps that can follow some result; the verb judges when it is known."""
    steps = [(STEP_PLAN, "Go on by the rules")]
    if Verb.BOOK_CALLBACK in facts.verbs and Channel.CALL in facts.ways:
        steps.append((STEP_CALL, "Call again at"))
    steps.append((STEP_ASK, "Ask them for something"))
    if Verb.SNOOZE in facts.verbs:
        steps.append((STEP_LATER, "Put aside until"))
    if Verb.CLOSE in facts.verbs:
        steps.append((STEP_CLOSE, "Close as not reached"))
    return steps


def _clocks(facts: DeskFacts) -> str:
    first, last = facts.calling
    here = f", {clock_time(facts.at, facts.clinic_zone)} here"
    now = f"It is {clock_time(facts.at, facts.zone)} in {place_of(facts.zone)}"
    return f"From {first} to {last} there. {now}{here if facts.zone != facts.clinic_zone else ''}."


def _radios(
    draw: Draw, name: str, label: str, choices: list[tuple[str, str]], value: str = ""
) -> FieldView:
    return FieldView(
        name,
        "radios",
        label,
        choices=tuple((one, words, "") for one, words in choices),
        value=draw.typed.get(name, value),
        error=draw.errors.get(name, ""),
        form=draw.form,
    )
