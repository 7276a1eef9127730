"""Alarms: one open for each subject, in words, cleared once; and who saw the queue."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.audit.models import OPERATOR, AuditEvent
from intake.errors import Conflict
from intake.notifications import alarms
from intake.notifications.models import Alarm, QueueSighting
from intake.notifications.sightings import note_sighting
from intake.notifications.ways import second_ways
from intake.storage.database import Database
from intake.storage.types import to_millis
from tests.conftest import NOON
from tests.desk.people import an_endpoint

ZONE = "America/New_York"


def raised(database: Database, kind: str, subject: str = "", **detail: str | int) -> bool:
    with database.write() as session:
        return alarms.raise_alarm(session, kind, subject, at=NOON, detail=detail)


def sentences(database: Database) -> list[str]:
    with database.read() as session:
        return [alarms.sentence_of(one, ZONE) for one in alarms.open_alarms(session)]


def test_raising_again_updates_the_open_one_and_is_no_news(database: Database) -> None:
    assert raised(database, alarms.DEAD, "email", count=1)
    assert not raised(database, alarms.DEAD, "email", count=2)
    assert raised(database, alarms.DEAD, "console", count=1)

    assert sentences(database) == [
        "2 messages were not delivered by email and need a person.",
        "1 message was not delivered by console and needs a person.",
    ]


def test_clearing_is_once_and_makes_room_for_the_next(database: Database) -> None:
    raised(database, alarms.UNOPENED, minutes=120, count=1)
    with database.write() as session:
        assert alarms.clear_alarm(session, alarms.UNOPENED, at=NOON + timedelta(hours=1))
        assert not alarms.clear_alarm(session, alarms.UNOPENED, at=NOON + timedelta(hours=1))
        assert alarms.last_cleared(session, alarms.UNOPENED) == NOON + timedelta(hours=1)

    assert raised(database, alarms.UNOPENED, minutes=120, count=1)
    with database.read() as session:
        assert len(session.scalars(select(Alarm)).all()) == 2
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["alarm.raised", "alarm.cleared", "alarm.raised"]


def test_two_who_raise_at_once_raise_once(database: Database) -> None:
    news: list[bool] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        news.append(raised(database, alarms.FAILING, "email"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(news) == [False, False, False, True]


def test_what_was_put_away_cannot_be_put_away_twice(database: Database) -> None:
    raised(database, alarms.DEAD, "email", count=1)
    with database.read() as session:
        (alarm,) = alarms.open_alarms(session)
    with database.write() as session:
        alarms.dismiss_alarm(session, alarm.id, actor=OPERATOR, at=NOON)

    with database.write() as session, pytest.raises(Conflict):
        alarms.dismiss_alarm(session, alarm.id, actor=OPERATOR, at=NOON)


def test_each_kind_has_a_sentence_and_an_unknown_one_its_name(sqlite_database: Database) -> None:
    since = to_millis(NOON)
    raised(sqlite_database, alarms.FAILING, "email", since=since, reason="sign_in_refused")
    raised(sqlite_database, alarms.URGENT, "abc", reference="K7QF29MD")
    raised(sqlite_database, alarms.ON_CALL_MISSING, "pager")
    raised(sqlite_database, "synthetic.missing")

    failing, urgent, pager, other = sentences(sqlite_database)

    assert failing == (
        "The channel email has not worked since Mon, Nov 23, 12 pm: the mail server refuses our"
        " user name or password. Its messages wait."
    )
    assert urgent == "K7QF-29MD is urgent, and nobody has opened it yet."
    assert "names pager" in pager
    assert other == "synthetic: missing"


def test_a_look_at_the_queue_is_written_once_a_minute(database: Database) -> None:
    seen = []
    for seconds in (0, 30, 59, 60, 119):
        note_sighting(database, NOON + timedelta(seconds=seconds))
        with database.read() as session:
            seen.append(session.scalars(select(QueueSighting.seen_at)).one())

    assert seen == [NOON, NOON, NOON, *[NOON + timedelta(seconds=60)] * 2]


def test_endpoints_that_work_and_that_people_read_come_first(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        assert second_ways(session) == []
    hook = an_endpoint(sqlite_database, "crm", "webhook")
    with sqlite_database.read() as session:
        assert second_ways(session) == [(f"endpoint:{hook}", "webhook:crm")]
    chat = an_endpoint(sqlite_database, "desk-chat")
    sms = an_endpoint(sqlite_database, "pager", "sms", failing=NOON)
    with sqlite_database.read() as session:
        assert second_ways(session) == [(f"endpoint:{chat}", "chat:desk-chat")]
        besides = second_ways(session, besides="webhook:crm")
        assert (f"endpoint:{sms}", "sms:pager") not in besides
