from datetime import date

from intake.clinic.notices import NOTICES, notices_for, warnings
from tests.factories import a_clinic


def test_a_notice_is_confirmed_only_by_a_named_person_on_a_day() -> None:
    clinic = a_clinic()
    named = clinic.model_copy(update={"notice_confirmed_by": "Rosa Vidal, counsel"})
    confirmed = named.model_copy(update={"notice_confirmed_on": date(2026, 11, 1)})

    assert [notice.is_confirmed for notice in notices_for(clinic)] == [False]
    assert [notice.is_confirmed for notice in notices_for(named)] == [False]
    assert [notice.is_confirmed for notice in notices_for(confirmed)] == [True]


def test_staff_are_warned_until_somebody_confirms_the_notice() -> None:
    clinic = a_clinic()
    confirmed = clinic.model_copy(
        update={"notice_confirmed_by": "R. Vidal", "notice_confirmed_on": date(2026, 11, 1)}
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


def test_a_state_without_a_known_notice_has_none() -> None:
    assert notices_for(a_clinic().model_copy(update={"state": "OH"})) == ()


def test_only_floridas_law_asks_for_the_notice_online() -> None:
    assert {state for state, notice in NOTICES.items() if notice.is_needed_online} == {"FL"}
