"""Secret bytes as lines on paper, each with a check of its own.

A keyring that exists only on one disk is lost with it, and what was sealed with it as well.
Paper in a safe outlives disks, but it is typed in again by a tired person: so every line proves
itself, and a mistake is named by its line instead of spoiling the whole.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Set

from intake.errors import Misconfigured

# Crockford's alphabet: no I, L, O or U, and whoever types I, L or O meant 1, 1 or 0.
RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ON_PAPER = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WRITING = str.maketrans(RFC_4648, ON_PAPER)
READING = str.maketrans(ON_PAPER, RFC_4648)
MISREAD = str.maketrans("ILO", "110")

LINE_LETTERS = 32
GROUP_LETTERS = 4
CHECK_LETTERS = 4
WHOLE_CHECK_BYTES = 8
LINE = re.compile(r"^\s*(\d{1,3})\s*/\s*(\d{1,3})\s*:(.*)$", re.MULTILINE)


def to_lines(secret: bytes) -> str:
    """Return ``secret`` as numbered lines of letter groups; the last group checks its line."""
    letters = to_letters(secret + whole_check(secret))
    rows = [letters[at : at + LINE_LETTERS] for at in range(0, len(letters), LINE_LETTERS)]
    return "\n".join(
        f"{number:>2}/{len(rows)}:  {grouped(row)}  {line_check(number, len(rows), row)}"
        for number, row in enumerate(rows, start=1)
    )


def from_lines(text: str) -> bytes:
    """Return the bytes that ``to_lines`` wrote; other lines round them are passed over.

    Case, spaces and the order of the lines do not matter.

    Raises:
        Misconfigured: A fault for each damaged, missing or doubtful line, by its number.
    """
    rows, damaged, total = {}, set(), 0
    for line in LINE.finditer(text):
        number = int(line[1])
        row = row_of(number, int(line[2]), line[3])
        if row is None:
            damaged.add(number)
        else:
            rows[number], total = row, max(total, int(line[2]))
    faults = tuple(line_faults(rows.keys(), damaged, total))
    if faults:
        raise Misconfigured(faults)
    return checked_whole("".join(rows[number] for number in sorted(rows)))


def row_of(number: int, total: int, typed: str) -> str | None:
    """Return the letters of a line without its check, or None if the check does not agree."""
    letters = re.sub(r"[\s\-]+", "", typed).upper().translate(MISREAD)
    row, check = letters[:-CHECK_LETTERS], letters[-CHECK_LETTERS:]
    return row if check == line_check(number, total, row) else None


def line_faults(right: Set[int], damaged: Set[int], total: int) -> Iterator[str]:
    """Name every line that is damaged, and every line that is not there."""
    if not right and not damaged:
        yield "There are no kit lines here. Type them as printed, with number and colon (1/6: ...)."
    for number in sorted(damaged):
        yield f"Line {number} of the kit has a mistake. Compare it with the paper, type it again."
    for number in sorted(set(range(1, total + 1)) - right - damaged):
        yield f"Line {number} of the kit is missing. Type it too."


def checked_whole(letters: str) -> bytes:
    """Return the bytes of all lines together, if they belong together."""
    try:
        raw = from_letters(letters)
    except binascii.Error:
        raw = b""
    secret, check = raw[:-WHOLE_CHECK_BYTES], raw[-WHOLE_CHECK_BYTES:]
    if check != whole_check(secret):
        raise Misconfigured(
            ("Each line is right but they do not belong together. Use the lines of one kit only.",)
        )
    return secret


def to_letters(raw: bytes) -> str:
    """Write bytes in the letters of the paper, without padding."""
    return base64.b32encode(raw).decode().rstrip("=").translate(WRITING)


def from_letters(letters: str) -> bytes:
    """Read the letters of the paper."""
    return base64.b32decode(letters.translate(READING) + "=" * (-len(letters) % 8))


def grouped(row: str) -> str:
    """Put a space after every fourth letter."""
    return " ".join(row[at : at + GROUP_LETTERS] for at in range(0, len(row), GROUP_LETTERS))


def line_check(number: int, total: int, row: str) -> str:
    """Return four letters that depend on the line and on its place."""
    return to_letters(hashlib.sha256(f"{number}/{total}:{row}".encode()).digest())[:CHECK_LETTERS]


def whole_check(secret: bytes) -> bytes:
    """Return eight bytes that depend on everything."""
    return hashlib.sha256(b"kit\0" + secret).digest()[:WHOLE_CHECK_BYTES]
