"""Which page of the form follows which, for somebody with these answers.

A page is a step, or the follow-up page of a step: what an answer on the page itself brings up is
asked on a page of its own, decided here and not by a script.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.errors import InvalidInput, Problem
from intake.inquiries.asking import Answers, Question, Step
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import steps
from intake.settings import FormSettings

MORE = "more"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions, as these answers bring them up."""

    step: Step
    is_more: bool
    questions: tuple[Question, ...]

    @property
    def address(self) -> str:
        """The page's path in English, such as ``/ask/who`` or ``/ask/who/more``."""
        if self.step.number == 0:
            return "/ask"
        return f"/ask/{self.step.slug}/{MORE}" if self.is_more else f"/ask/{self.step.slug}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields on this page."""
        return tuple(question.name for question in self.questions)


def pages(answers: Answers, offer: FormSettings) -> list[Page]:
    """Return the pages somebody with these answers goes through, the start page first."""
    found = []
    for step in steps(offer):
        for is_more, questions in ((False, step.first), (True, step.follow_ups)):
            asked = tuple(question for question in questions if question.is_asked(answers))
            if asked:
                found.append(Page(step, is_more, asked))
    return found


def page_at(slug: str, answers: Answers, offer: FormSettings, *, is_more: bool) -> Page | None:
    """Return one page; None for a follow-up page that these answers do not bring up."""
    return next(
        (p for p in pages(answers, offer) if p.step.slug == slug and p.is_more == is_more), None
    )


def page_after(page: Page, answers: Answers, offer: FormSettings) -> Page | None:
    """Return the next page, None before the check page."""
    return next((p for p in pages(answers, offer) if _place(p) > _place(page)), None)


def page_before(page: Page, answers: Answers, offer: FormSettings) -> Page | None:
    """Return the page before, None on the start page."""
    earlier = [p for p in pages(answers, offer) if _place(p) < _place(page)]
    return earlier[-1] if earlier else None


def first_unfinished(answers: Answers, offer: FormSettings) -> Page | None:
    """Return the first page with something missing or wrong."""
    wrong = {problem.field for problem in problems_of(answers, offer)}
    return next((p for p in pages(answers, offer) if wrong.intersection(p.names)), None)


def problems_of(answers: Answers, offer: FormSettings) -> Sequence[Problem]:
    """Return every problem of the answers so far, those not asked yet included."""
    try:
        InquiryDraft.parse(answers, offer=offer)
    except InvalidInput as invalid:
        return invalid.problems
    return ()


def _place(page: Page) -> tuple[int, bool]:
    return page.step.number, page.is_more
