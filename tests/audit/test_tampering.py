"""Whoever may write to the database file itself, triggers gone, is still found out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import LargeBinary, Text, bindparam, create_engine, text
from sqlalchemy.orm import Session

from intake.audit.checkpoints import VerifyReport, export, seal, verify
from intake.audit.models import VISITOR, Actor, ActorKind
from intake.audit.trail import record
from intake.crypto.keyring import Keyring, Master
from intake.storage.database import Database
from tests.conftest import NOON

RING = Keyring((Master(1, b"m" * 32, None),), b"r" * 32, b"s" * 32)
NURSE = Actor(ActorKind.STAFF, "nurse")
TABLES = ("audit_events", "audit_seals", "audit_checkpoints")
NUMBERS = {
    "audit_events": ("id", "at"),
    "audit_seals": ("event_id", "checkpoint", "position"),
    "audit_checkpoints": ("number", "events", "last_event_id", "at"),
}
WORDS = ("actor_kind", "actor_id", "action", "subject", "detail")
DIGESTS = ("root", "previous", "hash", "signature")

SIGNATURE_OF_ANOTHER = (
    "UPDATE audit_checkpoints SET signature ="
    " (SELECT signature FROM audit_checkpoints WHERE number = 1) WHERE number = 2"
)

# What a thief of rows could try, and a part of what verify must then say.
ATTACKS = {
    "a sealed event is taken away": (
        ["DELETE FROM audit_events WHERE id = 2"],
        "Checkpoint 1: event 2 is gone.",
    ),
    "an event and its seal are taken away": (
        ["DELETE FROM audit_seals WHERE event_id = 3", "DELETE FROM audit_events WHERE id = 3"],
        "Checkpoint 1: it covers 3 events, and 2 have its seal.",
    ),
    "a seal is taken away": (
        ["DELETE FROM audit_seals WHERE event_id = 2"],
        "Checkpoint 1: the positions of its events have gaps or repeats.",
    ),
    "an event is put in under a seal": (
        [
            "INSERT INTO audit_events SELECT 90, 1, 'staff', 'x', 'a.b', 'one', '{}'",
            "INSERT INTO audit_seals (event_id, checkpoint, position) VALUES (90, 1, 3)",
        ],
        "Checkpoint 1: it covers 3 events, and 4 have its seal.",
    ),
    "a seal is put in for an event that never was": (
        ["INSERT INTO audit_seals (event_id, checkpoint, position) VALUES (90, 1, 3)"],
        "Checkpoint 1: event 90 is gone.",
    ),
    "a seal is put in twice": (
        [
            "DROP INDEX audit_seals_checkpoint",
            "DELETE FROM audit_seals WHERE event_id = 3",
            "INSERT INTO audit_seals (event_id, checkpoint, position) VALUES (3, 1, 1)",
        ],
        "Checkpoint 1: the positions of its events have gaps or repeats.",
    ),
    "two events change places": (
        [
            "UPDATE audit_seals SET position = 9 WHERE event_id = 1",
            "UPDATE audit_seals SET position = 0 WHERE event_id = 2",
            "UPDATE audit_seals SET position = 1 WHERE event_id = 1",
        ],
        "Checkpoint 1: its events were changed, moved, added or taken away",
    ),
    "an event moves to another checkpoint": (
        ["UPDATE audit_seals SET checkpoint = 2, position = 2 WHERE event_id = 3"],
        "Checkpoint 2: it covers 2 events, and 3 have its seal.",
    ),
    "two events swap what they say": (
        [
            "UPDATE audit_events SET subject = 'two' WHERE id = 1",
            "UPDATE audit_events SET subject = 'one' WHERE id = 2",
        ],
        "Checkpoint 1: its events were changed, moved, added or taken away",
    ),
    "a detail is written otherwise and means the same": (
        ["UPDATE audit_events SET detail = ' ' || detail WHERE id = 1"],
        "Checkpoint 1: its events were changed, moved, added or taken away",
    ),
    "an instant is no date any more": (
        ["UPDATE audit_events SET at = 9000000000000000000 WHERE id = 1"],
        "Checkpoint 1: its events were changed, moved, added or taken away",
    ),
    "a checkpoint in the middle is taken away": (
        ["DELETE FROM audit_checkpoints WHERE number = 2"],
        "Checkpoint 3: the one before it should be 2, and is 1.",
    ),
    "the last checkpoint is taken away and its seals are left": (
        ["DELETE FROM audit_checkpoints WHERE number = 3"],
        "Checkpoint 3: it is gone; events with its seal: 1.",
    ),
    "the first checkpoint and all it covers are taken away": (
        [
            "DELETE FROM audit_seals WHERE checkpoint = 1",
            "DELETE FROM audit_events WHERE id <= 3",
            "DELETE FROM audit_checkpoints WHERE number = 1",
        ],
        "Checkpoint 2: it does not follow from the one before it.",
    ),
    "checkpoints are numbered anew": (
        [
            "UPDATE audit_checkpoints SET number = 7 WHERE number = 3",
            "UPDATE audit_seals SET checkpoint = 7 WHERE checkpoint = 3",
        ],
        "Checkpoint 7: its own facts were changed.",
    ),
    "a signature is put on another checkpoint": (
        [SIGNATURE_OF_ANOTHER],
        "Checkpoint 2: its signature is not by this key.",
    ),
}


@pytest.fixture
def thief(database: Database, database_url: str) -> Iterator[Session]:
    """Give a session on a trail of three checkpoints that nothing in the database protects."""
    for number, subjects in enumerate((("one", "two", "tres ñ"), ("four", "five"), ("six",))):
        with database.write() as session:
            for subject in subjects:
                record(session, "a.b", actor=NURSE, subject=subject, at=NOON, detail={"n": number})
        with database.write() as session:
            seal(session, RING, NOON)
    engine = create_engine(database_url)
    with Session(engine) as session:
        for statement in unprotecting(database):
            session.execute(text(statement))
        session.commit()
        yield session
    engine.dispose()


def unprotecting(database: Database) -> Iterator[str]:
    if database.dialect == "sqlite":  # a plain connection does not enforce foreign keys
        for table in TABLES:
            yield f"DROP TRIGGER {table}_no_update"
            yield f"DROP TRIGGER {table}_no_delete"
        return
    for table in TABLES:
        yield f"DROP TRIGGER {table}_no_change ON {table}"
    yield "ALTER TABLE audit_seals DROP CONSTRAINT fk_audit_seals_event_id"
    yield "ALTER TABLE audit_seals DROP CONSTRAINT fk_audit_seals_checkpoint"
    yield "ALTER TABLE audit_events ALTER COLUMN id SET GENERATED BY DEFAULT"


def proved(session: Session, exported: str | None = None) -> VerifyReport:
    return verify(session, RING.verify_key(), exported=exported)


def is_found_out(session: Session) -> bool:
    found = not proved(session).ok
    session.rollback()
    return found


def test_the_untouched_trail_is_proved(thief: Session) -> None:
    assert proved(thief) == VerifyReport((), events=6, unsealed=0, checkpoints=3)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_and_named(thief: Session, attack: str) -> None:
    statements, named = ATTACKS[attack]
    for statement in statements:
        thief.execute(text(statement))

    problems = proved(thief).problems

    assert any(problem.startswith(named) for problem in problems), problems


@pytest.mark.parametrize("table", TABLES)
def test_every_changed_number_is_found(thief: Session, table: str) -> None:
    key = NUMBERS[table][0]
    keys = thief.scalars(text(f"SELECT {key} FROM {table} ORDER BY {key}")).all()
    for column in NUMBERS[table]:
        for row in keys:
            for change in ("+ 1000", "- 1000", "* -1 - 1"):
                thief.execute(
                    text(f"UPDATE {table} SET {column} = {column} {change} WHERE {key} = {row}")
                )
                assert is_found_out(thief), (table, column, row, change)


@pytest.mark.parametrize("column", DIGESTS)
def test_every_changed_byte_of_a_checkpoint_is_found(thief: Session, column: str) -> None:
    change = text(f"UPDATE audit_checkpoints SET {column} = :value WHERE number = :row").bindparams(
        bindparam("value", type_=LargeBinary)
    )
    rows = thief.execute(text(f"SELECT number, {column} FROM audit_checkpoints")).all()
    for number, value in rows:
        whole = bytes(value)
        flipped = [
            whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]
            for at in range(len(whole))
        ]
        for damaged in (*flipped, whole[:-1], whole + b"\0", b""):
            thief.execute(change, {"value": damaged, "row": number})
            assert is_found_out(thief), (column, number, damaged)


@pytest.mark.parametrize("column", WORDS)
def test_every_changed_letter_of_an_event_is_found(thief: Session, column: str) -> None:
    change = text(f"UPDATE audit_events SET {column} = :value WHERE id = :row").bindparams(
        bindparam("value", type_=Text)
    )
    rows = thief.execute(text(f"SELECT id, {column} FROM audit_events")).all()
    for row, value in rows:
        for at, letter in enumerate(value):
            for other in (chr(ord(letter) ^ 1), chr(ord(letter) ^ 2), "", letter * 2):
                thief.execute(change, {"value": value[:at] + other + value[at + 1 :], "row": row})
                assert is_found_out(thief), (column, row, at, other)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", WORDS)
def test_bytes_that_are_no_text_are_found_and_not_stumbled_over(
    thief: Session, column: str
) -> None:
    for row in range(1, 7):
        thief.execute(
            text(
                f"UPDATE audit_events SET {column} = CAST(x'ff' || CAST({column} AS BLOB) AS TEXT)"
                f" WHERE id = {row}"
            )
        )
        assert is_found_out(thief), (column, row)


def test_without_a_copy_a_missing_end_is_seen_only_as_unsealed_events(thief: Session) -> None:
    take_the_end_away(thief)

    assert proved(thief) == VerifyReport((), events=6, unsealed=1, checkpoints=2)


def test_with_an_exported_copy_a_missing_end_is_found(thief: Session) -> None:
    exported = export(thief)
    assert proved(thief, exported).ok
    take_the_end_away(thief)

    assert proved(thief, exported).problems == (
        "Checkpoint 3: it is in the exported copy and no longer in the trail.",
    )


def test_an_end_that_was_made_again_with_the_right_key_differs_from_the_copy(
    thief: Session,
) -> None:
    exported = export(thief)
    take_the_end_away(thief)
    thief.execute(text("UPDATE audit_events SET actor_id = 'somebody' WHERE id = 6"))
    seal(thief, RING, NOON)

    assert proved(thief).ok
    assert proved(thief, exported).problems == (
        "Checkpoint 3: it is not the one that was exported.",
    )


def test_an_older_copy_of_a_grown_trail_agrees(thief: Session) -> None:
    exported = export(thief)
    record(thief, "a.b", actor=VISITOR, subject="seven", at=NOON)
    seal(thief, RING, NOON)

    assert proved(thief, exported) == VerifyReport((), events=7, unsealed=0, checkpoints=4)


def test_a_copy_that_cannot_be_read_is_named_by_its_lines(thief: Session) -> None:
    first, second, third = export(thief).splitlines()

    found = proved(thief, "\n".join([first, "{", second, '{"number": 3}', "[]", third]))

    assert found.problems == tuple(
        f"Line {at} of the exported copy cannot be read." for at in (2, 4, 5)
    )


def take_the_end_away(session: Session) -> None:
    session.execute(text("DELETE FROM audit_seals WHERE checkpoint = 3"))
    session.execute(text("DELETE FROM audit_checkpoints WHERE number = 3"))
