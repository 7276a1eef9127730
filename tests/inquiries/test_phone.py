"""Telephone numbers and e-mail addresses as people write them."""

import pytest

from tests.inquiries.answers import for_myself, parse, problems


@pytest.mark.parametrize(
    ("typed", "e164", "extension"),
    [
        ("305 555 0123", "+13055550123", None),
        ("(305) 555-0123", "+13055550123", None),
        ("305.555.0123", "+13055550123", None),
        ("3055550123", "+13055550123", None),
        ("1-305-555-0123", "+13055550123", None),
        ("+1 305 555 0123", "+13055550123", None),
        ("001 305 555 0123", "+13055550123", None),
        ("305-555-0123 ext. 12", "+13055550123", "12"),
        ("305 555 0123 x12", "+13055550123", "12"),
        ("(305) 555-0123, extensión 4", "+13055550123", "4"),
        ("305 555 0123 #77", "+13055550123", "77"),
        ("+52 55 5555 0123", "+525555550123", None),
        ("+52 1 55 5555 0123", "+525555550123", None),
        ("+34 612 34 56 78", "+34612345678", None),
        ("+44 (0)20 7946 0958", "+442079460958", None),
        ("+1 (787) 555-0123", "+17875550123", None),
        ("٣٠٥ ٥٥٥ ٠١٢٣", "+13055550123", None),
        ("３０５－５５５－０１２３", "+13055550123", None),
        ("305\u2011555\u20110123", "+13055550123", None),
        ("tel:+1-305-555-0123", "+13055550123", None),
    ],
)
def test_a_number_is_kept_as_typed_with_its_dialling_form(
    typed: str, e164: str, extension: str | None
) -> None:
    draft = parse(for_myself(phone=typed))

    assert draft.phone == typed
    assert (draft.phone_e164, draft.phone_extension) == (e164, extension)


def test_a_number_without_a_country_code_is_read_where_the_person_lives() -> None:
    draft = parse(for_myself(phone="55 1234 5678", country="MX", state="CMX"))

    assert draft.phone_e164 == "+525512345678"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("555 0123", "short"),
        ("12", "short"),
        ("call me maybe", "letters"),
        ("305 555 CELL", "letters"),
        ("111 111 1111", "format"),
        ("+", "format"),
        ("--", "format"),
        ("+1 305", "format"),
        ("0000000000000000", "format"),
        ("305 555 0123 / 305 555 0199", "format"),
    ],
)
def test_a_number_that_cannot_be_dialled_says_why(typed: str, code: str) -> None:
    assert problems(for_myself(phone=typed)) == [("phone", code)]


EMAILS = [
    "ana@example.com",
    "Ana.Diaz+clinic@Example.COM",
    "o'brien@example.org",
    "a@b.co",
    "first_last-99@sub.mail.example.net",
    "josé@correo.example.es",
    "ana@mañana.com",
    "用户@例子.广告",
    "x@very-long-domain-name-that-is-still-fine.photography",
    "1234567890@example.com",
    "ana%office@example.com",
]


@pytest.mark.parametrize("email", EMAILS)
def test_a_real_address_is_accepted(email: str) -> None:
    kept = parse(for_myself(email=email)).email or ""

    assert kept.casefold() == email.casefold()


@pytest.mark.parametrize(
    "email",
    [
        "ana",
        "ana@",
        "@example.com",
        "ana@@example.com",
        "ana@example",
        "ana@example..com",
        "ana example@example.com",
        "ana@example.com, eve@example.com",
        "ana@example.com\nBcc: eve@example.com",
        "Ana <ana@example.com>",
        '"a b"@example.com',
        "ana@[127.0.0.1]",
    ],
)
def test_an_address_that_is_not_one_mailbox_is_refused(email: str) -> None:
    assert problems(for_myself(email=email)) == [("email", "format")]
