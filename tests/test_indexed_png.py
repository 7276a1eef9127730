"""A picture of the browser keeps its looks when it gets the table of colours of ours."""

import struct
import zlib

import pytest

from intake.settings.palette import LIGHT
from intake.web.pictures import chunks, packed
from tests.indexed_png import SIGNATURE, indexed, pixels

PRIMARY, PAGE = (bytes.fromhex(LIGHT[name][1:]) for name in ("primary", "page"))


def picture(rows: list[bytes], *, size: int) -> bytes:
    """Return a PNG of rows that bring their filter with them."""
    head = struct.pack(">IIBBBBB", (len(rows[0]) - 1) // size, len(rows), 8, size * 4 - 10, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return SIGNATURE + b"".join(packed(*part) for part in parts)


def colours_of(made: bytes) -> list[tuple[bytes, int]]:
    """Return each pixel of an indexed picture of one row: its colour and how much it covers."""
    parts = dict(chunks(made))
    table, clear = parts[b"PLTE"], parts.get(b"tRNS", b"\xff" * 256)
    indexes = zlib.decompress(parts[b"IDAT"])[1:]
    return [(table[3 * one : 3 * one + 3], clear[one]) for one in indexes]


def test_colours_of_the_house_stay_what_they_are() -> None:
    ink = bytes.fromhex(LIGHT["ink"][1:])

    made = indexed(picture([b"\0" + PRIMARY + PAGE + ink], size=3))

    assert colours_of(made) == [(PRIMARY, 255), (PAGE, 255), (ink, 255)]


def test_what_lets_the_ground_through_still_does() -> None:
    made = indexed(picture([b"\0" + PRIMARY + b"\xff" + PRIMARY + b"\x80" + b"\0\0\0\0"], size=4))

    covers = [cover for _, cover in colours_of(made)]
    assert covers[0] == 255
    assert abs(covers[1] - 128) <= 5
    assert covers[2] == 0


@pytest.mark.parametrize("filtered_by", [0, 1, 2, 3, 4])
def test_every_filter_of_the_browser_is_undone(filtered_by: int) -> None:
    above = bytes([10, 20, 30, 40, 50, 60])
    guesses = {
        0: [0] * 6,
        1: [0, 0, 0, 12, 22, 32],
        2: list(above),
        3: [5, 10, 15, 26, 36, 46],
        4: [10, 20, 30, 40, 50, 60],
    }
    wanted = [12, 22, 32, 42, 52, 62]
    line = bytes(
        (one - guess) & 255 for one, guess in zip(wanted, guesses[filtered_by], strict=True)
    )

    _, _, rows = pixels(picture([b"\0" + above, bytes([filtered_by]) + line], size=3))

    assert rows[1] == [(12, 22, 32, 255), (42, 52, 62, 255)]
