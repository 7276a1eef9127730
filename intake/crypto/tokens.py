"""Keyed tokens to find sealed inquiries by, and the random names and secrets we hand out.

Sealed text cannot be indexed. What staff search by (words of names, phone, e-mail, reference,
condition) is stored as HMAC tokens: whoever takes the database without the keyring sees which
rows are alike, and not what they say. Every kind of value has its own domain, so the token of a
name never equals that of a reference with the same letters.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator

from intake.crypto.sealed import associated

TOKEN_BYTES = 16
BEGINNING_MIN_LETTERS = 3
BEGINNING_MAX_LETTERS = 12
# Phone numbers are told by their last digits: ten, seven or four, as people write and say them.
PHONE_TAILS = (10, 7, 4)

REFERENCE_ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
REFERENCE_LENGTH = 8
REFERENCE_SHAPE = re.compile(rf"[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")
SPACES_AND_HYPHENS = re.compile(r"[\s\-‐‑‒–—−]+")

# Letters that Unicode does not take apart, as people type them on another keyboard.
PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ŋ": "n",
        "ĸ": "k",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)
APOSTROPHES = re.compile(r"['`´‘’‛ʹʻʼʽʾʿ＇]")
WORD = re.compile(r"[^\W_]+")
TRUNK_ZERO = "(0)"
EXTENSION = re.compile(r"(?<=\d)[\s,;]*(?:ext(?:ension|\.|=)?|[x#])\s*\d{1,6}\s*$", re.IGNORECASE)


def fold(text: str) -> str:
    """Return the text without case, accents and joins, as a search compares it.

    "Muñoz" and "MUNOZ" fold alike, so do "Søren" and "Soren", "Łukasz" and "Lukasz". Letters of
    other scripts lose their marks and stay themselves. Folding twice changes nothing more.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in apart if not is_mark(letter))
    return plain.translate(PLAIN_LETTERS)


def is_mark(letter: str) -> bool:
    """Say whether this is an accent, a vowel sign or an invisible joiner, and no letter."""
    category = unicodedata.category(letter)
    return category[0] == "M" or category == "Cf"


class SearchTokens:
    """Makes the tokens of an inquiry and those of a search, so that they meet.

    Args:
        secret: The keyring's secret for the purpose "search". With another secret nothing is
            found, so changing it means making every token again.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def for_inquiry(
        self,
        *,
        names: Iterable[str],
        phone_e164: str | None,
        email: str | None,
        reference: str,
        conditions: Iterable[str],
    ) -> list[bytes]:
        """Return every token this inquiry is found by, distinct and in ascending order.

        Args:
            names: All names given: of the person, what they like to be called, the requester.
            phone_e164: The phone number with plus and country code, no extension.
            email: The address as typed or normalised.
            reference: The reference as stored, without hyphen.
            conditions: The slugs chosen.
        """
        found = {self.reference(reference)}
        for name in names:
            found.update(self._name(name))
        if phone_e164 is not None:
            found.add(self.phone(phone_e164))
            found.update(self._tail(digits_of(phone_e164), length) for length in PHONE_TAILS)
        if email is not None:
            found.add(self.email(email))
        found.update(self.condition(slug) for slug in conditions)
        return sorted(found)

    def for_query(self, text: str) -> list[bytes]:
        """Return the tokens an inquiry must have, all of them, to answer this search.

        What was typed decides by its shape: an e-mail address, a reference, a phone number (in
        any style: ten digits or more, the last seven or the last four), else words of a name.
        A word of three letters or more finds every name beginning with it (its first twelve
        letters count), a shorter one only the whole word: "Li".

        An empty list means there is nothing to search by; the caller must not read it as
        "everything".
        """
        if "@" in text:
            return [self.email(text)]
        reference = parse_reference(text)
        if reference is not None:
            return [self.reference(reference)]
        digits = phone_digits(text)
        if digits is not None:
            return [self._tail(digits, known_tail(digits))]
        return sorted({self._asked(word) for word in joined_words(text)})

    def email(self, email: str) -> bytes:
        """Return the token of an address; case and spaces around it do not matter."""
        return self._token("email", unicodedata.normalize("NFC", email).strip().lower())

    def reference(self, reference: str) -> bytes:
        """Return the token of a reference as stored."""
        return self._token("reference", reference)

    def phone(self, e164: str) -> bytes:
        """Return the token of a whole number, plus and country code included."""
        return self._token("phone", e164)

    def person(self, full_name: str) -> bytes | None:
        """Return the token of a whole name, its words in any order; None where it has no word.

        For telling that two inquiries name the same person: a word of a name alone says little.
        """
        words = sorted(set(joined_words(full_name)))
        return self._token("person", " ".join(words)) if words else None

    def person_of_age(self, full_name: str, age_band: str) -> bytes | None:
        """Return the token of a whole name together with an age band; None as :meth:`person`."""
        words = sorted(set(joined_words(full_name)))
        return self._token("person_of_age", " ".join([*words, age_band])) if words else None

    def named(self, first_name: str, token: bytes) -> bytes:
        """Return the token of another one (a number, an address) together with a first name."""
        return self._token("named", f"{token.hex()} {first_name}")

    def condition(self, slug: str) -> bytes:
        """Return the token of a condition's slug."""
        return self._token("condition", slug)

    def place(self, country: str, state: str) -> bytes:
        """Return the token of where somebody lives: a country, and a state where we ask for it."""
        return self._token("place", f"{country}-{state}")

    def _name(self, name: str) -> Iterator[bytes]:
        for word in all_words(name):
            yield self._token("word", word)
            for length in range(BEGINNING_MIN_LETTERS, min(len(word), BEGINNING_MAX_LETTERS) + 1):
                yield self._token("beginning", word[:length])

    def _asked(self, word: str) -> bytes:
        if len(word) < BEGINNING_MIN_LETTERS:
            return self._token("word", word)
        return self._token("beginning", word[:BEGINNING_MAX_LETTERS])

    def _tail(self, digits: str, length: int) -> bytes:
        return self._token(f"phone_last_{length}", digits[-length:])

    def _token(self, kind: str, value: str) -> bytes:
        message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, message, "sha256")[:TOKEN_BYTES]


def joined_words(name: str) -> list[str]:
    """Split a name into folded words; an apostrophe joins: "O'Brien" is the word "obrien"."""
    return WORD.findall(fold(APOSTROPHES.sub("", name)))


def all_words(name: str) -> set[str]:
    """Return the words a name may be asked for by: "O'Brien" also as "o" and "brien"."""
    return {*joined_words(name), *WORD.findall(fold(APOSTROPHES.sub(" ", name)))}


def digits_of(text: str) -> str:
    """Return the decimal digits of any script, as 0-9."""
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())


def phone_digits(text: str) -> str | None:
    """Return the digits of a search that is mostly digits, without its extension, or None.

    Mostly means four at least, and more than letters: "tel. 0142" is a phone number and
    "Unit 4" is not.
    """
    bare = EXTENSION.sub("", text).replace(TRUNK_ZERO, "")
    digits = digits_of(bare)
    letters = sum(letter.isalpha() for letter in bare)
    return digits if len(digits) >= min(PHONE_TAILS) and len(digits) > letters else None


def known_tail(digits: str) -> int:
    """Return how many last digits to compare, given how many were typed.

    Ten are enough whatever country code, trunk zero or dialling prefix stands before them. Where
    fewer significant digits were typed the next shorter tail still finds the number: a search
    may show one row too many, and must not miss one.
    """
    significant = digits.lstrip("0") if len(digits) > 7 else digits
    fitting = (length for length in PHONE_TAILS if length <= len(significant))
    return next(fitting, min(PHONE_TAILS))


def new_reference() -> str:
    """Return a new reference as stored: 8 characters, no hyphen. A name, and not a secret."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def show_reference(reference: str) -> str:
    """Return a stored reference as people read it: ``K7QF-29MD``."""
    return f"{reference[:4]}-{reference[4:]}"


def parse_reference(typed: str) -> str | None:
    """Return the stored form of a reference typed in any case, spaced or hyphenated, or None."""
    plain = SPACES_AND_HYPHENS.sub("", unicodedata.normalize("NFKC", typed)).upper()
    return plain if REFERENCE_SHAPE.fullmatch(plain) else None


def new_secret() -> str:
    """Return 256 random bits as 43 characters safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Return what is stored to look a secret up by.

    A plain hash is enough because the secret is random: there is no list to guess it from.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_code() -> str:
    """Return six random digits. So few need a limit on guesses wherever they are asked for."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_code(secret: bytes, record: str, code: str) -> bytes:
    """Return what is stored of a code: keyed, or a thief tries all the million in a second.

    Args:
        secret: The keyring's secret for codes.
        record: The public id of what the code opens; equal codes of two records differ.
        code: The six digits. Compare with ``hmac.compare_digest``.
    """
    return hmac.digest(secret, associated("code", record, code), "sha256")


def new_public_id() -> str:
    """Return a random id of 128 bits as 26 lower-case letters and digits, safe in any URL."""
    return base64.b32encode(secrets.token_bytes(16)).rstrip(b"=").decode().lower()
