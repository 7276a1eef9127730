"""The icons and the card of shared links, in the clinic's colours, without drawing anything.

Each picture has a table of colours whose first entries go in steps from ``primary`` to
``on-primary``, and the next from ``primary`` to the ground, or to nothing where the picture lets
its ground through. So a brand is another table: a few hundred bytes, put in when the files are
read. ``python -m tests.draw_icons`` makes pictures that keep to this.

Source: PNG (Third Edition), 5.3 and 11.2.2.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping

from intake.settings.palette import mixed

INNER = 64  # primary to on-primary
OUTER = 32  # primary to the ground
_HEAD = 8  # the signature that every PNG begins with


def brand_colours(palette: Mapping[str, str], *, lets_through: bool) -> list[str]:
    """Return the first entries of a picture's table of colours.

    Args:
        palette: The light one; a picture that others show knows no night.
        lets_through: Whether the picture has no ground of its own.
    """
    primary = palette["primary"]
    ground = primary if lets_through else palette["page"]
    inner = (mixed(primary, palette["on-primary"], step / (INNER - 1)) for step in range(INNER))
    outer = (mixed(primary, ground, step / (OUTER - 1)) for step in range(OUTER))
    return [*inner, *outer]


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each part of a PNG."""
    at = _HEAD
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length


def packed(kind: bytes, content: bytes) -> bytes:
    """Return one part of a PNG."""
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def recoloured(picture: bytes, palette: Mapping[str, str]) -> bytes:
    """Return one of our pictures in other colours; with those of the house it stays as it is."""
    parts = list(chunks(picture))
    lets_through = any(kind == b"tRNS" for kind, _ in parts)
    colours = brand_colours(palette, lets_through=lets_through)
    first = b"".join(bytes.fromhex(colour[1:]) for colour in colours)
    drawn = (
        packed(kind, first + content[len(first) :] if kind == b"PLTE" else content)
        for kind, content in parts
    )
    return picture[:_HEAD] + b"".join(drawn)
