"""A clinic's own colours: a few tokens, each refused where somebody could not read it.

What follows from a colour is made from it (the button under the pointer, a chosen row, the first
line of a chart), so that one line in ``clinic.toml`` makes a brand. Everything else stays the
house's: colours that mean something (late, error, evidence) belong to no brand.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from intake.settings.palette import DARK, LIGHT, mixed, rounded_down, too_faint
from intake.settings.section import Part

TOO_FAINT = "brand_too_faint"
HOVER_SHARE = 0.25  # of black by day, of white by night
CHOSEN_SHARE = 0.86  # of the surface


_HEX = re.compile("#[0-9A-F]{6}")


def _colour(text: str) -> str:
    colour = text.strip().upper()
    if colour and not _HEX.fullmatch(colour):
        raise ValueError('is not a colour; write one like "#0B5A5E"')
    return colour


Colour = Annotated[str, AfterValidator(_colour)]


class Scheme(Part):
    """The colours of one scheme, light or dark; an empty one is the house's own."""

    primary: Colour = ""
    primary_hover: Colour = ""
    on_primary: Colour = ""
    link: Colour = ""
    visited: Colour = ""
    chosen: Colour = ""

    def over(self, house: Mapping[str, str], pointed: str) -> dict[str, str]:
        """Return the tokens that differ from the house's.

        Args:
            house: the palette underneath.
            pointed: what a button is mixed with under the pointer, black or white.
        """
        primary = self.primary or house["primary"]
        made = {}
        if primary != house["primary"]:
            made = {
                "primary": primary,
                "primary-hover": mixed(primary, pointed, HOVER_SHARE),
                "c1": primary,
                "sel": mixed(primary, house["surface"], CHOSEN_SHARE),
            }
        given = {
            "primary-hover": self.primary_hover,
            "on-primary": self.on_primary,
            "link": self.link,
            "visited": self.visited,
            "sel": self.chosen,
        }
        made |= {token: colour for token, colour in given.items() if colour}
        return {token: colour for token, colour in made.items() if colour != house[token]}


class BrandSettings(Part):
    """The clinic's colours by day and by night."""

    light: Scheme = Scheme()
    dark: Scheme = Scheme()

    @property
    def changed(self) -> Mapping[str, Mapping[str, str]]:
        """The tokens that differ from the house's, for ``light`` and ``dark``."""
        return MappingProxyType(
            {
                "light": self.light.over(LIGHT, "#000000"),
                "dark": self.dark.over(DARK, "#FFFFFF"),
            }
        )

    @property
    def tokens(self) -> tuple[str, ...]:
        """The names of the colours that differ from the house's by day or by night."""
        return tuple(sorted({token for changed in self.changed.values() for token in changed}))

    @property
    def palettes(self) -> Mapping[str, Mapping[str, str]]:
        """Every colour as it is served, for ``light`` and ``dark``."""
        changed = self.changed
        return MappingProxyType(
            {"light": {**LIGHT, **changed["light"]}, "dark": {**DARK, **changed["dark"]}}
        )

    @model_validator(mode="after")
    def _everything_readable(self) -> Self:
        faults = [
            f"brand.{scheme}: {_named(pair.shape)} {palette[pair.shape]} on"
            f" {_named(pair.ground)} {palette[pair.ground]} reaches {rounded_down(found)}:1 and"
            f" needs {pair.needed:g}:1; choose colours that are further apart"
            for scheme, palette in self.palettes.items()
            for pair, found in too_faint(palette)
        ]
        if faults:
            raise PydanticCustomError(TOO_FAINT, "{faults}", {"faults": "\n".join(faults)})
        return self


def _named(token: str) -> str:
    """Return a token by the name that an operator may set."""
    return {"sel": "chosen", "c1": "primary (in charts)"}.get(token, token.replace("-", "_"))
