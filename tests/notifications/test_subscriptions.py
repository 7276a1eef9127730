"""Who hears of an event."""

import pytest

from intake.errors import NotFound
from intake.notifications.outbox import ensure_channels
from intake.notifications.subscriptions import staff_messages, subscribe, unsubscribe
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import a_member

EVENT = "inquiry.submitted"


def test_a_subscribed_member_hears_of_the_event_once(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        member = a_member(session)
        subscribe(session, member, EVENT, "email", NOON)
        subscribe(session, member, EVENT, "email", NOON)

    with database.read() as session:
        assert staff_messages(session, EVENT, language="en") == [(f"staff:{member}", "email")]
        assert staff_messages(session, "inquiry.assigned", language="en") == []


def test_a_member_for_one_language_hears_of_that_language_only(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        member = a_member(session)
        subscribe(session, member, EVENT, "email", NOON, language="es")

    with database.read() as session:
        assert staff_messages(session, EVENT, language="es") == [(f"staff:{member}", "email")]
        assert staff_messages(session, EVENT, language="en") == []


def test_who_unsubscribed_hears_nothing_until_subscribed_again(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        member = a_member(session)
        subscribe(session, member, EVENT, "email", NOON)
        unsubscribe(session, member, EVENT, "email")

    with database.write() as session:
        assert staff_messages(session, EVENT, language="en") == []
        subscribe(session, member, EVENT, "email", NOON)
        assert len(staff_messages(session, EVENT, language="en")) == 1


def test_an_unknown_channel_is_refused(database: Database) -> None:
    with database.write() as session, pytest.raises(NotFound, match="channel_unknown"):
        subscribe(session, 1, EVENT, "pigeon", NOON)
