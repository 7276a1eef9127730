"""Answers read back to the person: on the check page, and on the receipt as they were sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.clinic.zones import person_zone
from intake.i18n import N_, clock_time, words
from intake.inquiries import rules
from intake.inquiries.asking import Answers, Kind, Question, chosen, texts_of
from intake.inquiries.form import by_name, choices_of
from intake.inquiries.questions import FOR_OTHER
from intake.inquiries.text import showable
from intake.settings import FormSettings
from intake.web.context import current
from intake.web.messages import note

TIME_THERE = N_("It is now %(time)s where you live")
YES, NO = N_("Yes"), N_("No")
ABOUT_YOU, ABOUT_PERSON = N_("About you"), N_("About the person")
_WHO = ("safety", "asking_for", "relationship", "person_knows", "caregiver_authority")
_PERSON = ("full_name", "age_band")
_SELF = ("called", "requester_name")
_REST = (
    (
        N_("How to reach you"),
        ("contact_by", "phone", "voicemail", "email", "best_times", "country", "state"),
    ),
    (
        N_("What you are asking"),
        (
            "conditions",
            "condition_other",
            "diagnosed",
            "story",
            "language",
            "language_other",
            "interpreter",
            "support",
        ),
    ),
    (
        N_("Your permissions"),
        ("perm_contact", "perm_health", "perm_text", "perm_news", "heard"),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer; ``value`` empty where nothing was given."""

    label: str
    value: str | list[str]
    change_url: str = ""
    long: bool = False
    problem: bool = False
    note: str = ""
    fact: str = ""


def groups(
    answers: Mapping[str, object],
    language: str,
    offer: FormSettings,
    *,
    change_urls: Mapping[str, str] | None = None,
    wrong: Collection[str] = (),
    notes: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
) -> list[tuple[str, list[Row]]]:
    """Return the headings with their rows, for the questions these answers bring up.

    Args:
        answers: as they are kept between pages, or as they were sealed.
        language: that of the page.
        offer: what the form asks.
        change_urls: where each field is changed; none on the receipt.
        wrong: fields with a problem.
        notes: sentences under single answers: soft hints that stop nothing.
        facts: the same, where nothing is odd: what follows from an answer.
    """
    say = words(language).gettext
    given = {name: texts_of(answer) for name, answer in answers.items()}
    found = []
    for heading, names in _arrangement(given):
        rows = [
            Row(
                label=say(question.short),
                value=shown(question, given, language),
                change_url=(change_urls or {}).get(name, ""),
                long=question.kind is Kind.AREA,
                problem=name in wrong,
                note=(notes or {}).get(name, ""),
                fact=(facts or {}).get(name, ""),
            )
            for name in names
            if (question := by_name(offer).get(name)) is not None and question.is_asked(given)
        ]
        if rows:
            found.append((say(heading), rows))
    return found


def shown(
    question: Question, answers: Mapping[str, Sequence[str]], language: str
) -> str | list[str]:
    """Return one answer in the reader's words."""
    say = words(language).gettext
    given = chosen(answers.get(question.name))
    if question.kind is Kind.BOX:
        return say(YES) if given == ("yes",) else say(NO)
    if question.choices or question.kind is Kind.SELECT:
        labels = {choice.value: choice.label for choice in choices_of(question, language)}
        told = [labels[value] for value in given if value in labels]
        return told if question.takes_several else "".join(told[:1])
    return showable(given[0]) if given else ""


def _arrangement(answers: Mapping[str, Sequence[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """Put the person's name under "About you" only where they ask for themselves."""
    if FOR_OTHER.holds(answers):
        return [(ABOUT_YOU, _WHO + _SELF), (ABOUT_PERSON, _PERSON), *_REST]
    return [(ABOUT_YOU, _WHO + _PERSON + _SELF), *_REST]


def notes_on(answers: Answers, language: str) -> dict[str, str]:
    """Return the soft hints under single answers."""
    told: dict[str, str] = {}
    for hint in rules.notices(answers):
        words_of_hint = note(hint.code, language, hint.suggestion)
        told[hint.field] = f"{told.get(hint.field, '')} {words_of_hint}".strip()
    return told


def facts_on(answers: Answers, at: datetime, language: str) -> dict[str, str]:
    """Return what follows from single answers: the hour it is where they live."""
    country, state = ("".join(answers.get(name, ())) for name in ("country", "state"))
    if not (country and answers.get("best_times")):
        return {}
    zone = person_zone(country, state or None, otherwise=current().settings.clinic.zone)
    time = clock_time(at, zone.name, language)
    return {"best_times": words(language).gettext(TIME_THERE, time=time)}
