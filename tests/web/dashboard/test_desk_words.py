"""Every code that the desk raises has a sentence of its own."""

import re

import pytest

from intake.errors import Conflict, Problem
from intake.shared import shared
from intake.web.dashboard import act_words, closures, letters, member_forms, openings, routing
from intake.web.dashboard.desk_words import PROBLEMS, REFUSALS, problem_words, refusal_words

DESK = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((shared("templates").parent / "intake" / "desk").glob("*.py"))
)
NAMED = re.compile(r'(?:Problem|refuse)\("(\w+)", "(\w+)"')
REFUSED = re.compile(r'(?:Conflict|NotPermitted)\("(\w+)"')


@pytest.mark.parametrize(("field", "code"), sorted(set(NAMED.findall(DESK))))
def test_every_problem_has_its_sentence(field: str, code: str) -> None:
    of_one_page = {*member_forms.FAULTS, *openings.FAULTS}
    of_letters = {("read_both", "missing"): letters.NOT_READ}
    by_field = {*act_words.SENTENCES, *closures.FAULTS, *routing.FAULTS, *of_letters}
    said = problem_words(Problem(field, code)) != PROBLEMS["", ""]
    assert said or {(field, code), ("", code)} & by_field or code in of_one_page


@pytest.mark.parametrize("code", sorted(set(REFUSED.findall(DESK))))
def test_every_refusal_has_its_sentence(code: str) -> None:
    assert refusal_words(Conflict(code)) == REFUSALS[code]
