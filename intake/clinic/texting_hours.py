"""When a person may be texted: between 8 and 21 o'clock where they live.

Where their state or country has several clocks we know theirs by a guess only. The hours are then
narrower by as much as the guess may be wrong: one hour in a state, three in a whole country.

Source: PRODUCT.md 4, 21 and 37; 47 CFR 64.1200(c)(1) has the same hours for sales calls.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.clinic.zones import PersonZone

FROM_HOUR = 8
UNTIL_HOUR = 21
DOUBT_HOURS_IN_STATE = 1
DOUBT_HOURS_IN_COUNTRY = 3


def next_texting(zone: PersonZone, at: datetime, *, knows_state: bool) -> datetime | None:
    """Return when a person may next be texted; ``None`` when that is now.

    Args:
        zone: Where they live.
        at: Now, aware.
        knows_state: Whether the zone is that of a state, not of a whole country.
    """
    doubt = DOUBT_HOURS_IN_STATE if knows_state else DOUBT_HOURS_IN_COUNTRY
    doubt = 0 if zone.is_certain else doubt
    begin, end = time(FROM_HOUR + doubt), time(UNTIL_HOUR - doubt)
    local = at.astimezone(ZoneInfo(zone.name))
    if begin <= local.time() < end:
        return None
    day = local.date() if local.time() < begin else local.date() + timedelta(days=1)
    return datetime.combine(day, begin, tzinfo=local.tzinfo).astimezone(at.tzinfo)
