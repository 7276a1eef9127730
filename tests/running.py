"""A real ``intake up`` in a process of its own, on a free port, in a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.visitor import Visitor

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Return the variables for a service that keeps everything under ``data_dir``."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("INTAKE_")}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "INTAKE_DATA_DIR": str(data_dir),
        "INTAKE_SYNTHETIC__EVERY_MINUTES": "0",  # tests count inquiries
        **settings,
    }


def command(
    *words: str, env: Mapping[str, str], folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run ``intake`` with ``words`` in ``folder`` and wait for it."""
    return subprocess.run(
        [sys.executable, "-m", "intake", *words],
        env=dict(env),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@dataclass
class Running:
    """A service that answers at ``base_url``; ``greeting`` is what it printed at its start."""

    process: subprocess.Popen[str]
    base_url: str
    data_dir: Path
    greeting: str

    @property
    def welcome_url(self) -> str:
        """The one-time link of the first administrator."""
        found = re.search(r"https?://\S+/staff/welcome/\S+", self.greeting)
        assert found, self.greeting
        return found[0]

    @property
    def visitor(self) -> Visitor:
        """Somebody who comes to this service."""
        return Visitor(self.base_url)

    def kill(self) -> None:
        """Kill the whole process without warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        """Ask the process to end, and return its exit status."""
        self.process.terminate()
        return self.process.wait(60)


def start(
    data_dir: Path,
    *,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
    module: str = "intake",
) -> Running:
    """Start ``intake up`` and wait until it has greeted; the caller stops or kills it.

    ``module`` stands in for ``intake``: ``tests.pseudo`` changes its words first.
    """
    port = port or free_port()
    env = environment(data_dir, **(settings or {}))
    log = (data_dir.parent / f"{data_dir.name}.log").open("a")
    process = subprocess.Popen(
        [sys.executable, "-m", module, "up", "--port", str(port)],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    lines = []
    until = time.monotonic() + START_SECONDS
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if "Stop with Ctrl-C" in line or time.monotonic() > until:
            break
    greeting = "".join(lines)
    assert "Stop with Ctrl-C" in greeting, greeting + Path(log.name).read_text()
    return Running(process, f"http://127.0.0.1:{port}", data_dir, greeting)


@contextmanager
def running(data_dir: Path, *, module: str = "intake", **settings: str) -> Iterator[Running]:
    """Give a service and stop it at the end."""
    service = start(data_dir, settings=settings, module=module)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()
