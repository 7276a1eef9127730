"""What of a tally may be told: totals, endings with their reasons, and groups side by side.

Everything a page shows goes through here, so that hiding happens in one place. Endings are hidden
first; what is hidden there stays one column in every table, and groups too small to be told become
one row, so that no table tells what another one hides.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.desk.numbers.chains import Told
from intake.desk.numbers.endings import (
    CONSULTATION,
    NOT_HERE,
    class_of,
    outcome_in,
    reason_in,
)
from intake.desk.numbers.shielding import (
    SMALLEST_TOLD,
    Shown,
    shield_grid,
    shield_line,
)
from intake.desk.numbers.spread import quantile
from intake.desk.numbers.tally import Clock, Dimension, Group, Tally

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Speed:
    """How soon a group got its first answer; None where fewer than five would be told of.

    Minutes are business time and off by less than their bucket (see ``spread``).
    """

    in_target: int | None
    judged: int | None
    median_minutes: float | None
    ninth_minutes: float | None

    @property
    def share(self) -> float | None:
        """The share in target, 0 to 1."""
        return self.in_target / self.judged if self.in_target is not None and self.judged else None


@dataclass(frozen=True, slots=True)
class Ending:
    """How many ended in one way, and with which reasons; no reasons where none may be told."""

    outcome: str
    count: Told
    reasons: tuple[tuple[str, Told], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One group of a table; ``cells`` follow the columns, none where they are withheld."""

    name: str
    received: Told
    speed: Speed | None
    cells: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of one dimension; no rows where telling them would tell a small group.

    ``has_cells`` is false where only the endings by group are withheld.
    """

    dimension: Dimension
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    has_cells: bool


def speed_of(group: Group) -> Speed:
    """Return how soon a group was answered, where there are enough to tell."""
    enough, timed = group.judged >= SMALLEST_TOLD, group.answered >= SMALLEST_TOLD
    return Speed(
        in_target=group.clocks[Clock.IN_TARGET] if enough else None,
        judged=group.judged if enough else None,
        median_minutes=quantile(group.minutes, 0.5) if timed else None,
        ninth_minutes=quantile(group.minutes, 0.9) if timed else None,
    )


def overall(tally: Tally) -> Group:
    """Return the group of everybody."""
    return tally.group(Dimension.ALL, Dimension.ALL.value)


def endings_of(tally: Tally) -> tuple[Ending, ...]:
    """Return how all inquiries ended, the commonest first; empty where nothing may be told."""
    everybody = overall(tally)
    counts = _by_outcome(everybody).most_common()
    shown = shield_line([count for _, count in counts])
    if shown is None:
        return ()
    return tuple(
        Ending(outcome, _told(count, one), _reasons(everybody, outcome, one))
        for (outcome, count), one in zip(counts, shown, strict=True)
    )


def told_of(endings: Sequence[Ending]) -> Mapping[str, Told]:
    """Return what is told of each ending, by its name."""
    return {one.outcome: one.count for one in endings}


def breakdown(tally: Tally, dimension: Dimension, endings: Sequence[Ending]) -> Breakdown:
    """Return the groups of a dimension with their speed and their endings."""
    names = tally.names(dimension)
    groups = [tally.group(dimension, name) for name in names]
    shown = shield_line([group.received for group in groups])
    if shown is None:
        return Breakdown(dimension, (), (), has_cells=False)
    told = [
        (name, group)
        for name, group, one in zip(names, groups, shown, strict=True)
        if one is Shown.TOLD
    ]
    hidden = [group for group, one in zip(groups, shown, strict=True) if one is not Shown.TOLD]
    merged = _together(hidden)
    lines = [group for _, group in told] + ([merged] if hidden and told else [])
    columns, grid = _crossed(lines, endings)
    rows = [
        Row(name, group.received, speed_of(group), _line(grid, place))
        for place, (name, group) in enumerate(told)
    ]
    rows += [
        Row(name, one, None, ())
        for name, one in zip(names, shown, strict=True)
        if one is not Shown.TOLD
    ]
    if hidden and told:
        rows.append(Row(OTHERS, merged.received, None, _line(grid, len(told))))
    return Breakdown(dimension, columns, tuple(rows), has_cells=grid is not None)


def _by_outcome(group: Group) -> Counter[str]:
    found: Counter[str] = Counter()
    for key, count in group.endings.items():
        found[outcome_in(key)] += count
    return found


def _reasons(group: Group, outcome: str, shown: Shown) -> tuple[tuple[str, Told], ...]:
    counts = [
        (reason_in(key), count)
        for key, count in group.endings.most_common()
        if outcome_in(key) == outcome
    ]
    if shown is not Shown.TOLD or not any(reason for reason, _ in counts):
        return ()
    states = shield_line([count for _, count in counts])
    if states is None:
        return ()
    return tuple(
        (reason, _told(count, one)) for (reason, count), one in zip(counts, states, strict=True)
    )


def _told(count: int, shown: Shown) -> Told:
    return count if shown is Shown.TOLD else shown


def _together(groups: Sequence[Group]) -> Group:
    merged = Group()
    for group in groups:
        merged.add(group)
    return merged


def _crossed(
    groups: Sequence[Group], endings: Sequence[Ending]
) -> tuple[tuple[str, ...], list[list[Told]] | None]:
    """Return groups by endings, or by wider and wider classes where those would tell too much.

    Endings whose count is hidden, or that are in no class, share one column.
    """
    outcomes = [one.outcome for one in endings if isinstance(one.count, int)]
    if not outcomes or not groups:
        return (), None
    wide = {one: class_of(one) for one in outcomes}
    widest = {one: name for one, name in wide.items() if name in {CONSULTATION, NOT_HERE}}
    for column_of in ({one: one for one in outcomes}, wide, widest):
        columns = list(dict.fromkeys(column_of.values()))
        lines = [_cells(group, columns, column_of) for group in groups]
        if any(line[-1] for line in lines):
            columns.append(OTHERS)
        counts = [line[: len(columns)] for line in lines]
        states = shield_grid(counts)
        if states is not None:
            return tuple(columns), [
                [_told(count, one) for count, one in zip(line, shown, strict=True)]
                for line, shown in zip(counts, states, strict=True)
            ]
    return (), None


def _cells(group: Group, columns: Sequence[str], column_of: Mapping[str, str]) -> list[int]:
    """Return a group's endings by column; in the last place those without a column."""
    counts: Counter[str] = Counter()
    for outcome, count in _by_outcome(group).items():
        counts[column_of.get(outcome, OTHERS)] += count
    return [*(counts[column] for column in columns), counts[OTHERS]]


def _line(grid: list[list[Told]] | None, place: int) -> tuple[Told, ...]:
    return () if grid is None else tuple(grid[place])
