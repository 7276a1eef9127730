"""The loop: people send, something is killed, and in the end everything is counted."""

import random
import threading
import time
from http.client import HTTPException
from pathlib import Path

from intake.storage.database import Database
from tests.kills.house import SLOTS, House, house
from tests.kills.tally import Tally, compare, unsettled
from tests.visitor import ANA, Visitor

SENDERS = 4
BETWEEN_SECONDS = 0.15  # more than the mail server takes off, so that there is always a queue
LOAD_SECONDS = {"submitter": 0.0, "worker": 0.0, "server": 3.0}
START_SECONDS = 30.0
SETTLE_SECONDS = 240.0  # a lease of 60 s, a breaker's steps and the spread after it


def kill_again_and_again(
    folder: Path, *, what: str, database: str, kills: int, seed: int, workers: int = 1
) -> Tally:
    """Load a service, kill ``what`` of it ``kills`` times, let it settle and count."""
    tally = Tally(what, database, in_flight_max=SLOTS * workers)
    dice = random.Random(seed)
    with house(folder, database=database, workers=workers) as service:
        with people_sending(service, tally):
            for _ in range(kills):
                if what == "worker":
                    _wait_for_letters(service)
                time.sleep(dice.uniform(0.3, 1.5) + LOAD_SECONDS[what])
                service.kill(what, dice)
                tally.kills += 1
            time.sleep(0.5)
        opened = Database(service.database_url)
        settle(opened)
        compare(opened, service.sink.keys, tally)
        opened.close()
    return tally


def _wait_for_letters(service: House) -> None:
    """A worker that was started is to be in the middle of something when it is killed."""
    before, until = len(service.sink.keys), time.monotonic() + START_SECONDS
    while len(service.sink.keys) == before and time.monotonic() < until:
        time.sleep(0.02)


def settle(database: Database, seconds: float = SETTLE_SECONDS) -> None:
    """Wait until every message is settled, or until it should have been."""
    until = time.monotonic() + seconds
    while unsettled(database) and time.monotonic() < until:
        time.sleep(0.2)


class people_sending:  # noqa: N801 - used as a block
    """Let people send for as long as the block runs."""

    def __init__(self, service: House, tally: Tally, senders: int = SENDERS) -> None:
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=_send, args=(service.base_url, self._ended, tally, number))
            for number in range(senders)
        ]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_exception: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


def _send(base_url: str, ended: threading.Event, tally: Tally, number: int) -> None:
    """Send inquiries one after another; only a receipt that was read counts as acknowledged."""
    visitor = Visitor(base_url, timeout=20)
    count = 0
    while not ended.is_set():
        count += 1
        answers = {**ANA, "email": f"person{number}.{count}@mail.example.org"}
        try:
            hidden = visitor.form()
            reply = visitor.send(answers, hidden)
            if reply.status == 303:
                tally.acknowledged.append(reply.location.rsplit("/", 1)[1])
            else:
                tally.refused += 1
            ended.wait(BETWEEN_SECONDS)
        except (OSError, HTTPException, AssertionError):
            tally.cut_off += 1
            time.sleep(0.02)
