"""Differences are told line by line and word by word, and can be put together again."""

import random
import time

import pytest

from intake.publishing.difference import Row, difference


def words(row: Row) -> str:
    return "".join(piece.words for piece in row.pieces)


def marked(row: Row) -> list[str]:
    return [piece.words for piece in row.pieces if piece.is_changed]


def test_equal_texts_have_no_rows() -> None:
    assert difference("a\nb\n", "a\nb\n") == ()


def test_a_changed_word_is_marked_in_both_lines() -> None:
    removed, added = difference("It was 9 of 12 people.", "It was 8 of 12 people.")

    assert (removed.kind, marked(removed)) == ("removed", ["9"])
    assert (added.kind, marked(added)) == ("added", ["8"])


def test_lines_far_away_are_counted_and_left_out() -> None:
    old = [f"line {n}" for n in range(30)]
    new = [*old[:15], "new", *old[15:]]

    rows = difference("\n".join(old), "\n".join(new))

    assert [row.kind for row in rows] == ["gap", "same", "same", "added", "same", "same", "gap"]
    assert (rows[0].line, rows[3].line, rows[-1].line) == (13, 16, 13)


@pytest.mark.parametrize("seed", range(40))
def test_what_was_added_and_removed_leads_from_one_text_to_the_other(seed: int) -> None:
    chance = random.Random(seed)
    old = [f"{chance.randrange(9)} word {chance.randrange(9)}" for _ in range(20)]
    new = [row for row in old if chance.random() > 0.2]
    for _ in range(4):
        new.insert(chance.randrange(len(new) + 1), f"fresh {chance.randrange(9)}")

    rows = difference("\n".join(old), "\n".join(new))

    for row in rows:
        if row.kind == "removed":
            assert words(row) == old[row.line - 1]
        elif row.kind in {"added", "same"}:
            assert words(row) == new[row.line - 1]
    lost = [row.line for row in rows if row.kind == "removed"]
    found = [row.line for row in rows if row.kind == "added"]
    kept = [row for n, row in enumerate(old, start=1) if n not in lost]
    assert kept == [row for n, row in enumerate(new, start=1) if n not in found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x\n" * 2000, "y\n" * 2000),
        ("\n" * 2000, "a\n" * 1999),
        ("a " * 30_000, "b " * 30_000),
        ("a b\n" * 2000, "b a\n" * 2000),
    ],
)
def test_the_longest_texts_are_compared_in_a_moment(old: str, new: str) -> None:
    began = time.perf_counter()

    difference(old, new)

    assert time.perf_counter() - began < 5
