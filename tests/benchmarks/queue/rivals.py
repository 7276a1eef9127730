"""The same work done by Procrastinate (PostgreSQL) and huey (SQLite), as their manuals say."""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection


class Procrastinate:
    """Procrastinate on a database of its own; use each method once for each round."""

    def __init__(self, url: str) -> None:
        procrastinate: Any = import_module("procrastinate")  # of the [bench] extra, seldom here
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        self._url = url
        self.calls: list[float] = []
        self._library = procrastinate
        self._app, self._task = self._application()
        asyncio.run(self._prepare())

    def _application(self) -> tuple[Any, Any]:
        app = self._library.App(connector=self._library.PsycopgConnector(conninfo=self._url))

        async def nothing(number: int) -> None:
            self.calls.append(time.perf_counter())

        return app, app.task(name="nothing")(nothing)

    async def _prepare(self) -> None:
        async with self._app.open_async():
            await self._app.schema_manager.apply_schema_async()

    def drain(self, count: int, *, concurrency: int) -> float:
        """Return how many jobs a second left a full queue."""
        return asyncio.run(self._drain(count, concurrency))

    async def _drain(self, count: int, concurrency: int) -> float:
        app, task = self._application()
        async with app.open_async():
            await task.batch_defer_async(*[{"number": n} for n in range(count)])
            self.calls.clear()
            started = time.perf_counter()
            await app.run_worker_async(
                wait=False,
                concurrency=concurrency,
                listen_notify=False,
                install_signal_handlers=False,
            )
            took = time.perf_counter() - started
        assert len(self.calls) == count, len(self.calls)
        return count / took

    def waits_ms(self, rounds: int) -> list[float]:
        """Return how long after its commit each job began, while the worker was idle."""
        self.calls.clear()
        ready, over = threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._listen(ready, over)))
        thread.start()
        ready.wait()
        time.sleep(1.0)
        app = self._library.App(connector=self._library.SyncPsycopgConnector(conninfo=self._url))
        task = app.task(name="nothing")(lambda number: None)
        waits = []
        with app.open():
            for number in range(rounds):
                task.defer(number=number)
                committed = time.perf_counter()
                while len(self.calls) <= number:
                    time.sleep(0.0002)
                waits.append(max(0.0, self.calls[number] - committed) * 1000)
                time.sleep(0.02)
        over.set()
        thread.join()
        return waits

    async def _listen(self, ready: threading.Event, over: threading.Event) -> None:
        app, _ = self._application()
        async with app.open_async():
            worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False))
            ready.set()
            while not over.is_set():
                await asyncio.sleep(0.05)
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)


DEFER = "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[{rows}]::procrastinate_job_to_defer_v1[]))"
ROW = "ROW('default', %s, 0, NULL, NULL, %s::jsonb, NULL)"


def defer_on(connection: Connection, payloads: Sequence[str]) -> None:
    """Write jobs in a transaction of ours by Procrastinate's own function, at its cheapest."""
    values = tuple(value for payload in payloads for value in ("nothing", payload))
    connection.exec_driver_sql(DEFER.format(rows=", ".join([ROW] * len(payloads))), values)


def huey_drain(folder: Path, count: int, *, workers: int) -> float:
    """Return how many tasks a second left a full huey queue; the row is gone before the work."""
    huey: Any = import_module("huey")

    logging.getLogger("huey").setLevel(logging.ERROR)
    path = folder / f"huey{time.monotonic_ns()}.db"
    queue = huey.SqliteHuey(filename=str(path), fsync=True, results=False)
    done = threading.Semaphore(0)

    @queue.task()  # type: ignore[untyped-decorator]
    def nothing(number: int) -> None:
        done.release()

    for number in range(count):
        nothing(number)
    consumer = queue.create_consumer(
        workers=workers, periodic=False, check_worker_health=False, initial_delay=0.005
    )
    started = time.perf_counter()
    consumer.start()
    for _ in range(count):
        done.acquire()
    took = time.perf_counter() - started
    consumer.stop(graceful=True)
    return count / took
