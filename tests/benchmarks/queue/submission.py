"""Bar B7: the submission's transaction beside the bare driver and Procrastinate's enqueue."""

import json
import sqlite3
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import text
from sqlalchemy.orm import Session

from intake.audit.models import VISITOR
from intake.inquiries import submit
from intake.notifications.outbox import NewMessage
from intake.storage.database import Database
from tests.benchmarks.measuring import wall_seconds
from tests.benchmarks.queue.rivals import Procrastinate, defer_on
from tests.benchmarks.queue.table import Bar, Place, installed
from tests.benchmarks.shapes import Rows, made, shapes
from tests.conftest import NOON
from tests.factories import a_sealed_inquiry
from tests.notifications.rows import a_member

TIMES = 100
AT_LEAST = {"sqlite": 0.45, "postgresql": 0.50}

Act = Callable[[], object]


def measure(place: Place, rounds: int) -> Iterator[Bar]:
    """Yield the speed of our submission divided by the other's, full durability on both sides."""
    with place.database() as database:
        _somebody_hears(database)
        ours = _ours(database, rounds)
        with _bare(place, database, rounds * TIMES) as bare:
            pairs = _pairs(ours, bare, rounds)
            yield _bar("submission vs bare driver", place, pairs, AT_LEAST[place.dialect])
        if place.dialect == "postgresql" and installed("procrastinate"):
            url = database.writer.url.set(drivername="postgresql")
            Procrastinate(url.render_as_string(hide_password=False))
            theirs = _with_procrastinate(ours)
            pairs = _pairs(ours, theirs, rounds)
            yield _bar("submission vs procrastinate's enqueue", place, pairs, 1.1)


def _pairs(ours: Act, theirs: Act, rounds: int) -> list[tuple[float, float]]:
    return [(wall_seconds(ours, TIMES), wall_seconds(theirs, TIMES)) for _ in range(rounds)]


def _bar(name: str, place: Place, pairs: list[tuple[float, float]], at_least: float) -> Bar:
    facts = {
        "ours ms": statistics.median(a for a, _ in pairs) * 1000,
        "theirs ms": statistics.median(b for _, b in pairs) * 1000,
    }
    ratio = statistics.median(b / a for a, b in pairs)
    return Bar(name, place.dialect, ratio, at_least=at_least, facts=facts)


def _somebody_hears(database: Database) -> None:
    """One member is told of inquiries, so that each one writes two messages as in life."""
    from intake.notifications.subscriptions import subscribe

    with database.write() as session:
        member = a_member(session)
        subscribe(session, member, "inquiry.submitted", "email", NOON)


def _ours(database: Database, rounds: int) -> Act:
    """Return a submission through the real function; sealing is done beforehand, as in the app."""
    sealed = iter([a_sealed_inquiry(at=NOON) for _ in range(rounds * TIMES * 3 + 1)])

    def one() -> None:
        with database.write() as session:
            submit.submit_inquiry(session, next(sealed), actor=VISITOR, at=NOON)

    one()
    return one


def _with_procrastinate(ours: Act) -> Act:
    """Return the same submission with Procrastinate's jobs in the place of our messages."""

    def defer(session: Session, messages: Sequence[NewMessage], *, at: datetime) -> None:
        payloads = [json.dumps({"event": one.event, "to": one.recipient}) for one in messages]
        defer_on(session.connection(), payloads)

    def one() -> None:
        with patch("intake.inquiries.submit.enqueue", defer):
            ours()

    return one


@contextmanager
def _bare(place: Place, database: Database, count: int) -> Iterator[Act]:
    """Give the same rows, made beforehand, written by the bare driver in one transaction each."""
    mark = "?" if place.dialect == "sqlite" else "%s"
    with database.read() as session:
        rows = shapes(session.connection(), mark)
    ready = iter(made(rows, count))
    if place.dialect == "sqlite":
        yield from _bare_sqlite(place, database, ready)
    else:
        yield from _bare_postgresql(place, database, ready)


def _bare_sqlite(place: Place, database: Database, ready: Iterator[Rows]) -> Iterator[Act]:
    raw = sqlite3.connect(place.folder / "bare.db", isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    made = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')"
    with database.read() as session:
        for sql in session.scalars(text(made)):
            if "sqlite_sequence" not in sql:
                raw.execute(sql)

    def one() -> None:
        raw.execute("BEGIN IMMEDIATE")
        for statement, values in next(ready):
            raw.executemany(statement, values)
        raw.execute("COMMIT")

    yield one
    raw.close()


def _bare_postgresql(place: Place, database: Database, ready: Iterator[Rows]) -> Iterator[Act]:
    import psycopg
    from psycopg.types.json import Jsonb

    database.writer.dispose()  # a template must have no visitors
    url = place.created(f"bare_{id(ready)}", template=str(database.writer.url.database))

    def fitting(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
        return Jsonb(value) if isinstance(value, dict | list) else value

    with psycopg.connect(url, autocommit=True) as raw:
        cursor = raw.cursor()

        def one() -> None:
            with raw.transaction():
                for statement, values in next(ready):
                    cursor.executemany(statement, [tuple(map(fitting, row)) for row in values])
                cursor.execute("SELECT pg_notify('bare', '')")

        yield one
