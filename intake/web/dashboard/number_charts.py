"""The charts and tables of the numbers page: how many, how soon, how they ended."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from intake.desk.numbers.breakdown import Breakdown, Ending, Row, overall, speed_of
from intake.desk.numbers.chains import Told
from intake.desk.numbers.counting import BOUNCED, DELIVERED, UNDELIVERED
from intake.desk.numbers.queries import Numbers
from intake.desk.numbers.shielding import SMALLEST_TOLD
from intake.desk.numbers.spread import within
from intake.desk.numbers.tally import Tally
from intake.desk.numbers.waiting import AGE_HOURS
from intake.inquiries.models import Outcome
from intake.web.dashboard import number_words as words
from intake.web.dashboard.number_figures import (
    Bar,
    Column,
    Figure,
    Table,
    Tile,
    about,
    bars_of,
    reason_words,
)

EDGES_MINUTES = (60, 120, 240, 480, 960)
EDGE_WORDS = ("Under 1 h", "1 to 2 h", "2 to 4 h", "4 to 8 h", "8 to 16 h", "16 h and more")


def tiles(found: Numbers, span_words: str) -> list[Tile]:
    """Return the four figures that matter every day."""
    speed, count = speed_of(overall(found.tally)), sum(found.received.values())
    in_target, judged = speed.in_target, speed.judged
    waiting = found.waiting
    return [
        Tile("New", f"{count:,}", _compared(count, found.received_before, span_words)),
        Tile(
            "First reply, median",
            words.length(speed.median_minutes),
            "fewer than 5 answers"
            if speed.ninth_minutes is None
            else f"9 in 10 within {words.length(speed.ninth_minutes)}",
        ),
        Tile(
            "In target",
            words.percent(speed.share),
            "fewer than 5 to judge" if judged is None else f"{in_target:,} of {judged:,}",
        ),
        Tile(
            "Waiting now",
            f"{waiting.total:,}",
            "nobody waits for a first answer"
            if waiting.oldest is None
            else f"oldest {words.length(waiting.oldest / timedelta(minutes=1))}",
        ),
    ]


def tiles_of_language(row: Row | None) -> list[Tile]:
    """Return the figures of one language, as the comparison of all languages tells them."""
    received = words.NOT_TOLD if row is None else words.told(row.received)
    speed = None if row is None else row.speed
    is_told = speed is not None and speed.ninth_minutes is not None
    return [
        Tile("New", received, "" if row is not None else "too few to tell"),
        Tile(
            "First reply, median",
            words.length(speed.median_minutes if speed else None),
            f"9 in 10 within {words.length(speed.ninth_minutes)}"
            if speed is not None and is_told
            else "too few to tell",
        ),
        Tile(
            "In target",
            words.percent(speed.share if speed else None),
            "" if speed is not None and speed.share is not None else "too few to tell",
        ),
    ]


def answering(found: Numbers, column_days: int) -> list[Figure]:
    """Return what came in, how long first answers took, and who waits."""
    minutes = overall(found.tally).minutes
    counts = within(minutes, EDGES_MINUTES)
    enough = sum(counts) >= SMALLEST_TOLD
    ages = [f"Under {AGE_HOURS[0]} h"]
    ages += [f"{a} to {b} h" for a, b in pairwise(AGE_HOURS)]
    ages += [f"{AGE_HOURS[-1]} h and more"]
    figures = [
        bars_of(
            "waiting",
            "Waiting now, by age",
            "Age",
            list(zip(ages, found.waiting.by_age, strict=True)),
        )
    ]
    if not found.received:
        return figures
    replies = bars_of(
        "replies",
        "How long first replies took",
        "Business time",
        list(zip(EDGE_WORDS, counts, strict=True)) if enough else [],
        note="" if enough else "Fewer than 5 answers so far.",
    )
    return [_came_in(found, column_days), replies, *figures]


def endings(found: Sequence[Ending]) -> Figure:
    """Return how inquiries ended with the reasons; who withdrew has a chart of their own."""
    lines: list[tuple[str, Told]] = []
    for one in found:
        lines.append((words.ending(one.outcome), one.count))
        if one.outcome != Outcome.WITHDRAWN.value:
            lines += [
                (f"· {reason_words(one.outcome, reason)}", count) for reason, count in one.reasons
            ]
    note = "" if found else "Too few to tell how they ended without telling of single people."
    return bars_of("endings", "How they ended", "Ending", lines, note=note)


def fairness(found: Breakdown) -> Figure:
    """Return the share in target of each group, with its median beside it in the table."""
    dimension = found.dimension
    bars = [
        Bar(
            words.name_of(dimension, row.name),
            words.told(row.received)
            if row.speed is None
            else f"{words.percent(row.speed.share)} · {words.length(row.speed.median_minutes)}",
            "" if row.speed is None or row.speed.share is None else round(100 * row.speed.share, 1),
        )
        for row in found.rows
    ]
    rows = [
        [
            words.name_of(dimension, row.name),
            words.told(row.received),
            words.percent(row.speed.share if row.speed else None),
            words.length(row.speed.median_minutes if row.speed else None),
            words.length(row.speed.ninth_minutes if row.speed else None),
        ]
        for row in found.rows
    ]
    title = f"By {words.DIMENSIONS[dimension].lower()}"
    return Figure(
        id=f"fair-{dimension}",
        kind="bars",
        title=title,
        about=about([(bar.words, bar.value) for bar in bars], "Share in target and median. "),
        drawn=bars,
        heads=[
            (words.DIMENSIONS[dimension], ""),
            ("Received", "number"),
            ("In target", "number"),
            ("Median", "number"),
            ("9 in 10 within", "number"),
        ],
        rows=rows,
        note="In target · median" if bars else "Too few to compare these groups.",
    )


def endings_by(found: Breakdown) -> Table:
    """Return how each group ended; without cells where telling them would tell of single people."""
    columns = found.columns if found.has_cells else ()
    rows = [
        [
            words.name_of(found.dimension, row.name),
            words.told(row.received),
            *(words.told(cell) for cell in row.cells[: len(columns)]),
            *([words.NOT_TOLD] * (len(columns) - len(row.cells))),
        ]
        for row in found.rows
    ]
    title = f"Outcomes by {words.DIMENSIONS[found.dimension].lower()}"
    if rows and not columns:
        title += ": too few to tell apart"
    return Table(
        title,
        [
            (words.DIMENSIONS[found.dimension], ""),
            ("Received", "number"),
            *((words.ending(column), "number") for column in columns),
        ],
        rows,
        "Too few to tell these groups apart. Choose more days.",
    )


def deliveries(tally: Tally) -> Table:
    """Return how many messages arrived, by channel."""
    rows = []
    for channel, results in sorted(tally.deliveries.items()):
        total = results[DELIVERED] + results[UNDELIVERED]
        rows.append(
            [
                channel.capitalize(),
                f"{total:,}",
                f"{results[DELIVERED]:,}",
                f"{results[UNDELIVERED]:,}",
                f"{results[BOUNCED]:,}",
                words.percent(results[DELIVERED] / total if total else None),
            ]
        )
    heads = [("Channel", ""), *((one, "number") for one in ("Sent", "Arrived", "Did not arrive"))]
    heads += [("of these came back", "number"), ("Delivery rate", "number")]
    return Table("Messages by channel", heads, rows, "No message was sent during these days.")


def _came_in(found: Numbers, column_days: int) -> Figure:
    """Return what came in by day, or by so many days, the last column ending today."""
    count = -(-((found.last - found.first).days + 1) // column_days)
    sums = [0] * count
    for day, number in found.received.items():
        sums[count - 1 - (found.last - day).days // column_days] += number
    starts = [
        max(found.first, found.last - timedelta(days=column_days * (count - place) - 1))
        for place in range(count)
    ]
    most, each = max(sums), 100 / count
    drawn = [
        Column(
            words.day(start),
            number,
            round(place * each, 3),
            round(each * 0.8, 3),
            round(100 * number / most, 1),
        )
        for place, (start, number) in enumerate(zip(starts, sums, strict=True))
    ]
    unit = {1: "day", 7: "week", 28: "four weeks"}[column_days]
    return Figure(
        id="received",
        kind="columns",
        title=f"New inquiries by {unit}",
        about=f"{sum(sums)} inquiries; the most in one {unit}: {most}.",
        drawn=drawn,
        heads=[("Day" if column_days == 1 else "From", ""), ("New", "number")],
        rows=[[one.words, f"{one.count:,}"] for one in drawn],
    )


def _compared(count: int, before: int, span_words: str) -> str:
    if count == before:
        return f"as many as in the {span_words} before"
    more, word = abs(count - before), "more" if count > before else "fewer"
    return f"{more:,} {word} than in the {span_words} before"
