"""Inquiries of before get the token of their place, and only they."""

import pytest
from sqlalchemy import select, update

from intake.inquiries import placing
from intake.inquiries.models import Inquiry
from intake.inquiries.placing import place_older
from intake.storage.database import Database
from tests.factories import a_keyring, an_inquiry, search_tokens


def places(database: Database) -> list[bytes | None]:
    with database.read() as session:
        return list(session.scalars(select(Inquiry.place).order_by(Inquiry.id)))


def test_what_came_before_is_placed_once_batch_by_batch(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_WITHOUT", placing._WITHOUT.limit(2))
    for state in ("FL", "CO", "FL"):
        an_inquiry(database, state=state)
    an_inquiry(database, country="ES", state="")
    told = places(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(place=None))

    assert place_older(database, a_keyring(), search_tokens()) == 4
    assert places(database) == told
    assert place_older(database, a_keyring(), search_tokens()) == 0


def test_a_label_that_does_not_open_stops_nothing(database: Database) -> None:
    broken, whole = an_inquiry(database).reference, an_inquiry(database).reference
    with database.write() as session:
        session.execute(update(Inquiry).values(place=None))
        session.execute(update(Inquiry).where(Inquiry.reference == broken).values(label=b"x" * 40))

    assert place_older(database, a_keyring(), search_tokens()) == 1
    with database.read() as session:
        placed = session.scalars(select(Inquiry.reference).where(Inquiry.place.is_not(None))).all()
    assert placed == [whole]
