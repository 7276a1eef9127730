"""The colours of the house, light and dark, and the contrast each pair of them must keep.

The style sheet spells the same colours out (``web/static/css/site.css``), so that it can be read
alone; a test holds the two together. The formula and the limits are WCAG's.

Source: content/ux.md section 4; WCAG 2.2, 1.4.3, 1.4.11 and "relative luminance".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

TEXT = 4.5  # WCAG 1.4.3 asks this of text
SHAPE = 3.0  # WCAG 1.4.11 asks this of borders, marks and lines

_HOUSE = """
page           #FBFAF7 #10191C
surface        #FFFFFF #172327
sunken         #F2F0EA #0C1315
line           #D9D5CB #31434A
control        #767268 #8A9BA1
ink            #1C2A2E #EAF1F0
muted          #4F5D61 #AEBDC0
primary        #0B5A5E #6FC9C4
primary-hover  #074246 #96DDD9
on-primary     #FFFFFF #06282A
link           #0A5C74 #8CCBE6
visited        #5B3F86 #C7AEEC
focus          #FFC94A #FFC94A
focus-ink      #1C2A2E #10191C
info           #1D4F8C #9CC3F2
info-bg        #EAF1FA #14283F
ok             #1F6B3A #8AD3A3
ok-bg          #E8F4EC #12301E
warn           #7A4B00 #F2C46B
warn-bg        #FFF4DC #33260B
err            #A8201A #FF9E94
err-bg         #FCECEA #3A1714
note           #5A3E85 #CDB6F0
note-bg        #F1ECF9 #281F3A
emergency-bg   #8A1410 #8A1410
on-emergency   #FFFFFF #FFFFFF
c1             #0B5A5E #6FC9C4
c2             #B4561B #F2A46B
c3             #5A3E85 #CDB6F0
c4             #4F5D61 #AEBDC0
sel            #DDEEEE #1F3D40
"""
_ROWS = tuple(row.split() for row in _HOUSE.strip().splitlines())
LIGHT: Mapping[str, str] = MappingProxyType({name: light for name, light, _ in _ROWS})
DARK: Mapping[str, str] = MappingProxyType({name: dark for name, _, dark in _ROWS})

# What is drawn on what. A second line is ours: drawn, and not in the table of ux.md.
_TEXT_ON = """
ink: page surface sunken sel err-bg warn-bg ok-bg info-bg note-bg
muted: page surface sunken sel
link: page surface sunken info-bg warn-bg err-bg
link: sel ok-bg note-bg
visited: page
visited: surface sunken sel
on-primary: primary primary-hover
primary: surface
err: surface page err-bg
err: sunken sel
warn: warn-bg
warn: surface page sunken sel
ok: ok-bg
ok: surface page sunken sel
info: info-bg
note: note-bg
on-emergency: emergency-bg
focus-ink: focus
"""
_SHAPE_ON = """
control: surface page sunken
control: sel
primary: page sel sunken
c1: surface
c2: surface
c3: surface
c4: surface
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour that must be told apart from the ground it is drawn on."""

    shape: str
    ground: str
    needed: float


def _pairs(table: str, needed: float) -> Iterator[Pair]:
    for row in table.strip().splitlines():
        shape, _, grounds = row.partition(": ")
        for ground in grounds.split():
            yield Pair(shape, ground, needed)


PAIRS: tuple[Pair, ...] = (*_pairs(_TEXT_ON, TEXT), *_pairs(_SHAPE_ON, SHAPE))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#RRGGBB``: 0 is black, 1 is white."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21; their order does not matter."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def rounded_down(found: float) -> str:
    """Return a ratio as it is told, such as ``4.49``: never rounded up over a limit."""
    return f"{int(found * 100) / 100:.2f}"


def mixed(one: str, other: str, share: float) -> str:
    """Return ``one`` with ``share`` of ``other`` in it."""
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02X}" for part in parts)


def too_faint(palette: Mapping[str, str]) -> Iterator[tuple[Pair, float]]:
    """Yield each pair that does not reach what it needs, with what it reaches."""
    for pair in PAIRS:
        found = ratio(palette[pair.shape], palette[pair.ground])
        if found < pair.needed:
            yield pair, found
