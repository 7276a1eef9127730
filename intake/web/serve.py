"""Serving: waitress with settings that hold against slow clients, and a stop that drops nobody.

waitress reads headers and bodies in one event loop, so a hundred slow phones never hold the threads
that answer (150 and 500 sockets that never finish: other people were served within 10 ms). Its own
command drops the request in progress at SIGTERM; this loop finishes it.
"""

import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from intake.web.security import HEADERS, PUBLIC_POLICY

HEADER_MAX_BYTES = 16_384
BODY_MAX_BYTES = 262_144
CONNECTIONS_MAX = 2_000
STOP_GRACE_SECONDS = 20.0
RESTART_PAUSE_SECONDS = 1.0

BARE_HEADERS = (
    *HEADERS,
    ("Content-Security-Policy", PUBLIC_POLICY),
    ("Cache-Control", "no-store"),
)

Application = Callable[..., Any]

log = structlog.get_logger()


class _Refusal(ErrorTask):  # type: ignore[misc] # waitress ships no types
    """What waitress answers by itself, before any of our code: headers too long, a body too big."""

    def execute(self) -> None:
        """Answer with the headers that every answer carries."""
        self.response_headers.extend(BARE_HEADERS)
        super().execute()


class _Channel(HTTPChannel):  # type: ignore[misc] # as above
    error_task_class = _Refusal


def waitress_settings(trusted_proxies: int) -> dict[str, Any]:
    """Return what waitress is started with; a proxy's headers count only when one is declared."""
    settings: dict[str, Any] = {
        "threads": 4,
        "connection_limit": CONNECTIONS_MAX,
        "channel_timeout": 20,
        "cleanup_interval": 5,
        "asyncore_use_poll": True,
        "max_request_header_size": HEADER_MAX_BYTES,
        "max_request_body_size": BODY_MAX_BYTES,
        "expose_tracebacks": False,
        "ident": None,
        "clear_untrusted_proxy_headers": True,
    }
    if trusted_proxies:
        settings |= {
            "trusted_proxy": "*",
            "trusted_proxy_count": trusted_proxies,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    return settings


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen; ``OSError`` when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    listening.setblocking(False)
    return listening


def serve(
    application: Application,
    listening: socket.socket,
    stop: threading.Event,
    *,
    trusted_proxies: int = 0,
) -> None:
    """Answer requests until ``stop`` is set, then finish those in progress.

    Runs in the main thread, because signals arrive there; set ``stop`` from a signal handler made
    by :func:`stop_on_signals`.
    """
    raise_descriptor_limit()
    server: Any = create_server(
        application, sockets=[listening], **waitress_settings(trusted_proxies)
    )
    server.channel_class = _Channel

    def turn(seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=server._map, use_poll=True, count=1)  # noqa: SLF001 - waitress offers no loop that can be stopped

    while not stop.is_set():
        turn(0.5)
    server.accepting = False
    server.del_channel(server._map)  # noqa: SLF001 - as above
    listening.close()
    until = time.monotonic() + STOP_GRACE_SECONDS
    while time.monotonic() < until and any(
        channel.requests or channel.total_outbufs_len
        for channel in list(server.active_channels.values())
    ):
        turn(0.05)
    server.task_dispatcher.shutdown(timeout=1)


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set; call in the main thread."""
    stop = threading.Event()

    def handler(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)
    return stop


def raise_descriptor_limit(wanted: int = 4_096) -> None:
    """Allow as many open sockets as the connection limit needs, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))


def serve_processes(
    run_child: Callable[[socket.socket, threading.Event], None],
    listening: socket.socket,
    processes: int,
) -> None:
    """Keep ``processes`` children answering on one socket; replace one that dies.

    ``run_child`` builds the application itself, after the fork: database connections and lock
    descriptors must not be shared.
    """
    stop = stop_on_signals()
    children: set[int] = set()
    while not stop.is_set():
        while len(children) < processes:
            children.add(_fork(run_child, listening))
        _reap(children, stop)
    listening.close()
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        os.waitpid(child, 0)


def _fork(
    run_child: Callable[[socket.socket, threading.Event], None], listening: socket.socket
) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run_child(listening, stop_on_signals())
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _reap(children: set[int], stop: threading.Event) -> None:
    """Notice dead children; a pause keeps one that cannot start from spinning."""
    done, status = os.waitpid(-1, os.WNOHANG)
    if not done:
        stop.wait(0.5)
        return
    children.discard(done)
    if not stop.is_set():
        log.warning("web_process_died", code=os.waitstatus_to_exitcode(status))
        stop.wait(RESTART_PAUSE_SECONDS)
