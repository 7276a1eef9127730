"""The worker: threads, leases, trouble and stopping."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from intake.clinic.profile import ClinicProfile
from intake.notifications import heartbeat, wakeup
from intake.notifications.channels.base import Letter
from intake.notifications.models import OutboxMessage, WorkerSeen
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.outcome import Outcome, Result
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.notifications.worker import Chore, Worker
from intake.storage.database import Database
from intake.storage.migrate import upgrade
from tests.fakes import Mailbox, eventually
from tests.notifications.conftest import recipient_of
from tests.notifications.rows import attempts, claimed, enqueued, rows, states

Clinic = Mapping[str, ClinicProfile]


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def working(worker: Worker) -> Iterator[Worker]:
    """Run a worker while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        assert worker.is_ready.wait(10)
        yield worker
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


class Gate(Mailbox):
    """A channel that holds every letter until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()
        self.begun = threading.Semaphore(0)

    def send(self, letter: Letter) -> Result:
        self.begun.release()
        self.opened.wait(30)
        return super().send(letter)


def test_messages_are_delivered_while_it_runs(database: Database, clinic: Clinic) -> None:
    mailbox = Mailbox()
    with working(Worker(database, {"email": mailbox}, recipient_of, clinic=clinic)):
        enqueued(database, count=30, at=now())
        eventually(lambda: set(states(database)) == {"delivered"})

    assert sorted(mailbox.keys) == sorted(f"{row.public_id}-1" for row in rows(database))
    assert [one.outcome for one in attempts(database)] == ["delivered"] * 30


def test_two_workers_never_deliver_one_row_twice(database: Database, clinic: Clinic) -> None:
    mailbox = Mailbox()
    with (
        working(Worker(database, {"email": mailbox}, recipient_of, clinic=clinic)),
        working(Worker(database, {"email": mailbox}, recipient_of, clinic=clinic)),
    ):
        for batch in range(10):
            with database.write() as session:
                enqueue(
                    session,
                    [
                        NewMessage(None, "staff:1", "email", "inquiry.submitted", f"t:{batch}:{n}")
                        for n in range(20)
                    ],
                    at=now(),
                )
        eventually(lambda: states(database).count("delivered") == 200, 30)

    assert len(mailbox.keys) == len(set(mailbox.keys)) == 200
    assert {one.outcome for one in attempts(database)} == {"delivered"}


def test_a_poison_message_does_not_stop_the_others(database: Database, clinic: Clinic) -> None:
    enqueued(database, count=21, at=now())
    poison = rows(database)[0].id

    def poisoned(session: Session, message: ClaimedMessage, at: datetime) -> Recipient:
        if message.id == poison:
            raise ZeroDivisionError
        return recipient_of(session, message, at)

    with working(Worker(database, {"email": Mailbox()}, poisoned, clinic=clinic)):
        eventually(lambda: states(database).count("delivered") == 20, 15)

    assert rows(database)[0].state == "retry"


def test_a_channel_that_hangs_starves_no_other(database: Database, clinic: Clinic) -> None:
    enqueued(database, count=9, at=now())
    with database.write() as session:
        other = [NewMessage(None, "staff:1", "console", "inquiry.submitted", "t:1")]
        enqueue(session, other, at=now())
    hanging, console = Gate(), Mailbox()
    channels = {"email": hanging, "console": console}
    with working(Worker(database, channels, recipient_of, clinic=clinic, slots=2)):
        eventually(lambda: console.keys)
        eventually(lambda: states(database).count("delivered") == 1)
        assert states(database).count("sending") == 2  # no more than can be carried
        hanging.opened.set()
        eventually(lambda: set(states(database)) == {"delivered"})


def test_a_heartbeat_keeps_a_slow_delivery_ours(database: Database, clinic: Clinic) -> None:
    enqueued(database, at=now())
    slow = Gate()
    worker = Worker(database, {"email": slow}, recipient_of, clinic=clinic, heartbeat_seconds=0.05)
    with working(worker):
        slow.begun.acquire()
        first = rows(database)[0].due_at
        assert first is not None
        eventually(lambda: (rows(database)[0].due_at or first) > first)
        slow.opened.set()
        eventually(lambda: states(database) == ["delivered"])

    assert [one.outcome for one in attempts(database)] == ["delivered"]


def test_a_lease_that_another_took_is_noticed_and_leaves_only_lease_lost(
    database: Database, clinic: Clinic
) -> None:
    enqueued(database, at=now())
    slow = Gate()
    worker = Worker(database, {"email": slow}, recipient_of, clinic=clinic, heartbeat_seconds=0.05)
    with working(worker):
        slow.begun.acquire()
        with database.write() as session:
            session.execute(update(OutboxMessage).values(lease_token="another's"))
        eventually(lambda: not worker._shift.flights.live())
        slow.opened.set()
        eventually(lambda: attempts(database))

    assert [one.outcome for one in attempts(database)] == ["lease_lost"]
    assert rows(database)[0].lease_token == "another's"


def test_a_stop_gives_back_what_did_not_finish_in_time(database: Database, clinic: Clinic) -> None:
    enqueued(database, count=2, at=now())
    slow = Gate()
    worker = Worker(
        database, {"email": slow}, recipient_of, clinic=clinic, slots=1, stop_seconds=0.1
    )
    with working(worker):
        slow.begun.acquire()

    assert states(database) == ["retry", "pending"]
    assert [row.attempts for row in rows(database)] == [0, 0]
    with database.read() as session:
        assert session.scalars(select(WorkerSeen)).all() == []
    slow.opened.set()


def test_what_was_claimed_and_not_begun_is_given_back_at_once(
    sqlite_database: Database, clinic: Clinic
) -> None:
    enqueued(sqlite_database, at=now())
    worker = Worker(sqlite_database, {"email": Mailbox()}, recipient_of, clinic=clinic)
    worker._begin()
    (only,) = worker._lanes.values()
    only._claim()  # its senders were never started
    worker._shift.stopping.set()
    only._claimer.start()

    worker._end([])

    assert states(sqlite_database) == ["retry"]
    assert rows(sqlite_database)[0].attempts == 0


def test_an_outcome_that_cannot_be_written_does_not_hold_up_the_others(
    sqlite_database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.notifications.worker.LEASE_SECONDS", 0.2)
    enqueued(sqlite_database, count=6, at=now())

    class Odd(Mailbox):
        def send(self, letter: Letter) -> Result:
            super().send(letter)
            odd: Any = object() if len(self.letters) == 3 else "fine"
            return Result(Outcome.DELIVERED, remote_id=odd)

    with working(Worker(sqlite_database, {"email": Odd()}, recipient_of, clinic=clinic)):
        eventually(lambda: states(sqlite_database).count("delivered") == 5)
        eventually(lambda: len(attempts(sqlite_database)) == 5)

    assert sorted(set(states(sqlite_database))) == ["delivered", "sending"]


def test_a_worker_waits_for_its_database(empty_database: Database, clinic: Clinic) -> None:
    mailbox = Mailbox()
    worker = Worker(empty_database, {"email": mailbox}, recipient_of, clinic=clinic)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    time.sleep(0.2)
    assert not worker.is_ready.is_set()
    upgrade(empty_database)
    assert worker.is_ready.wait(10)
    stop.set()
    thread.join(30)


def test_a_worker_that_is_stopped_before_its_database_comes_ends(
    empty_database: Database, clinic: Clinic
) -> None:
    worker = Worker(empty_database, {"email": Mailbox()}, recipient_of, clinic=clinic)
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    worker.run(stop)

    assert not worker.is_ready.is_set()


def test_a_database_that_goes_away_for_a_while_is_survived(
    sqlite_database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.notifications.lane.TROUBLE_SECONDS", 0.01)
    enqueued(sqlite_database, at=now())

    def rename(old: str, new: str) -> None:
        with sqlite_database.write() as session:
            session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    worker = Worker(sqlite_database, {"email": Mailbox()}, recipient_of, clinic=clinic)
    rename("outbox_messages", "hidden")
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    time.sleep(0.2)
    assert not worker.is_ready.is_set()
    rename("hidden", "outbox_messages")
    eventually(lambda: states(sqlite_database) == ["delivered"])
    stop.set()
    thread.join(30)


def test_trouble_while_claiming_is_survived(
    sqlite_database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.notifications.lane.TROUBLE_SECONDS", 0.01)
    monkeypatch.setitem(wakeup.LOOK_SECONDS, "sqlite", 0.02)

    def rename(old: str, new: str) -> None:
        with sqlite_database.write() as session:
            session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    enqueued(sqlite_database, at=now() + timedelta(seconds=1))
    with working(Worker(sqlite_database, {"email": Mailbox()}, recipient_of, clinic=clinic)):
        rename("channels", "hidden")
        time.sleep(0.2)
        rename("hidden", "channels")
        eventually(lambda: states(sqlite_database) == ["delivered"])


def fingerprint(database: Database) -> list[tuple[int, int, bytes]]:
    path = Path(str(database.writer.url.database))
    found = []
    for name in (path, path.with_name(f"{path.name}-wal")):
        facts = name.stat()
        found.append((facts.st_mtime_ns, facts.st_size, name.read_bytes()))
    return found


def test_an_idle_worker_does_not_write_to_the_database_file(
    sqlite_database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(wakeup.LOOK_SECONDS, "sqlite", 0.02)
    monkeypatch.setattr(heartbeat, "CLAMP_SECONDS", 0.0)
    enqueued(sqlite_database, at=now())
    worker = Worker(
        sqlite_database, {"email": Mailbox()}, recipient_of, clinic=clinic, heartbeat_seconds=0.05
    )
    with working(worker):
        eventually(lambda: states(sqlite_database) == ["delivered"])
        time.sleep(0.3)  # the last heartbeat records the delivery
        before = fingerprint(sqlite_database)
        time.sleep(1.0)
        assert fingerprint(sqlite_database) == before


def test_a_row_written_by_a_wrong_clock_is_delivered_all_the_same(
    database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "CLAMP_SECONDS", 0.0)
    monkeypatch.setitem(wakeup.LOOK_SECONDS, "listen", 0.1)
    enqueued(database, at=now() + timedelta(days=400))
    worker = Worker(
        database, {"email": Mailbox()}, recipient_of, clinic=clinic, heartbeat_seconds=0.05
    )
    with working(worker):
        eventually(lambda: states(database) == ["delivered"])


def test_an_idle_worker_on_postgresql_is_recorded_now_and_then(
    database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "SEEN_SECONDS", 0.1)
    worker = Worker(
        database, {"email": Mailbox()}, recipient_of, clinic=clinic, heartbeat_seconds=0.05
    )

    def seen_at() -> datetime:
        with database.read() as session:
            return session.scalars(select(WorkerSeen.seen_at)).one()

    with working(worker):
        first = seen_at()
        if database.dialect == "postgresql":
            eventually(lambda: seen_at() > first)
        else:
            time.sleep(0.3)
            assert seen_at() == first


def test_chores_run_and_one_that_fails_stops_nothing(
    sqlite_database: Database, clinic: Clinic
) -> None:
    done: list[str] = []

    def broken() -> None:
        done.append("broken")
        raise RuntimeError

    chores = [
        Chore("broken", 0.02, broken),
        Chore("good", 0.03, lambda: done.append("good")),
        Chore("rare", 3600.0, lambda: done.append("rare")),
    ]
    worker = Worker(
        sqlite_database, {"email": Mailbox()}, recipient_of, clinic=clinic, chores=chores
    )
    with working(worker):
        eventually(lambda: done.count("good") >= 2 and done.count("broken") >= 2)

    assert "rare" not in done


def test_kill_9_of_a_worker_lets_its_message_move_on_with_the_same_key(
    database: Database, clinic: Clinic
) -> None:
    enqueued(database, at=now())
    url = database.writer.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.notifications.hanging_worker", url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as victim:
        assert victim.stdout is not None
        key = next(line.strip() for line in victim.stdout if line.strip().endswith("-1"))
        os.kill(victim.pid, signal.SIGKILL)

    mailbox = Mailbox()
    # On SQLite the next worker knows at once that no other lives; elsewhere the lease must end.
    ahead = timedelta() if database.dialect == "sqlite" else timedelta(seconds=61)
    later = Worker(database, {"email": mailbox}, recipient_of, lambda: now() + ahead, clinic=clinic)
    with working(later):
        eventually(lambda: states(database) == ["delivered"])

    assert mailbox.keys == [key]
    assert (rows(database)[0].losses, rows(database)[0].attempts) == (1, 2)


def test_the_leases_of_a_living_worker_are_not_touched_by_one_that_starts(
    sqlite_database: Database, clinic: Clinic
) -> None:
    enqueued(sqlite_database, at=now())
    slow, eager = Gate(), Mailbox()
    with working(Worker(sqlite_database, {"email": slow}, recipient_of, clinic=clinic)):
        slow.begun.acquire()
        with working(Worker(sqlite_database, {"email": eager}, recipient_of, clinic=clinic)):
            time.sleep(0.3)
        slow.opened.set()
        eventually(lambda: states(sqlite_database) == ["delivered"])

    assert eager.tries == 0
    assert claimed(sqlite_database, at=now()) == []
