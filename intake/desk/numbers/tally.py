"""What is counted of a day, and how days are added up; no row of it stands for one inquiry.

Each dimension is counted by itself, never crossed with another: only what the page shows is kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from intake.crypto.sealed import JSON

FORMAT = 2


class Dimension(StrEnum):
    """By what inquiries are told apart."""

    ALL = "all"
    LANGUAGE = "language"
    INTERPRETER = "interpreter"
    CAME_BY = "came_by"
    REACHED_BY = "reached_by"
    CONDITION = "condition"


class Clock(StrEnum):
    """How the first-response clock of an inquiry stands; each has exactly one."""

    IN_TARGET = "in_target"
    LATE = "late"  # answered late, or still unanswered after its promised time
    RUNNING = "running"  # unanswered, and there is time left
    ENDED = "ended"  # closed before its promised time, with nobody left to answer


@dataclass(slots=True)
class Group:
    """Counts of inquiries that have something in common."""

    received: int = 0
    clocks: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)  # by bucket of ``spread``
    reached: Counter[str] = field(default_factory=Counter)  # by stage of ``stages``

    @property
    def judged(self) -> int:
        """How many answers were on time or not."""
        return self.clocks[Clock.IN_TARGET] + self.clocks[Clock.LATE]

    @property
    def answered(self) -> int:
        """How many first answers reached somebody."""
        return sum(self.minutes.values())

    def add(self, other: "Group") -> None:
        """Add another group's counts."""
        self.received += other.received
        for mine, theirs in (
            (self.clocks, other.clocks),
            (self.endings, other.endings),
            (self.reached, other.reached),
        ):
            _add(mine, theirs)
        for bucket, count in other.minutes.items():
            self.minutes[bucket] += count


@dataclass(frozen=True, slots=True)
class Counted:
    """One inquiry as it is counted: where it belongs, and what happened."""

    places: Mapping[Dimension, Iterable[str]]
    clock: Clock
    ending: str
    bucket: int | None
    reached: Iterable[str] = ()


@dataclass(slots=True)
class Tally:
    """Groups by dimension and name, and deliveries by channel and result."""

    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    deliveries: dict[str, Counter[str]] = field(default_factory=dict)

    def group(self, dimension: Dimension, name: str) -> Group:
        """Return a group, an empty one where nothing was counted."""
        return self.groups.get((dimension.value, name), Group())

    def names(self, dimension: Dimension) -> list[str]:
        """Return the groups of a dimension, the largest first."""
        found = [
            (group.received, name) for (d, name), group in self.groups.items() if d == dimension
        ]
        return [name for _, name in sorted(found, key=lambda one: (-one[0], one[1]))]

    def count(self, one: Counted) -> None:
        """Count one inquiry in every group it belongs to."""
        for dimension, names in {Dimension.ALL: (Dimension.ALL.value,), **one.places}.items():
            for name in names:
                group = self.groups.setdefault((dimension.value, name), Group())
                group.received += 1
                group.clocks[one.clock.value] += 1
                group.endings[one.ending] += 1
                group.reached.update(one.reached)
                if one.bucket is not None:
                    group.minutes[one.bucket] += 1


def _add(mine: Counter[str], theirs: Mapping[str, int]) -> None:
    for key, count in theirs.items():
        mine[key] += count


def written(tally: Tally) -> JSON:
    """Return a tally as JSON; equal tallies are written alike."""
    return {
        "format": FORMAT,
        "groups": {
            f"{dimension}:{name}": [
                group.received,
                dict(group.clocks),
                dict(group.endings),
                {str(bucket): count for bucket, count in group.minutes.items()},
                dict(group.reached),
            ]
            for (dimension, name), group in sorted(tally.groups.items())
        },
        "deliveries": {name: dict(results) for name, results in sorted(tally.deliveries.items())},
    }


def read(document: JSON, into: Tally | None = None) -> Tally:
    """Add what :func:`written` wrote to a tally, a new one unless given, and return it.

    Straight from the document: a page over a year adds up 365 of them.
    """
    parts = cast("dict[str, dict[str, JSON]]", document)
    tally = Tally() if into is None else into
    for key, value in parts["groups"].items():
        dimension, _, name = key.partition(":")
        received, clocks, endings, minutes, *reached = cast(
            "tuple[int, dict[str, int], dict[str, int], dict[str, int], dict[str, int]]", value
        )
        group = tally.groups.setdefault((dimension, name), Group())
        group.received += received
        _add(group.clocks, clocks)
        _add(group.endings, endings)
        for bucket, count in minutes.items():
            group.minutes[int(bucket)] += count
        for stages in reached:  # a day that was counted before there were stages has none
            _add(group.reached, stages)
    for channel, results in parts["deliveries"].items():
        counted = tally.deliveries.setdefault(channel, Counter())
        _add(counted, cast("dict[str, int]", results))
    return tally
