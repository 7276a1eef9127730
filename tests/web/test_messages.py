"""Every code has a sentence, in both languages, that says what to do."""

import pytest

from intake.errors import Problem
from intake.i18n import words
from intake.web.messages import ERRORS, NOTES, PROBLEMS, error_words, note, sentence

UNKIND = ("please", "sorry", "invalid", "required", "oops")


def test_a_field_has_its_own_sentence() -> None:
    assert sentence(Problem("phone", "mismatch"), "en") == (
        "Enter your phone number, because you chose a call or a text"
    )
    assert sentence(Problem("phone", "mismatch"), "es") == (
        "Escriba su teléfono, porque eligió llamada o mensaje"
    )


def test_a_code_without_a_field_of_its_own_falls_back() -> None:
    assert sentence(Problem("heard", "missing"), "en") == "Answer this question"
    assert sentence(Problem("heard", "unheard_of"), "en") == "Check this answer"


@pytest.mark.parametrize("message", [*PROBLEMS.values(), *NOTES.values()])
def test_every_sentence_has_its_spanish_and_blames_nobody(message: str) -> None:
    assert words("es").gettext(message) != message
    assert not [word for word in UNKIND if word in message.lower()]


def test_a_hint_names_its_suggestion() -> None:
    assert note("maybe_typo", "es", "ana@gmail.com") == "¿Quiso decir ana@gmail.com?"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("status", [*ERRORS, 418, 501])
@pytest.mark.parametrize("sending", [True, False])
def test_every_error_names_the_phone(status: int, language: str, *, sending: bool) -> None:
    title, text = error_words(status, language, "305 555 0100", sending=sending)

    assert title
    assert "305 555 0100" in text
