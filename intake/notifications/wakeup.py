"""How a worker hears that there is work: the bell, a Unix socket, LISTEN; and how long it waits.

All of these are hints. A worker looks by itself every second on SQLite (another process may have
written) and every five seconds on PostgreSQL, where LISTEN may not work through a pooling proxy.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, cast

import structlog

from intake.notifications.bell import PATH_MAX_BYTES, bell_of
from intake.notifications.statements import NOTIFY_CHANNEL
from intake.storage.database import Database

LOOK_SECONDS = {"sqlite": 1.0, "listen": 5.0, "poll": 1.0}
LISTEN_SECONDS = 1.0  # how long one wait for a NOTIFY lasts, so that a stop is noticed
RECONNECT_SECONDS = 2.0

log = structlog.get_logger(__name__)
_random = secrets.SystemRandom()


class Listening(Protocol):
    """What is used of psycopg's connection; the library itself is an optional extra."""

    def execute(self, query: str) -> object:
        """Run one statement."""

    def notifies(self, *, timeout: float, stop_after: int) -> Iterable[object]:
        """Wait for notifications."""


class Ears:
    """Rings this process's bell for what other processes wrote; started and stopped once."""

    def __init__(self, database: Database, mode: str = "listen") -> None:
        self._database = database
        self._bell = bell_of(database.writer)
        self._mode = "sqlite" if database.dialect == "sqlite" else mode
        self._stopping = threading.Event()
        self._socket: socket.socket | None = None
        self._path: Path | None = None
        self._thread: threading.Thread | None = None
        self.is_listening = threading.Event()

    def longest_wait(self) -> float:
        """Return how many seconds to wait at most before looking again, with some jitter."""
        return LOOK_SECONDS[self._mode] * _random.uniform(0.8, 1.0)

    def start(self) -> None:
        """Begin to listen in a thread of its own; without a socket the looks must do."""
        target = self._listen
        if self._mode == "poll" or (self._mode == "sqlite" and not self._open_socket()):
            return
        if self._mode == "sqlite":
            target = self._receive
        self._thread = threading.Thread(target=target, name="ears", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and take the socket away."""
        self._stopping.set()
        if self._path is not None:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.sendto(b"", str(self._path))  # wakes the receiving thread
            self._path.unlink(missing_ok=True)
        if self._thread is not None:
            self._thread.join(timeout=LISTEN_SECONDS + 2)
        if self._socket is not None:
            self._socket.close()

    def _open_socket(self) -> bool:
        folder = self._bell.folder
        if folder is None:
            return False
        path = folder / f"{os.getpid()}-{secrets.token_hex(3)}"
        if len(os.fsencode(path)) > PATH_MAX_BYTES:
            return False
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.bind(str(path))
        except OSError as refused:
            log.warning("no_wakeup_socket", error_class=type(refused).__name__)
            return False
        self._path = path
        return True

    def _receive(self) -> None:
        self.is_listening.set()
        while self._socket is not None and not self._stopping.is_set():
            self._socket.recv(1)
            self._bell.ring_here()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen_once()
            except Exception as away:  # noqa: BLE001 - the server may go and come back at any time
                self.is_listening.clear()
                log.warning("listen_lost", error_class=type(away).__name__)
                self._stopping.wait(RECONNECT_SECONDS)

    def _listen_once(self) -> None:
        """Listen on one connection of our own until stopped or cut off."""
        engine = self._database.writer.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            raw = cast("Listening", connection.connection.driver_connection)
            connection.detach()  # out of the pool, which others need
            raw.execute(f"LISTEN {NOTIFY_CHANNEL}")
            self.is_listening.set()
            self._bell.ring_here()  # what was written while nobody listened
            while not self._stopping.is_set():
                for _ in raw.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                    self._bell.ring_here()
