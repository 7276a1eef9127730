"""The service as it runs in a clinic: ``intake serve`` and ``intake worker``, each to be killed."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.cluster import Cluster, cluster
from tests.running import ROOT, environment, free_port, start
from tests.sink import Sink, sink
from tests.visitor import Visitor

READY_SECONDS = 60.0
SLOTS = 4
UNLIMITED = {
    "INTAKE_LIMITS__SENDS_PER_SECOND": "100000",
    "INTAKE_LIMITS__SENDS_PER_ADDRESS_PER_HOUR": "100000",
    "INTAKE_LIMITS__OTHER_POSTS_PER_MINUTE": "100000",
    "INTAKE_QUEUE__SLOTS": str(SLOTS),
}


@dataclass
class Part:
    """One command of the service in a process group of its own."""

    words: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    wrapper: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the command; it may need a moment before it works."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, sys.executable, "-m", "intake", *self.words],
                env=dict(self.env),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command and to the processes that it forked."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """Kill all its processes without warning."""
        self.send(signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """Ask it to end, and kill what does not."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
        self.kill()

    def _wait(self) -> None:
        if self.process is not None:
            self.process.wait(30)


@dataclass
class House:
    """Everything that runs, and what may be killed of it."""

    folder: Path
    database_url: str
    base_url: str
    server: Cluster | None
    sink: Sink
    webs: list[Part]
    workers: list[Part]

    def kill(self, what: str, dice: random.Random) -> None:
        """Kill one ``submitter``, one ``worker`` or the database ``server``, and start it anew."""
        if what == "server":
            self._crash()
            return
        parts = self.webs if what == "submitter" else self.workers
        part = dice.choice(parts)
        part.kill()
        part.start()
        if what == "submitter":
            self.wait()

    def _crash(self) -> None:
        if self.server is not None:
            self.server.crash()
            time.sleep(0.5)  # people send meanwhile, and are told to try again
            self.server.start()
        else:  # SQLite lives in our processes: all of them go at the same moment
            for part in (*self.webs, *self.workers):
                part.send(signal.SIGKILL)
            for part in (*self.webs, *self.workers):
                part.kill()
                part.start()
        self.wait()

    def wait(self) -> None:
        """Wait until somebody answers."""
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                if Visitor(self.base_url, timeout=5).get("/healthz").status == 200:
                    return
            except (OSError, HTTPException):
                pass
            assert time.monotonic() < until, "the service did not start; see the logs"
            time.sleep(0.05)


@contextmanager
def house(
    folder: Path, *, database: str, webs: int = 1, workers: int = 1, mail_seconds: float = 0.1
) -> Iterator[House]:
    """Give a running service on a database of its own, with a mail server of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(cluster()) if database == "postgresql" else None
        url = server.socket_url if server else f"sqlite:///{folder / 'data' / 'intake.db'}"
        mail = stack.enter_context(sink(folder / "taken.txt", after=mail_seconds))
        settings = {"INTAKE_DATABASE_URL": url, **UNLIMITED, **mail.settings()}
        start(folder / "data", settings=settings).stop()  # schema, keys, first administrator
        ports = [free_port() for _ in range(webs)]
        env = environment(folder / "data", **settings)
        served = [
            Part(("serve", "--processes", "1", "--port", str(port)), env, folder / f"web{port}.log")
            for port in ports
        ]
        delivering = [
            Part(("worker",), env, folder / f"worker{number}.log") for number in range(workers)
        ]
        made = House(folder, url, f"http://127.0.0.1:{ports[0]}", server, mail, served, delivering)
        try:
            for part in (*served, *delivering):
                part.start()
            made.wait()
            yield made
        finally:
            for part in (*delivering, *served):
                part.stop()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards; its path is short enough for Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="intake-kills-", dir="/tmp") as folder:
        yield Path(folder)
