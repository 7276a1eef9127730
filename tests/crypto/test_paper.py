"""Lines on paper come back as the bytes they were, or say which line is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.crypto.paper import ON_PAPER, from_lines, to_lines
from intake.errors import Misconfigured

SECRET = bytes(range(103))


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        from_lines(text)
    return caught.value.faults


@given(st.binary(max_size=300))
def test_what_is_written_is_read_back(secret: bytes) -> None:
    assert from_lines(to_lines(secret)) == secret


@given(st.binary(min_size=30, max_size=120), st.data())
def test_any_wrong_letter_is_named_by_its_line(secret: bytes, data: st.DataObject) -> None:
    lines = to_lines(secret).splitlines()
    row = data.draw(st.integers(0, len(lines) - 1))
    places = [at for at, letter in enumerate(lines[row]) if at > 5 and letter != " "]
    at = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from(ON_PAPER.replace(lines[row][at], "") + "U?ñ"))
    lines[row] = lines[row][:at] + letter + lines[row][at + 1 :]

    (fault,) = faults("\n".join(lines))
    assert fault.startswith(f"Line {row + 1} of the kit has a mistake.")


@given(st.permutations(range(6)))
def test_the_order_of_the_lines_does_not_matter(order: list[int]) -> None:
    lines = to_lines(SECRET).splitlines()
    assert len(lines) == 6

    assert from_lines("\n".join(lines[at] for at in order)) == SECRET


def test_every_missing_and_damaged_line_is_named_at_once() -> None:
    lines = to_lines(SECRET).splitlines()
    lines[1] = lines[1][:-1] + ("0" if lines[1][-1] != "0" else "1")
    del lines[4]

    assert faults("\n".join(lines)) == (
        "Line 2 of the kit has a mistake. Compare it with the paper, type it again.",
        "Line 5 of the kit is missing. Type it too.",
    )


def test_a_missing_last_line_is_noticed() -> None:
    assert faults("\n".join(to_lines(SECRET).splitlines()[:-1])) == (
        "Line 6 of the kit is missing. Type it too.",
    )


def test_a_line_under_a_wrong_number_is_damaged() -> None:
    assert "Line 5 of the kit has a mistake." in faults(to_lines(SECRET).replace("3/6:", "5/6:"))[0]


def test_text_without_any_line_says_what_is_expected() -> None:
    assert faults("KEEP THIS SAFE\n")[0].startswith("There are no kit lines here.")


def test_lines_of_two_kits_are_not_mixed() -> None:
    first, second = to_lines(SECRET).splitlines(), to_lines(SECRET[::-1]).splitlines()

    assert "do not belong together" in faults("\n".join([*first[:3], *second[3:]]))[0]


def test_lines_of_kits_of_other_lengths_are_not_mixed() -> None:
    short, longer = to_lines(b"").splitlines(), to_lines(b"k" * 14).splitlines()

    assert "do not belong together" in faults("\n".join([short[0], longer[1]]))[0]
