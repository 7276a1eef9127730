"""The request form as one clinic offers it: its pages, its choices, and its version.

Everything is drawn from ``questions``, so a change there changes :func:`form_version`, which is
kept with each inquiry and says years later what was asked.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from intake.i18n import N_, words
from intake.inquiries.asking import Choice, Kind, Question, Step
from intake.inquiries.places import COUNTRIES_WITH_STATES, countries, states
from intake.inquiries.questions import (
    AGE_BAND,
    ASKING_FOR,
    BEST_TIMES,
    CALLED,
    CAREGIVER_AUTHORITY,
    CONDITION_OTHER,
    COUNTRY,
    DIAGNOSED,
    EMAIL,
    FULL_NAME,
    HEARD,
    INTERPRETER,
    LANGUAGE,
    LANGUAGE_OTHER,
    PERM_CONTACT,
    PERM_HEALTH,
    PERM_NEWS,
    PERM_TEXT,
    PERSON_KNOWS,
    PHONE,
    RELATIONSHIP,
    REQUESTER_NAME,
    SAFETY,
    STATE,
    STORY,
    SUPPORT,
    VOICEMAIL,
)
from intake.settings import FormSettings

CONDITION_LABELS = {
    "als": N_("ALS"),
    "celiac-disease": N_("Celiac disease"),
    "graves-disease": N_("Graves' disease"),
    "lupus": N_("Lupus"),
    "multiple-sclerosis": N_("Multiple sclerosis (MS)"),
    "rheumatoid-arthritis": N_("Rheumatoid arthritis"),
    "type-1-diabetes": N_("Type 1 diabetes"),
}
CONDITION_ENDS = (
    Choice("other", N_("Another condition")),
    Choice("not_diagnosed", N_("I am not sure"), N_("For example, there is no diagnosis yet")),
    Choice("by_phone", N_("I would rather say by phone")),
)


def _conditions(offer: FormSettings) -> Question:
    """Build the list of the clinic; a slug without a label of ours is shown as it is written."""
    listed = tuple(
        Choice(slug, CONDITION_LABELS.get(slug, slug.replace("-", " ").capitalize()))
        for slug in offer.conditions
    )
    return Question(
        "conditions",
        Kind.BOXES,
        label=N_("What condition are you asking about?"),
        short=N_("Condition"),
        hint=N_("Choose all that apply"),
        choices=(*sorted(listed, key=lambda choice: choice.label.casefold()), *CONDITION_ENDS),
    )


def _contact_by(offer: FormSettings) -> Question:
    channels = [Choice("call", N_("Phone call")), Choice("email", N_("Email"))]
    if offer.texts:
        channels.append(Choice("text", N_("Text message")))
    return Question(
        "contact_by",
        Kind.BOXES,
        label=N_("How should we contact you?"),
        short=N_("Contact by"),
        choices=tuple(channels),
    )


def _phone(offer: FormSettings) -> Question:
    return PHONE if offer.texts else replace(PHONE, invites=N_("We need it if you chose a call"))


@cache
def steps(offer: FormSettings) -> tuple[Step, ...]:
    """Return the start page (number 0) and the seven question pages, as this clinic offers them."""
    permissions = [PERM_CONTACT, PERM_HEALTH]
    permissions += [PERM_TEXT] if offer.texts else []
    permissions += [PERM_NEWS] if offer.news else []
    permissions += [HEARD] if offer.heard else []
    contact = (_contact_by(offer), _phone(offer), VOICEMAIL, EMAIL, BEST_TIMES, COUNTRY, STATE)
    pages: Sequence[tuple[str, str, str, tuple[Question, ...]]] = (
        ("start", N_("Before you start"), "", (SAFETY,)),
        (
            "who",
            N_("Who are you asking for?"),
            "",
            (ASKING_FOR, RELATIONSHIP, PERSON_KNOWS, CAREGIVER_AUTHORITY),
        ),
        (
            "about",
            N_("About you"),
            N_("About the person"),
            (FULL_NAME, CALLED, REQUESTER_NAME, AGE_BAND),
        ),
        (
            "condition",
            N_("What you are asking"),
            "",
            (_conditions(offer), CONDITION_OTHER, DIAGNOSED),
        ),
        ("question", N_("Your question"), "", (STORY,)),
        ("contact", N_("How to reach you"), "", contact),
        (
            "language",
            N_("Language and support"),
            "",
            (LANGUAGE, LANGUAGE_OTHER, INTERPRETER, SUPPORT),
        ),
        ("permissions", N_("Your permissions"), "", tuple(permissions)),
    )
    return tuple(
        Step(slug, number, title, asked, title_other)
        for number, (slug, title, title_other, asked) in enumerate(pages)
    )


# By phone: a number first in case the line breaks, and no health detail before they have agreed.
CALL_ORDER = (
    "start",
    "language",
    "who",
    "about",
    "contact",
    "permissions",
    "condition",
    "question",
)


@cache
def call_order(offer: FormSettings) -> tuple[Step, ...]:
    """Return the same pages in the order of a phone call."""
    return tuple(sorted(steps(offer), key=lambda step: CALL_ORDER.index(step.slug)))


@cache
def all_questions(offer: FormSettings) -> tuple[Question, ...]:
    """Return every question in the order of the form."""
    return tuple(question for step in steps(offer) for question in step.questions)


@cache
def by_name(offer: FormSettings) -> dict[str, Question]:
    """Return every question by its field's name."""
    return {question.name: question for question in all_questions(offer)}


def choices_of(question: Question, language: str, country: str = "") -> tuple[Choice, ...]:
    """Return what can be chosen, in the reader's words and order.

    Args:
        question: the question; ``country`` and ``state`` take their lists from ``places``.
        language: the reader's language.
        country: whose states are asked for; all three countries' where it is not known.
    """
    if question.name == "country":
        return countries(language)
    if question.name == "state":
        named = (country,) if country in COUNTRIES_WITH_STATES else COUNTRIES_WITH_STATES
        return tuple(choice for code in named for choice in states(code, language))
    say = words(language).gettext
    told = [Choice(c.value, say(c.label), say(c.hint) if c.hint else "") for c in question.choices]
    if question.name == "conditions":
        listed = len(told) - len(CONDITION_ENDS)
        told[:listed] = sorted(told[:listed], key=lambda choice: choice.label.casefold())
    return tuple(told)


@cache
def form_version(language: str, offer: FormSettings) -> str:
    """Return the first 16 hex digits of the SHA-256 of the form as it is shown.

    The wordings of the permissions are records of their own, with hashes of their own.
    """
    say = words(language).gettext
    shown = [
        [
            step.slug,
            say(step.title),
            [
                [
                    question.name,
                    question.kind,
                    *(say(text) for text in _texts(question)),
                    [[c.value, c.label, c.hint] for c in choices_of(question, language)],
                    question.needed,
                    question.max_characters,
                ]
                for question in step.questions
            ],
        ]
        for step in steps(offer)
    ]
    canonical = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _texts(question: Question) -> tuple[str, ...]:
    texts = (
        question.label,
        question.label_other,
        question.hint,
        question.reason,
        question.short,
        question.invites,
    )
    return tuple(text for text in texts if text)
