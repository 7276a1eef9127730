"""Cleans what people type without bending it: their names and words stay theirs.

Text is put into Unicode's composed form (NFC). Marks that only steer the direction or hide are
taken out; characters that no keyboard writes are refused by a named code, so that nothing is
changed in silence where it could matter. Every script is welcome.

Source: SAFETY.md 2.9.
"""

import re
import unicodedata

from pydantic_core import PydanticCustomError

MARKS_MAX_PER_LETTER = 8
BYTES_MAX_PER_CHARACTER = 4
_EARLY_FACTOR = 4  # composing may shorten a text to a third; anything longer is too long for sure

_STEERING = dict.fromkeys(
    [
        0x00AD,
        0x061C,
        0x180E,
        0x200B,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
    ]
)
_REFUSED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def refusal(code: str) -> PydanticCustomError:
    """Return the error that pydantic carries to ``InvalidInput``: a code, never the text."""
    return PydanticCustomError(code, code)


def one_line(typed: str, *, max_characters: int) -> str:
    """Return ``typed`` as one clean line; empty where nothing can be seen.

    Raises:
        PydanticCustomError: ``too_long``, ``characters`` or ``marks``.
    """
    if typed.isascii() and typed.isprintable():
        line = " ".join(typed.split())
        _judge_length(line, max_characters)
        return line
    return " ".join(_cleaned(typed, max_characters, line_end=" ").split())


def several_lines(typed: str, *, max_characters: int) -> str:
    r"""Return ``typed`` cleaned, its lines ended by ``\n``; empty where nothing can be seen.

    A line break counts as one character, as it does for the person who pressed the key once.

    Raises:
        PydanticCustomError: ``too_long``, ``characters`` or ``marks``.
    """
    return _cleaned(typed, max_characters, line_end="\n")


def showable(typed: str) -> str:
    """Return ``typed`` without what was refused, for filling a field again.

    The person cannot see those characters, so they could not take them out: the second click works.
    """
    return _REFUSED.sub("", typed).translate(_STEERING)


def _cleaned(typed: str, max_characters: int, *, line_end: str) -> str:
    if len(typed) > max_characters * _EARLY_FACTOR:
        raise refusal("too_long")
    if _REFUSED.search(typed):
        raise refusal("characters")
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub(line_end, typed).translate(_STEERING))
    text = text.strip()
    _judge_length(text, max_characters)
    if _longest_run_of_marks(text) > MARKS_MAX_PER_LETTER:
        raise refusal("marks")
    return text if _can_be_seen(text) else ""


def _judge_length(text: str, max_characters: int) -> None:
    too_many = len(text) > max_characters
    if too_many or len(text.encode()) > max_characters * BYTES_MAX_PER_CHARACTER:
        raise refusal("too_long")


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        longest = max(longest, run)
    return longest


def _can_be_seen(text: str) -> bool:
    return any(
        unicodedata.category(character)[0] not in "ZCM" and character not in _BLANK
        for character in text
    ) or any(unicodedata.category(character) == "Co" for character in text)
