from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.audit.models import OPERATOR
from intake.crypto.sealed import SealBroken
from intake.desk.numbers.breakdown import overall
from intake.desk.numbers.endings import ERASED
from intake.desk.numbers.keeping import count_marked, forget, keep, mark
from intake.desk.numbers.models import NumberDay, NumberMark
from intake.desk.numbers.queries import is_kept, numbers_of
from intake.desk.numbers.spread import bucket_of
from intake.desk.numbers.tally import Clock, Dimension
from intake.inquiries.models import Inquiry
from intake.inquiries.queries import read_inquiry
from intake.inquiries.shredding import shred
from intake.notifications.models import OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.numbers.days import a_counting, came_in, changed, kept
from tests.factories import a_keyring

HOUR = timedelta(hours=1)
LATER = NOON + timedelta(minutes=5)


def rows(database: Database) -> list[tuple[str, int, int, int]]:
    with database.read() as session:
        return [
            (row.day, row.received, row.marks, row.counted)
            for row in session.execute(
                select(
                    NumberDay.day, NumberDay.received, NumberDay.marks, NumberDay.counted
                ).order_by(NumberDay.day)
            )
        ]


def test_a_small_day_is_counted_exactly(database: Database) -> None:
    came_in(database, answered_after=HOUR, status="in_discussion")
    came_in(database, answered_after=3 * HOUR, outcome="consultation_held", language="es")
    came_in(database, answered_after=timedelta(days=2), outcome="not_reached", source="phone")
    came_in(database, conditions=["lupus", "als"], interpreter="yes")
    came_in(database, outcome="withdrawn", contact_by=["call"], email="")

    found = kept(database, a_counting())

    everybody = overall(found.tally)
    assert everybody.received == 5
    assert everybody.clocks == {
        Clock.IN_TARGET: 2,
        Clock.LATE: 1,
        Clock.RUNNING: 1,
        Clock.ENDED: 1,
    }
    assert everybody.endings == {
        "open": 2,
        "consultation_held": 1,
        "not_reached": 1,
        "withdrawn": 1,
    }
    names = {
        dimension: {
            name: found.tally.group(dimension, name).received
            for name in found.tally.names(dimension)
        }
        for dimension in Dimension
    }
    assert names[Dimension.LANGUAGE] == {"en": 4, "es": 1}
    assert names[Dimension.CONDITION] == {"lupus": 5, "als": 1}
    assert names[Dimension.CAME_BY] == {"web_form": 4, "phone": 1}
    assert names[Dimension.INTERPRETER] == {"no": 4, "yes": 1}
    assert names[Dimension.REACHED_BY] == {"several": 4, "call": 1}
    assert found.waiting.by_age == (1, 0, 0, 0)


def test_spam_tests_and_quarantine_are_never_counted(database: Database) -> None:
    came_in(database, outcome="spam")
    came_in(database, outcome="test")
    came_in(database, status="quarantined")
    came_in(database)

    found = kept(database, a_counting())

    assert overall(found.tally).received == 1
    assert sum(found.received.values()) == 1
    assert found.waiting.total == 1


def test_counting_again_changes_nothing_and_an_idle_round_writes_nothing(
    database: Database,
) -> None:
    counting = a_counting()
    came_in(database)
    quiet = NOON + timedelta(minutes=10)
    kept(database, counting, at=quiet)
    keep(database, counting, at=quiet)
    before = rows(database)

    assert keep(database, counting, at=quiet + HOUR) == 0
    assert rows(database) == before


def test_only_the_day_that_changed_is_counted_again(database: Database) -> None:
    counting = a_counting()
    first = came_in(database, NOON - timedelta(days=3))
    came_in(database)
    keep(database, counting, at=LATER)
    keep(database, counting, at=LATER)

    changed(
        database,
        first,
        LATER,
        first_responded_at=NOON - timedelta(days=3) + HOUR,
        status="contacting",
    )
    found = kept(database, counting, at=LATER + HOUR)

    counted = {day: marks for day, _, marks, _ in rows(database)}
    assert counted["2026-11-20"] == counted["2026-11-23"] + 1
    assert overall(found.tally).clocks[Clock.IN_TARGET] == 1


def test_reading_an_inquiry_marks_no_day(database: Database) -> None:
    counting = a_counting()
    reference = came_in(database)
    keep(database, counting, at=LATER)
    keep(database, counting, at=LATER + HOUR)
    before = rows(database)

    read_inquiry(database, a_keyring(), reference, actor=OPERATOR, at=LATER + HOUR)

    assert keep(database, counting, at=LATER + 2 * HOUR) == 0
    assert rows(database) == before


def test_an_event_that_commits_late_is_still_seen(database: Database) -> None:
    counting = a_counting()
    came_in(database)
    keep(database, counting, at=NOON + timedelta(seconds=30))
    with database.read() as session:
        marked = session.scalar(select(NumberMark.event_id))

    assert marked == 0
    keep(database, counting, at=LATER)
    with database.read() as session:
        assert session.scalar(select(NumberMark.event_id)) == 2


def test_an_inquiry_becomes_late_without_an_event(database: Database) -> None:
    counting = a_counting()
    came_in(database)
    kept(database, counting)

    found = kept(database, counting, at=NOON + timedelta(days=2))

    assert overall(found.tally).clocks == {Clock.LATE: 1}


def test_a_change_during_the_count_is_counted_in_the_next_round(database: Database) -> None:
    counting = a_counting()
    came_in(database)
    mark(database, counting, at=NOON)
    count_marked(database, counting, at=NOON)
    with database.write() as session:
        session.execute(update(NumberDay).values(marks=NumberDay.marks + 1))

    assert count_marked(database, counting, at=NOON) == 1
    assert count_marked(database, counting, at=NOON) == 0


def test_a_rebuild_counts_every_day_like_the_rounds_did(database: Database) -> None:
    counting = a_counting()
    for back in range(25):
        came_in(database, NOON - timedelta(days=back), answered_after=HOUR, outcome="not_offered")
    for _ in range(3):
        keep(database, counting, at=LATER)
    with database.read() as session:
        before = numbers_of(session, counting, 90, at=LATER)

    told: list[int] = []
    assert forget(database, counting) == 25
    assert count_marked(database, counting, at=LATER, told=lambda: told.append(1)) == 25

    assert len(told) == 25
    with database.read() as session:
        after = numbers_of(session, counting, 90, at=LATER)
    assert after == before


def test_days_begin_at_midnight_of_the_clinic_also_when_clocks_change(database: Database) -> None:
    counting = a_counting()
    # New York leaves summer time on 2026-11-01: that day has 25 hours.
    for instant in (
        datetime(2026, 11, 1, 3, 59, tzinfo=UTC),  # 23:59 of 10-31
        datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 4, 59, tzinfo=UTC),  # 23:59 of 11-01, an hour later than in summer
        datetime(2026, 11, 2, 5, 0, tzinfo=UTC),
    ):
        came_in(database, instant)

    found = kept(database, counting)

    assert found.received == {
        date(2026, 10, 31): 1,
        date(2026, 11, 1): 2,
        date(2026, 11, 2): 1,
    }


@pytest.mark.parametrize(
    ("received", "answered_after", "minutes"),
    [
        # Friday 16:30 to Monday 9:30, over the change to winter time: 30 minutes and 30.
        (datetime(2026, 10, 30, 20, 30, tzinfo=UTC), timedelta(days=2, hours=18), 60),
        # The same over the change to summer time, an hour shorter by the clock of the world.
        (datetime(2026, 3, 6, 21, 30, tzinfo=UTC), timedelta(days=2, hours=16), 60),
        (NOON, timedelta(minutes=42), 42),
        (NOON, timedelta(hours=20), 300),  # Monday noon to Tuesday 8:00: until closing at 17:00
    ],
)
def test_first_answers_are_timed_by_open_hours(
    database: Database, received: datetime, answered_after: timedelta, minutes: int
) -> None:
    counting = a_counting()
    came_in(database, received, answered_after=answered_after, status="in_discussion")

    found = kept(database, counting, days=365)

    (bucket,) = overall(found.tally).minutes
    assert bucket == bucket_of(minutes)


def test_an_erased_inquiry_keeps_its_count_and_loses_its_condition(database: Database) -> None:
    counting = a_counting()
    reference = came_in(database)
    kept(database, counting)
    with database.write() as session:
        public_id = session.scalar(select(Inquiry.public_id).where(Inquiry.reference == reference))
        shred(session, str(public_id), reason="asked", actor=OPERATOR, at=LATER)

    found = kept(database, counting, at=LATER)

    assert found.tally.names(Dimension.CONDITION) == [ERASED]
    assert overall(found.tally).endings == {ERASED: 1}


def test_deliveries_are_told_by_the_day_they_ended(database: Database) -> None:
    counting = a_counting()
    for _ in range(3):
        came_in(database, email="ana@mail.example.org")
    kept(database, counting)
    with database.write() as session:
        messages = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        for message, state in zip(messages, ("delivered", "delivered", "dead"), strict=True):
            message.state, message.due_at, message.finished_at = state, None, LATER
        messages[0].bounced_at = LATER

    found = kept(database, counting, at=LATER + HOUR)

    assert found.tally.deliveries == {"email": {"delivered": 1, "undelivered": 2, "bounced": 1}}


def test_nothing_in_the_database_names_a_condition(sqlite_database: Database) -> None:
    counting = a_counting()
    came_in(sqlite_database)
    kept(sqlite_database, counting)

    with sqlite_database.read() as session:
        row = session.execute(select(NumberDay)).scalar_one()
        assert is_kept(session)

    assert row.tally is not None
    assert b"lupus" not in row.tally
    with sqlite_database.write() as session:
        session.execute(update(NumberDay).values(day="2026-11-22"))
    # A day's tally cannot be put under another day.
    with sqlite_database.read() as session, pytest.raises(SealBroken):
        numbers_of(session, counting, 7, at=NOON)
