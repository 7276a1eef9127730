"""The request form as a member of staff fills it in on the phone: what to say, and what to write.

Same questions, limits and rules as the web form (``inquiries/form``), in the order of a call. What
is written is labelled in English, as every staff screen; what is said stands above it word for word
in the language of the call, the permissions exactly as they will be stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from intake.consent.wordings import Wording, wordings_for
from intake.errors import Problem
from intake.i18n import N_, words
from intake.inquiries import rules
from intake.inquiries.asking import Kind, Question, Step
from intake.inquiries.form import call_order, choices_of
from intake.web.context import current
from intake.web.fields import Drawing, FieldView
from intake.web.messages import sentence

ENGLISH = "en"
Answers = Mapping[str, Sequence[str]]

OPENING = (
    N_(
        "Hello, this is %(clinic)s. Thank you for calling. I will ask you some questions, so that"
        " the right person can answer you. It takes about five minutes."
    ),
    N_("This call does not book an appointment and does not give medical advice."),
)
FIRST_SAFETY = N_("First, your safety. Tell me if you have any of these right now.")
SIGNS = (
    N_("trouble breathing"),
    N_("chest pain"),
    N_("sudden weakness, numbness or trouble speaking"),
    N_("a seizure or fainting"),
    N_("thoughts of ending your life with a plan to act"),
)
CALL_911 = N_("Hang up and call 911 now. You can call us again afterwards.")
BEFORE: Mapping[str, str] = {
    "contact": N_("In case we are cut off, tell me first how we can reach you."),
    "permissions": N_(
        "Before I write down anything about your health, I will read you our permissions, word for"
        " word. Say yes or no to each."
    ),
    "condition": N_("You do not have to tell me the condition now. You can say it later."),
    "question": N_("Do not tell me Social Security, insurance or card numbers."),
}
MAY_REFUSE = N_("You can say no to this one. It changes nothing else.")
FOR_OTHER = N_("For someone else: %(question)s")
MAY_ANSWER = N_("You can answer: %(choices)s.")
# What the form says to the person is told to staff in other words where it would make no sense.
FOR_STAFF: Mapping[tuple[str, str], str] = {
    ("age_band", "under_18_alone"): (
        'Under 18: ask for a parent or guardian on the line, and choose "Someone else"'
    ),
    ("perm_contact", "missing"): "Without this yes we cannot answer. Read it out and tick it",
    ("perm_health", "missing"): (
        "Without this yes nothing may be kept. Read it out and tick it, or end the call without"
        " saving"
    ),
    ("perm_text", "need_phone"): "Enter a mobile number to send texts, or leave the box empty",
    ("agreed", "missing"): "Select how the call ended",
}
TALKED = "talked"
ENDS: Mapping[str, tuple[str, str]] = {
    "answer_owed": (
        "We owe them an answer",
        "The inquiry is new, and the promise to answer runs from now",
    ),
    TALKED: (
        "We talked about their question",
        "Recorded as contact made: the first answer is given, the inquiry is in discussion",
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question: what is read out, the permission word for word, and the field to fill in."""

    field: FieldView
    say: tuple[str, ...]
    wording: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the call; ``say`` comes before its questions."""

    slug: str
    heading: str
    say: tuple[str, ...]
    signs: tuple[str, ...]
    lines: tuple[Line, ...]


def opening(language: str) -> tuple[str, ...]:
    """Return how the call begins."""
    say = words(language).gettext
    return tuple(say(text, clinic=current().settings.clinic.name) for text in OPENING)


def parts(language: str, answers: Answers, problems: Sequence[Problem]) -> tuple[Part, ...]:
    """Return the whole form in the order of a call, filled with ``answers``.

    Args:
        language: What is spoken, ``en`` or ``es``.
        answers: As typed, right or wrong.
        problems: What is wrong; told in English.
    """
    settings = current().settings
    wordings = wordings_for(settings.clinic, language, settings.form)
    drawing = Drawing(
        language=ENGLISH,
        answers=answers,
        wordings={},
        privacy_url="",
        problems={problem.field: problem for problem in problems},
        notices=rules.notices(answers) if problems else (),
        is_one_page=True,
    )
    spoken = {wording.purpose.value: wording for wording in wordings}
    return tuple(_part(step, language, drawing, spoken) for step in call_order(settings.form))


def agreed_field(value: str, problems: Sequence[Problem]) -> FieldView:
    """Return the one question that is not for the caller: how the call ended."""
    wrong = next((problem for problem in problems if problem.field == "agreed"), None)
    return FieldView(
        "agreed",
        "radios",
        "How did the call end?",
        choices=tuple((code, words_of, hint) for code, (words_of, hint) in ENDS.items()),
        value=value,
        error=_told(wrong) if wrong else "",
    )


def summary(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """Return the error summary in the order of the call."""
    offer = current().settings.form
    order = [question.name for step in call_order(offer) for question in step.questions]
    ordered = sorted(
        problems, key=lambda one: order.index(one.field) if one.field in order else len(order)
    )
    return [(f"#f-{problem.field}", _told(problem)) for problem in ordered]


def _part(step: Step, language: str, drawing: Drawing, spoken: Mapping[str, Wording]) -> Part:
    say = words(language).gettext
    is_first = step.number == 0
    before = BEFORE.get(step.slug, "")
    return Part(
        slug=step.slug,
        heading="Safety" if is_first else words(ENGLISH).gettext(step.title),
        say=tuple(say(text) for text in ([FIRST_SAFETY] if is_first else [before]) if text),
        signs=tuple(say(sign) for sign in SIGNS) if is_first else (),
        lines=tuple(_line(question, language, drawing, spoken) for question in step.questions),
    )


def _line(
    question: Question, language: str, drawing: Drawing, spoken: Mapping[str, Wording]
) -> Line:
    view = drawing.field(question)
    problem = drawing.problems.get(question.name)
    error = _told(problem) if problem else ""
    wording = spoken.get(question.wording)
    if wording is None:
        return Line(replace(view, error=error, autocomplete="off"), _read_out(question, language))
    label = f"They said yes: {question.short}"
    read = tuple(text for text in (wording.before, wording.label) if text)
    refusable = () if question.needed else (words(language).gettext(MAY_REFUSE),)
    return Line(replace(view, label=label, error=error), refusable, read)


def _read_out(question: Question, language: str) -> tuple[str, ...]:
    """Return the question as the person hears it; in English the label says it already."""
    say = words(language).gettext
    lines = [] if language == ENGLISH else [say(question.label)]
    if question.label_other:
        lines.append(say(FOR_OTHER, question=say(question.label_other)))
    if language != ENGLISH and question.kind in {Kind.RADIOS, Kind.BOXES}:
        choices = ", ".join(choice.label for choice in choices_of(question, language))
        lines.append(say(MAY_ANSWER, choices=choices))
    return tuple(lines)


def _told(problem: Problem) -> str:
    return FOR_STAFF.get((problem.field, problem.code)) or sentence(problem, ENGLISH)
