"""The ladder: each step once, to the one whose turn it is, in business time."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.clinic.hours import business_hours
from intake.desk.escalation import ESCALATED
from intake.inquiries.alerts import DUE_SOON, OVERDUE, URGENT
from intake.inquiries.models import Inquiry
from intake.notifications.alarms import open_alarms
from intake.notifications.models import Attendance, Escalation, OutboxMessage
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import a_member, an_endpoint, rounds, told
from tests.factories import a_clinic, an_inquiry

# Received Monday noon, due Tuesday noon: eight open hours.
HALF = NOON + timedelta(hours=4)
FOUR_FIFTHS = NOON + timedelta(hours=22, minutes=24)
DUE = NOON + timedelta(hours=24)
LATE = NOON + timedelta(hours=28)
MINUTE = timedelta(minutes=1)


def steps(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Escalation.step).order_by(Escalation.taken_at)))


def assign(database: Database, staff_id: int, **values: object) -> None:
    with database.write() as session:
        session.execute(update(Inquiry).values(assignee_id=staff_id, **values))


def test_each_step_is_taken_when_its_time_has_come_and_only_once(database: Database) -> None:
    a_member(database, "ida")
    an_inquiry(database)
    here = rounds(database)

    taken = [
        here.climb(at)
        for mark in (HALF, FOUR_FIFTHS, DUE, LATE)
        for at in (mark - MINUTE, mark, mark + MINUTE)
    ]

    assert taken == [0, 1, 0] * 4
    assert steps(database) == ["50", "80", "100", "150"]
    with database.read() as session:
        details = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == ESCALATED).order_by(AuditEvent.id)
        )
        assert [one["step"] for one in details] == ["50", "80", "100", "150"]


def test_owner_backup_lead_and_clinic_owner_are_told_in_turn(database: Database) -> None:
    owner, backup = a_member(database, "ida"), a_member(database, "ben")
    a_member(database, "cora")
    an_inquiry(database)
    assign(database, owner)
    with database.write() as session:
        session.add(Attendance(staff_id=owner, backup_id=backup))
    here = rounds(database, lead="lead@clinic.example", owner="owner@clinic.example")

    for at in (HALF, FOUR_FIFTHS, DUE, LATE):
        here.climb(at)

    assert told(database, DUE_SOON) == [(f"staff:{owner}", "email"), (f"staff:{backup}", "email")]
    assert told(database, OVERDUE) == [("contact:lead", "email"), ("contact:owner", "email")]


def test_an_inquiry_of_nobody_is_told_to_all_coordinators(database: Database) -> None:
    coordinators = [a_member(database, "ida"), a_member(database, "ben")]
    a_member(database, "ada", ["administrator"])
    an_inquiry(database)

    rounds(database).climb(HALF)

    assert told(database, DUE_SOON) == [(f"staff:{one}", "email") for one in coordinators]


def test_without_contacts_the_administrators_hear_what_is_late(database: Database) -> None:
    a_member(database, "ida")
    administrator = a_member(database, "ada", ["administrator"])
    an_inquiry(database)

    rounds(database).climb(DUE)

    assert (f"staff:{administrator}", "email") in told(database, OVERDUE)


def test_with_nobody_at_all_the_terminal_is_told(sqlite_database: Database) -> None:
    an_inquiry(sqlite_database)

    rounds(sqlite_database).climb(HALF)

    assert told(sqlite_database, DUE_SOON) == [("desk", "console")]


def test_an_owner_who_left_passes_it_to_the_coordinators(sqlite_database: Database) -> None:
    owner, other = a_member(sqlite_database, "ida"), a_member(sqlite_database, "ben")
    an_inquiry(sqlite_database)
    assign(sqlite_database, owner)
    with sqlite_database.write() as session:
        session.execute(update(Staff).where(Staff.id == owner).values(active=False))

    rounds(sqlite_database).climb(HALF)

    assert told(sqlite_database, DUE_SOON) == [(f"staff:{other}", "email")]


def test_several_that_come_due_together_are_one_message(database: Database) -> None:
    member = a_member(database, "ida")
    for _ in range(3):
        an_inquiry(database)

    assert rounds(database).climb(HALF) == 3

    assert told(database, DUE_SOON) == [(f"staff:{member}", "email")]
    with database.read() as session:
        message = session.scalars(
            select(OutboxMessage).where(OutboxMessage.event == DUE_SOON)
        ).one()
        assert len(message.payload["inquiries"]) == 3
        assert set(message.payload) == {"inquiries"}


def test_after_a_week_without_a_worker_all_rungs_hear_that_it_is_late(database: Database) -> None:
    a_member(database, "ida")
    an_inquiry(database)
    here = rounds(database, lead="lead@clinic.example", owner="owner@clinic.example")

    assert here.climb(NOON + timedelta(days=7)) == 4

    assert told(database, DUE_SOON) == []
    assert {"contact:lead", "contact:owner"} < {one for one, _ in told(database, OVERDUE)}


def test_no_step_is_taken_while_the_clinic_is_closed(sqlite_database: Database) -> None:
    friday = datetime.fromisoformat("2026-12-04T16:30:00-05:00")
    a_member(sqlite_database, "ida")
    an_inquiry(sqlite_database, at=friday)
    here = rounds(sqlite_database)

    weekend = [here.climb(friday + timedelta(hours=hours)) for hours in range(1, 64)]

    assert sum(weekend) == 0
    assert here.climb(friday + timedelta(hours=64 + 4)) == 1  # Monday, 12:30


@pytest.mark.parametrize(
    "values",
    [
        {"first_responded_at": NOON},
        {"status": "waiting_on_patient"},
        {"status": "closed", "outcome": "test", "closed_at": NOON},
    ],
)
def test_what_is_answered_waits_for_them_or_is_closed_takes_no_step(
    sqlite_database: Database, values: dict[str, object]
) -> None:
    member = a_member(sqlite_database, "ida")
    an_inquiry(sqlite_database)
    assign(sqlite_database, member, **values)

    assert rounds(sqlite_database).climb(LATE) == 0


def test_workers_at_the_same_moment_take_each_step_once(database: Database) -> None:
    a_member(database, "ida")
    for _ in range(4):
        an_inquiry(database, safety="yes")
    counts: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        here = rounds(database)
        start.wait()
        counts.append(here.climb(LATE) + here.alert_urgent(LATE))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert sum(counts) == 4 * 5
    assert len(steps(database)) == 4 * 5
    with database.read() as session:
        told_of = [
            number
            for payload in session.scalars(
                select(OutboxMessage.payload).where(
                    OutboxMessage.event == URGENT, OutboxMessage.recipient.startswith("staff:")
                )
            )
            for number in payload["inquiries"]
        ]
    assert len(told_of) == len(set(told_of)) == 4


def test_an_urgent_inquiry_is_due_after_two_open_hours_but_promised_as_all(
    sqlite_database: Database,
) -> None:
    a_member(sqlite_database, "ida")
    receipt = an_inquiry(sqlite_database, safety="yes")

    with sqlite_database.read() as session:
        stored = session.scalars(select(Inquiry)).one()
    assert stored.due_at == NOON + timedelta(hours=2)
    assert receipt.due_at == stored.first_response_due_at == DUE
    assert rounds(sqlite_database).climb(NOON + timedelta(hours=1)) == 1
    assert rounds(sqlite_database).climb(NOON + timedelta(hours=3)) == 3
    evening = NOON + timedelta(hours=4, minutes=30)  # 4.30 pm: half an hour, then the next morning
    due = business_hours(a_clinic()).answer_due(evening, evening + timedelta(days=9), urgent=True)
    assert due == NOON + timedelta(hours=22, minutes=30)


def test_urgent_is_told_at_once_on_the_second_channel_and_to_who_is_on_call(
    database: Database,
) -> None:
    member = a_member(database, "ida")
    chat = an_endpoint(database, "desk-chat")
    sms = an_endpoint(database, "on-call", "sms")
    an_endpoint(database, "crm", "webhook")
    an_inquiry(database, safety="yes")
    an_inquiry(database)
    here = rounds(database, on_call="on-call")

    assert here.alert_urgent(NOON) == 1
    assert here.alert_urgent(NOON + MINUTE) == 0

    assert told(database, URGENT) == [
        (f"endpoint:{sms}", "sms:on-call"),
        (f"endpoint:{chat}", "chat:desk-chat"),
        (f"staff:{member}", "email"),
    ]
    with database.read() as session:
        (alarm,) = open_alarms(session)
    assert alarm.kind == URGENT


def test_urgent_without_a_second_channel_goes_to_terminal_band_and_mail(
    sqlite_database: Database,
) -> None:
    member = a_member(sqlite_database, "ida")
    an_inquiry(sqlite_database, safety="yes")

    rounds(sqlite_database, on_call="nurse@clinic.example").alert_urgent(NOON)

    assert told(sqlite_database, URGENT) == [
        ("contact:on_call", "email"),
        ("desk", "console"),
        (f"staff:{member}", "email"),
    ]


def test_a_round_without_news_writes_nothing(sqlite_database: Database) -> None:
    a_member(sqlite_database, "ida")
    an_inquiry(sqlite_database)
    here = rounds(sqlite_database)
    writes: list[object] = []
    really_write = sqlite_database.write

    def write() -> object:
        writes.append(1)
        return really_write()

    sqlite_database.write = write  # type: ignore[method-assign, assignment]
    here.climb(NOON)
    here.alert_urgent(NOON)
    here.watch(NOON)

    assert writes == []
