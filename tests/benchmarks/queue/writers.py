"""Eight processes that submit at once: errors, the longest wait, and what is left of the speed.

Run as ``python -m tests.benchmarks.queue.writers URL COUNT [plain]`` it is one of the eight:
``plain`` takes no file lock before ``BEGIN IMMEDIATE``, which is what the lock is measured against.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from unittest.mock import patch

from intake.audit.models import VISITOR
from intake.errors import Unavailable
from intake.inquiries.submit import submit_inquiry
from intake.storage.database import Database
from intake.storage.filelock import WriterLock
from tests.benchmarks.queue.table import Bar, Place
from tests.conftest import NOON
from tests.factories import a_sealed_inquiry
from tests.running import ROOT

WRITERS = 8
EACH = 60


def measure(place: Place, rounds: int) -> Iterator[Bar]:
    """Yield the bars of many writers; on PostgreSQL there is no file lock to compare with."""
    speeds, waits, errors = [], [], 0
    longest: list[float] = []
    for _ in range(rounds):
        with place.database() as database:
            url = database.writer.url.render_as_string(hide_password=False)
            alone = _run(url, 1, EACH * 2)
            many = _run(url, WRITERS, EACH)
            speeds.append(many["rate"] / alone["rate"])
            errors += int(many["errors"])
            waits.append(many["p99"])
            longest.append(many["longest"])
            if place.dialect == "sqlite":
                longest[-1] /= _run(url, WRITERS, EACH, "plain")["longest"]
    facts = {"p99 ms": statistics.median(waits)}
    yield Bar("8 writers: errors", place.dialect, float(errors), at_most=0, unit="", facts=facts)
    speed = statistics.median(speeds)
    yield Bar("8 writers: throughput vs one", place.dialect, speed, at_least=0.6)
    if place.dialect == "sqlite":
        ratio = statistics.median(longest)
        yield Bar(
            "8 writers: longest wait vs plain BEGIN IMMEDIATE", place.dialect, ratio, at_most=0.5
        )


def _run(url: str, writers: int, each: int, *how: str) -> dict[str, float]:
    """Let processes write at once; they start together when all have made ready."""
    command = [sys.executable, "-m", "tests.benchmarks.queue.writers", url, str(each), *how]
    running = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(writers)
    ]
    for one in running:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for one in running:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    found = [json.loads(one.communicate(timeout=300)[0]) for one in running]
    took = time.perf_counter() - began
    every = sorted(wait for one in found for wait in one["waits"])
    return {
        "rate": writers * each / took,
        "errors": sum(one["errors"] for one in found),
        "p99": every[int(len(every) * 0.99)] * 1000,
        "longest": every[-1] * 1000,
    }


class Unlocked(WriterLock):
    """No lock before ``BEGIN IMMEDIATE``: what the lock is measured against."""

    def take(self, until: float) -> None:
        """Let everybody in."""

    def free(self) -> None:
        """Nothing is held."""


def write(url: str, count: int, *, plain: bool) -> None:
    """Submit ``count`` inquiries and print how long each had to wait."""
    with patch("intake.storage.database.WriterLock", Unlocked if plain else WriterLock):
        database = Database(url)
    sealed = [a_sealed_inquiry(at=NOON, key=f"{time.time_ns():032x}") for _ in range(count)]
    waits, errors = [], 0
    with database.read():
        print("ready", flush=True)
    sys.stdin.readline()
    for one in sealed:
        began = time.perf_counter()
        try:
            with database.write() as session:
                submit_inquiry(session, one, actor=VISITOR, at=NOON)
        except Unavailable:
            errors += 1
        waits.append(time.perf_counter() - began)
    print(json.dumps({"waits": waits, "errors": errors}))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), plain=sys.argv[3:] == ["plain"])
