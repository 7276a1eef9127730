"""Inquiries from before the list counted duplicates are counted too, once a worker went through."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from intake.audit.models import AuditEvent
from intake.desk.worklist import likening
from intake.desk.worklist.likening import LIKENED, Likening
from intake.inquiries.models import Inquiry, SearchToken
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.worklist.test_alike import alike
from tests.desk.worklist.test_views import close
from tests.factories import a_keyring, an_inquiry, search_tokens

COLUMNS = (Inquiry.like_phone, Inquiry.like_email, Inquiry.like_person)


def made_old(database: Database) -> None:
    """Take away what 0014 brought, from every inquiry."""
    with database.write() as session:
        rows = session.execute(select(*COLUMNS)).all()
        told = {token for row in rows for token in row if token is not None}
        session.execute(delete(SearchToken).where(SearchToken.token.in_(told)))
        session.execute(update(Inquiry).values(dict.fromkeys(COLUMNS)))


def stored(database: Database) -> list[tuple[bytes | None, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(*COLUMNS).order_by(Inquiry.id))]


def likened(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(AuditEvent).where(AuditEvent.action == LIKENED)).all())


def worker(database: Database) -> Likening:
    return Likening(database, a_keyring(), search_tokens())


def test_older_inquiries_are_counted_like_new_ones(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likening, "_WITHOUT", likening._WITHOUT.limit(2))
    references = [an_inquiry(database).reference for _ in range(3)]
    before = stored(database)
    made_old(database)
    assert alike(database, *references) == [0, 0, 0]

    one = worker(database)
    counts = [one.go_on(NOON) for _ in range(4)]

    assert counts == [2, 1, 0, 0]
    assert one.after is None
    assert stored(database) == before
    assert alike(database, *references) == [2, 2, 2]
    assert likened(database) == 3
    assert worker(database).go_on(NOON) == 0


def test_what_is_long_closed_stays_unopened(database: Database) -> None:
    reference = an_inquiry(database).reference
    close(database, reference)
    made_old(database)

    assert worker(database).go_on(NOON + timedelta(days=200)) == 0
    assert likened(database) == 0


def test_one_that_does_not_open_stops_nothing(database: Database) -> None:
    broken, _whole = an_inquiry(database).reference, an_inquiry(database).reference
    made_old(database)
    with database.write() as session:
        unreadable = update(Inquiry).where(Inquiry.reference == broken).values(answers=b"x" * 40)
        session.execute(unreadable)

    assert worker(database).go_on(NOON) == 1
    assert likened(database) == 1
