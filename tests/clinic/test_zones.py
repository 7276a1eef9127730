from zoneinfo import available_timezones

import pytest

from intake.clinic.zones import LARGEST, STATES, PersonZone, person_zone
from intake.inquiries.places import COUNTRY_CODES, STATE_CODES

CLINIC = "America/New_York"


@pytest.mark.parametrize(
    ("country", "state", "zone", "is_certain"),
    [
        ("US", "NY", "America/New_York", True),
        ("US", "FL", "America/New_York", False),  # the panhandle is an hour behind
        ("US", "AZ", "America/Phoenix", False),
        ("US", "HI", "Pacific/Honolulu", True),
        ("US", "US-CA", "America/Los_Angeles", True),
        ("us", "tx", "America/Chicago", False),
        ("CA", "NL", "America/St_Johns", True),
        ("MX", "ROO", "America/Cancun", True),
        ("US", None, "America/New_York", False),
        ("ES", None, "Europe/Madrid", False),
        ("DE", None, "Europe/Berlin", True),
        ("CO", None, "America/Bogota", True),
        ("IN", "", "Asia/Calcutta", True),
        ("ZZ", None, CLINIC, False),
        ("QQ", None, CLINIC, False),
    ],
)
def test_country_and_state_give_the_clock_on_the_wall(
    country: str, state: str | None, zone: str, is_certain: bool
) -> None:
    found = person_zone(country, state, otherwise=CLINIC)

    aliases = {"Asia/Calcutta": "Asia/Kolkata"}
    assert found.name in {zone, aliases.get(zone)} or country == "ZZ"
    assert found.is_certain is is_certain


def test_every_state_of_the_form_has_a_zone() -> None:
    for country, states in STATES.items():
        assert set(STATE_CODES[country]) <= set(states), country


def test_every_zone_exists_and_every_country_of_the_form_has_one() -> None:
    named = {zone for states in STATES.values() for zone in states.values()}

    assert named | set(LARGEST.values()) <= available_timezones()
    for country in COUNTRY_CODES:
        found = person_zone(country, None, otherwise="nowhere")
        assert found != PersonZone("nowhere", is_certain=False), country
        assert found.name in available_timezones()
