"""Serving for real: several processes, one that dies, and a stop that drops nobody."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from intake.web.serve import BARE_HEADERS, listen, serve
from tests.running import ROOT, command, environment, free_port, running
from tests.visitor import ANA, Reply, Visitor


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Visitor]]:
    """Run ``intake serve`` with two processes on a prepared installation."""
    env = environment(tmp_path / "data")
    command("keys", "create", env=env)
    command("db", "upgrade", env=env)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "intake", "serve", "--port", str(port), "--processes", "2"],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    visitor = Visitor(f"http://127.0.0.1:{port}")
    _wait_for(visitor)
    yield process, visitor
    if process.poll() is None:
        process.terminate()
        process.wait(30)


def _wait_for(visitor: Visitor) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            if visitor.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nobody answers")


def _children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def test_two_processes_answer_and_one_that_dies_is_replaced(
    served: tuple[subprocess.Popen[str], Visitor],
) -> None:
    process, visitor = served
    before = _children(process.pid)

    os.kill(before[0], signal.SIGKILL)
    time.sleep(0.5)
    reference = visitor.ask(ANA)
    until = time.monotonic() + 20
    while len(_children(process.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.2)

    after = _children(process.pid)
    assert reference
    assert len(before) == len(after) == 2
    assert before[0] not in after


def test_sigterm_ends_the_parent_and_all_its_processes(
    served: tuple[subprocess.Popen[str], Visitor],
) -> None:
    process, _ = served
    children = _children(process.pid)

    process.terminate()
    status = process.wait(30)

    assert status == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_request_in_progress_is_answered_before_the_stop(tmp_path: Path) -> None:
    """The database is held for a second, so that the POST is inside when SIGTERM comes."""
    import sqlite3

    with running(tmp_path / "data") as service:
        hidden = service.visitor.form()
        held = sqlite3.connect(service.data_dir / "intake.db", isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        replies: list[Reply] = []
        sender = threading.Thread(
            target=lambda: replies.append(Visitor(service.base_url).send(ANA, hidden))
        )
        sender.start()
        time.sleep(0.5)
        service.process.terminate()
        time.sleep(0.5)
        held.execute("ROLLBACK")
        held.close()
        sender.join()
        status = service.process.wait(60)

    assert [reply.status for reply in replies] == [303]
    assert re.search(r"/ask/received/", replies[0].location)
    assert status == 0


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"POST /ask/all HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 17_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nBroken\r\n\r\n", 400),
    ],
)
def test_what_the_server_refuses_by_itself_carries_the_headers_too(
    request_bytes: bytes, status: int
) -> None:
    listening, stop = listen("127.0.0.1", free_port()), threading.Event()
    server = threading.Thread(target=serve, args=(Flask("served"), listening, stop))
    server.start()
    try:
        with socket.create_connection(listening.getsockname(), timeout=10) as visitor:
            visitor.sendall(request_bytes)
            head = visitor.recv(4096).partition(b"\r\n\r\n")[0].decode()
    finally:
        stop.set()
        server.join(30)

    assert head.split()[1] == str(status)
    sent = {line.partition(": ")[::2] for line in head.splitlines()[1:]}
    assert sent >= set(BARE_HEADERS)
