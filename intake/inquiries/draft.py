"""Judges the answers of one form at once: a frozen draft, or every problem in the form's order.

The same model serves the web form, phone entry and the API. Errors carry codes only: what a person
typed must never travel in an exception, and the name of a field we do not know is never repeated.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from intake.errors import InvalidInput, Problem
from intake.inquiries import rules
from intake.inquiries.arrange import FORM, UNKNOWN_FIELD, UNREADABLE, arranged
from intake.inquiries.asking import Answers
from intake.inquiries.choices import (
    AgeBand,
    AskingFor,
    Diagnosed,
    Heard,
    PersonKnows,
    Relationship,
    Safety,
    Voicemail,
)
from intake.inquiries.form import CONDITION_LABELS, all_questions, by_name
from intake.inquiries.phone import read_phone
from intake.inquiries.places import COUNTRY_CODES, STATE_CODES
from intake.inquiries.text import one_line, refusal, several_lines
from intake.settings import FormSettings

_CODES = {
    "missing": rules.MISSING,
    "enum": "choice",
    "literal_error": "choice",
    "string_type": UNREADABLE,
    "tuple_type": UNREADABLE,
    "bool_type": "choice",
    "extra_forbidden": UNKNOWN_FIELD,
}
# Read from other answers, and never given.
DERIVED = ("phone_e164", "phone_extension")
EVERYTHING = FormSettings(conditions=tuple(CONDITION_LABELS), texts=True, news=True, heard=True)
_YES = frozenset({"yes", "on", "true", "1"})
_NO = frozenset({"no", "off", "false", "0"})


def _name(typed: str) -> str:
    name = one_line(typed, max_characters=rules.NAME_MAX_CHARACTERS)
    if rules.has_web_address(name):
        raise refusal("link")
    return name


def _condition(typed: str) -> str:
    return one_line(typed, max_characters=rules.CONDITION_MAX_CHARACTERS)


def _language(typed: str) -> str:
    return one_line(typed, max_characters=rules.LANGUAGE_MAX_CHARACTERS)


def _story(typed: str) -> str:
    return several_lines(typed, max_characters=rules.STORY_MAX_CHARACTERS)


def _phone(typed: str) -> str:
    return one_line(typed, max_characters=rules.PHONE_MAX_CHARACTERS)


def _email(typed: str) -> str:
    email = one_line(typed, max_characters=rules.EMAIL_MAX_CHARACTERS)
    if not email:
        return ""
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise refusal("format") from None


def _something(text: str) -> str:
    """Refuse what looks empty once it is clean, such as a name of zero-width spaces."""
    if not text:
        raise refusal(rules.MISSING)
    return text


def _ticked(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().casefold() if isinstance(value, str) else value
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise refusal("choice")


def _must_be_ticked(value: bool) -> bool:
    if not value:
        raise refusal(rules.MISSING)
    return value


Name = Annotated[str, AfterValidator(_name), AfterValidator(_something)]
OptionalName = Annotated[str, AfterValidator(_name)]
Condition = Annotated[str, AfterValidator(_condition), AfterValidator(_something)]
Language = Annotated[str, AfterValidator(_language), AfterValidator(_something)]
Story = Annotated[str, AfterValidator(_story)]
Phone = Annotated[str, AfterValidator(_phone)]
Email = Annotated[
    str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})
]
Tick = Annotated[bool, BeforeValidator(_ticked, json_schema_input_type=bool)]
NeededTick = Annotated[Tick, AfterValidator(_must_be_ticked)]


class InquiryDraft(BaseModel):
    """One inquiry that passed every rule; build it with :meth:`parse`.

    ``phone`` is as it was typed; ``phone_e164`` and ``phone_extension`` are read from it and
    cannot be given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    safety: Safety
    asking_for: AskingFor
    relationship: Relationship | None = None
    person_knows: PersonKnows | None = None
    caregiver_authority: Tick = False
    full_name: Name
    called: OptionalName | None = None
    requester_name: Name | None = None
    age_band: AgeBand
    conditions: tuple[str, ...]
    condition_other: Condition | None = None
    diagnosed: Diagnosed
    story: Story | None = None
    contact_by: tuple[str, ...]
    phone: Phone | None = None
    phone_e164: str | None = None
    phone_extension: str | None = None
    voicemail: Voicemail | None = None
    email: Email | None = None
    best_times: tuple[str, ...] = ()
    country: str
    state: str | None = None
    language: Literal["en", "es", "other"]
    language_other: Language | None = None
    interpreter: Tick = False
    support: tuple[str, ...] = ()
    perm_contact: NeededTick
    perm_health: NeededTick
    perm_text: Tick = False
    perm_news: Tick = False
    heard: Heard | None = None

    @classmethod
    def parse(cls, raw: Answers, *, offer: FormSettings) -> Self:
        """Return the draft that these answers make.

        Args:
            raw: the answers as they were sent. Empty ones count as not given; answers to
                questions that the other answers do not bring up are left out.
            offer: what this clinic's form offers.

        Raises:
            InvalidInput: with every problem, in the order of the form.
        """
        try:
            return cls.model_validate(raw, context=offer)
        except ValidationError as wrong:
            names = [question.name for question in all_questions(offer)]
            raise InvalidInput(rules.ordered(_problems(wrong), names)) from None

    def answers(self) -> dict[str, Any]:
        """Return everything that was answered, as JSON values: what is sealed."""
        return self.model_dump(mode="json", exclude_none=True)

    @field_validator("conditions", "contact_by", "best_times", "support")
    @classmethod
    def _offered(cls, values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Keep the chosen values once each, in the form's order; refuse any we do not offer."""
        question = by_name(_offer(info))[info.field_name or ""]
        allowed = [choice.value for choice in question.choices]
        if not set(values) <= set(allowed):
            raise refusal("choice")
        return tuple(value for value in allowed if value in values)

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        if country not in COUNTRY_CODES:
            raise refusal("choice")
        return country

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(
        cls,
        data: Any,  # noqa: ANN401 - pydantic hands over anything
        handler: ModelWrapValidatorHandler[Self],
        info: ValidationInfo,
    ) -> Self:
        """Judge single fields and joined rules in one go, though some of them fail.

        A validator that runs after the fields would keep silent as long as any field is wrong.
        """
        if isinstance(data, cls):
            return data
        offer = _offer(info)
        answers, problems = arranged(data, offer)
        draft = None
        try:
            draft = handler(answers)
        except ValidationError as wrong:
            problems += _problems(wrong)
        problems += rules.conditional(answers, all_questions(offer))
        derived, unreadable = _read_together(answers, {problem.field for problem in problems})
        problems += unreadable
        if draft is None or problems:
            details = [_detail(problem) for problem in problems]
            raise ValidationError.from_exception_data(cls.__name__, details, hide_input=True)
        return draft.model_copy(update=derived)


def _read_together(
    answers: Mapping[str, Any], wrong: set[str]
) -> tuple[dict[str, str | None], list[Problem]]:
    """Read what needs two answers: the phone by the country, the state by its country."""
    problems: list[Problem] = []
    derived: dict[str, str | None] = {}
    country = answers.get("country")
    country = country if isinstance(country, str) and country in COUNTRY_CODES else None
    phone = answers.get("phone")
    if isinstance(phone, str) and "phone" not in wrong:
        try:
            read = read_phone(_phone(phone), country)
            derived = {"phone_e164": read.e164, "phone_extension": read.extension}
        except PydanticCustomError as refused:
            problems.append(Problem("phone", refused.type))
    state = answers.get("state")
    if (
        state is not None
        and "state" not in wrong
        and state not in STATE_CODES.get(country or "", ())
    ):
        problems.append(Problem("state", "choice"))
    return derived, problems


def _offer(info: ValidationInfo) -> FormSettings:
    return info.context if isinstance(info.context, FormSettings) else EVERYTHING


def _problems(wrong: ValidationError) -> list[Problem]:
    errors = wrong.errors(include_url=False, include_input=False, include_context=False)
    return [
        Problem(str(error["loc"][0]) if error["loc"] else FORM, _code(error["type"]))
        for error in errors
    ]


def _code(error_type: str) -> str:
    return _CODES.get(error_type, error_type)


def _detail(problem: Problem) -> InitErrorDetails:
    return InitErrorDetails(type=refusal(problem.code), loc=(problem.field,), input=None)
