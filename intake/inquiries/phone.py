"""Reads a telephone number as people write it, and keeps what they wrote.

Forgiving on purpose: brackets, dots, spaces, a missing country code and an extension are fine. A
number without a country code is read as one of the country the person lives in, then as one of
the United States. A number we cannot read is said at once, because it would leave them waiting.
"""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from intake.inquiries.text import refusal

HOME_REGION = "US"
US_DIGITS = 10
MEXICO = 52
_NORTH_AMERICAN = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
_EXTENSION = re.compile(r"(?i)[\s,;]*(?:ext(?:ensi[oó]n)?|x|#)[\s.:]*\d{1,7}\s*$")

_ABROAD = re.compile(r"^\(?00(?=[1-9])")  # the sign for "abroad" in most of the world


@dataclass(frozen=True, slots=True)
class ReadPhone:
    """A number anybody's telephone can dial: E.164, and the extension to ask for."""

    e164: str
    extension: str | None


def read_phone(typed: str, country: str | None) -> ReadPhone:
    """Return the number that ``typed`` means to somebody living in ``country`` (ISO 3166-1).

    Raises:
        PydanticCustomError: ``letters``, ``short`` or ``format``.
    """
    typed = _ABROAD.sub("+", typed.strip().removeprefix("tel:"))
    bare = _EXTENSION.sub("", typed)
    if any(character.isalpha() for character in bare):
        raise refusal("letters")
    regions = dict.fromkeys((country or HOME_REGION, HOME_REGION))
    readings = [number for region in regions if (number := _parsed(typed, region)) is not None]
    for judge in (phonenumbers.is_valid_number, _could_be_new):
        for number in readings:
            if judge(number):
                e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                return ReadPhone(e164, number.extension or None)
    digits = sum(character.isdigit() for character in bare)
    if 0 < digits < US_DIGITS and "+" not in bare:
        raise refusal("short")
    raise refusal("format")


def _parsed(typed: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException:
        return None
    digits = str(number.national_number)
    if number.country_code == MEXICO and len(digits) == 11 and digits[0] == "1":
        number.national_number = int(digits[1:])  # mobiles carried a 1 until 2019; many still do
    return number


def _could_be_new(number: PhoneNumber) -> bool:
    """Say whether the number has the right shape, though our tables do not know it yet."""
    if number.country_code == 1:
        return _NORTH_AMERICAN.fullmatch(str(number.national_number)) is not None
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
