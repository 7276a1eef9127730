"""Turn a picture of the browser into one with the table of colours of ``intake/web/pictures``.

Plain, and without a package: it runs only when somebody draws the icons anew.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator

from intake.settings.palette import LIGHT, mixed
from intake.web.pictures import INNER, brand_colours, chunks, packed

TEXT = 64  # steps from a colour of text to the ground
CHANNELS = {2: 3, 6: 4}
Pixel = tuple[int, int, int, int]
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def indexed(picture: bytes) -> bytes:
    """Return the picture, each pixel the nearest of at most 256 colours."""
    width, height, rows = pixels(picture)
    lets_through = any(pixel[3] < 255 for row in rows for pixel in row)
    table = colours(lets_through=lets_through)
    near = {pixel: _nearest(pixel, table) for pixel in {pixel for row in rows for pixel in row}}
    raw = b"".join(b"\0" + bytes(near[pixel] for pixel in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", b"".join(bytes(one[:3]) for one in table))]
    if lets_through:
        parts.append((b"tRNS", bytes(one[3] for one in table)))
    parts += [(b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(packed(kind, content) for kind, content in parts)


def colours(*, lets_through: bool) -> list[Pixel]:
    """Return the whole table: the brand's steps, then those of text, which no brand changes."""
    brand = [_parts(colour) for colour in brand_colours(LIGHT, lets_through=lets_through)]
    if lets_through:
        steps = len(brand) - INNER
        clear = [255 - round(255 * step / (steps - 1)) for step in range(steps)]
        return brand[:INNER] + [(*LIGHT_PRIMARY, alpha) for alpha in clear]
    text = [
        _parts(mixed(LIGHT[name], LIGHT["page"], step / (TEXT - 1)))
        for name in ("ink", "muted")
        for step in range(TEXT)
    ]
    return brand + text


def pixels(picture: bytes) -> tuple[int, int, list[list[Pixel]]]:
    """Return width, height and rows of a PNG in true colour, 8 bits a channel."""
    parts = list(chunks(picture))
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", parts[0][1])
    if depth != 8 or kind not in CHANNELS:
        raise ValueError("not a picture as the browser makes it")
    size = CHANNELS[kind]
    data = zlib.decompress(b"".join(content for name, content in parts if name == b"IDAT"))
    rows = [
        [
            (line[at], line[at + 1], line[at + 2], line[at + 3] if size == 4 else 255)
            for at in range(0, len(line), size)
        ]
        for line in _lines(data, width * size, size)
    ]
    return width, height, rows


def _lines(data: bytes, length: int, size: int) -> Iterator[bytearray]:
    above = bytearray(length)
    for at in range(0, len(data), length + 1):
        line = bytearray(data[at + 1 : at + 1 + length])
        for x in range(length):
            left, corner = (line[x - size], above[x - size]) if x >= size else (0, 0)
            line[x] = (line[x] + _guess(data[at], left, above[x], corner)) & 255
        yield line
        above = line


def _guess(filtered_by: int, left: int, up: int, corner: int) -> int:
    """Return what a filter of PNG had taken off (9.2)."""
    straight = left + up - corner
    paeth = min((left, up, corner), key=lambda one: abs(straight - one))
    return (0, left, up, (left + up) // 2, paeth)[filtered_by]


def _nearest(pixel: Pixel, table: list[Pixel]) -> int:
    """Return the entry that looks most alike; text comes first where two are the same."""
    order: Iterable[int] = reversed(range(len(table)))
    return min(order, key=lambda index: _distance(pixel, table[index]))


def _distance(one: Pixel, other: Pixel) -> int:
    if one[3] == other[3] == 0:
        return 0
    return sum((mine - theirs) ** 2 for mine, theirs in zip(one, other, strict=True))


def _parts(colour: str) -> Pixel:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue, 255


LIGHT_PRIMARY = _parts(LIGHT["primary"])[:3]
