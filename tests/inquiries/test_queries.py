"""Lists that stay put while inquiries arrive, and health text that leaves a record first."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind, AuditEvent
from intake.errors import NotFound
from intake.inquiries.models import Inquiry
from intake.inquiries.queries import (
    inquiry_by_reference,
    read_inquiry,
    read_receipt,
    receipt_by_token,
)
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring, an_inquiry

A_COORDINATOR = Actor(ActorKind.STAFF, "st4ff")


def close(database: Database, reference: str, **values: object) -> None:
    changes = {"status": "closed", "outcome": "not_offered", "closed_at": NOON, **values}
    with database.write() as session:
        session.execute(update(Inquiry).where(Inquiry.reference == reference).values(changes))


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_an_inquiry_is_found_however_its_reference_is_typed(database: Database) -> None:
    reference = an_inquiry(database).reference
    typed = f" {reference[:4].lower()} - {reference[4:]} "

    with database.read() as session:
        assert inquiry_by_reference(session, a_keyring(), typed).reference == reference
        for wrong in ("", "K7QF-29M", "K7QF-29MDX", "%", "2222-2222"):
            with pytest.raises(NotFound, match="inquiry_unknown"):
                inquiry_by_reference(session, a_keyring(), wrong)


def test_reading_leaves_a_record_of_who_and_when(database: Database) -> None:
    receipt = an_inquiry(database)
    later = NOON + timedelta(hours=1)

    opened = read_inquiry(database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=later)

    assert opened.answers["full_name"] == "Ana Díaz Moreno"
    with database.read() as session:
        event_ = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event_ is not None
    assert (event_.action, event_.at, event_.actor_id, event_.subject) == (
        "inquiry.read",
        later,
        "st4ff",
        opened.summary.public_id,
    )


def test_without_a_committed_record_no_text_comes_out(database: Database) -> None:
    receipt = an_inquiry(database)
    fetched: list[str] = []

    def fail(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO audit_events"):
            raise ZeroDivisionError

    def saw(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "answers" in statement:
            fetched.append(statement)

    event.listen(database.writer, "before_cursor_execute", fail)
    event.listen(database.reader, "before_cursor_execute", saw)
    with pytest.raises(ZeroDivisionError):
        read_inquiry(database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=NOON)
    with pytest.raises(ZeroDivisionError):
        read_receipt(database, a_keyring(), receipt.receipt_token, at=NOON)

    assert fetched == []
    assert actions(database) == ["inquiry.submitted"]


def test_a_record_that_cannot_be_committed_gives_no_text_either(
    sqlite_database: Database,
) -> None:
    receipt = an_inquiry(sqlite_database)

    def fail(_connection: object) -> None:
        raise ZeroDivisionError

    event.listen(sqlite_database.writer, "commit", fail)
    with pytest.raises(ZeroDivisionError):
        read_inquiry(sqlite_database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=NOON)

    assert actions(sqlite_database) == ["inquiry.submitted"]


def test_what_is_noted_of_the_opening_is_committed_with_the_record_or_not_at_all(
    database: Database,
) -> None:
    receipt = an_inquiry(database)

    def note(session: Session, inquiry_id: int) -> None:
        trail.record(session, "noted", actor=A_COORDINATOR, subject=str(inquiry_id), at=NOON)

    def fail(session: Session, inquiry_id: int) -> None:
        note(session, inquiry_id)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read_inquiry(
            database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=NOON, noting=fail
        )
    assert actions(database) == ["inquiry.submitted"]
    opened = read_inquiry(
        database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=NOON, noting=note
    )

    assert opened.answers["full_name"]
    assert actions(database) == ["inquiry.submitted", "inquiry.read", "noted"]


def test_the_answers_are_opened_in_one_place_only() -> None:
    callers = {
        (path.name, function.name)
        for path in Path("intake").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "open_answers"
    }

    assert callers == {("queries.py", "_read_answers")}


def test_an_unknown_reference_records_nothing(database: Database) -> None:
    with pytest.raises(NotFound):
        read_inquiry(database, a_keyring(), "2222-2222", actor=A_COORDINATOR, at=NOON)

    assert actions(database) == []


def test_a_receipt_opens_for_a_day(database: Database) -> None:
    receipt = an_inquiry(database)
    last = NOON + timedelta(hours=24, milliseconds=-1)

    with database.read() as session:
        view = receipt_by_token(session, a_keyring(), receipt.receipt_token, at=last)
        assert (view.reference, view.link_token, view.code) == (
            receipt.reference,
            receipt.link_token,
            receipt.code,
        )
        assert (view.due_at, view.ways, view.has_email) == (
            receipt.due_at,
            ("call", "email"),
            True,
        )
        assert view.answers == {}
        for token, at in (
            (receipt.receipt_token, NOON + timedelta(hours=24)),
            (receipt.link_token, NOON),
            ("", NOON),
        ):
            with pytest.raises(NotFound, match="receipt_unknown"):
                receipt_by_token(session, a_keyring(), token, at=at)


def test_the_person_reading_their_receipt_is_recorded_too(database: Database) -> None:
    receipt = an_inquiry(database)

    view = read_receipt(database, a_keyring(), receipt.receipt_token, at=NOON)

    assert view.answers["conditions"] == ["lupus"]
    assert actions(database) == ["inquiry.submitted", "receipt.read"]


def test_an_erased_inquiry_shows_no_receipt_and_no_answers(database: Database) -> None:
    receipt = an_inquiry(database)
    close(
        database,
        receipt.reference,
        status="erased",
        outcome=None,
        data_key=None,
        answers=None,
        label=None,
        access=None,
    )

    with database.read() as session, pytest.raises(NotFound):
        receipt_by_token(session, a_keyring(), receipt.receipt_token, at=NOON)
    opened = read_inquiry(database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=NOON)
    assert opened.answers == {}
    assert opened.summary.label is None
    assert opened.summary.is_readable
