"""``python -m tests.benchmarks.queue``: measure, print the table, write JSON where asked."""

import argparse
import json
import logging
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import structlog

from intake.storage.database import Database
from tests.benchmarks.queue import growth, hanging, idle, ours, rivals, submission, writers
from tests.benchmarks.queue.table import Bar, Place, installed, place

DATABASES = ("sqlite", "postgresql")


def drains(where: Place, rounds: int, count: int) -> Iterator[Bar]:
    """Drain a full outbox through a channel that does nothing, beside the rival."""
    rival = "huey" if where.dialect == "sqlite" else "procrastinate"
    if not installed(rival):
        yield Bar(f"drain: {rival} is not installed ([bench])", where.dialect, 0.0)
        return
    theirs = _huey(where, count) if rival == "huey" else _procrastinate(where, count)
    wanted = {4: 0.7, 50: 1.5} if rival == "huey" else {4: 1.8, 50: 1.8}
    best: list[float] = []
    rates: dict[tuple[int, bool], list[float]] = {(slots, True): [] for slots in wanted}
    rates[4, False] = []
    with where.database() as database:
        for _ in range(rounds):
            for (slots, is_event), taken in rates.items():
                taken.append(ours.drain(database, count, slots=slots, is_event=is_event))
            best.append(theirs())
    for (slots, is_event), taken in rates.items():
        ratio = statistics.median(a / b for a, b in zip(taken, best, strict=True))
        facts = {
            "ours /s": statistics.median(taken),
            f"{rival} /s": statistics.median(best),
            "rounds": float(rounds),
        }
        words = "" if is_event else ", words written"
        yield Bar(
            f"drain, {slots} slots{words}, vs {rival}",
            where.dialect,
            ratio,
            at_least=wanted[slots] if is_event else None,
            facts=facts,
        )


def _huey(where: Place, count: int) -> Callable[[], float]:
    def best() -> float:
        return max(rivals.huey_drain(where.folder, count, workers=one) for one in (1, 4))

    return best


def _procrastinate(where: Place, count: int) -> Callable[[], float]:
    theirs = rivals.Procrastinate(where.empty_url())

    def best() -> float:
        return max(theirs.drain(count, concurrency=one) for one in (1, 20))

    return best


def latencies(where: Place, count: int) -> Iterator[Bar]:
    """Wait for an idle worker after a commit."""
    with where.database() as database:
        url = database.writer.url
        if where.dialect == "postgresql":  # another URL has another bell: only LISTEN can wake
            url = url.update_query_dict({"application_name": "other"})
        other = Database(url.render_as_string(hide_password=False))
        p50, p99 = _cuts(ours.waits_ms(database, other, count))
        other.close()
    if where.dialect == "sqlite":
        yield Bar("commit to start, idle, p50", where.dialect, p50, at_most=5, unit="ms")
        yield Bar("commit to start, idle, p99", where.dialect, p99, at_most=50, unit="ms")
        return
    yield Bar("commit to start, idle, p99", where.dialect, p99, at_most=100, unit="ms")
    if installed("procrastinate"):
        their50, their99 = _cuts(rivals.Procrastinate(where.empty_url()).waits_ms(count))
        facts = {"ours ms": p50, "procrastinate ms": their50, "procrastinate p99 ms": their99}
        yield Bar(
            "commit to start, idle, p50 vs procrastinate",
            where.dialect,
            p50 / their50,
            at_most=1.0,
            facts=facts,
        )


def _cuts(waits: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(waits, n=100)
    return cuts[49], cuts[98]


def main() -> None:
    """Run from the command line; leave with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="*", choices=[*DATABASES, []], default=[])
    parser.add_argument("--only", help="one of submission, drain, latency, growth, ...")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=1_000, help="for each drain")
    parser.add_argument("--finished", type=int, default=1_000_000, help="rows for growth")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    bars = []
    for dialect in options.databases or DATABASES:
        with place(dialect) as where:
            for bar in _all(where, options):
                print(bar, flush=True)
                bars.append(bar)
    if options.json:
        rows = [{**asdict(bar), "holds": bar.holds} for bar in bars]
        options.json.write_text(json.dumps(rows, indent=2) + "\n")
    raise SystemExit(0 if all(bar.holds for bar in bars) else 1)


def _all(where: Place, options: argparse.Namespace) -> Iterator[Bar]:
    measures: dict[str, Callable[[], Iterator[Bar]]] = {
        "submission": lambda: submission.measure(where, options.rounds),
        "drain": lambda: drains(where, options.rounds, options.messages),
        "latency": lambda: latencies(where, 200),
        "growth": lambda: growth.measure(where, options.finished),
        "writers": lambda: writers.measure(where, options.rounds),
        "idle": lambda: idle.measure(where),
        "hanging": lambda: hanging.measure(where, options.rounds),
    }
    for name, measure in measures.items():
        if options.only in {None, name}:
            yield from measure()


if __name__ == "__main__":
    main()
