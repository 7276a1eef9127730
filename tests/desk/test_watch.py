"""What fails in silence raises an alarm once, on another way, and is cleared when it is over."""

from datetime import timedelta

from sqlalchemy import select, update

from intake.audit.models import SYSTEM
from intake.inquiries.alerts import ALARM, UNDELIVERED
from intake.inquiries.models import Inquiry
from intake.inquiries.queries import read_inquiry
from intake.notifications import alarms
from intake.notifications.models import Channel, OutboxMessage
from intake.notifications.sightings import note_sighting
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import a_member, an_endpoint, rounds, told
from tests.factories import a_keyring, an_inquiry

MINUTE = timedelta(minutes=1)


def open_kinds(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.kind, one.subject) for one in alarms.open_alarms(session)]


def give_up(database: Database, channel: str, at: object, count: int = 99) -> None:
    """Make messages of a channel that still wait dead."""
    with database.write() as session:
        number = select(Channel.id).where(Channel.name == channel).scalar_subquery()
        waiting = (
            select(OutboxMessage.id)
            .where(OutboxMessage.channel_id == number, OutboxMessage.due_at.is_not(None))
            .order_by(OutboxMessage.id)
            .limit(count)
        )
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(list(session.scalars(waiting))))
            .values(state="dead", due_at=None, finished_at=at, last_error="recipient_refused")
        )


def fail(database: Database, channel: str, since: object) -> None:
    with database.write() as session:
        session.execute(
            update(Channel)
            .where(Channel.name == channel)
            .values(failing_since=since, failing_reason="refused" if since else None)
        )


def test_a_queue_that_nobody_opens_is_told_on_the_second_channel_once(database: Database) -> None:
    a_member(database, "ida")
    chat = an_endpoint(database, "desk-chat")
    an_inquiry(database)
    here = rounds(database)

    looks = [here.watch(NOON + minutes * MINUTE) for minutes in (0, 119, 120, 121, 180)]

    assert looks == [False, False, True, False, False]
    assert told(database, ALARM) == [(f"endpoint:{chat}", "chat:desk-chat")]
    assert open_kinds(database) == [(alarms.UNOPENED, "")]


def test_without_a_second_channel_terminal_band_and_administrators_are_told(
    database: Database,
) -> None:
    administrator = a_member(database, "ada", ["administrator"])
    an_inquiry(database)

    rounds(database).watch(NOON + 120 * MINUTE)

    assert told(database, ALARM) == [("desk", "console"), (f"staff:{administrator}", "email")]


def test_opening_the_queue_ends_the_alarm_and_starts_the_watch_anew(database: Database) -> None:
    a_member(database, "ida")
    an_inquiry(database)
    here = rounds(database)
    here.watch(NOON + 120 * MINUTE)

    note_sighting(database, NOON + 130 * MINUTE)

    assert open_kinds(database) == []
    assert here.watch(NOON + timedelta(days=3)) is False  # seen; the ladder looks after it
    an_inquiry(database, at=NOON + 140 * MINUTE)
    assert here.watch(NOON + 259 * MINUTE) is False
    assert here.watch(NOON + 260 * MINUTE) is True


def test_the_two_hours_are_open_hours(sqlite_database: Database) -> None:
    evening = NOON + timedelta(hours=5)  # 5 pm, closing
    an_inquiry(sqlite_database, at=evening)
    here = rounds(sqlite_database)

    assert here.watch(evening + timedelta(hours=17, minutes=59)) is False
    assert here.watch(evening + timedelta(hours=18)) is True  # 11 am


def test_an_inquiry_that_was_opened_by_its_link_counts_as_seen(sqlite_database: Database) -> None:
    receipt = an_inquiry(sqlite_database)
    read_inquiry(sqlite_database, a_keyring(), receipt.reference, actor=SYSTEM, at=NOON)

    assert rounds(sqlite_database).watch(NOON + timedelta(hours=4)) is False


def test_an_alarm_about_an_urgent_inquiry_is_over_when_somebody_opens_it(
    database: Database,
) -> None:
    receipt = an_inquiry(database, safety="yes")
    here = rounds(database)
    here.alert_urgent(NOON)
    here.watch(NOON + MINUTE)
    assert [kind for kind, _ in open_kinds(database)] == [alarms.URGENT]

    read_inquiry(database, a_keyring(), receipt.reference, actor=SYSTEM, at=NOON)
    here.watch(NOON + 2 * MINUTE)

    assert open_kinds(database) == []


def test_a_channel_that_fails_for_long_is_told_on_another_and_cleared(database: Database) -> None:
    member = a_member(database, "ida")
    chat = an_endpoint(database, "desk-chat")
    here = rounds(database)
    fail(database, "email", NOON)

    assert here.watch(NOON + 14 * MINUTE) is False
    assert here.watch(NOON + 15 * MINUTE) is True
    assert here.watch(NOON + 16 * MINUTE) is False
    assert told(database, ALARM) == [(f"endpoint:{chat}", "chat:desk-chat")]

    fail(database, "email", None)
    fail(database, "chat:desk-chat", NOON)
    assert here.watch(NOON + 17 * MINUTE) is True
    assert open_kinds(database) == [(alarms.FAILING, "chat:desk-chat")]
    assert told(database, ALARM)[1:] == [("desk", "console"), (f"staff:{member}", "email")]


def test_a_dead_letter_is_told_on_another_channel_than_the_one_that_failed(
    database: Database,
) -> None:
    a_member(database, "ida")
    chat = an_endpoint(database, "desk-chat")
    an_inquiry(database)
    give_up(database, "email", NOON)
    here = rounds(database)

    assert here.watch(NOON + MINUTE) is True
    assert here.watch(NOON + 2 * MINUTE) is False

    assert told(database, UNDELIVERED) == [(f"endpoint:{chat}", "chat:desk-chat")]
    assert open_kinds(database) == [(alarms.DEAD, "email")]


def test_mail_never_tells_of_a_dead_mail_but_of_every_other(database: Database) -> None:
    member = a_member(database, "ida")
    an_endpoint(database, "desk-chat")
    an_inquiry(database, safety="yes")
    here = rounds(database)
    here.alert_urgent(NOON)
    give_up(database, "chat:desk-chat", NOON)

    here.watch(NOON + MINUTE)
    assert told(database, UNDELIVERED) == [("desk", "console"), (f"staff:{member}", "email")]

    give_up(database, "email", NOON + MINUTE)
    here.watch(NOON + 2 * MINUTE)
    later = told(database, UNDELIVERED)[2:]
    assert later
    assert "email" not in {channel for _, channel in later}


def test_more_dead_letters_are_told_once_an_hour(database: Database) -> None:
    a_member(database, "ida")
    an_endpoint(database, "desk-chat")
    for _ in range(3):
        an_inquiry(database)
    here = rounds(database)
    give_up(database, "email", NOON, count=1)
    here.watch(NOON)
    give_up(database, "email", NOON + MINUTE, count=1)
    here.watch(NOON + MINUTE)
    assert len(told(database, UNDELIVERED)) == 1

    assert here.watch(NOON + 61 * MINUTE) is True
    assert here.watch(NOON + 62 * MINUTE) is False

    assert len(told(database, UNDELIVERED)) == 2
    with database.read() as session:
        alarm = alarms.open_alarm(session, alarms.DEAD, "email")
    assert alarm is not None
    assert alarm.detail["count"] == 2


def test_dead_letters_that_were_replayed_or_cancelled_end_the_alarm(database: Database) -> None:
    an_inquiry(database)
    here = rounds(database)
    give_up(database, "email", NOON)
    here.watch(NOON + MINUTE)

    with database.write() as session:
        session.execute(
            update(OutboxMessage).where(OutboxMessage.state == "dead").values(state="cancelled")
        )
    here.watch(NOON + 2 * MINUTE)

    assert open_kinds(database) == []


def test_a_person_on_call_whose_endpoint_is_gone_is_noticed(sqlite_database: Database) -> None:
    a_member(sqlite_database, "ida")
    here = rounds(sqlite_database, on_call="pager")

    assert here.watch(NOON) is True
    assert open_kinds(sqlite_database) == [(alarms.ON_CALL_MISSING, "pager")]

    an_endpoint(sqlite_database, "pager", "sms")
    here.watch(NOON + MINUTE)
    assert open_kinds(sqlite_database) == []


def test_what_is_closed_as_a_test_is_nobodys_alarm(sqlite_database: Database) -> None:
    an_inquiry(sqlite_database)
    with sqlite_database.write() as session:
        session.execute(update(Inquiry).values(status="closed", outcome="test", closed_at=NOON))

    assert rounds(sqlite_database).watch(NOON + timedelta(days=2)) is False
