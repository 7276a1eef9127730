"""Who hears of an event."""

import pytest
from sqlalchemy import update

from intake.errors import NotFound
from intake.notifications.models import Channel, Endpoint, Subscription
from intake.notifications.outbox import ensure_channels
from intake.notifications.subscriptions import (
    EVERYTHING,
    Facts,
    Filters,
    Pace,
    pace_of,
    staff_messages,
    subscribe,
    subscriptions_of,
    unsubscribe,
)
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import a_member, channel_id

EVENT = "inquiry.submitted"
LUPUS = Facts("en", conditions=frozenset({"lupus"}), state="FL")


def subscribed(database: Database, filters: Filters = EVERYTHING, pace: Pace = Pace.NOW) -> int:
    with database.write() as session:
        ensure_channels(session)
        member = a_member(session)
        subscribe(session, member, EVENT, "email", NOON, filters=filters, pace=pace)
    return member


def hears(database: Database, facts: Facts, event: str = EVENT) -> bool:
    with database.read() as session:
        return bool(staff_messages(session, event, facts=facts))


def test_a_subscribed_member_hears_of_the_event_once(database: Database) -> None:
    member = subscribed(database)
    with database.write() as session:
        subscribe(session, member, EVENT, "email", NOON)

    with database.read() as session:
        assert staff_messages(session, EVENT, facts=LUPUS) == [(f"staff:{member}", "email")]
        assert staff_messages(session, "inquiry.assigned", facts=LUPUS) == []


@pytest.mark.parametrize(
    ("filters", "facts", "expected"),
    [
        (Filters(languages=("es",)), Facts("es"), True),
        (Filters(languages=("es",)), Facts("en"), False),
        (Filters(languages=("es", "other")), Facts("other"), True),
        (Filters(conditions=("lupus", "als")), LUPUS, True),
        (Filters(conditions=("als",)), LUPUS, False),
        (Filters(conditions=("als",)), Facts("en", conditions=frozenset()), False),
        (Filters(conditions=("als",)), Facts("en", conditions=None), True),
        (Filters(states=("FL", "GA")), LUPUS, True),
        (Filters(states=("GA",)), LUPUS, False),
        (Filters(states=("GA",)), Facts("en", state=""), False),
        (Filters(states=("GA",)), Facts("en", state=None), True),
        (Filters(urgent_only=True), Facts("en"), False),
        (Filters(urgent_only=True), Facts("en", urgent=True), True),
        (Filters(languages=("en",), conditions=("als",)), LUPUS, False),
        (Filters(("en",), ("lupus",), ("FL",)), LUPUS, True),
    ],
)
def test_filters_let_through_what_they_name_and_what_nobody_knows(
    sqlite_database: Database, filters: Filters, facts: Facts, expected: bool
) -> None:
    subscribed(sqlite_database, filters)

    assert hears(sqlite_database, facts) is expected


def test_filters_and_pace_are_kept_and_replaced(database: Database) -> None:
    filters = Filters(("es",), ("als", "lupus"), ("FL",), urgent_only=True)
    member = subscribed(database, filters, Pace.DAILY)

    with database.write() as session:
        (first,) = subscriptions_of(session, member)
        assert (first.filters, first.pace, first.event) == (filters, Pace.DAILY, EVENT)
        assert pace_of(session, member, EVENT, channel_id(database)) == Pace.DAILY
        subscribe(session, member, EVENT, "email", NOON)
        (second,) = subscriptions_of(session)
        assert (second.id, second.filters, second.pace) == (first.id, Filters(), Pace.NOW)


def test_who_unsubscribed_hears_nothing_until_subscribed_again(database: Database) -> None:
    member = subscribed(database)
    with database.write() as session:
        assert unsubscribe(session, member, EVENT, "email")
        assert not unsubscribe(session, member, EVENT, "email")
        assert subscriptions_of(session, member) == ()

    assert not hears(database, LUPUS)
    with database.write() as session:
        subscribe(session, member, EVENT, "email", NOON)
    assert hears(database, LUPUS)


def test_who_left_hears_nothing(database: Database) -> None:
    member = subscribed(database)
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == member).values(active=False))

    assert not hears(database, LUPUS)


def test_an_endpoint_hears_while_it_is_enabled(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session, {"webhook:a": "webhook"})
        channel = session.query(Channel.id).filter_by(name="webhook:a").scalar()
        endpoint = Endpoint(
            public_id="a",
            channel_id=channel,
            kind="webhook",
            name="Case system",
            address=b"sealed",
            enabled=True,
            created_at=NOON,
        )
        session.add(endpoint)
        session.flush()
        number = endpoint.id
        session.add(
            Subscription(
                endpoint_id=number,
                channel_id=channel,
                event=EVENT,
                enabled=True,
                created_at=NOON,
            )
        )

    with database.write() as session:
        assert staff_messages(session, EVENT, facts=LUPUS) == [(f"endpoint:{number}", "webhook:a")]
        session.execute(update(Endpoint).values(enabled=False))
        assert staff_messages(session, EVENT, facts=LUPUS) == []


def test_an_unknown_channel_is_refused(database: Database) -> None:
    with database.write() as session, pytest.raises(NotFound, match="channel_unknown"):
        subscribe(session, 1, EVENT, "pigeon", NOON)
