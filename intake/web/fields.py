"""Questions and their answers as the macros of ``components/form.html`` draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment

from intake.consent.wordings import Wording
from intake.errors import Problem
from intake.i18n import N_, words
from intake.inquiries.asking import Kind, Question, When, chosen
from intake.inquiries.form import choices_of
from intake.inquiries.questions import FOR_OTHER
from intake.inquiries.rules import Notice
from intake.inquiries.text import showable
from intake.web.messages import note, sentence

WRITE_THEIR_NAME = N_("If you are asking for someone else, write that person's name here")
READ_PRIVACY = N_("Read how we use your information (opens the privacy page)")
NAMED_BY_WHOM = frozenset({"full_name"})
HEALTH = "health"

Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as a macro draws it; see ``components/form.html``."""

    name: str
    kind: str
    label: str
    hint: str = ""
    reason: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()
    value: str | Sequence[str] = ""
    error: str = ""
    note: str = ""
    optional: bool = False
    autocomplete: str = ""
    inputmode: str = ""
    max_length: int = 0
    counter: bool = False
    width: str = "full"
    is_heading: bool = False
    shown_if: str = ""
    link: tuple[str, str] | None = None
    options: str = ""
    form: str = ""  # where a page has several forms, so that no two controls share an id

    @property
    def id(self) -> str:
        """The control's id, which error links lead to."""
        return f"f-{self.form}-{self.name}" if self.form else f"f-{self.name}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all fields of one page share.

    Args:
        language: the language of the page.
        answers: what is in the fields, right or wrong.
        wordings: what people agree to, by purpose, word for word as it is stored.
        problems: what is wrong, by field.
        notices: the soft hints.
        privacy_url: where the privacy page is.
        is_one_page: whether all questions stand on one page.
    """

    language: str
    answers: Answers
    wordings: Mapping[str, Wording]
    privacy_url: str
    problems: Mapping[str, Problem]
    notices: Sequence[Notice] = ()
    is_one_page: bool = False

    def field(self, question: Question, *, is_heading: bool = False) -> FieldView:
        """Return one question with its answer, ready to draw."""
        say = words(self.language).gettext
        label, reason, link = self._label(question)
        problem = self.problems.get(question.name)
        choices, value = self._choices(question), self._value(question)
        return FieldView(
            name=question.name,
            kind=question.kind.value,
            label=label,
            hint=self._hint(question),
            reason=reason or (say(question.reason) if question.reason else ""),
            choices=choices,
            value=value,
            error=sentence(problem, self.language) if problem else "",
            note=self._note(question),
            optional=question.optional,
            autocomplete=self._autocomplete(question),
            inputmode=question.inputmode,
            max_length=question.max_characters or 0,
            counter=question.kind is Kind.AREA,
            width="short" if question.kind in {Kind.TEL, Kind.SELECT} else "full",
            is_heading=is_heading,
            shown_if=_shown_if(question.when) if self.is_one_page else "",
            link=link,
            options=_options(choices, value) if question.kind is Kind.SELECT else "",
        )

    def _label(self, question: Question) -> tuple[str, str, tuple[str, str] | None]:
        say = words(self.language).gettext
        wording = self.wordings.get(question.wording)
        if wording is not None:
            link = (self.privacy_url, say(READ_PRIVACY)) if question.wording == HEALTH else None
            return wording.label, wording.before, link
        for_other = question.label_other and FOR_OTHER.holds(self.answers)
        return say(question.label_other if for_other else question.label), "", None

    def _autocomplete(self, question: Question) -> str:
        """Return what the browser may fill in: never the visitor's own name for somebody else's."""
        is_theirs = question.name in NAMED_BY_WHOM and FOR_OTHER.holds(self.answers)
        return "off" if is_theirs else question.autocomplete

    def _hint(self, question: Question) -> str:
        say = words(self.language).gettext
        hints = []
        if question.invites and (self.is_one_page or question.needed_when is not None):
            hints.append(question.invites)
        if self.is_one_page and question.name in NAMED_BY_WHOM:
            hints.append(WRITE_THEIR_NAME)
        if question.hint:
            hints.append(question.hint)
        return ". ".join(say(hint) for hint in hints)

    def _choices(self, question: Question) -> tuple[tuple[str, str, str], ...]:
        if question.kind is Kind.BOX:
            return ()
        country = "" if self.is_one_page else "".join(self.answers.get("country", ()))
        return _triples(question, self.language, country)

    def _value(self, question: Question) -> str | list[str]:
        given = [
            showable(text).replace("\r\n", "\n") for text in chosen(self.answers.get(question.name))
        ]
        if question.takes_several:
            return given
        return given[0] if given else ""

    def _note(self, question: Question) -> str:
        told = [note(n.code, self.language, n.suggestion) for n in self.notices_of(question)]
        return " ".join(told)

    def notices_of(self, question: Question) -> list[Notice]:
        """Return the hints that belong to one field."""
        return [notice for notice in self.notices if notice.field == question.name]


@lru_cache(maxsize=256)
def _triples(question: Question, language: str, country: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((c.value, c.label, c.hint) for c in choices_of(question, language, country))


def _shown_if(when: When | None) -> str:
    return f"{when.field}={','.join(sorted(when.values))}" if when else ""


def _options(choices: tuple[tuple[str, str, str], ...], value: str | list[str]) -> str:
    known = next((choice[0] for choice in choices if choice[0] == value), "")
    return _drawn_options(current_app.jinja_env, choices, known)


@lru_cache(maxsize=64)
def _drawn_options(
    environment: Environment, choices: tuple[tuple[str, str, str], ...], value: str
) -> str:
    """Draw the inside of a select once: a list of countries is most of what its page costs."""
    macros: Any = environment.get_template("components/form.html").module
    drawn: str = macros.options(choices, value)
    return drawn
