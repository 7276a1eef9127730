"""Channels are called what the administrator called them, wherever staff read of one."""

from sqlalchemy import update

from intake.audit.models import OPERATOR
from intake.notifications import alarms
from intake.notifications.endpoints import create_endpoint
from intake.notifications.models import Channel
from intake.notifications.outbox import ensure_channels
from intake.notifications.queries import channel_health
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring


def test_an_endpoint_is_named_as_staff_named_it_and_never_by_its_id(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        made = create_endpoint(
            session,
            kind="webhook",
            name="Records",
            address="https://hooks.clinic.example/",
            at=NOON,
            actor=OPERATOR,
            keyring=a_keyring(),
        )
        session.execute(
            update(Channel).where(Channel.name == made.channel).values(failing_since=NOON)
        )
        alarms.raise_alarm(session, alarms.DEAD, made.channel, at=NOON, detail={"count": 1})

    with database.read() as session:
        titles = [one.title for one in channel_health(session, day_start=NOON)]
        (alarm,) = alarms.open_alarms(session)
    assert titles == ["Email", "Console", "Records (webhook)"]
    assert alarms.sentence_of(alarm, "UTC") == (
        "1 message was not delivered by Records (webhook) and needs a person."
    )
