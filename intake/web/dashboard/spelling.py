"""A reference as it is said on the phone: two groups of four, each letter with a word for it.

Every letter and digit of the alphabet of references has its own msgid, because the words differ by
language: a coordinator reads them out as they stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from intake.i18n import N_, words

GROUP_LENGTH = 4
SPOKEN: Mapping[str, str] = MappingProxyType(
    {
        "2": N_("two"),
        "3": N_("three"),
        "4": N_("four"),
        "6": N_("six"),
        "7": N_("seven"),
        "8": N_("eight"),
        "9": N_("nine"),
        "B": N_("B as in boat"),
        "C": N_("C as in cat"),
        "D": N_("D as in dog"),
        "F": N_("F as in flower"),
        "G": N_("G as in garden"),
        "H": N_("H as in house"),
        "J": N_("J as in jacket"),
        "K": N_("K as in kilo"),
        "M": N_("M as in moon"),
        "P": N_("P as in paper"),
        "Q": N_("Q as in queen"),
        "R": N_("R as in rain"),
        "T": N_("T as in table"),
        "V": N_("V as in violin"),
        "W": N_("W as in water"),
        "X": N_("X as in x-ray"),
        "Y": N_("Y as in yellow"),
    }
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One group: its characters as written, and how each is said."""

    written: str
    said: tuple[str, ...]


def spelled(reference: str, language: str) -> tuple[Spoken, ...]:
    """Return a stored reference in groups, to be read out slowly."""
    say = words(language).gettext
    groups = (reference[start : start + GROUP_LENGTH] for start in (0, GROUP_LENGTH))
    return tuple(Spoken(group, tuple(say(SPOKEN[one]) for one in group)) for group in groups)
