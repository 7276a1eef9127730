"""A person's answers as staff read them: in the order of the form, in English, nothing left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from intake.crypto.sealed import JSON
from intake.i18n import LANGUAGES
from intake.inquiries.asking import Kind, Question, texts_of
from intake.inquiries.form import choices_of, steps
from intake.settings import FormSettings

LANGUAGE = "en"
TYPED = frozenset({Kind.AREA, Kind.TEXT})
# Shown in the contact card and, word for word, in the list of permissions.
ELSEWHERE = frozenset({"perm_contact", "perm_health", "perm_text", "perm_news"})


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question and its answer, as ``site/_answers.html`` draws it."""

    label: str
    value: str | list[str]
    long: bool = False
    change_url: str = ""
    problem: bool = False
    note: str = ""
    lang: str = ""


def answer_groups(
    answers: Mapping[str, JSON], offer: FormSettings, *, language: str = LANGUAGE
) -> list[tuple[str, list[AnswerRow]]]:
    """Return the pages of the form with their answers, without what was not asked.

    What somebody wrote themselves is marked with the language they asked for, where it is one of
    ours and not that of the page, so that a screen reader speaks it as it is written.
    """
    typed_in = language if language in LANGUAGES and language != LANGUAGE else ""
    given = {name: texts_of(answer) for name, answer in answers.items()}
    groups = []
    for step in steps(offer):
        rows = [
            AnswerRow(
                question.short,
                _value(question, given),
                long=question.kind is Kind.AREA,
                lang=typed_in if question.kind in TYPED and given.get(question.name) else "",
            )
            for question in step.questions
            if question.name not in ELSEWHERE and question.is_asked(given)
        ]
        if rows and answers:
            groups.append((step.title, rows))
    return groups


def _value(question: Question, given: Mapping[str, tuple[str, ...]]) -> str | list[str]:
    values = given.get(question.name, ())
    if question.kind is Kind.BOX:
        return "Yes" if values == ("yes",) else "No"
    if question.choices or question.kind is Kind.SELECT:
        labels = {choice.value: choice.label for choice in choices_of(question, LANGUAGE)}
        # A choice the clinic no longer offers is shown as it was stored: it must not disappear.
        words = [labels.get(value, value.replace("-", " ").replace("_", " ")) for value in values]
        return words if question.takes_several else "".join(words[:1])
    return values[0] if values else ""
