"""The forms of one inquiry: which of them a member may see here, and what each asks.

A form is offered only where the lifecycle has the step for this member. What was typed comes back
into its own form with what is wrong beside the field; the others are drawn as if untouched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from intake.desk.facts import DeskFacts
from intake.desk.lifecycle import Verb
from intake.desk.next_action import ActionKind
from intake.desk.reasons import REASONS, REOPENING
from intake.inquiries.models import Outcome, Status
from intake.web.dashboard import attempt_form, closing_forms
from intake.web.dashboard.form_parts import Draw, area, pick, when
from intake.web.dashboard.sentences import language_words
from intake.web.dashboard.times import clock_time
from intake.web.dashboard.wall_times import PERSON_ZONES, both_clocks, place_of
from intake.web.fields import FieldView


@dataclass(frozen=True, slots=True)
class FormPlan:
    """One form: ``name`` is the noun in its address."""

    name: str
    verb: Verb
    heading: str
    button: str
    draw: Callable[[Draw], list[FieldView]]
    kind: str = ""
    needs_open: tuple[ActionKind, ...] = ()
    words: str = ""
    key: str = ""
    offered: Callable[[DeskFacts], bool] = lambda _facts: True


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A form as ``dashboard/inquiry/_acts.html`` draws it."""

    name: str
    heading: str
    action: str
    button: str
    fields: list[FieldView]
    kind: str
    key: str
    words: str
    is_open: bool
    problems: list[tuple[str, str]]


def _callback(draw: Draw) -> list[FieldView]:
    facts = draw.facts
    zones = [facts.zone, *(zone for zone in PERSON_ZONES if zone != facts.zone)]
    first, last = facts.calling
    doubt = "" if facts.zone_is_certain else " Their place has several time zones: ask."
    return [
        when(draw, "starts_at", "When, on their clock", hint=_hours(facts, first, last) + doubt),
        pick(
            draw,
            "zone",
            "Where they are then",
            [(zone, _zone_words(zone, facts)) for zone in zones],
            value=facts.zone,
        ),
    ]


def _hours(facts: DeskFacts, first: str, last: str) -> str:
    now = f"It is {clock_time(facts.at, facts.zone)} there"
    if facts.zone != facts.clinic_zone:
        now += f" and {clock_time(facts.at, facts.clinic_zone)} here"
    return f"They may be called from {first} to {last}. {now}."


def _zone_words(zone: str, facts: DeskFacts) -> str:
    home = ", their home" if zone == facts.zone else ""
    return f"{place_of(zone)}{home} (now {clock_time(facts.at, zone)})"


def _snooze(draw: Draw) -> list[FieldView]:
    choices = (
        ("later", "In 3 hours", ""),
        ("tomorrow", "Tomorrow at 9", ""),
        ("monday", "Monday at 9", ""),
        ("at", "Another time", ""),
    )
    return [
        FieldView("until", "radios", "Until", choices=choices, form="snooze",
                   value=draw.typed.get("until", "tomorrow"), error=draw.errors.get("until", "")),
        when(draw, "until_at", "When, on our clock", shown_if="until=at"),
    ]  # fmt: skip


def _information(draw: Draw) -> list[FieldView]:
    hint = "They read it on their private page. Their clocks stand still until they answer."
    return [area(draw, "text", "What we need from them", hint=hint)]


def _writing(draw: Draw) -> list[FieldView]:
    label = draw.facts.summary.label
    spoken = language_words(label.language if label else draw.facts.summary.language)
    told = "Mail tells them that a message waits, and says no more."
    if label is None or "email" not in label.ways:
        told = "They chose no email: tell them another way that a message waits."
    return [area(draw, "body", "Message", hint=f"They read {spoken}. {told}")]


def _review(draw: Draw) -> list[FieldView]:
    clinicians = [("", "Any clinician"), *((str(one), name) for one, name in draw.facts.clinicians)]
    return [
        area(draw, "summary", "Summary"),
        area(draw, "question", "Question for the clinician"),
        pick(draw, "clinician", "For whom", clinicians),
    ]


def _disposition(draw: Draw) -> list[FieldView]:
    choices = (
        ("offer", "Offer a consultation", ""),
        ("answered", "Answer the question", "The coordinator tells them"),
        ("ask_more", "Ask for more first", ""),
    )
    return [
        FieldView("disposition", "radios", "What you decided", choices=choices, form=draw.form,
                   value=draw.typed.get("disposition", ""),
                   error=draw.errors.get("disposition", "")),
        area(draw, "words", "In your words, for the coordinator", optional=True),
        area(draw, "text", "What to ask the person", optional=True, shown_if="disposition=ask_more",
             hint="With this we wait for them, and their clocks stand still."),
    ]  # fmt: skip


def _appointment(draw: Draw) -> list[FieldView]:
    kinds = [("consultation", "Consultation"), ("call", "Call")]
    hint = f"Their clock: {place_of(draw.facts.zone)}. {_both_now(draw.facts)}"
    return [
        pick(draw, "kind", "What", kinds, value="consultation"),
        when(draw, "starts_at", "When, on their clock", hint=hint),
    ]


def _both_now(facts: DeskFacts) -> str:
    return f"Now: {both_clocks(facts.at, facts.zone, facts.clinic_zone)}."


def _unschedule(draw: Draw) -> list[FieldView]:
    hows = [("cancelled", "It was called off"), ("missed", "They did not come")]
    return [pick(draw, "how", "What happened", hows, value="cancelled")]


def _spam(draw: Draw) -> list[FieldView]:
    return [pick(draw, "reason", "What kind", _blank(REASONS[Outcome.SPAM]))]


def _reopening(draw: Draw) -> list[FieldView]:
    reasons = {name: words for name, words in REOPENING.items() if name != "wrote"}
    return [pick(draw, "reason", "Why", _blank(reasons))]


def _withdrawal(draw: Draw) -> list[FieldView]:
    told = ("by_phone", "in_writing", "asked_to_stop")
    reasons = {name: REASONS[Outcome.WITHDRAWN][name] for name in told}
    return [pick(draw, "reason", "How they told us", _blank(reasons))]


def _nothing(_draw: Draw) -> list[FieldView]:
    return []


def _blank(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [("", ""), *words.items()]


def _call_is_booked(facts: DeskFacts) -> bool:
    return facts.booked is not None and facts.booked.kind.value == "callback"


STOPS = "This stops every message and closes the inquiry at once. Only they can take it back."
PLANS = (
    FormPlan("attempts", Verb.LOG_ATTEMPT, "Log a call or message", "Save", attempt_form.fields,
             needs_open=(ActionKind.CALL, ActionKind.WRITE, ActionKind.CALL_BACK,
                         ActionKind.REPLY, ActionKind.FOLLOW_UP)),
    FormPlan("restoration", Verb.RESTORE, "Let it into the work list", "It is a person", _nothing,
             needs_open=(ActionKind.CHECK,), words="Its clock has run all the time."),
    FormPlan("spam", Verb.CLOSE_AS_SPAM, "Close as spam", "Close as spam", _spam, "warning"),
    FormPlan("callbacks", Verb.BOOK_CALLBACK, "Book a call-back", "Book the call-back", _callback,
             offered=lambda facts: "call" in facts.ways),
    FormPlan("callbacks/ending", Verb.CANCEL_CALLBACK, "Take the call-back off", "Take it off",
             _nothing, offered=_call_is_booked),
    FormPlan("messages", Verb.LOG_ATTEMPT, "Write to them", "Go on", _writing, key="w",
             words="They read it on their private page. You are asked before it is sent."),
    FormPlan("information-requests", Verb.REQUEST_INFORMATION, "Ask them for something",
             "Ask and wait", _information),
    FormPlan("information-requests/ending", Verb.STOP_WAITING, "Stop waiting", "Stop waiting",
             _nothing, words="The clocks go on from where they stood."),
    FormPlan("clinical-review", Verb.HAND_TO_CLINICIAN, "Hand to a clinician", "Hand over",
             _review),
    FormPlan("disposition", Verb.RECORD_DISPOSITION, "Record the decision", "Record the decision",
             _disposition, needs_open=(ActionKind.DECIDE,)),
    FormPlan("appointment", Verb.SCHEDULE, "Book an appointment", "Book", _appointment,
             needs_open=(ActionKind.SCHEDULE,)),
    FormPlan("appointment/ending", Verb.UNSCHEDULE, "Take the booking back", "Back to discussion",
             _unschedule),
    FormPlan("snooze", Verb.SNOOZE, "Put aside until later", "Put aside", _snooze, key="s"),
    FormPlan("snooze/ending", Verb.WAKE, "Bring it back now", "Bring it back", _nothing,
             offered=lambda facts: facts.snoozed_until is not None),
    FormPlan("closing", Verb.CLOSE, "Close", "Close", closing_forms.closing,
             key="e",
             needs_open=(ActionKind.CONSULTATION, ActionKind.CLOSE_NOT_REACHED)),
    FormPlan("clinical-closing", Verb.CLOSE_NOT_SUITABLE, "Close as not suitable",
             "Close as not suitable", closing_forms.not_suitable, "warning",
             words="You are asked to prove who you are, unless you have just done so."),
    FormPlan("withdrawal", Verb.WITHDRAW, "They want us to stop", "Stop and close", _withdrawal,
             "warning", words=STOPS),
    FormPlan("reopening", Verb.REOPEN, "Open again", "Open again", _reopening,
             offered=lambda facts: facts.summary.outcome != Outcome.WITHDRAWN.value),
)  # fmt: skip


def offered(facts: DeskFacts) -> tuple[FormPlan, ...]:
    """Return the forms of this inquiry for this member, in their order."""
    if not facts.can_act or facts.summary.status is Status.ERASED:
        return ()
    return tuple(plan for plan in PLANS if plan.verb in facts.verbs and plan.offered(facts))
