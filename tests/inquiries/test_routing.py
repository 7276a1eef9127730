"""Who is told of a new inquiry, and when: through the real submission to a channel's hands."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.inquiries.models import Inquiry
from intake.inquiries.submit import SUBMITTED
from intake.notifications.attendance import Absence, Quiet, set_absence, set_quiet_hours
from intake.notifications.digest import gather
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.notifications.pace import DIGEST, MAILS_PER_HOUR
from intake.notifications.subscriptions import EVERYTHING, Filters, Pace, subscribe
from intake.staff.members import ensure_roles
from intake.staff.models import Role, Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, an_inquiry
from tests.inquiries.test_recipients import delivered

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URGENT = {**BY_PHONE_ONLY, "safety": "yes"}


def member(
    database: Database,
    name: str,
    roles: Sequence[str] = (),
    filters: Filters | None = EVERYTHING,
    pace: Pace = Pace.NOW,
) -> int:
    """Store a member, subscribed unless ``filters`` is None."""
    with database.write() as session:
        ensure_channels(session)
        ensure_roles(session)
        row = Staff(
            public_id=name,
            email=f"{name}@clinic.example",
            full_name=name.title(),
            active=True,
            fs_uniquifier=name,
            created_at=NOON,
            roles=list(session.scalars(select(Role).where(Role.name.in_(roles)))),
        )
        session.add(row)
        session.flush()
        if filters is not None:
            subscribe(session, row.id, SUBMITTED, "email", NOON, filters=filters, pace=pace)
        return row.id


def readers(database: Database, at: datetime = NOON) -> list[str]:
    """Deliver what is due and return who got a letter."""
    return sorted(letter.to.partition("@")[0] for letter in delivered(database, at))


def states(database: Database, event: str = SUBMITTED) -> Counter[tuple[str, str | None]]:
    with database.read() as session:
        rows = session.execute(
            select(OutboxMessage.state, OutboxMessage.last_error).where(
                OutboxMessage.event == event
            )
        )
        return Counter((row.state, row.last_error) for row in rows)


def test_each_hears_of_what_they_asked_for(database: Database) -> None:
    member(database, "all")
    member(database, "spanish", filters=Filters(languages=("es",)))
    member(database, "lupus", filters=Filters(conditions=("lupus", "als")))
    member(database, "celiac", filters=Filters(conditions=("celiac-disease",)))
    member(database, "georgia", filters=Filters(states=("GA",)))
    member(database, "urgent", filters=Filters(urgent_only=True))

    an_inquiry(database, **BY_PHONE_ONLY)
    assert readers(database) == ["all", "lupus"]

    an_inquiry(database, **URGENT, language="es", state="GA", conditions=["celiac-disease"])
    assert readers(database) == ["all", "celiac", "georgia", "spanish", "urgent"]


def test_an_inquiry_that_nobody_asked_for_is_told_to_administrators(database: Database) -> None:
    member(database, "boss", ["administrator"], filters=None)
    member(database, "desk", ["coordinator"], filters=Filters(languages=("es",)))

    an_inquiry(database, **BY_PHONE_ONLY)

    assert readers(database) == ["boss"]


def test_without_an_administrator_coordinators_are_told(sqlite_database: Database) -> None:
    member(sqlite_database, "desk", ["coordinator"], filters=None)
    member(sqlite_database, "writer", ["editor"], filters=None)

    an_inquiry(sqlite_database, **BY_PHONE_ONLY)

    assert readers(sqlite_database) == ["desk"]


def test_no_condition_stands_in_the_outbox(database: Database) -> None:
    member(database, "als", filters=Filters(conditions=("als",)), pace=Pace.HOURLY)
    an_inquiry(database, **BY_PHONE_ONLY, conditions=["als"])
    readers(database)
    gather(database, at=NOON + HOUR)

    with database.read() as session:
        table = OutboxMessage.__table__
        # Recipients, payloads and keys; random identifiers may hold any three letters.
        cells = [
            str([row.event, row.payload, row.last_error, row.group_key])
            for row in session.execute(select(table))
        ]
    assert len(cells) == 2
    assert not any("als" in cell for cell in cells)


def test_the_backup_is_told_while_a_member_is_away(database: Database) -> None:
    rosa = member(database, "rosa")
    ida = member(database, "ida", filters=None)
    with database.write() as session:
        set_absence(session, rosa, Absence(NOON - DAY, NOON + DAY, ida))

    an_inquiry(database, **BY_PHONE_ONLY)
    assert readers(database) == ["ida"]

    an_inquiry(database, **BY_PHONE_ONLY, at=NOON + DAY)
    assert readers(database, NOON + DAY) == ["rosa"]


def test_a_backup_who_hears_anyway_is_told_once(database: Database) -> None:
    rosa, ida = member(database, "rosa"), member(database, "ida")
    with database.write() as session:
        set_absence(session, rosa, Absence(NOON - DAY, None, ida))

    an_inquiry(database, **BY_PHONE_ONLY)

    assert readers(database) == ["ida"]
    assert states(database) == {("cancelled", "stand_in_hears"): 1, ("delivered", None): 1}


def test_a_backup_whose_own_message_was_given_up_is_told(sqlite_database: Database) -> None:
    rosa, ida = member(sqlite_database, "rosa"), member(sqlite_database, "ida")
    with sqlite_database.write() as session:
        set_absence(session, rosa, Absence(NOON - DAY, None, ida))
    an_inquiry(sqlite_database, **BY_PHONE_ONLY)
    with sqlite_database.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.recipient == f"staff:{ida}")
            .values(state="dead", due_at=None, finished_at=NOON)
        )

    assert readers(sqlite_database) == ["ida"]


def test_who_left_after_the_submission_is_read_for(database: Database) -> None:
    rosa = member(database, "rosa")
    member(database, "boss", ["administrator"], filters=None)
    an_inquiry(database, **BY_PHONE_ONLY)
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == rosa).values(active=False))

    assert readers(database) == ["boss"]


def test_quiet_hours_hold_back_all_but_urgent_inquiries(database: Database) -> None:
    rosa = member(database, "rosa")
    with database.write() as session:
        set_quiet_hours(session, rosa, Quiet(11 * 60, 13 * 60))

    an_inquiry(database, **BY_PHONE_ONLY)
    assert readers(database) == []
    assert states(database) == {("pending", "quiet_hours"): 1}
    an_inquiry(database, **URGENT)
    assert readers(database) == ["rosa"]
    assert readers(database, NOON + 59 * MINUTE) == []
    assert readers(database, NOON + 60 * MINUTE) == ["rosa"]


def test_a_digest_tells_of_an_hour_at_once(database: Database) -> None:
    member(database, "rosa", pace=Pace.HOURLY)
    first = an_inquiry(database, **BY_PHONE_ONLY, at=NOON + 5 * MINUTE)
    readers(database, NOON + 5 * MINUTE)
    an_inquiry(database, **BY_PHONE_ONLY, at=NOON + 40 * MINUTE)
    readers(database, NOON + 40 * MINUTE)
    assert states(database) == {("pending", "waits_hourly"): 2}

    assert gather(database, at=NOON + 59 * MINUTE) == 0
    assert gather(database, at=NOON + 60 * MINUTE) == 1
    assert gather(database, at=NOON + 60 * MINUTE) == 0

    (letter,) = delivered(database, NOON + 60 * MINUTE)
    assert letter.subject == "2 new inquiries"
    assert f"{first.reference[:4]}-{first.reference[4:]}" in letter.text + letter.html
    assert "lupus" not in (letter.text + letter.html).lower()
    assert states(database) == {("cancelled", "in_digest"): 2}


def test_two_workers_make_one_digest(database: Database) -> None:
    member(database, "rosa", pace=Pace.HOURLY)
    for _ in range(3):
        an_inquiry(database, **BY_PHONE_ONLY)
    readers(database)

    with ThreadPoolExecutor(4) as workers:
        made = list(workers.map(lambda _: gather(database, at=NOON + HOUR), range(4)))

    assert sum(made) == 1
    assert states(database, DIGEST) == {("pending", None): 1}
    assert states(database) == {("cancelled", "in_digest"): 3}


def test_a_digest_that_fails_half_way_leaves_everything_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(database, "rosa", pace=Pace.HOURLY)
    an_inquiry(database, **BY_PHONE_ONLY)
    readers(database)

    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("intake.notifications.digest.enqueue", broken)
        with pytest.raises(RuntimeError):
            gather(database, at=NOON + HOUR)

    assert states(database) == {("pending", "waits_hourly"): 1}
    assert gather(database, at=NOON + HOUR) == 1


def test_a_daily_digest_comes_at_eight_in_the_clinics_zone(sqlite_database: Database) -> None:
    member(sqlite_database, "rosa", pace=Pace.DAILY)
    an_inquiry(sqlite_database, **BY_PHONE_ONLY)
    readers(sqlite_database)
    eight = NOON + 20 * HOUR

    assert gather(sqlite_database, at=eight - MINUTE) == 0
    assert gather(sqlite_database, at=eight) == 1
    assert readers(sqlite_database, eight) == ["rosa"]


def test_urgent_inquiries_wait_for_no_digest(sqlite_database: Database) -> None:
    member(sqlite_database, "rosa", pace=Pace.DAILY)

    an_inquiry(sqlite_database, **URGENT)

    assert readers(sqlite_database) == ["rosa"]


def test_where_no_digest_is_made_each_message_goes_by_itself(database: Database) -> None:
    member(database, "rosa", pace=Pace.HOURLY)
    an_inquiry(database, **BY_PHONE_ONLY)
    assert readers(database) == []

    assert readers(database, NOON + HOUR + 10 * MINUTE) == ["rosa"]


def test_a_digest_for_somebody_away_goes_to_the_backup(sqlite_database: Database) -> None:
    rosa = member(sqlite_database, "rosa", pace=Pace.HOURLY)
    ida = member(sqlite_database, "ida", filters=None)
    with sqlite_database.write() as session:
        set_absence(session, rosa, Absence(NOON, None, ida))
    an_inquiry(sqlite_database, **BY_PHONE_ONLY)
    readers(sqlite_database)
    gather(sqlite_database, at=NOON + HOUR)

    assert readers(sqlite_database, NOON + HOUR) == ["ida"]


def test_a_closed_inquiry_is_counted_in_a_digest_but_not_listed(
    sqlite_database: Database,
) -> None:
    member(sqlite_database, "rosa", pace=Pace.HOURLY)
    receipt = an_inquiry(sqlite_database, **BY_PHONE_ONLY)
    readers(sqlite_database)
    gather(sqlite_database, at=NOON + HOUR)
    with sqlite_database.write() as session:
        session.execute(update(Inquiry).values(status="closed", outcome="spam", closed_at=NOON))

    (letter,) = delivered(sqlite_database, NOON + HOUR)

    assert letter.subject == "1 new inquiry"
    assert receipt.reference[:4] not in letter.text


def test_a_reader_gets_sixty_mails_in_an_hour_and_then_one_digest(database: Database) -> None:
    member(database, "rosa")
    for _ in range(MAILS_PER_HOUR + 25):
        an_inquiry(database, **BY_PHONE_ONLY)

    assert len(readers(database)) == MAILS_PER_HOUR
    assert states(database)["pending", "too_many"] == 25
    assert gather(database, at=NOON + HOUR) == 1
    (digest,) = delivered(database, NOON + HOUR)

    assert digest.subject == "25 new inquiries"
    assert "And 5 more." in digest.text
    assert states(database, DIGEST) == {("delivered", None): 1}


def test_a_stand_in_is_not_flooded_by_two_streams(sqlite_database: Database) -> None:
    rosa, ida = member(sqlite_database, "rosa"), member(sqlite_database, "ida", filters=None)
    with sqlite_database.write() as session:
        set_absence(session, rosa, Absence(NOON - DAY, None, ida))
        subscribe(session, ida, SUBMITTED, "email", NOON, filters=Filters(languages=("es",)))
    for number in range(MAILS_PER_HOUR):
        only_ida = number % 2 == 0
        an_inquiry(sqlite_database, **BY_PHONE_ONLY, language="es" if only_ida else "en")
    for _ in range(5):
        an_inquiry(sqlite_database, **BY_PHONE_ONLY, language="en")

    assert len(readers(sqlite_database)) == MAILS_PER_HOUR
