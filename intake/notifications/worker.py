"""The worker: empties the outbox, keeps its leases alive and stops without losing anything.

Threads: a lane for each channel (``lane.py``), one writer that commits all outcomes that are
waiting at that moment, one heartbeat, one for the chores. Under load deliveries that end during one
commit share the next; idle, each is committed alone and at once, so that a crash repeats little.
"""

import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from queue import Empty

import structlog

from intake.clinic.profile import ClinicProfile
from intake.notifications import leases, presence
from intake.notifications.bell import bell_of
from intake.notifications.breaker import channel_ids
from intake.notifications.channels.base import Channel
from intake.notifications.delivery import Clock, Postman, write_outcomes
from intake.notifications.heartbeat import HEARTBEAT_SECONDS, Heartbeat
from intake.notifications.lane import Lane
from intake.notifications.outbox import ensure_channels
from intake.notifications.outcome import Finished
from intake.notifications.recipient import ClaimedMessage, RecipientOf
from intake.notifications.shift import Shift, attempt
from intake.notifications.statements import LEASE_SECONDS
from intake.notifications.wakeup import Ears
from intake.storage.database import Database

STOP_SECONDS = 20.0
FORGET_WORKERS_AFTER = timedelta(days=1)
TROUBLE_SECONDS = 0.5
LATER_CHANNELS_SECONDS = 5.0
LATER_SLOTS_MAX = 2  # there may be many endpoints, and each has threads of its own

log = structlog.get_logger(__name__)


Claimed = dict[int, Sequence[ClaimedMessage]]  # by channel


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so many seconds; it must be safe to run in two workers at once."""

    name: str
    every_seconds: float
    call: Callable[[], object]


class Worker:
    """One worker; build it after any fork and call :meth:`run` once.

    ``clock`` is for tests: without it the database's clock counts (see ``moment.py``).
    ``later_channels`` gives the channels of endpoints, which staff add while the worker runs: it is
    asked every few seconds and must only read.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        recipient_of: RecipientOf,
        clock: Clock | None = None,
        *,
        clinic: Mapping[str, ClinicProfile],
        slots: int = 4,
        wakeup: str = "listen",
        chores: Sequence[Chore] = (),
        version: str = "",
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        stop_seconds: float = STOP_SECONDS,
        later_channels: Callable[[], Mapping[str, Channel]] = dict,
        later_seconds: float = LATER_CHANNELS_SECONDS,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self.is_ready = threading.Event()
        self._shift = Shift(database, self.name, clock)
        self._postman = Postman(database, channels, recipient_of, clinic)
        self._slots = slots
        self._later_channels = later_channels
        later = Chore("later_channels", later_seconds, self._open_later)
        self._chores = (*chores, later)
        self._stack = ExitStack()
        self._stop_seconds = stop_seconds
        self._ears = Ears(database, wakeup)
        self._presence = presence.Presence(database)
        self._heartbeat = Heartbeat(
            self._shift, self._presence, seconds=heartbeat_seconds, version=version
        )
        self._lanes: dict[int, Lane] = {}
        self._later: dict[int, ExitStack] = {}  # what ends with each lane of an endpoint
        self._lanes_lock = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then finish for up to 20 s and give back what is left."""
        while not stop.is_set():
            try:
                self._begin()
                break
            except Exception as trouble:  # noqa: BLE001 - wait for the database, however long
                log.warning("worker_waits", error_class=type(trouble).__name__)
                stop.wait(TROUBLE_SECONDS)
        else:
            return
        with self._stack:
            threads = self._threads()
            self._ears.start()
            for lane in self._lanes.values():
                self._set_off(lane, self._stack)
            attempt("later_channels", self._open_later)
            self.is_ready.set()
            stop.wait()
            self._end(threads)

    def _begin(self) -> None:
        shift, channels = self._shift, self._postman.channels
        with shift.database.write() as session:
            ensure_channels(session, {name: one.kind for name, one in channels.items()})
            ids = channel_ids(session, channels)
        freed = self._presence.enter(shift.at())
        self._lanes = {
            channel_id: self._lane(channel_id, channels[name], self._slots)
            for name, channel_id in ids.items()
        }
        self._heartbeat.record()
        log.info("worker_started", worker=self.name, freed=freed)

    def _lane(self, channel_id: int, channel: Channel, slots: int) -> Lane:
        return Lane(
            channel_id,
            channel,
            shift=self._shift,
            postman=self._postman,
            slots=slots,
            longest_wait=self._ears.longest_wait,
        )

    def _set_off(self, lane: Lane, ends: ExitStack) -> None:
        ends.enter_context(bell_of(self._shift.database.writer).heard_by(lane.wake))
        lane.start()

    def _open_later(self) -> None:
        """Open a lane for each endpoint that is new; end the idle lane of one switched off."""
        channels = self._later_channels()
        with self._lanes_lock:
            if self._shift.stopping.is_set():
                return
            with self._shift.database.read() as session:
                ids = channel_ids(session, channels) if channels else {}
            self._end_later(set(ids.values()))
            slots = min(self._slots, LATER_SLOTS_MAX)
            new = {
                channel_id: self._lane(channel_id, channels[name], slots)
                for name, channel_id in ids.items()
                if channel_id not in self._lanes
            }
            self._lanes = {
                **self._lanes,
                **new,
            }  # a new dict: the writer may be reading the old one
            for channel_id, lane in new.items():
                self._later[channel_id] = self._stack.enter_context(ExitStack())
                self._set_off(lane, self._later[channel_id])

    def _end_later(self, wanted: set[int]) -> None:
        """End each idle lane of an endpoint that is not wanted any more; a busy one next time."""
        unwanted = [number for number in self._later if number not in wanted]
        ended = {number for number in unwanted if self._lanes[number].end_if_idle()}
        for number in ended:
            self._later.pop(number).close()
        if ended:
            self._lanes = {key: lane for key, lane in self._lanes.items() if key not in ended}

    def _threads(self) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (
                ("writer", self._write_on),
                ("heartbeat", self._heartbeat.beat_on),
                ("chores", self._do_chores),
            )
        ]
        for thread in threads:
            thread.start()
        return threads

    def _end(self, threads: list[threading.Thread]) -> None:
        shift = self._shift
        with self._lanes_lock:  # no lane is opened once this is set
            shift.stopping.set()
        unbegun = [message for lane in self._lanes.values() for message in lane.stop()]
        if unbegun:
            shift.flights.drop(unbegun)
            attempt("give_back", lambda: self._give_back(unbegun))
        until = time.monotonic() + self._stop_seconds
        while shift.flights.all() and time.monotonic() < until:
            time.sleep(0.01)
        left = shift.flights.all()
        shift.outcomes.put(None)
        for thread in threads:
            thread.join(timeout=5)
        if left:
            attempt("give_back", lambda: self._give_back(left))
        attempt("forget", self._forget)
        self._ears.stop()
        self._presence.leave()
        log.info("worker_stopped", worker=self.name, given_back=len(left) + len(unbegun))

    def _give_back(self, messages: Sequence[ClaimedMessage]) -> None:
        with self._shift.database.write() as session:
            leases.give_back(session, messages, at=self._shift.at())

    def _write_on(self) -> None:
        """Write outcomes: everything that waits now, then again."""
        outcomes = self._shift.outcomes
        is_last = False
        while not is_last:
            batch = [outcomes.get()]
            while True:
                try:
                    batch.append(outcomes.get_nowait())
                except Empty:
                    break
            is_last = None in batch
            finished = [one for one in batch if one is not None]
            if finished:
                self._write(finished)

    def _write(self, finished: list[Finished]) -> None:
        """Write until it succeeds or the leases are gone anyway; then free the slots."""
        shift, until = self._shift, time.monotonic() + LEASE_SECONDS
        left, claimed = finished, Claimed()
        while not attempt("finish", partial(self._finish, left, claimed)):
            claimed.clear()
            # One outcome that cannot be written must not hold up the others.
            left = [one for one in left if not attempt("finish", partial(self._finish, [one]))]
            if not left or time.monotonic() > until:
                break
            time.sleep(TROUBLE_SECONDS)
        self._heartbeat.is_news = True
        shift.flights.drop([one.message for one in finished])
        for channel_id, count in Counter(one.message.channel_id for one in finished).items():
            carry = partial(self._lanes[channel_id].freed, count, claimed.get(channel_id, ()))
            attempt("carry", carry)

    def _finish(self, finished: list[Finished], claimed: Claimed | None = None) -> None:
        """Write outcomes, and claim for the slots they free in the same transaction.

        Under load that halves the commits. Without ``claimed`` nothing is claimed: whoever cannot
        write an outcome tries again with the outcome alone.
        """
        with self._shift.database.write() as session:
            lost = write_outcomes(session, finished, owner=self.name, at=self._shift.at())
            if claimed is not None and not self._shift.stopping.is_set():
                counts = Counter(one.message.channel_id for one in finished)
                for channel_id, count in counts.items():
                    _, claimed[channel_id] = self._lanes[channel_id].claim_in(session, count)
        if lost:
            log.warning("lease_lost", count=len(lost))

    def _forget(self) -> None:
        before: datetime = self._shift.wall() - FORGET_WORKERS_AFTER
        with self._shift.database.write() as session:
            presence.forget_seen(session, self.name, before=before)

    def _do_chores(self) -> None:
        due = {chore.name: time.monotonic() + chore.every_seconds for chore in self._chores}
        while not self._shift.stopping.wait(_until_next(due)):
            for chore in self._chores:
                if due[chore.name] <= time.monotonic():
                    attempt(chore.name, chore.call)
                    due[chore.name] = time.monotonic() + chore.every_seconds


def _until_next(due: Mapping[str, float]) -> float:
    """Return the seconds until the first chore; an hour where there is none."""
    return max(0.0, min(due.values(), default=time.monotonic() + 3600.0) - time.monotonic())
