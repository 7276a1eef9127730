"""The ways to reach a person, as words in a sentence: "phone call or email"."""

from collections.abc import Sequence
from types import MappingProxyType

from babel.lists import format_list

from intake.i18n import LOCALES, N_, words

WAYS = MappingProxyType(
    {"call": N_("phone call"), "text": N_("text message"), "email": N_("email")}
)


def ways_text(ways: Sequence[str], language: str) -> str:
    """Return the chosen ways joined by "or", as they stand inside a sentence."""
    say = words(language).gettext
    return format_list([say(WAYS[way]) for way in ways], style="or", locale=LOCALES[language])
