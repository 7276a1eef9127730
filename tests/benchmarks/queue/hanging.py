"""Bar B6: a receipt must not wait for a mail server that hangs."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.queue.table import Bar, Place
from tests.fakes import rude_server
from tests.kills.house import UNLIMITED
from tests.running import Running, start
from tests.sink import sink
from tests.visitor import ANA, Visitor

PAIRS = 25


@contextmanager
def serving(place: Place, name: str, settings: dict[str, str]) -> Iterator[Running]:
    """Run ``intake up`` on a database of its own."""
    folder: Path = place.folder / name
    url = {} if place.dialect == "sqlite" else {"INTAKE_DATABASE_URL": place.empty_url()}
    service = start(folder, settings={**UNLIMITED, **settings, **url})
    try:
        yield service
    finally:
        service.kill()  # a sender that hangs would hold up a polite stop


def measure(place: Place, rounds: int) -> Iterator[Bar]:
    """Yield how long the form takes while mail hangs, beside how long it takes when mail works."""
    with (
        sink(place.folder / "taken.txt") as good,
        hanging_mail_server() as port,
        serving(place, "good", good.settings()) as normal,
        serving(place, "hanging", {**good.settings(), "INTAKE_SMTP__PORT": str(port)}) as stuck,
    ):
        for service in (normal, stuck):
            _pair_seconds(service, "warm")
        pairs = [
            (_pair_seconds(stuck, f"s{number}"), _pair_seconds(normal, f"n{number}"))
            for number in range(rounds)
        ]
    facts = {
        "hanging ms": statistics.median(a for a, _ in pairs) * 1000,
        "normal ms": statistics.median(b for _, b in pairs) * 1000,
    }
    ratio = statistics.median(a / b for a, b in pairs)
    yield Bar(
        "B6 receipt while mail hangs vs normal", place.dialect, ratio, at_most=1.2, facts=facts
    )


@contextmanager
def hanging_mail_server() -> Iterator[int]:
    """Give the port of a server that takes connections and never says a word."""
    over = threading.Event()
    with rude_server(lambda _connection: _wait(over)) as port:
        try:
            yield port
        finally:
            over.set()


def _wait(over: threading.Event) -> None:
    over.wait(300)


def _pair_seconds(service: Running, mark: str) -> float:
    """Return the median seconds from Send to the receipt's page."""
    visitor, taken = Visitor(service.base_url), []
    for number in range(PAIRS):
        hidden = visitor.form()
        began = time.perf_counter()
        reply = visitor.send({**ANA, "email": f"{mark}.{number}@mail.example.org"}, hidden)
        receipt = visitor.get(reply.location)
        taken.append(time.perf_counter() - began)
        assert (reply.status, receipt.status) == (303, 200)
    return statistics.median(taken)
