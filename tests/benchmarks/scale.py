"""``python -m tests.benchmarks.scale``: work list, search and one inquiry as they grow (B9-B11).

The same desk at 1,000, 100,000 and, where asked, 1,000,000 inquiries, each page asked through the
whole application by a member who is signed in; rounds of all sizes interleaved. SQLite works in our
process: medians of processor time. PostgreSQL does not: the fastest of the rounds by the wall, as
whatever else runs on the machine only adds. Beside the search stands what one writes in an
afternoon: a page of ``LIKE`` over the floor's table, and the count that its pager shows.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Engine

from intake.crypto.tokens import new_public_id
from intake.inquiries.search import search
from intake.operations.demo import Desk, made_up_inquiries
from intake.storage.database import Database
from intake.storage.migrate import upgrade
from tests.benchmarks import many
from tests.benchmarks.floor.app import NAMES, engine_at
from tests.benchmarks.measuring import processor_seconds, wall_seconds
from tests.benchmarks.queue.table import place
from tests.conftest import NOON
from tests.factories import a_clinic, a_form, a_keyring, search_tokens
from tests.web.dashboard.desk import Colleague, a_desk

ROUNDS = 15
SMALL, LARGE, HUGE = 1_000, 100_000, 1_000_000
DAYS = 30  # so that thousands wait at once: the list is measured where it is long
LIST_SECONDS = 0.040
FLOOR_ROWS = LARGE
LIKE = text(
    "SELECT * FROM inquiries WHERE full_name LIKE :like OR phone LIKE :like OR email LIKE :like"
    " ORDER BY id DESC LIMIT 50"
)
COUNT = text(
    "SELECT count(*) FROM inquiries"
    " WHERE full_name LIKE :like OR phone LIKE :like OR email LIKE :like"
)
VIEWS = ("first_reply", "unassigned", "open", "closed")  # those that fill a page at 1,000, too


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``ratio`` is to what the bar compares with."""

    name: str
    database: str
    inquiries: int
    seconds: float
    ratio: float | None = None
    bar: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the bar holds."""
        return self.bar is None or self.ratio is None or self.ratio <= self.bar


@dataclass(frozen=True, slots=True)
class Place:
    """A desk with so many inquiries."""

    size: int
    database: Database
    rosa: Colleague
    asked: Mapping[str, str]


def main() -> None:
    """Fill, measure, print the table, write JSON where asked; status 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--huge", action="store_true", help="a million, too (a quarter of an hour)")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--keep", type=Path, help="keep SQLite databases here for the next run")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    options = parser.parse_args()
    names = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    sizes = (SMALL, LARGE, HUGE) if options.huge else (SMALL, LARGE)
    rows = [row for name in names for row in _on(name, sizes, options.keep)]
    for row in rows:
        told = "" if row.ratio is None else f"{row.ratio:6.2f}"
        bar = "" if row.bar is None else f"bar {row.bar:.2f} {'' if row.holds else 'MISSED'}"
        print(
            f"{row.name:34} {row.database:10} {row.inquiries:>9} {row.seconds * 1000:9.2f} ms "
            f"{told:>7} {bar}"
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))
    raise SystemExit(not all(row.holds for row in rows))


def _on(name: str, sizes: Sequence[int], keep: Path | None) -> Iterator[Row]:
    with ExitStack() as stack:
        places, here = [], stack.enter_context(place(name))
        for size in sizes:
            if keep is not None and name == "sqlite":
                database = Database(f"sqlite:///{keep / f'{size}.db'}")
                upgrade(database)
                stack.callback(database.close)
            else:
                database = stack.enter_context(here.database())
            places.append(_desk_of(database, size))
            print(f"{name}: {size} are there", flush=True)
        for view in VIEWS:
            yield from _grown(f"B9 list, {view}", name, places, partial(_list, view))
        yield from _searches(name, places)
        yield from _grown("B11 one inquiry's page", name, places, _inquiry, large=None, huge=1.5)


def _desk_of(database: Database, size: int) -> Place:
    """Return a desk with so many inquiries, filled unless it was kept from an earlier run."""
    with database.read() as session:
        is_filled = session.execute(text("SELECT count(*) FROM staff")).scalar_one() > 0
    if not is_filled:
        _fill(database, size)
    app = a_desk(database, lambda: NOON)
    name = f"rosa-{new_public_id()[:8]}"
    rosa = Colleague(app, database, NOON, ["coordinator"], name=name)
    with database.read() as session:
        row = session.execute(
            text("SELECT reference FROM inquiries WHERE status = 'new' ORDER BY id DESC LIMIT 1")
        ).one()
    return Place(size, database, rosa, {"reference": row.reference})


def _fill(database: Database, size: int) -> None:
    desk = Desk(database, a_keyring(), search_tokens(), a_clinic(), a_form())
    many.fill(desk, size, until=NOON, days=DAYS)


def _list(view: str, one: Place) -> Callable[[], object]:
    return lambda: _ok(one.rosa, f"/staff/inquiries?view={view}")


def _inquiry(one: Place) -> Callable[[], object]:
    return lambda: _ok(one.rosa, f"/staff/inquiries/{one.asked['reference']}")


def _ok(rosa: Colleague, path: str) -> None:
    assert rosa.get(path).status_code == 200, path


def _times(name: str, acts: Sequence[Callable[[], object]]) -> list[float]:
    """Return the time of each act, rounds interleaved, after a first round to warm up."""
    for act in acts:
        act()
    in_process = name == "sqlite"
    measured, told = (processor_seconds, statistics.median) if in_process else (wall_seconds, min)
    rounds = [[measured(act, 1) for act in acts] for _ in range(ROUNDS)]
    return [told(column) for column in zip(*rounds, strict=True)]


def _grown(
    what: str,
    name: str,
    places: Sequence[Place],
    act: Callable[[Place], Callable[[], object]],
    *,
    large: float | None = 1.5,
    huge: float = 2.0,
) -> Iterator[Row]:
    times = _times(name, [act(one) for one in places])
    bars = {SMALL: None, LARGE: large, HUGE: huge}
    for one, seconds in zip(places, times, strict=True):
        yield Row(what, name, one.size, seconds, seconds / times[0], bars[one.size])
        if one.size == LARGE and what.startswith("B9"):
            yield Row(f"{what}, of 40 ms", name, one.size, seconds, seconds / LIST_SECONDS, 1.0)


def _searches(name: str, places: Sequence[Place]) -> Iterator[Row]:
    person = next(
        iter(made_up_inquiries(1, conditions=a_form().conditions, until=NOON, days=1, seed=1))
    )
    typed = {
        "name": str(person.raw["full_name"]),
        "beginning": str(person.raw["full_name"])[:3],
        "phone": "305 555 0142",
        "e-mail": "person7@mail.example.org",
    }
    with tempfile.TemporaryDirectory(prefix="intake-floor-") as folder:
        floor = _floor(Path(folder))
        for kind, words in {**typed, "reference": ""}.items():
            yield from _search(kind, words, name, places, floor)
        floor.dispose()


def _search(
    kind: str, words: str, name: str, places: Sequence[Place], floor: Engine
) -> Iterator[Row]:
    acts: list[Callable[[], object]] = [
        lambda one=one: _find(one, words or one.asked["reference"])  # type: ignore[misc]
        for one in places
    ]
    *ours, like = _times(name, [*acts, lambda: _like(floor, words or "K7QF29MD")])
    yield Row(f"B10 LIKE of the floor, {kind}", "sqlite", FLOOR_ROWS, like)
    at_large = next(s for one, s in zip(places, ours, strict=True) if one.size == LARGE)
    for one, seconds in zip(places, ours, strict=True):
        if one.size == LARGE:
            yield Row(f"B10 search, {kind}, of LIKE", name, one.size, seconds, seconds / like, 0.2)
        if one.size == HUGE:
            ratio = seconds / at_large
            yield Row(f"B10 search, {kind}, of 100 k", name, one.size, seconds, ratio, 2.0)


def _find(one: Place, words: str) -> None:
    with one.database.read() as session:
        search(session, a_keyring(), search_tokens(), words)


def _like(floor: Engine, words: str) -> None:
    with floor.connect() as connection:
        connection.execute(LIKE, {"like": f"%{words}%"}).all()
        connection.execute(COUNT, {"like": f"%{words}%"}).one()


def _floor(folder: Path) -> Engine:
    """Return the floor's table with as many made-up people, everything in clear."""
    engine = engine_at(folder / "floor.db")
    made = list(
        made_up_inquiries(3_000, conditions=a_form().conditions, until=NOON, days=1, seed=1)
    )
    marks = ",".join(f":{one}" for one in NAMES)
    rows = [
        {
            **{one: str(made[number % len(made)].raw.get(one, "")) for one in NAMES},
            "phone": f"305 555 {number % 10_000:04d}",
            "email": f"somebody{number}@mail.example.org",
        }
        for number in range(FLOOR_ROWS)
    ]
    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO inquiries ({','.join(NAMES)}) VALUES ({marks})"), rows
        )
    return engine


if __name__ == "__main__":
    main()
