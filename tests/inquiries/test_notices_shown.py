"""Which notice of a state is kept as shown: the words that stood on the page, and no others."""

import pytest

from intake.consent.models import Purpose
from tests.factories import a_sealed_inquiry


def versions(**changes: str) -> list[str]:
    source = changes.pop("source", "steps")
    sealed = a_sealed_inquiry(source=source, **changes)  # type: ignore[arg-type]
    return [one.wording.version for one in sealed.grants if one.wording.purpose is Purpose.NOTICE]


def test_the_notice_of_the_clinics_own_state_is_kept() -> None:
    assert versions(state="FL") == ["FL-A-2025"]


def test_the_notice_of_the_state_they_live_in_is_kept_too() -> None:
    assert versions(state="CA") == ["FL-A-2025", "CA-2017"]


@pytest.mark.parametrize("state", ["TX", "NY"])
def test_a_state_without_a_notice_adds_none(state: str) -> None:
    assert versions(state=state) == ["FL-A-2025"]


def test_on_one_page_they_send_as_they_say_where_they_live() -> None:
    assert versions(state="CA", source="one_page") == ["FL-A-2025"]
