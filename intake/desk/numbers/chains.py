"""Stages that people pass one after another, told without telling of small groups.

Whoever reads how many reached one stage and the next can subtract; so what is shielded is how many
went no further at each stage. A stage itself is told only where told counts add up to it, so that
it says nothing new. With groups (languages) beside each other, everybody's stages are shielded
first and the groups are made to tell no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from intake.desk.numbers.shielding import Shown, is_small, shield_grid, shield_line

Told: TypeAlias = int | Shown


@dataclass(frozen=True, slots=True)
class Chain:
    """How many reached each stage, and how many of them went no further; None: nothing is told."""

    reached: tuple[Told, ...]
    left: tuple[Told, ...]


def chain_of(counts: Sequence[int]) -> Chain | None:
    """Return what may be told of stages, each with at most as many as the one before it.

    Args:
        counts: How many reached each stage; the first is everybody.
    """
    if not counts or is_small(counts[0]):
        return None
    cells = _cells(counts)
    shown = shield_line(cells)
    return None if shown is None else _chain(counts, cells, shown)


def chains_by_group(counts: Mapping[str, Sequence[int]]) -> Mapping[str, Chain]:
    """Return the chain of each group, beside that of all together; empty where none may be told.

    Args:
        counts: By group, all with the same stages.
    """
    names, rows = list(counts), [_cells(one) for one in counts.values()]
    if not rows:
        return {}
    together = shield_line([sum(column) for column in zip(*rows, strict=True)])
    sizes = shield_line([sum(row) for row in rows])
    if together is None or sizes is None or set(sizes) != {Shown.TOLD}:
        return {}
    told = [place for place, one in enumerate(together) if one is Shown.TOLD]
    grid = [[row[place] for place in told] for row in rows]
    if len(told) < len(together):  # what is hidden of all stays one column
        for line, row in zip(grid, rows, strict=True):
            line.append(sum(row) - sum(line))
    states = shield_grid(grid)
    if states is None:
        return {}
    found = {}
    for name, row, states_of_row in zip(names, rows, states, strict=True):
        shown = [Shown.COVER] * len(row)
        for place, state in zip(told, states_of_row, strict=False):
            shown[place] = state
        found[name] = _chain(counts[name], row, shown)
    return found


def _cells(counts: Sequence[int]) -> list[int]:
    """Return how many went no further than each stage."""
    return [*(one - after for one, after in pairwise(counts)), counts[-1]]


def _chain(counts: Sequence[int], cells: Sequence[int], shown: Sequence[Shown]) -> Chain:
    reached: list[Told] = []
    for place, count in enumerate(counts):
        before, after = set(shown[:place]), set(shown[place:])
        is_known = before <= {Shown.TOLD} or after == {Shown.TOLD}
        is_last = place == len(counts) - 1
        reached.append(count if is_known else shown[place] if is_last else Shown.COVER)
    left = [
        count if one is Shown.TOLD else one
        for count, one in zip(cells[:-1], shown[:-1], strict=True)
    ]
    return Chain(tuple(reached), tuple(left))
