"""Several machines on one PostgreSQL, and one of them is cut off in mid-delivery.

Run as ``python -m tests.kills.cut_off``: two ``intake serve`` and a worker here, another worker in
a network namespace of its own (a machine of its own, as far as TCP can tell) whose cable is pulled
while its mail server is taking letters. ``--freeze`` stops that worker with SIGSTOP instead, where
namespaces are not allowed. What it had in hand must go out by the other worker, with the same key;
nothing may be lost; and when it is back it must neither overwrite anything nor stay deaf.
"""

import argparse
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from intake.storage.database import Database
from tests.cluster import cluster
from tests.kills.house import SLOTS, UNLIMITED, Part, temporary_folder
from tests.kills.loop import settle
from tests.kills.tally import unsettled
from tests.running import environment, free_port, start
from tests.sink import Sink, sink
from tests.visitor import ANA, Visitor

INQUIRIES = 10
WAIT_SECONDS = 150.0
DATABASE_ADDRESS, FAR_ADDRESS = "10.87.14.1", "10.87.14.2"


@dataclass(frozen=True, slots=True)
class Machines:
    """Two namespaces joined by a cable: ``near`` has the database, ``far`` the lonely worker."""

    near: tuple[str, ...]
    far: tuple[str, ...]
    pull: Callable[[], None]
    plug: Callable[[], None]


@contextmanager
def machines() -> Iterator[Machines]:
    """Make the namespaces and remove them at the end; needs root."""
    mark = os.getpid()
    near, far, cable = f"near{mark}", f"far{mark}", f"c{mark}"
    try:
        _ip("netns", "add", near)
        _ip("netns", "add", far)
        ends = (f"{cable}a", f"{cable}b")
        _ip("link", "add", ends[0], "netns", near, "type", "veth", "peer", ends[1], "netns", far)
        for name, end, address in (
            (near, ends[0], DATABASE_ADDRESS),
            (far, ends[1], FAR_ADDRESS),
        ):
            _ip("-n", name, "address", "add", f"{address}/24", "dev", end)
            _ip("-n", name, "link", "set", end, "up")
            _ip("-n", name, "link", "set", "lo", "up")
        within = ("ip", "netns", "exec")
        yield Machines(
            (*within, near),
            (*within, far),
            # Silence, as when a cable is pulled behind a switch: no reset, no refusal.
            lambda: _ip("-n", near, "link", "set", ends[0], "down"),
            lambda: _ip("-n", near, "link", "set", ends[0], "up"),
        )
    finally:
        for name in (near, far):
            subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@dataclass
class Story:
    """What happened."""

    in_hand: int = 0
    rows: int = 0
    delivered: int = 0
    lost: int = 0
    strange_keys: int = 0
    repeats: int = 0
    lease_lost: int = 0
    moved_on_seconds: float = 0.0
    back_seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """What must not be."""
        wrong = {
            "nothing was in hand when it was cut off": self.in_hand == 0,
            "not delivered": self.delivered != self.rows,
            "lost": self.lost > 0,
            "a key that no message has": self.strange_keys > 0,
            "more repeats than were in hand": self.repeats > min(self.in_hand, SLOTS),
            "the lonely worker stayed deaf": self.back_seconds >= WAIT_SECONDS,
        }
        return [name for name, is_so in wrong.items() if is_so]


def cut_off(folder: Path, *, freeze: bool = False) -> Story:
    """Play the story once."""
    with ExitStack() as stack:
        pair = None if freeze else stack.enter_context(machines())
        return _play(folder, pair, stack)


def _play(folder: Path, pair: Machines | None, stack: ExitStack) -> Story:
    story, hold = Story(), folder / "hold"
    near_wrap: Sequence[str] = pair.near if pair else ()
    far_wrap: Sequence[str] = pair.far if pair else ()
    listen = DATABASE_ADDRESS if pair else ""
    server = stack.enter_context(cluster(wrapper=near_wrap, listen=listen))
    here = stack.enter_context(sink(folder / "here.txt"))
    there = stack.enter_context(sink(folder / "there.txt", hold=hold, wrapper=far_wrap))
    settings = {"INTAKE_DATABASE_URL": server.socket_url, **UNLIMITED}
    start(folder / "data", settings=settings).stop()
    env = environment(folder / "data", **settings, **here.settings())
    far_url = server.network_url if pair else server.socket_url
    far_settings = {**settings, "INTAKE_DATABASE_URL": far_url, **there.settings()}
    far = Part(
        ("worker",), environment(folder / "data", **far_settings), folder / "far.log", far_wrap
    )
    near = Part(("worker",), env, folder / "near.log")
    ports = [free_port(), free_port()]
    webs = [
        Part(("serve", "--processes", "2", "--port", str(port)), env, folder / f"web{port}.log")
        for port in ports
    ]
    for part in (far, near, *webs):
        stack.callback(part.kill)
    for part in (far, *webs):
        part.start()
    visitors = [Visitor(f"http://127.0.0.1:{port}") for port in ports]
    for visitor in visitors:
        _until(lambda one=visitor: _answers(one))  # type: ignore[misc]
    database = Database(server.socket_url)
    stack.callback(database.close)

    hold.touch()
    _send(visitors, 0)
    _until(lambda: len(there.keys) >= SLOTS)
    _pull(pair, far)
    story.in_hand = len(there.keys)
    began = time.monotonic()
    near.start()
    hold.unlink()  # the far mail server says yes; the far worker cannot tell the database
    settle(database, WAIT_SECONDS)
    story.moved_on_seconds = time.monotonic() - began

    near.stop()
    _plug(pair, far)
    began = time.monotonic()
    _send(visitors, INQUIRIES)  # only the far worker is there to carry these
    _until(lambda: not unsettled(database), fail=False)
    story.back_seconds = time.monotonic() - began
    _count(database, here, there, story)
    return story


def _pull(pair: Machines | None, far: Part) -> None:
    if pair:
        pair.pull()
    else:
        far.send(signal.SIGSTOP)


def _plug(pair: Machines | None, far: Part) -> None:
    if pair:
        pair.plug()
    else:
        far.send(signal.SIGCONT)


def _answers(visitor: Visitor) -> bool:
    try:
        return visitor.get("/healthz").status == 200
    except OSError:
        return False


def _until(is_true: Callable[[], bool], *, fail: bool = True) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not is_true():
        if time.monotonic() > until:
            assert not fail, "it did not happen in time"
            return
        time.sleep(0.05)


def _send(visitors: Sequence[Visitor], first: int) -> None:
    for number in range(first, first + INQUIRIES):
        answers = {**ANA, "email": f"person{number}@mail.example.org"}
        visitors[number % len(visitors)].ask(answers)


def _count(database: Database, here: Sink, there: Sink, story: Story) -> None:
    query = text("SELECT public_id, generation, state FROM outbox_messages")
    lost = text("SELECT count(*) FROM delivery_attempts WHERE outcome = 'lease_lost'")
    with database.read() as session:
        rows = session.execute(query).all()
        story.lease_lost = session.execute(lost).scalar_one()
    came = Counter([*here.keys, *there.keys])
    keys = {f"{row.public_id}-{row.generation}" for row in rows}
    story.rows = len(rows)
    story.delivered = sum(row.state == "delivered" for row in rows)
    story.lost = len(keys - came.keys())
    story.strange_keys = len(came.keys() - keys)
    story.repeats = sum(count - 1 for count in came.values())


def main() -> None:
    """Play the story and print it; leave with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--freeze", action="store_true", help="SIGSTOP instead of namespaces")
    options = parser.parse_args()
    with temporary_folder() as folder:
        story = cut_off(folder, freeze=options.freeze)
    print(story, *story.faults, sep="\n  FAULT ")
    raise SystemExit(1 if story.faults else 0)


if __name__ == "__main__":
    main()
