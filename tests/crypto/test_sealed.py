"""What is sealed opens in its own cell with its own key, and nowhere else."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from intake.crypto.sealed import (
    JSON,
    SealBroken,
    associated,
    open_cookie,
    seal,
    seal_cookie,
    seal_json,
    unseal,
    unseal_json,
)

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
CELL = {"table": "inquiries", "column": "answers", "record": "k7qf29md"}

# Text with halves of surrogate pairs too: a browser can send them through JSON.
any_text = st.text(st.characters(codec=None))
json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=400))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    assert unseal(KEY, seal(KEY, plain, **CELL), **CELL) == plain


@given(st.binary(max_size=60), st.data())
def test_any_flipped_bit_breaks_the_seal(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, plain, **CELL))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), **CELL)


@given(st.binary(max_size=60), st.data())
def test_a_sealed_value_cut_short_breaks(plain: bytes, data: st.DataObject) -> None:
    sealed = seal(KEY, plain, **CELL)

    with pytest.raises(SealBroken) as broken:
        unseal(KEY, sealed[: data.draw(st.integers(0, len(sealed) - 1))], **CELL)

    assert broken.value.code == "seal_broken"


@pytest.mark.parametrize("part", ["table", "column", "record"])
def test_a_value_moved_to_another_cell_breaks(part: str) -> None:
    sealed = seal(KEY, b"made up", **CELL)

    with pytest.raises(SealBroken):
        unseal(KEY, sealed, **{**CELL, part: CELL[part] + "x"})


def test_letters_shifted_between_the_names_of_a_cell_break_the_seal() -> None:
    sealed = seal(KEY, b"made up", table="ab", column="c", record="r")

    with pytest.raises(SealBroken):
        unseal(KEY, sealed, table="a", column="bc", record="r")


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        unseal(OTHER_KEY, seal(KEY, b"made up", **CELL), **CELL)


def test_equal_values_are_sealed_differently() -> None:
    assert seal(KEY, b"yes", **CELL) != seal(KEY, b"yes", **CELL)


def test_a_sealed_value_is_29_bytes_longer() -> None:
    sealed = seal(KEY, b"made up", **CELL)

    assert sealed[:1] == b"\x01"
    assert len(sealed) == len(b"made up") + 29


@given(st.lists(any_text), st.lists(any_text))
def test_different_parts_never_give_the_same_associated_data(a: list[str], b: list[str]) -> None:
    assume(a != b)

    assert associated(*a) != associated(*b)


@given(json_values)
def test_json_comes_back_as_it_was(value: JSON) -> None:
    assert unseal_json(KEY, seal_json(KEY, value, **CELL), **CELL) == value


def test_letters_of_every_script_are_sealed_at_their_own_length() -> None:
    assert len(seal_json(KEY, "Nuñez", **CELL)) == 29 + len('"Nuñez"'.encode())


@given(json_values)
def test_a_cookie_comes_back_as_it_was(value: JSON) -> None:
    text = seal_cookie(KEY, "answers", value)

    assert set(text) <= set(string.ascii_letters + string.digits + "-_")
    assert open_cookie(KEY, "answers", text) == value


def test_a_cookie_opens_for_its_purpose_and_key_only() -> None:
    text = seal_cookie(KEY, "answers", {"story": "made up"})

    assert open_cookie(KEY, "receipt", text) is None
    assert open_cookie(OTHER_KEY, "answers", text) is None


@given(st.data())
def test_a_cookie_with_another_character_does_not_open(data: st.DataObject) -> None:
    text = seal_cookie(KEY, "answers", {"story": "made up"})
    # The last character may hold unused bits, so the one before is the last that must count.
    at = data.draw(st.integers(0, len(text) - 2))
    letter = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_"))
    assume(letter != text[at])

    assert open_cookie(KEY, "answers", text[:at] + letter + text[at + 1 :]) is None


@given(any_text)
def test_whatever_else_a_browser_sends_is_no_cookie_and_no_error(text: str) -> None:
    assert open_cookie(KEY, "answers", text) is None


def test_a_sealed_cell_is_no_cookie() -> None:
    assert open_cookie(KEY, "answers", "AQ" * 40) is None


def test_a_long_story_fits_a_small_cookie() -> None:
    story = ("My joints have hurt for two years, in the morning most of all. " * 25)[:1500]

    assert len(seal_cookie(KEY, "answers", {"story": story})) < 3800
