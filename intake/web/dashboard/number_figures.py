"""What the numbers page is drawn from: tiles, charts and tables, with widths, cells and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.desk.numbers.chains import Told
from intake.desk.reasons import REASONS
from intake.inquiries.models import Outcome
from intake.web.dashboard import number_words as words
from intake.web.dashboard.sentences import plain

Heads = Sequence[tuple[str, str]]
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a width of 0 to 100, or empty where its value is hidden."""

    words: str
    value: str
    width: float | str


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar: place and width in percent, height 0 to 100."""

    words: str
    count: int
    x: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table under it; a note alone where there is nothing to draw."""

    id: str
    kind: str
    title: str
    about: str
    drawn: Sequence[Bar] | Sequence[Column]
    heads: Heads
    rows: Rows
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table without a chart; the note stands where there are no rows."""

    title: str
    heads: Heads
    rows: Rows
    note: str = ""


def about(rows: Sequence[tuple[str, str]], before: str = "") -> str:
    """Return the description of a chart: every value in words."""
    return before + "; ".join(f"{label}: {value}" for label, value in rows) + "."


def bars_of(
    name: str, title: str, head: str, counts: Sequence[tuple[str, Told]], *, note: str = ""
) -> Figure:
    """Return a chart of counts, with how they are told; the widest is the largest."""
    most = max((count for _, count in counts if isinstance(count, int)), default=0)
    drawn = [
        Bar(
            label,
            words.told(count),
            round(100 * count / most, 1) if isinstance(count, int) and most else "",
        )
        for label, count in counts
    ]
    return Figure(
        id=name,
        kind="bars",
        title=title,
        about=about([(one.words, one.value) for one in drawn]),
        drawn=drawn,
        heads=[(head, ""), ("Inquiries", "number")],
        rows=[[one.words, one.value] for one in drawn],
        note=note,
    )


def reason_words(outcome: str, reason: str) -> str:
    """Return a reason of an ending as staff read it."""
    if not reason:
        return "No reason recorded"
    known: Mapping[str, str] = REASONS.get(Outcome(outcome), {}) if outcome in set(Outcome) else {}
    return known.get(reason, plain(reason))
