"""Made-up answers that tests bend to their purpose."""

from collections.abc import Sequence

import pytest

from intake.errors import InvalidInput
from intake.inquiries.draft import InquiryDraft
from intake.settings import FormSettings

OFFER = FormSettings(
    conditions=(
        "rheumatoid-arthritis",
        "celiac-disease",
        "lupus",
        "multiple-sclerosis",
        "graves-disease",
        "type-1-diabetes",
        "als",
    )
)
FULL_OFFER = OFFER.model_copy(update={"texts": True, "news": True, "heard": True})
Given = str | Sequence[str]


def for_myself(**changes: Given) -> dict[str, Given]:
    """Return answers of somebody who asks for themselves and wants a call."""
    answers: dict[str, Given] = {
        "safety": "none",
        "asking_for": "me",
        "full_name": "Ana Díaz",
        "age_band": "40_64",
        "conditions": ["lupus"],
        "diagnosed": "yes",
        "contact_by": ["call"],
        "phone": "(305) 555-0123",
        "voicemail": "name_only",
        "country": "US",
        "state": "FL",
        "language": "en",
        "perm_contact": "yes",
        "perm_health": "yes",
    }
    return answers | changes


def for_someone_else(**changes: Given) -> dict[str, Given]:
    """Return answers of a caregiver."""
    asked: dict[str, Given] = {
        "asking_for": "other",
        "relationship": "child",
        "person_knows": "agrees",
        "caregiver_authority": "yes",
        "full_name": "Rosa Díaz",
        "requester_name": "Ana Díaz",
    }
    return for_myself(**asked) | changes


def without(answers: dict[str, Given], *names: str) -> dict[str, Given]:
    """Return the answers but these."""
    return {name: value for name, value in answers.items() if name not in names}


def parse(answers: dict[str, Given], offer: FormSettings = OFFER) -> InquiryDraft:
    """Return the draft."""
    return InquiryDraft.parse(answers, offer=offer)


def problems(answers: object, offer: FormSettings = OFFER) -> list[tuple[str, str]]:
    """Return the problems as pairs, in the order they come."""
    with pytest.raises(InvalidInput) as refused:
        InquiryDraft.parse(answers, offer=offer)  # type: ignore[arg-type]  # junk on purpose
    return [(problem.field, problem.code) for problem in refused.value.problems]
