"""Notices are the law's words, by version, and nobody's until a named person has compared them."""

import hashlib
from datetime import date, timedelta

import pytest

from intake.clinic.notices import (
    NOTICES,
    Confirmation,
    notices_for,
    places_to_choose,
    warnings,
)
from tests.factories import a_clinic

ENTERED_ON = NOTICES["FL"].worded_on
# Who changes the words changes version and day in the same commit: an old confirmation must lapse.
VERSIONS = {
    "FL-A-2025": (date(2026, 11, 22), "4f09c5ab8f14ec36"),
    "CA-2017": (date(2026, 11, 22), "832b4d8151350c8e"),
    "UT-2024": (date(2026, 11, 22), "c421c5ab76874148"),
}


def test_a_notice_is_confirmed_only_by_a_named_person_on_a_day() -> None:
    clinic = a_clinic()
    named = clinic.model_copy(update={"notice_confirmed_by": "Rosa Vidal, counsel"})
    confirmed = named.model_copy(update={"notice_confirmed_on": ENTERED_ON})

    assert [notice.is_confirmed for notice in notices_for(clinic)] == [False]
    assert [notice.is_confirmed for notice in notices_for(named)] == [False]
    assert [notice.is_confirmed for notice in notices_for(confirmed)] == [True]


def test_a_confirmation_of_earlier_words_is_none_of_these() -> None:
    before = {
        "notice_confirmed_by": "R. Vidal",
        "notice_confirmed_on": ENTERED_ON - timedelta(days=1),
    }

    (notice,) = notices_for(a_clinic().model_copy(update=before))

    assert not notice.is_confirmed


def test_staff_are_warned_until_somebody_confirms_the_notice() -> None:
    clinic = a_clinic()
    confirmed = clinic.model_copy(
        update={"notice_confirmed_by": "R. Vidal", "notice_confirmed_on": ENTERED_ON}
    )

    (warning,) = warnings(clinic)
    assert warning.startswith("The Florida notice has not been confirmed by a person.")
    assert warnings(confirmed) == ()


def test_floridas_words_are_those_of_the_fact_sheet() -> None:
    assert NOTICES["FL"].text == (
        "THIS NOTICE MUST BE PROVIDED TO YOU UNDER FLORIDA LAW. This physician performs one or"
        " more stem cell therapies that have not yet been approved by the United States Food and"
        " Drug Administration. You are encouraged to consult with your primary care provider"
        " before undergoing any stem cell therapy."
    )


def test_words_cannot_change_under_the_same_version() -> None:
    assert {
        notice.version: (
            notice.worded_on,
            hashlib.sha256(f"{notice.text}\n{notice.spanish}".encode()).hexdigest()[:16],
        )
        for notice in NOTICES.values()
    } == VERSIONS


def test_a_state_without_a_known_notice_has_none() -> None:
    assert notices_for(a_clinic().model_copy(update={"state": "OH"})) == ()
    assert notices_for(a_clinic().model_copy(update={"state": "OH"}), chosen="TX") == ()


def test_the_clinics_own_notice_stands_before_that_of_the_state_chosen() -> None:
    found = notices_for(a_clinic(), chosen="ut")

    assert [notice.jurisdiction for notice in found] == ["FL", "UT"]


def test_choosing_the_clinics_own_state_shows_its_notice_once() -> None:
    assert [one.jurisdiction for one in notices_for(a_clinic(), chosen="FL")] == ["FL"]


def test_the_settings_confirm_nothing_but_the_clinics_own_notice() -> None:
    clinic = a_clinic().model_copy(
        update={"notice_confirmed_by": "R. Vidal", "notice_confirmed_on": ENTERED_ON}
    )

    found = notices_for(clinic, chosen="CA")

    assert [(one.jurisdiction, one.is_confirmed) for one in found] == [("FL", True), ("CA", False)]


@pytest.mark.parametrize(("version", "counts"), [("CA-2017", True), ("CA-1999", False)])
def test_a_recorded_confirmation_counts_for_the_version_it_names(
    version: str, counts: bool
) -> None:
    recorded = {version: Confirmation("R. Vidal", ENTERED_ON)}

    *_, californias = notices_for(a_clinic(), chosen="CA", confirmations=recorded)

    assert californias.is_confirmed is counts


def test_other_states_can_be_chosen_by_name() -> None:
    assert places_to_choose(a_clinic()) == (("CA", "California"), ("UT", "Utah"))


def test_only_floridas_law_asks_for_the_notice_online() -> None:
    assert {state for state, notice in NOTICES.items() if notice.is_needed_online} == {"FL"}
