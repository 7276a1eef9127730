"""Which passwords a member of staff may choose: long, and not one that everybody tries first.

Length is the rule; no mixture of characters is asked for and nothing is cut off. The list of common
passwords is kept as the first 12 hex digits of SHA-256, because many of the words are not fit to be
read in a clinic: 8,300 of at least eight characters, the commonest in breaches, as gathered by
Royce Williams. Since few of those reach our length, what is left of a password without the digits
and marks around it is looked up too.

Source: NIST SP 800-63B-4 section 3.1.1.2; ASVS 5.0.0 6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.12.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PASSWORD_MIN_CHARACTERS = 15
PASSWORD_MAX_CHARACTERS = 256
# A word about the clinic or the member may be part of a password, but not most of it.
OWN_WORD_MIN_CHARACTERS = 4
OTHER_MIN_CHARACTERS = 10
# A run of neighbours that makes up this share of a password or more is a walk.
WALK_SHARE = 0.7
WALK_MIN_CHARACTERS = 4
DIFFERENT_MIN_CHARACTERS = 5
LIST_DIGITS = 12
WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "qwertzuiop",
    "azertyuiop",
)


def normal(password: str) -> str:
    """Return the password as it is hashed, so that two keyboards write the same one.

    Source: NIST SP 800-63B-4 section 3.1.1.2, Unicode normalisation (NFKC).
    """
    return unicodedata.normalize("NFKC", password)


def fault_of(password: str, *, own_words: Iterable[str] = ()) -> str | None:
    """Return why this password cannot be used, or None where it can.

    The codes are ``password_short``, ``password_long``, ``password_common``,
    ``password_repeated``, ``password_walk`` and ``password_own``.

    Args:
        password: As typed.
        own_words: What anybody would try first: the clinic's name, the member's name and address.
    """
    plain = normal(password).casefold()
    if len(plain) < PASSWORD_MIN_CHARACTERS:
        return "password_short"
    if len(plain) > PASSWORD_MAX_CHARACTERS:
        return "password_long"
    checks = (
        (is_repeated(plain), "password_repeated"),
        (is_walk(plain), "password_walk"),
        (is_common(plain), "password_common"),
        (is_own(plain, own_words), "password_own"),
    )
    return next((code for found, code in checks if found), None)


def is_repeated(plain: str) -> bool:
    """Say whether this is one piece over and over, or made of very few different characters."""
    if len(set(plain)) < DIFFERENT_MIN_CHARACTERS:
        return True
    return plain in (plain + plain)[1:-1]


def is_walk(plain: str) -> bool:
    """Say whether most of it runs along the keyboard, the alphabet or the digits."""
    walked, start = 0, 0
    while start < len(plain):
        length = _walk_from(plain, start)
        walked += length
        start += max(length, 1)
    return walked >= WALK_SHARE * len(plain)


def _walk_from(plain: str, start: int) -> int:
    """Return how many characters from ``start`` follow one walk; 0 where too few do."""
    longest = 0
    for walk in _both_ways():
        length = 0
        while start + length < len(plain) and plain[start : start + length + 1] in walk:
            length += 1
        longest = max(longest, length)
    return longest if longest >= WALK_MIN_CHARACTERS else 0


@cache
def _both_ways() -> tuple[str, ...]:
    return (*WALKS, *(walk[::-1] for walk in WALKS))


def is_common(plain: str) -> bool:
    """Say whether it, or what is left of it without digits and marks, is on the list."""
    core = plain.strip("0123456789 !?.,;:-_*#$%&+=@/\\'\"()[]")
    joined = "".join(letter for letter in plain if letter.isalnum())
    return any(_listed(word) for word in (plain, core, joined))


def _listed(word: str) -> bool:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()[:LIST_DIGITS] in (
        _common()
    )


@cache
def _common() -> frozenset[str]:
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="ascii")
    return frozenset(text.split())


def is_own(plain: str, own_words: Iterable[str]) -> bool:
    """Say whether too little is left once the clinic's and the member's own words are taken out."""
    pieces = {
        piece
        for word in own_words
        for piece in (word.casefold(), *_parts(word.casefold()))
        if len(piece) >= OWN_WORD_MIN_CHARACTERS
    }
    left = plain
    for piece in sorted(pieces, key=len, reverse=True):
        left = left.replace(piece, "")
    return left != plain and len(left) < OTHER_MIN_CHARACTERS


def _parts(word: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in word).split()
