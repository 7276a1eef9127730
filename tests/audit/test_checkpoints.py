"""Checkpoints cover every event once, and verify proves it."""

import json
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from intake.audit import checkpoints
from intake.audit.checkpoints import VerifyReport, export, seal, verify
from intake.audit.models import SYSTEM, AuditCheckpoint, AuditEvent, AuditSeal
from intake.audit.queries import unsealed_events
from intake.audit.trail import record
from intake.crypto.keyring import Keyring, Master
from intake.storage.database import Database
from tests.conftest import NOON

RING = Keyring((Master(1, b"m" * 32, None),), b"r" * 32, b"s" * 32)
OTHER_RING = Keyring((Master(1, b"m" * 32, None),), b"r" * 32, b"t" * 32)
only_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def act(database: Database, *subjects: str) -> None:
    with database.write() as session:
        for subject in subjects:
            record(session, "inquiry.read", actor=SYSTEM, subject=subject, at=NOON)


def sealed(database: Database, minutes: int = 0, *, everything: bool = False) -> int:
    with database.write() as session:
        return seal(session, RING, NOON + timedelta(minutes=minutes), everything=everything)


def report(database: Database, exported: str | None = None) -> VerifyReport:
    with database.read() as session:
        return verify(session, RING.verify_key(), exported=exported)


def test_an_empty_trail_is_proved(database: Database) -> None:
    assert sealed(database) == 0
    assert report(database) == VerifyReport((), events=0, unsealed=0, checkpoints=0)


def test_every_event_is_sealed_once_and_proved(database: Database) -> None:
    act(database, "one", "two", "three")
    assert sealed(database) == 3
    act(database, "Ñandú \\ \t 山田", "five")
    assert sealed(database) == 2
    assert sealed(database) == 0
    act(database, "six")

    found = report(database)
    with database.read() as session:
        waiting = unsealed_events(session)

    assert found == VerifyReport((), events=6, unsealed=1, checkpoints=2)
    assert found.ok
    assert waiting == 1


def test_a_batch_has_an_end_and_the_rest_follows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "BATCH_EVENTS", 2)
    act(database, "one", "two", "three")

    assert [sealed(database) for _ in range(3)] == [2, 1, 0]
    assert report(database) == VerifyReport((), events=3, unsealed=0, checkpoints=2)


def test_many_checkpoints_are_proved_and_exported_page_by_page(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.audit.stored.PAGE_CHECKPOINTS", 2)
    for subject in ("one", "two", "three", "four", "five"):
        act(database, subject)
        sealed(database)
    with database.read() as session:
        copy = export(session)

    assert [json.loads(line)["number"] for line in copy.splitlines()] == [1, 2, 3, 4, 5]
    assert report(database, copy) == VerifyReport((), events=5, unsealed=0, checkpoints=5)


def test_an_exported_checkpoint_says_all_that_is_signed(database: Database) -> None:
    act(database, "one")
    sealed(database)

    with database.read() as session:
        line = export(session)

    facts = json.loads(line)
    assert set(facts) == {
        "number", "events", "last_event_id", "root", "previous", "hash", "signature", "at",
    }  # fmt: skip
    RING.verify_key().verify(bytes.fromhex(facts["signature"]), bytes.fromhex(facts["hash"]))
    assert line.endswith("}\n")


def test_checkpoints_of_another_key_are_not_believed(database: Database) -> None:
    act(database, "one")
    with database.write() as session:
        seal(session, OTHER_RING, NOON)

    assert report(database).problems == ("Checkpoint 1: its signature is not by this key.",)


def test_a_seal_that_is_rolled_back_leaves_the_events_for_the_next(database: Database) -> None:
    act(database, "one")
    with database.write() as session:
        seal(session, RING, NOON)
        session.rollback()

    assert report(database).unsealed == 1
    assert sealed(database) == 1


@only_postgresql
def test_an_event_committed_late_is_sealed_by_the_next_checkpoint(database: Database) -> None:
    with database.write() as slow:
        record(slow, "inquiry.read", actor=SYSTEM, subject="late", at=NOON)
        act(database, "early")
        assert sealed(database) == 1

    assert sealed(database) == 1

    with database.read() as session:
        late, early = session.execute(
            select(AuditEvent.subject, AuditSeal.checkpoint)
            .join(AuditSeal, AuditSeal.event_id == AuditEvent.id)
            .order_by(AuditEvent.id)
        )
    assert (tuple(late), tuple(early)) == (("late", 2), ("early", 1))
    assert report(database) == VerifyReport((), events=2, unsealed=0, checkpoints=2)


@only_postgresql
def test_an_event_later_than_any_transaction_may_be_is_left_to_the_nightly_search(
    database: Database,
) -> None:
    with database.write() as stuck:
        record(stuck, "inquiry.read", actor=SYSTEM, subject="stuck", at=NOON)
        act(database, "early")
        sealed(database)
    # Ten minutes are over: the quick search starts above the first checkpoint.
    assert sealed(database, minutes=11) == 0
    assert report(database).unsealed == 1

    assert sealed(database, minutes=12, everything=True) == 1
    assert report(database) == VerifyReport((), events=2, unsealed=0, checkpoints=2)


@only_postgresql
def test_writers_that_commit_late_beside_a_busy_sealer_lose_no_event(database: Database) -> None:
    done = threading.Event()
    sealers = [threading.Thread(target=seal_until, args=(database, done)) for _ in range(2)]
    writers = [threading.Thread(target=write_slowly, args=(database, n)) for n in range(6)]
    for thread in (*sealers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    sealed(database)

    found = report(database)
    assert found.problems == ()
    assert (found.events, found.unsealed) == (6 * 22, 0)
    assert late_events(database) > 0  # what a watermark would have missed


def write_slowly(database: Database, writer: int) -> None:
    """Write 25 events, some committed late and every seventh taken back."""
    for turn in range(25):
        with database.write() as session:
            record(session, "inquiry.read", actor=SYSTEM, subject=f"{writer}", at=NOON)
            time.sleep(0.005 * ((writer + turn) % 5))
            if turn % 7 == 6:
                session.rollback()


def seal_until(database: Database, done: threading.Event) -> None:
    while not done.wait(0.003):
        sealed(database)


def late_events(database: Database) -> int:
    """Count events whose checkpoint is later than that of a higher id."""
    with database.read() as session:
        numbers = session.scalars(select(AuditSeal.checkpoint).order_by(AuditSeal.event_id)).all()
        batches = session.scalar(select(func.count()).select_from(AuditCheckpoint)) or 0
    assert batches > 1
    return sum(
        any(number > other for other in numbers[at + 1 :]) for at, number in enumerate(numbers)
    )
