"""The request form as Flask engineers know it: a FlaskForm with fields, a token and errors.

The draft judges, once; our macros draw. WTForms' own widgets and validators are not used: they are
most of what a form would cost, and a second judge would one day disagree with the first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import ValidationError

from intake.errors import InvalidInput, Problem
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import all_questions
from intake.web.context import current, now
from intake.web.form_token import TOKEN, FormToken, Standing, read_token
from intake.web.security import is_of_unknown_origin

PURPOSE = "form"
VALUES_MAX = 60

Answers = Mapping[str, Sequence[str]]


def form_secret() -> bytes:
    """Return the key that form tokens are signed with."""
    return current().keyring.secret(PURPOSE)


class FormTokenField(CSRF):  # type: ignore[misc]  # WTForms ships no types
    """Our signed token in the place where FlaskForm keeps its own: no session, no cookie."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Return nothing: pages write their token themselves, with the right submission key."""
        del csrf_token_field
        return ""

    def validate_csrf_token(self, form: "InquiryForm", field: CSRFTokenField) -> None:
        """Read the token that came back.

        Raises:
            ValidationError: it is old, was not signed by us, or another site may have put it there.
        """
        text = "" if is_of_unknown_origin() else field.data or ""
        form.standing, form.token = read_token(text, form_secret(), now())
        if form.standing is not Standing.FRESH:
            raise ValidationError(form.standing.value)


class Answer(Field):  # type: ignore[misc]
    """The texts that were sent under one name, as they are."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the texts; empty ones count as not given."""
        self.data = [value for value in valuelist[:VALUES_MAX] if isinstance(value, str) and value]


class InquiryForm(FlaskForm):  # type: ignore[misc]
    """The request form as it was posted.

    ``validate`` asks the draft once; afterwards ``draft`` or ``problems`` are there, each problem
    beside its field as well. The token is told apart in ``standing``: an old one is no mistake.
    """

    class Meta:
        """FlaskForm's settings."""

        csrf = True
        csrf_class = FormTokenField
        csrf_field_name = TOKEN

    safety = Answer()
    asking_for = Answer()
    relationship = Answer()
    person_knows = Answer()
    caregiver_authority = Answer()
    full_name = Answer()
    called = Answer()
    requester_name = Answer()
    age_band = Answer()
    conditions = Answer()
    condition_other = Answer()
    diagnosed = Answer()
    story = Answer()
    contact_by = Answer()
    phone = Answer()
    voicemail = Answer()
    email = Answer()
    best_times = Answer()
    country = Answer()
    state = Answer()
    # "language" as well: a form's attributes and a page's language never meet.
    language = Answer()
    language_other = Answer()
    interpreter = Answer()
    support = Answer()
    perm_contact = Answer()
    perm_health = Answer()
    perm_text = Answer()
    perm_news = Answer()
    heard = Answer()

    standing: Standing = Standing.FOREIGN
    token: FormToken
    draft: InquiryDraft | None = None
    problems: tuple[Problem, ...] = ()

    def answers(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Return what was posted under these names, leaving out what is empty."""
        return {name: self[name].data for name in names if self[name].data}

    def check_token(self) -> Standing:
        """Read the token alone, for pages that are not judged yet."""
        self[TOKEN].validate(self)
        return self.standing

    def validate(self, extra_validators: object = None, *, answers: Answers | None = None) -> bool:
        """Judge the answers by the draft, all at once.

        Args:
            extra_validators: unused; the draft is the one judge.
            answers: those of earlier pages with these; by default what was posted.
        """
        del extra_validators
        offer = current().settings.form
        judged = (
            self.answers([question.name for question in all_questions(offer)])
            if answers is None
            else answers
        )
        self.check_token()
        try:
            self.draft, self.problems = InquiryDraft.parse(judged, offer=offer), ()
        except InvalidInput as invalid:
            self.draft, self.problems = None, invalid.problems
        for problem in self.problems:
            if problem.field in self:
                self[problem.field].errors = [problem.code]
        return self.draft is not None and self.standing is Standing.FRESH
