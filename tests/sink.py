"""A mail server in a process of its own that writes down whose letters it took.

Run as ``python -m tests.sink --port 2525 --log taken.txt``. A line holds the letter's Message-ID
and is on the disk before the other side hears ``250``: what is acknowledged is in the file.
``--after SECONDS`` waits between the two, which is where a sender's death makes a repeat; with
``--hold FILE`` it waits for as long as that file exists.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.running import ROOT, free_port

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^@>]+)@", re.IGNORECASE | re.MULTILINE)


@dataclass
class Taker:
    """Takes every letter and notes its key."""

    log: Path
    after: float
    hold: Path | None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        found = MESSAGE_ID.search(envelope.original_content or b"")
        with self.log.open("ab") as file:
            file.write((found[1] if found else b"?") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(self.after)
        while self.hold is not None and self.hold.exists():
            await asyncio.sleep(0.02)
        return "250 2.0.0 OK: queued as 4F2A11"


@dataclass
class Sink:
    """A running mail server; ``keys`` are those of the letters it took so far."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def keys(self) -> list[str]:
        """The key of each letter, in the order they came."""
        return self.log.read_text().split() if self.log.exists() else []

    @property
    def repeats(self) -> int:
        """How many letters came that were there before."""
        return sum(count - 1 for count in Counter(self.keys).values())

    def settings(self, host: str = "127.0.0.1") -> dict[str, str]:
        """Return the variables that send a service's mail here."""
        return {
            "INTAKE_SMTP__HOST": host,
            "INTAKE_SMTP__PORT": str(self.port),
            "INTAKE_SMTP__SECURITY": "none",
            "INTAKE_SMTP__FROM_ADDRESS": "hello@clinic.example",
        }


@contextmanager
def sink(
    log: Path,
    *,
    after: float = 0.0,
    hold: Path | None = None,
    wrapper: Sequence[str] = (),
) -> Iterator[Sink]:
    """Start a mail server; ``wrapper`` goes before its command (``ip netns exec far``)."""
    port = free_port()
    words = ["--port", str(port), "--log", str(log), "--after", str(after)]
    if hold is not None:
        words += ["--hold", str(hold)]
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-m", "tests.sink", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield Sink(port, log, process)
    finally:
        process.kill()
        process.wait(10)


def main() -> None:
    """Take letters until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--after", type=float, default=0.0)
    parser.add_argument("--hold", type=Path)
    options = parser.parse_args()
    taker = Taker(options.log, options.after, options.hold)
    controller = Controller(taker, hostname="127.0.0.1", port=options.port)
    controller.start()
    print("ready", flush=True)
    while threading.main_thread().is_alive():
        time.sleep(3600)


if __name__ == "__main__":
    main()
