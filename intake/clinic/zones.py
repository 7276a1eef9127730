"""Which clock hangs on the wall where a person lives, from the country and state they chose.

Nobody is asked for a time zone: people know their state. Where a state or country has several
clocks the one most of its people live by is taken and marked as a guess, so that staff can ask
before they call early.

Source: Unicode CLDR (countries, through Babel); 49 CFR part 71 (states of the United States).
"""

from dataclasses import dataclass
from types import MappingProxyType

from babel.core import get_global


@dataclass(frozen=True, slots=True)
class PersonZone:
    """A zone such as ``America/New_York``; ``is_certain`` unless people there use several."""

    name: str
    is_certain: bool


def _by_state(rows: dict[str, str]) -> MappingProxyType[str, str]:
    return MappingProxyType(
        {state: zone for zone, states in rows.items() for state in states.split()}
    )


STATES = MappingProxyType(
    {
        "US": _by_state(
            {
                "America/New_York": "CT DC DE FL GA KY MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
                "America/Detroit": "MI",
                "America/Indiana/Indianapolis": "IN",
                "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
                "America/Denver": "CO MT NM UT WY",
                "America/Boise": "ID",
                "America/Phoenix": "AZ",
                "America/Los_Angeles": "CA NV OR WA",
                "America/Anchorage": "AK",
                "Pacific/Honolulu": "HI",
                "America/Puerto_Rico": "PR",
                "America/St_Thomas": "VI",
                "Pacific/Guam": "GU MP",
                "Pacific/Pago_Pago": "AS",
            }
        ),
        "CA": _by_state(
            {
                "America/St_Johns": "NL",
                "America/Halifax": "NS PE",
                "America/Moncton": "NB",
                "America/Toronto": "ON QC",
                "America/Winnipeg": "MB",
                "America/Regina": "SK",
                "America/Edmonton": "AB NT",
                "America/Vancouver": "BC",
                "America/Whitehorse": "YT",
                "America/Iqaluit": "NU",
            }
        ),
        "MX": _by_state(
            {
                "America/Mexico_City": "AGU CAM CHP CMX COL CUA DIF DUR GRO GUA HID JAL MEX MIC MOR"
                " NAY OAX PUE QUE SLP TAB TLA VER ZAC",
                "America/Merida": "YUC",
                "America/Cancun": "ROO",
                "America/Monterrey": "COA NLE TAM",
                "America/Chihuahua": "CHH",
                "America/Hermosillo": "SON",
                "America/Mazatlan": "BCS SIN",
                "America/Tijuana": "BCN",
            }
        ),
    }
)

# States in which a good part of the people live by another clock than the one above.
SPLIT_STATES = frozenset(
    {"US-FL", "US-ID", "US-IN", "US-KS", "US-KY", "US-MI", "US-ND", "US-NE", "US-OR", "US-SD"}
    | {"US-TN", "US-TX", "US-AK", "US-AZ", "CA-BC", "CA-ON", "CA-QC", "CA-NU", "CA-SK"}
    | {"MX-BCS", "MX-CHH", "MX-NAY", "MX-TAM", "MX-COA"}
)

# Of the countries with several clocks, where most people live.
LARGEST = MappingProxyType(
    {
        "AR": "America/Argentina/Buenos_Aires",
        "AU": "Australia/Sydney",
        "BR": "America/Sao_Paulo",
        "CA": "America/Toronto",
        "CD": "Africa/Kinshasa",
        "CL": "America/Santiago",
        "CN": "Asia/Shanghai",
        "CY": "Asia/Nicosia",
        "DE": "Europe/Berlin",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "GL": "America/Nuuk",
        "ID": "Asia/Jakarta",
        "KZ": "Asia/Almaty",
        "MN": "Asia/Ulaanbaatar",
        "MX": "America/Mexico_City",
        "MY": "Asia/Kuala_Lumpur",
        "NZ": "Pacific/Auckland",
        "PG": "Pacific/Port_Moresby",
        "PT": "Europe/Lisbon",
        "RU": "Europe/Moscow",
        "UA": "Europe/Kyiv",
        "US": "America/New_York",
        "UZ": "Asia/Tashkent",
    }
)
ONE_CLOCK = frozenset({"AR", "CN", "CY", "DE", "MY", "UA", "UZ"})  # several names, one time


def person_zone(country: str, state: str | None, *, otherwise: str) -> PersonZone:
    """Return the zone of a person's home; ``otherwise`` (the clinic's) where nothing is known.

    Args:
        country: ISO 3166 code of two letters, any case.
        state: The code the form offers, with or without the country in front (``FL``, ``US-FL``).
        otherwise: The zone to fall back to, marked as a guess.
    """
    country = country.upper()
    place = (state or "").upper().removeprefix(f"{country}-")
    if country in STATES and place in STATES[country]:
        of_state = STATES[country][place]
        return PersonZone(of_state, f"{country}-{place}" not in SPLIT_STATES)
    if country in LARGEST:
        return PersonZone(LARGEST[country], country in ONE_CLOCK)
    zones = get_global("territory_zones").get(country, [])
    if zones:
        return PersonZone(zones[0], len(zones) == 1)
    return PersonZone(otherwise, is_certain=False)
