"""The form token names a submission, grows old, and is worth nothing if we did not sign it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.web.form_token import Standing, new_token, read_token, write_token
from tests.conftest import NOON

SECRET, OTHER = b"s" * 32, b"o" * 32


def test_a_token_comes_back_as_it_was() -> None:
    token = new_token(NOON)

    assert read_token(write_token(token, SECRET), SECRET, NOON) == (Standing.FRESH, token)


def test_an_old_token_keeps_its_submission_and_is_fresh_again() -> None:
    token, later = new_token(NOON), NOON + timedelta(hours=25)

    standing, renewed = read_token(write_token(token, SECRET), SECRET, later)

    assert standing is Standing.OLD
    assert renewed.submission_key == token.submission_key
    assert (renewed.started_at, renewed.is_renewed) == (later, True)
    assert read_token(write_token(renewed, SECRET), SECRET, later)[0] is Standing.FRESH


def test_a_foreign_token_never_names_a_submission() -> None:
    forged = write_token(new_token(NOON), OTHER)

    standing, token = read_token(forged, SECRET, NOON)

    assert standing is Standing.FOREIGN
    assert token.submission_key not in forged


@pytest.mark.parametrize("place", [0, 10, 25, 40, -1])
def test_one_changed_letter_makes_it_foreign(place: int) -> None:
    text = write_token(new_token(NOON), SECRET)
    changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place:][1:]

    assert read_token(changed, SECRET, NOON)[0] is Standing.FOREIGN


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_token(text, SECRET, NOON)[0] is Standing.FOREIGN


def test_two_tokens_are_never_alike() -> None:
    assert new_token(NOON).submission_key != new_token(NOON).submission_key
