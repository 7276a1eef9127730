"""Tell waiting workers that a message was committed; a hint only, never needed for correctness.

In one process an event is set. On SQLite every worker of another process has a Unix datagram
socket beside the database, and gets one byte; on PostgreSQL ``enqueue`` sends a NOTIFY inside the
transaction. Not inotify on the WAL: it fires before the commit can be seen.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

SOCKET_FOLDER_SUFFIX = ".wake"
PATH_MAX_BYTES = 100  # the kernel takes 107 for a Unix socket


class Bell:
    """The bell of one database in this process."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._events: tuple[threading.Event, ...] = ()

    def ring(self) -> None:
        """Wake every worker that waits at this database; never fails, never blocks."""
        self.ring_here()
        if self.folder is not None:
            _poke(self.folder)

    def ring_here(self) -> None:
        """Wake the workers of this process only."""
        for event in self._events:
            event.set()

    @contextmanager
    def heard_by(self, event: threading.Event) -> Iterator[None]:
        """Set ``event`` at each ring while the block runs."""
        with self._lock:
            self._events = (*self._events, event)
        try:
            yield
        finally:
            with self._lock:
                self._events = tuple(other for other in self._events if other is not event)


def bell_of(engine: Engine) -> Bell:
    """Return the one bell of this process for the database behind ``engine``."""
    return _bell(engine.url)


@cache
def _bell(url: URL) -> Bell:
    if url.get_backend_name() != "sqlite":
        return Bell(None)
    return Bell(Path(f"{url.database}{SOCKET_FOLDER_SUFFIX}"))


def _poke(folder: Path) -> None:
    """Send one byte to the socket of each worker of another process; forget the dead ones."""
    own = f"{os.getpid()}-"
    try:
        names = os.listdir(folder)  # noqa: PTH208 - on the submission path, and twice as fast
    except OSError:
        return  # no worker of another process was ever here
    others = [name for name in names if not name.startswith(own)]
    if not others:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        for name in others:
            try:
                out.sendto(b"!", str(folder / name))
            except ConnectionRefusedError:  # its worker was killed
                with suppress(OSError):
                    (folder / name).unlink()
            except OSError:
                continue  # full, or gone meanwhile: the worker looks by itself within a second
