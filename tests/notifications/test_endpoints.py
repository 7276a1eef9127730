"""Endpoints on both databases: added, rotated, disabled, and told of inquiries."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.audit.models import OPERATOR, SYSTEM
from intake.audit.trail import history
from intake.clinic.profile import ClinicProfile
from intake.crypto.sealed import SealBroken
from intake.crypto.tokens import show_reference
from intake.errors import Conflict, InvalidInput, NotFound
from intake.inquiries.recipients import recipient_of
from intake.notifications.channels.base import Channel
from intake.notifications.endpoint_seals import endpoint_channels, open_endpoint
from intake.notifications.endpoint_trial import send_test
from intake.notifications.endpoints import (
    NewEndpoint,
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    list_endpoints,
    retire_old_secret,
    rotate_secret,
)
from intake.notifications.event_body import event_letter
from intake.notifications.models import Channel as ChannelRow
from intake.notifications.models import Endpoint
from intake.notifications.outbox import ensure_channels
from intake.notifications.recipient import Recipient
from intake.notifications.render import CannotRender
from intake.notifications.subscriptions import Facts, staff_messages
from intake.notifications.worker import Worker
from intake.storage.database import Database
from tests.by_hand import deliver_next
from tests.conftest import NOON
from tests.factories import a_clinic, a_keyring, an_inquiry
from tests.fakes import Mailbox, StoppedClock, eventually
from tests.notifications.receiver import URL, Receiver, receiving, saying
from tests.notifications.rows import claimed, enqueued, rows, states
from tests.notifications.test_worker import Clinic, now, working

EVENT = "inquiry.submitted"
READERS = partial(
    recipient_of, keyring=a_keyring(), clinic=a_clinic(), base_url="https://intake.clinic.example"
)


def an_endpoint(database: Database, address: str = URL, name: str = "Records") -> NewEndpoint:
    with database.write() as session:
        ensure_channels(session)
        return create_endpoint(
            session,
            kind="webhook",
            name=name,
            address=address,
            at=NOON,
            actor=OPERATOR,
            keyring=a_keyring(),
        )


def secrets_of(database: Database) -> tuple[str, ...]:
    with database.read() as session:
        opened = open_endpoint(session, 1, keyring=a_keyring())
    assert opened is not None
    return opened.secrets


def deliver_all(
    database: Database, channels: dict[str, Channel], clinic: Clinic, clock: StoppedClock
) -> None:
    while deliver_next(database, channels, clock, READERS, clinic):
        pass


def test_an_endpoint_has_a_channel_of_its_own_and_everything_secret_is_sealed(
    database: Database,
) -> None:
    made = an_endpoint(database)

    with database.read() as session:
        row = session.scalars(select(Endpoint)).one()
        channel = session.scalars(select(ChannelRow).where(ChannelRow.id == row.channel_id)).one()
        opened = open_endpoint(session, row.id, keyring=a_keyring())
        (sight,) = list_endpoints(session, keyring=a_keyring())
        heard = staff_messages(session, EVENT, facts=Facts("es"))
        kinds = endpoint_channels(session)
    assert channel.name == made.channel == f"webhook:{made.public_id}"
    assert b"clinic.example" not in row.address
    assert row.secrets is not None
    assert made.secret.encode() not in row.secrets
    assert opened is not None
    assert (opened.address, opened.secrets) == (URL, (made.secret,))
    assert made.secret not in repr(made) + repr(opened)
    assert URL not in repr(opened)
    assert (sight.host, sight.name, sight.secret_count) == ("hooks.clinic.example", "Records", 1)
    assert heard == [(f"endpoint:{row.id}", made.channel)]
    assert kinds == {made.channel: "webhook"}


def test_a_sealed_address_opens_in_its_own_row_only(database: Database) -> None:
    an_endpoint(database)
    an_endpoint(database, "https://other.clinic.example/")
    with database.write() as session:
        first = session.get(Endpoint, 1)
        assert first is not None
        session.execute(update(Endpoint).where(Endpoint.id == 2).values(address=first.address))

    with database.read() as session, pytest.raises(SealBroken):
        open_endpoint(session, 2, keyring=a_keyring())


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"address": "http://hooks.clinic.example/"}, ("address", "url_not_https")),
        ({"address": "https://127.0.0.1/"}, ("address", "url_number")),
        ({"address": ""}, ("address", "url_missing")),
        ({"name": " "}, ("name", "name_missing")),
        ({"name": "a\nb"}, ("name", "name_unusable")),
        ({"events": ()}, ("events", "events_missing")),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_stored(
    sqlite_database: Database, values: dict[str, object], problem: tuple[str, str]
) -> None:
    given = {"name": "Records", "address": URL, "events": (EVENT,), **values}

    with sqlite_database.write() as session, pytest.raises(InvalidInput) as wrong:
        create_endpoint(
            session,
            kind="webhook",
            name=str(given["name"]),
            address=str(given["address"]),
            events=given["events"],  # type: ignore[arg-type]
            at=NOON,
            actor=OPERATOR,
            keyring=a_keyring(),
        )

    assert [(one.field, one.code) for one in wrong.value.problems] == [problem]
    with sqlite_database.read() as session:
        assert list_endpoints(session, keyring=a_keyring()) == ()


def test_two_secrets_sign_in_rotation_and_an_older_one_no_more(database: Database) -> None:
    made = an_endpoint(database)
    act = {"at": NOON, "actor": OPERATOR, "keyring": a_keyring()}

    with database.write() as session:
        second = rotate_secret(session, made.public_id, **act)  # type: ignore[arg-type]
    assert secrets_of(database) == (second, made.secret)
    with database.write() as session:
        third = rotate_secret(session, made.public_id, **act)  # type: ignore[arg-type]
    assert secrets_of(database) == (third, second)
    with database.write() as session:
        assert retire_old_secret(session, made.public_id, **act)  # type: ignore[arg-type]
        assert not retire_old_secret(session, made.public_id, **act)  # type: ignore[arg-type]
    assert secrets_of(database) == (third,)
    with database.read() as session:
        actions = [entry.action for entry in history(session, made.public_id)]
    assert actions == [
        "endpoint.created",
        "endpoint.secret_rotated",
        "endpoint.secret_rotated",
        "endpoint.old_secret_retired",
    ]


def test_one_that_is_switched_off_hears_nothing_and_what_waited_is_cancelled(
    database: Database,
) -> None:
    made = an_endpoint(database)
    an_inquiry(database)
    by = {"at": NOON, "actor": OPERATOR}

    with database.write() as session:
        assert disable_endpoint(session, made.public_id, **by)  # type: ignore[arg-type]
        assert not disable_endpoint(session, made.public_id, **by)  # type: ignore[arg-type]
        with pytest.raises(Conflict, match="endpoint_disabled"):
            send_test(session, made.public_id, **by)  # type: ignore[arg-type]

    with database.read() as session:
        assert staff_messages(session, EVENT, facts=Facts("en")) == []
        assert endpoint_channels(session) == {}
    told = [row for row in rows(database) if row.recipient == "endpoint:1"]
    assert [(row.state, row.last_error) for row in told] == [("cancelled", "endpoint_disabled")]
    with database.write() as session:
        assert enable_endpoint(session, made.public_id, **by)  # type: ignore[arg-type]
        assert len(staff_messages(session, EVENT, facts=Facts("en"))) == 1
        with pytest.raises(NotFound, match="endpoint_unknown"):
            enable_endpoint(session, "made-up", **by)  # type: ignore[arg-type]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Give a receiver that takes everything."""
    with receiving(tmp_path, saying("204 No Content")) as one:
        yield one


def test_an_inquiry_reaches_the_endpoint_with_reference_and_version_only(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made = an_endpoint(database)
    inquiry = an_inquiry(database)
    deliver_all(database, {made.channel: receiver.channel()}, clinic, StoppedClock(NOON))

    (request,) = receiver.requests
    (row,) = [row for row in rows(database) if row.recipient == "endpoint:1"]
    assert row.state == "delivered"
    assert request.event == {
        "type": EVENT,
        "timestamp": "2026-11-23T17:00:00.000Z",
        "data": {
            "idempotency_key": f"{row.public_id}-1",
            "reference": show_reference(inquiry.reference),
            "version": 1,
        },
    }


def test_every_try_has_the_same_key_and_body(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made, clock = an_endpoint(database), StoppedClock(NOON)
    an_inquiry(database)
    receiver.answer = saying("500 Oops")
    deliver_all(database, {made.channel: receiver.channel()}, clinic, clock)
    receiver.answer = saying("200 OK")
    clock.advance(hours=3)
    deliver_all(database, {made.channel: receiver.channel()}, clinic, clock)

    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_410_disables_the_endpoint_at_once_and_says_so(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made = an_endpoint(database)
    an_inquiry(database)
    an_inquiry(database)
    receiver.answer = saying("410 Gone")
    deliver_all(database, {made.channel: receiver.channel()}, clinic, StoppedClock(NOON))

    told = [row.state for row in rows(database) if row.recipient == "endpoint:1"]
    assert told == ["dead", "cancelled"]
    assert len(receiver.requests) == 1
    with database.read() as session:
        (sight,) = list_endpoints(session, keyring=a_keyring())
        last = history(session, made.public_id)[-1]
    assert (sight.enabled, sight.disabled_reason) == (False, "gone")
    assert (last.action, last.actor) == ("endpoint.disabled", SYSTEM)


def test_429_pauses_this_endpoint_alone_for_as_long_as_it_asks(
    database: Database, receiver: Receiver, clinic: Clinic
) -> None:
    made, clock, other = an_endpoint(database), StoppedClock(NOON), Mailbox()
    well = an_endpoint(database, name="Well")
    an_inquiry(database)
    receiver.answer = saying("429 Slow", "Retry-After: 600")
    channels: dict[str, Channel] = {made.channel: receiver.channel(), well.channel: other}
    deliver_all(database, channels, clinic, clock)
    clock.advance(seconds=590)
    deliver_all(database, channels, clinic, clock)
    assert (len(receiver.requests), len(other.letters)) == (1, 1)

    receiver.answer = saying("200 OK")
    clock.advance(seconds=20)
    deliver_all(database, channels, clinic, clock)

    (row,) = [row for row in rows(database) if row.recipient == "endpoint:1"]
    assert (row.state, row.attempts) == ("delivered", 1)


def test_a_value_that_is_no_fact_of_an_event_is_refused(sqlite_database: Database) -> None:
    enqueued(sqlite_database)
    (message,) = claimed(sqlite_database)
    recipient = Recipient(URL, "en", {"name": "Ana"}, secrets=("whsec_bWFkZS11cA==",))

    with pytest.raises(CannotRender):
        event_letter(message, recipient, NOON)


def test_an_endpoint_added_while_the_worker_runs_is_picked_up(
    database: Database, receiver: Receiver, clinic: dict[str, ClinicProfile]
) -> None:
    channel = receiver.channel()

    def later() -> dict[str, Channel]:
        with database.read() as session:
            return dict.fromkeys(endpoint_channels(session), channel)

    worker = Worker(
        database,
        {"email": Mailbox()},
        READERS,
        clinic=clinic,
        later_channels=later,
        later_seconds=0.1,
    )
    with working(worker):
        made = an_endpoint(database)
        with database.write() as session:
            send_test(session, made.public_id, at=now(), actor=OPERATOR)
        eventually(lambda: states(database) == ["delivered"])

    assert receiver.requests[0].event["type"] == "endpoint.test"
