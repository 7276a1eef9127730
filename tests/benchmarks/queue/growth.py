"""What a claim and its acknowledgement cost with 1 000 and with 1 000 000 finished rows."""

import statistics
import time
from collections.abc import Iterator

from sqlalchemy import text

from intake.notifications.breaker import channel_ids
from intake.notifications.outbox import claim, finish
from intake.notifications.outcome import Finished, Outcome, Result
from intake.storage.database import Database
from tests.benchmarks.queue.ours import fill
from tests.benchmarks.queue.table import Bar, Place

FEW = 1_000
TRIES = 300
CHUNK = 50_000
COLUMNS = (
    "public_id, recipient, channel_id, event, dedupe_key, generation, payload, state, attempts, "
    "losses, due_at, give_up_at, created_at, finished_at"
)
VALUES = (
    "'f' || n, 'staff:1', {channel}, 'inquiry.submitted', 'finished:' || n, 1, '{{}}', 'delivered',"
    " 1, 0, NULL, 1800000000000 + n, 1790000000000 + n, 1790000001000 + n"
)
SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (VALUES ({first}) UNION ALL SELECT n + 1 FROM s"
    " WHERE n + 1 < {last}) INSERT INTO outbox_messages ({columns}) SELECT {values} FROM s",
    "postgresql": "INSERT INTO outbox_messages ({columns}) SELECT {values}"
    " FROM generate_series({first}, {last} - 1) AS s(n)",
}


def measure(place: Place, many: int) -> Iterator[Bar]:
    """Yield the growth of the claim, each time divided by its own acknowledgement's."""
    with place.database() as database:
        _finished_rows(database, 0, FEW)
        before = _medians(database, 0)
        _finished_rows(database, FEW, many)
        after = _medians(database, TRIES)
    facts = {
        f"claim {FEW}": before[0],
        f"ack {FEW}": before[1],
        f"claim {many}": after[0],
        f"ack {many}": after[1],
        "claim alone": after[0] / before[0],
        "ack alone": after[1] / before[1],
    }
    grown = (after[0] / after[1]) / (before[0] / before[1])
    yield Bar("claim, many finished rows (per ack)", place.dialect, grown, at_most=1.5, facts=facts)


def _finished_rows(database: Database, first: int, last: int) -> None:
    """Store rows that are finished, and let the planner know of them as a night would."""
    with database.read() as session:
        channel = channel_ids(session, ["email"])["email"]
    for start in range(first, last, CHUNK):
        statement = SERIES[database.dialect].format(
            columns=COLUMNS,
            values=VALUES.format(channel=channel),
            first=start,
            last=min(last, start + CHUNK),
        )
        with database.write() as session:
            session.execute(text(statement.replace(":", "\\:")))
    with database.write() as session:
        session.execute(text("ANALYZE outbox_messages"))


def _medians(database: Database, first: int) -> tuple[float, float]:
    """Return the median milliseconds of a claim of one message and of its acknowledgement."""
    fill(database, first, TRIES)
    with database.read() as session:
        channel = channel_ids(session, ["email"])["email"]
    claims, acks = [], []
    for _ in range(TRIES):
        began = time.perf_counter()
        with database.write() as session:
            (message,) = claim(session, channel, limit=1, owner="bench")
        claims.append(time.perf_counter() - began)
        began = time.perf_counter()
        with database.write() as session:
            finish(session, [Finished(message, Result(Outcome.DELIVERED), 0.0)], owner="bench")
        acks.append(time.perf_counter() - began)
    return statistics.median(claims) * 1000, statistics.median(acks) * 1000
