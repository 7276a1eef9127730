"""What differs between two texts of a page, line by line and word by word, ready to be drawn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

CONTEXT_LINES = 2
ALIKE = 0.4  # below this two lines are not one line that was changed
WORDS_MAX_CHARACTERS = 4_000

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; changed ones are marked within their line."""

    words: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ``same``, ``removed`` or ``added``; a ``gap`` counts lines that are left out."""

    kind: str
    line: int
    pieces: tuple[Piece, ...]


def difference(old: str, new: str) -> tuple[Row, ...]:
    """Return the rows that lead from one text to the other; none where they are the same."""
    before, after = old.splitlines(), new.splitlines()
    found = SequenceMatcher(a=before, b=after, autojunk=False)
    rows: list[Row] = []
    shown = 0  # lines of the new text that stand in rows
    for group in found.get_grouped_opcodes(CONTEXT_LINES):
        first = group[0][3]
        if first > shown:
            rows.append(_gap(first - shown))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                rows += [_row("same", n + 1, after[n]) for n in range(j1, j2)]
            else:
                rows += _changed(before, after, (i1, i2), (j1, j2))
        shown = group[-1][4]
    if rows and shown < len(after):
        rows.append(_gap(len(after) - shown))
    return tuple(rows)


def _changed(
    before: list[str], after: list[str], old: tuple[int, int], new: tuple[int, int]
) -> Iterator[Row]:
    """Draw a block that was changed: each old line with the new one that took its place."""
    for i, j in zip_longest(range(*old), range(*new)):
        if i is None:
            yield _row("added", j + 1, after[j])
        elif j is None:
            yield _row("removed", i + 1, before[i])
        else:
            removed, added = _pieces(before[i], after[j])
            yield Row("removed", i + 1, removed)
            yield Row("added", j + 1, added)


def _pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    whole = (Piece(old, is_changed=True),), (Piece(new, is_changed=True),)
    if max(len(old), len(new)) > WORDS_MAX_CHARACTERS:
        return whole
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    found = SequenceMatcher(a=before, b=after, autojunk=False)
    if found.ratio() < ALIKE:
        return whole
    removed, added = [], []
    for tag, i1, i2, j1, j2 in found.get_opcodes():
        removed.append(Piece("".join(before[i1:i2]), tag != "equal"))
        added.append(Piece("".join(after[j1:j2]), tag != "equal"))
    return tuple(p for p in removed if p.words), tuple(p for p in added if p.words)


def _row(kind: str, line: int, words: str) -> Row:
    return Row(kind, line, (Piece(words, is_changed=kind != "same"),))


def _gap(lines: int) -> Row:
    return Row("gap", lines, ())
