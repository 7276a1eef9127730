"""What an idle ``intake worker`` takes of the machine."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.queue.table import Bar, Place
from tests.kills.house import house

SECONDS = 20.0
TICKS = os.sysconf("SC_CLK_TCK")


def measure(place: Place) -> Iterator[Bar]:
    """Yield the share of one core, in per cent, and whether the database file was written."""
    with house(place.folder / "idle", database=place.dialect) as service:
        process = service.workers[0].process
        assert process is not None
        time.sleep(8.0)  # the chores of the start are over
        files = [service.folder / "data" / name for name in ("intake.db", "intake.db-wal")]
        before, written = _processor_seconds(process.pid), _stamps(files)
        time.sleep(SECONDS)
        share = (_processor_seconds(process.pid) - before) / SECONDS * 100
        wrote = "no" if _stamps(files) == written else "yes"
    facts = {"seconds": SECONDS}
    yield Bar(
        "idle worker, share of a core", place.dialect, share, at_most=1.0, unit="%", facts=facts
    )
    if place.dialect == "sqlite":
        yield Bar(
            "idle worker writes to the file",
            place.dialect,
            float(wrote == "yes"),
            at_most=0.0,
            unit="",
        )


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _stamps(files: list[Path]) -> list[int]:
    return [path.stat().st_mtime_ns for path in files if path.exists()]
