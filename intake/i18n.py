"""Words in the reader's language, for pages, messages and the form alike.

English sentences are the keys. Spanish lives in ``locale/es/*.po``, one file for each room, read
at first use; a sentence that no file holds comes back in English, and a test fails the build.
Babel alone does this: no compiled catalogues to keep in step, no web framework below the edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, get_timezone_name
from babel.messages.pofile import read_po

LANGUAGES = ("en", "es")
LOCALES = MappingProxyType({"en": Locale.parse("en_US"), "es": Locale.parse("es_US")})
LOCALE_DIR = Path(__file__).parent / "locale"

# What Spanish speakers in the United States say where Unicode's word is a bookish one.
SPOKEN_ZONES = MappingProxyType(
    {"hora oriental": "hora del Este", "hora central": "hora del Centro"}
)


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark ``message`` as one that is translated later, where the language is known."""
    return message


def N2_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as above
    """Mark a pair of singular and plural that is translated later."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; callable through :meth:`gettext` and :meth:`ngettext`."""

    language: str
    messages: Mapping[str, str | tuple[str, ...]]

    def gettext(self, message: str, **values: object) -> str:
        """Return ``message`` in this language, with ``%(name)s`` filled in."""
        found = self.messages.get(message, message)
        text = found if isinstance(found, str) else found[0]
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, number: int, **values: object) -> str:
        """Return the form for ``number``, which is also given as ``%(num)s``."""
        found = self.messages.get(singular)
        forms = found if isinstance(found, tuple) else (singular, plural)
        text = forms[0] if number == 1 else forms[-1]
        return text % {"num": number, **values}


@cache
def words(language: str) -> Words:
    """Return the words of ``language``; English for one we do not have."""
    if language not in LANGUAGES:
        return words("en")
    messages: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((LOCALE_DIR / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    messages[key] = (
                        message.string if isinstance(message.string, str) else tuple(message.string)
                    )
    return Words(language, MappingProxyType(messages))


def day_and_time(instant: datetime, zone: str, language: str) -> str:
    """Return e.g. ``Tue, Nov 24, 5 pm`` or ``martes 24 de noviembre, 5 p.m.`` there."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{_day(local, language)}, {clock_time(instant, zone, language)}"


def moment(instant: datetime, zone: str, language: str) -> str:
    """Return day, time and zone: ``Tue, Nov 24, 5 pm ET`` or ``..., 5 p.m., hora del Este``."""
    return f"{day_and_time(instant, zone, language)}{_in_zone(zone, language)}"


def dated_moment(instant: datetime, zone: str, language: str) -> str:
    """Return the same with its year, for what is kept on paper: ``November 24, 2026, 5 pm ET``."""
    date, time = long_date(instant, zone, language), clock_time(instant, zone, language)
    return f"{date}, {time}{_in_zone(zone, language)}"


def clock_time(instant: datetime, zone: str, language: str) -> str:
    """Return e.g. ``5 pm`` or ``4:20 pm`` in the wall time of ``zone``."""
    local = instant.astimezone(ZoneInfo(zone))
    if language == "es" and local.hour % 12 == local.minute == 0:
        return "12 del mediodía" if local.hour else "12 de la noche"
    pattern = "h a" if local.minute == 0 else "h:mm a"
    text = format_time(local, pattern, tzinfo=local.tzinfo, locale=LOCALES[language])
    return text.replace("AM", "am").replace("PM", "pm")


def long_date(instant: datetime, zone: str, language: str) -> str:
    """Return e.g. ``November 24, 2026`` or ``24 de noviembre de 2026``."""
    local = instant.astimezone(ZoneInfo(zone))
    return format_date(local.date(), "long", locale=LOCALES[language])


def _in_zone(zone: str, language: str) -> str:
    # In full in Spanish: "ET" is no word there, and a sentence must not end with "p.m.." either.
    locale = LOCALES[language]
    if language == "en":
        return f" {get_timezone_name(zone, width='short', zone_variant='generic', locale=locale)}"
    name = get_timezone_name(zone, width="long", zone_variant="generic", locale=locale)
    return f", {SPOKEN_ZONES.get(name, name)}"


def _day(local: datetime, language: str) -> str:
    # In full in Spanish: a voice reads "mar" as the sea and "dom" not at all.
    pattern = "EEE, MMM d" if language == "en" else "EEEE d 'de' MMMM"
    return format_datetime(local, pattern, tzinfo=local.tzinfo, locale=LOCALES[language])
