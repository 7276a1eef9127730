"""The trail keeps what was done with the act itself, for good."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intake.audit.models import SYSTEM, VISITOR, Actor, ActorKind
from intake.audit.trail import AuditEntry, history, record
from intake.storage.database import Database
from tests.conftest import NOON

NURSE = Actor(ActorKind.STAFF, "staffpublicid")


def test_the_history_of_a_thing_is_told_in_order(database: Database) -> None:
    later = NOON + timedelta(minutes=5)
    with database.write() as session:
        record(session, "inquiry.submitted", actor=VISITOR, subject="one", at=NOON)
        record(session, "inquiry.submitted", actor=VISITOR, subject="two", at=NOON)
        record(
            session,
            "inquiry.read",
            actor=NURSE,
            subject="one",
            at=later,
            detail={"fields": ["story"], "count": 2},
        )

    with database.read() as session:
        entries = history(session, "one")

    assert entries == [
        AuditEntry(NOON, VISITOR, "inquiry.submitted", {}),
        AuditEntry(later, NURSE, "inquiry.read", {"fields": ["story"], "count": 2}),
    ]


def test_what_was_never_touched_has_no_history(database: Database) -> None:
    with database.read() as session:
        assert history(session, "nobody") == []


def test_an_act_that_is_rolled_back_leaves_no_trace(database: Database) -> None:
    with database.write() as session:
        record(session, "inquiry.submitted", actor=VISITOR, subject="one", at=NOON)
        session.rollback()

    with database.read() as session:
        assert history(session, "one") == []


@pytest.mark.parametrize(
    "change", ["UPDATE audit_events SET action = 'inquiry.kept'", "DELETE FROM audit_events"]
)
def test_an_event_can_be_neither_changed_nor_taken_away(database: Database, change: str) -> None:
    with database.write() as session:
        record(session, "inquiry.read", actor=SYSTEM, subject="one", at=NOON)

    with pytest.raises(DBAPIError, match="audit rows are never changed"), database.write() as again:
        again.execute(text(change))


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(Exception, match="naive datetime"), database.write() as session:
        record(session, "inquiry.read", actor=SYSTEM, subject="one", at=naive)
