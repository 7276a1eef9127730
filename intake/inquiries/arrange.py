"""Puts what arrived into the shape the draft judges: one text, one truth, or a tuple of texts.

Forms send lists of texts, the API sends JSON, and a hostile sender sends anything at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from intake.errors import Problem
from intake.inquiries import rules
from intake.inquiries.asking import Question
from intake.inquiries.form import by_name
from intake.settings import FormSettings

FORM = ""  # the field of a problem that belongs to no question
UNKNOWN_FIELD = "unknown_field"
UNREADABLE = "unreadable"


def arranged(raw: object, offer: FormSettings) -> tuple[dict[str, Any], list[Problem]]:
    """Return the answers the draft judges, and what could not even be arranged.

    Empty answers are left out, so that "missing" is the one code for them; so is what the other
    answers do not bring up, such as a relationship where somebody asks for themselves.
    """
    if not isinstance(raw, Mapping):
        return {}, [Problem(FORM, UNREADABLE)]
    known = by_name(offer)
    problems = [] if set(raw) <= set(known) else [Problem(FORM, UNKNOWN_FIELD)]
    asked = {name: raw[name] for name in known if name in raw}
    answers: dict[str, Any] = {}
    for name, question in known.items():
        if name not in asked or not question.is_asked(asked):
            continue
        try:
            answer = _shaped(asked[name], question)
        except ValueError as wrong:
            problems.append(Problem(name, str(wrong)))
            continue
        if answer not in (None, "", ()):
            answers[name] = answer
    return answers, problems


def _shaped(answer: object, question: Question) -> object:
    """Return one answer as a text, a truth or a tuple of texts.

    Raises:
        ValueError: with a code, where it is none of these or was given several times.
    """
    if isinstance(answer, bool):
        return answer
    if answer is None or isinstance(answer, str):
        return (answer,) if question.takes_several and answer else answer
    if not isinstance(answer, Sequence) or isinstance(answer, bytes | bytearray):
        raise ValueError(UNREADABLE)  # noqa: TRY004 - one code, whatever the type was
    if len(answer) > rules.VALUES_MAX_PER_QUESTION:
        raise ValueError("repeated")
    if not all(isinstance(part, str) for part in answer):
        raise ValueError(UNREADABLE)
    given = tuple(dict.fromkeys(part for part in answer if part))
    if question.takes_several:
        return given
    if len(given) > 1:
        raise ValueError("repeated")
    return given[0] if given else None
