"""``python -m tests.benchmarks.desk``: the desk over a great many inquiries (B13 of the bars).

Inquiries are made up and filled in by ``many``. Every page is asked through the whole application,
signed in, and the slowest span counts: medians of rounds, wall time, processor included.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.progress import Progress

from intake.desk.numbers.counting import Counting
from intake.desk.numbers.keeping import count_marked, forget, keep
from intake.operations.demo import Desk
from intake.storage.database import Database
from tests.benchmarks.many import fill
from tests.benchmarks.queue.table import place
from tests.conftest import NOON
from tests.factories import a_clinic, a_form, a_keyring, search_tokens
from tests.web.dashboard.desk import Colleague, a_desk

ROUNDS = 9
SPANS = ("7d", "30d", "90d", "12m")
NUMBERS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``bar`` in seconds, None for what is only worth knowing."""

    name: str
    database: str
    inquiries: int
    seconds: float
    bar: float | None

    @property
    def holds(self) -> bool:
        """Whether it is fast enough."""
        return self.bar is None or self.seconds <= self.bar


def main() -> None:
    """Fill, measure, print the table, write JSON where asked; status 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inquiries", type=int, default=20_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    options = parser.parse_args()
    names = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    rows = [row for name in names for row in _on(name, options.inquiries)]
    for row in rows:
        bar = f"bar <= {row.bar} s" if row.bar else ""
        print(f"{row.name:44} {row.database:10} {row.inquiries:>9} {row.seconds:9.3f} s  {bar}")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))
    raise SystemExit(not all(row.holds for row in rows))


def _on(name: str, inquiries: int) -> Iterator[Row]:
    with place(name) as found, found.database() as database, Progress() as progress:
        task = progress.add_task(f"{name}: inquiries", total=inquiries)
        began = time.perf_counter()
        fill(
            a_place(database),
            inquiries,
            until=NOON,
            told=lambda done: progress.update(task, completed=done),
        )
        yield Row("filling", name, inquiries, time.perf_counter() - began, None)
        yield from numbers(database, name, inquiries, progress)


def a_place(database: Database) -> Desk:
    """Return where made-up people are stored, with the keys of all tests."""
    return Desk(database, a_keyring(), search_tokens(), a_clinic(), a_form())


def numbers(database: Database, name: str, inquiries: int, progress: Progress) -> Iterator[Row]:
    """Count every day, then time the page over each span, and the worker's idle round."""
    counting = Counting(a_keyring(), search_tokens(), a_clinic(), a_form())
    began = time.perf_counter()
    task = progress.add_task(f"{name}: days", total=forget(database, counting))
    count_marked(database, counting, at=NOON, told=lambda: progress.advance(task))
    yield Row("intake numbers rebuild", name, inquiries, time.perf_counter() - began, None)
    keep(database, counting, at=NOON)
    idle = [_timed(lambda: keep(database, counting, at=NOON)) for _ in range(ROUNDS)]
    yield Row("the worker's round", name, inquiries, statistics.median(idle), None)
    yield from _pages(database, name, inquiries, [f"/staff/numbers?span={one}" for one in SPANS])


def _pages(database: Database, name: str, inquiries: int, paths: Sequence[str]) -> Iterator[Row]:
    app = a_desk(database, lambda: NOON)
    rosa = Colleague(app, database, NOON, ["coordinator"])

    def ask(path: str) -> None:
        answer = rosa.get(path)
        if answer.status_code != 200:
            raise AssertionError(answer.status)

    for path in paths:
        ask(path)  # templates are read once
        times = [_timed(partial(ask, path)) for _ in range(ROUNDS)]
        yield Row(f"B13 {path}", name, inquiries, statistics.median(times), NUMBERS_SECONDS)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
