"""What no act may do to a clock: reset it, lose it, or let it run while we wait for the person."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from intake.audit.models import OPERATOR, AuditEvent
from intake.desk.assignment import BULK_MAX, assign, claim, each, unassign
from intake.desk.attempts import log_attempt
from intake.desk.clocks import clocks_of
from intake.desk.models import Channel, ClockKind, DispositionCode, Result
from intake.desk.moves import (
    hand_to_clinician,
    record_disposition,
    request_information,
    restore_from_quarantine,
)
from intake.desk.replies import information_came
from intake.desk.snooze import snooze
from intake.desk.spam import close_as_spam
from intake.desk.undo import undo
from intake.errors import Conflict, InvalidInput
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.returned_mail import NOT_REACHED_YET
from intake.notifications.models import OutboxMessage
from intake.operations.rounds import DeskRounds
from intake.staff.members import deactivate
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DUE = NOON + DAY


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def reached(desk: Desk) -> str:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    return reference


def clock(desk: Desk, reference: str, kind: ClockKind) -> tuple[datetime, bool]:
    with desk.database.read() as session:
        row = session.scalars(select(Inquiry).where(Inquiry.reference == reference)).one()
        found = [one for one in clocks_of(session, desk.office, row) if one.kind is kind]
    return found[-1].due_at, found[-1].runs


def test_out_of_quarantine_the_original_clock_goes_on(desk: Desk) -> None:
    reference = desk.inquiry(signs=("honeypot", "too_fast"))
    desk.now += 5 * HOUR

    restored = desk.do(restore_from_quarantine, reference)

    row = desk.look(reference)
    assert (restored.status, row.received_at, row.due_at) == (Status.NEW, NOON, DUE)


def test_reassigning_and_snoozing_move_no_clock(desk: Desk) -> None:
    reference = desk.inquiry()

    desk.do(claim, reference)
    desk.do(assign, reference, to=desk.rosa.id)
    desk.do(snooze, reference, until=NOON + 3 * DAY)
    desk.do(unassign, reference)

    assert clock(desk, reference, ClockKind.FIRST_RESPONSE) == (DUE, True)
    assert desk.look(reference).due_at == DUE


def test_our_reply_is_owed_from_when_they_wrote_and_stands_still_while_we_wait(desk: Desk) -> None:
    reference = reached(desk)  # 12:01
    desk.wrote(information_came, reference)  # 12:02, due a business day later
    before, _ = clock(desk, reference, ClockKind.REPLY)

    desk.do(request_information, reference, text="Where do you live?")  # 12:03
    _, runs = clock(desk, reference, ClockKind.REPLY)
    desk.now += 2 * DAY
    desk.wrote(information_came, reference)  # 12:04 two days later: 16 open hours and a minute
    after, goes_on = clock(desk, reference, ClockKind.REPLY)

    assert before == datetime(2026, 11, 24, 17, 2, tzinfo=before.tzinfo)
    assert (runs, goes_on) == (False, True)
    # Thanksgiving and Florida's Friday after it are closed: two open days later is Monday.
    assert after == datetime(2026, 11, 30, 17, 3, tzinfo=after.tzinfo)


def test_what_they_add_to_a_new_inquiry_stops_no_clock(desk: Desk) -> None:
    reference = desk.inquiry()

    came = desk.wrote(information_came, reference)

    assert (came.status, came.move_id) == (Status.NEW, None)
    assert clock(desk, reference, ClockKind.FIRST_RESPONSE) == (DUE, True)


def test_a_reply_by_the_link_makes_contact(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.NO_ANSWER)

    came = desk.wrote(information_came, reference, by=desk.person(reference))

    assert came.status is Status.IN_DISCUSSION
    assert desk.look(reference).first_responded_at == desk.now


def test_a_clinician_has_two_business_days(desk: Desk) -> None:
    reference = reached(desk)

    desk.do(hand_to_clinician, reference, summary="A.", question="B?")
    due, runs = clock(desk, reference, ClockKind.CLINICIAN_ANSWER)
    desk.do(record_disposition, reference, by=desk.doctor, disposition=DispositionCode.ANSWERED)

    assert (due, runs) == (NOON + 2 * DAY + timedelta(minutes=2), True)
    assert not clock(desk, reference, ClockKind.CLINICIAN_ANSWER)[1]


def test_undo_gives_back_owner_status_and_clocks_and_only_once(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(claim, reference)
    before = desk.look(reference)
    tried = desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)

    desk.do(undo, reference, move_id=tried.move_id)

    after = desk.look(reference)
    assert (after.status, after.assignee_id, after.due_at, after.first_responded_at) == (
        "new",
        desk.ida.id,
        before.due_at,
        None,
    )
    with pytest.raises(Conflict, match="already_undone"):
        desk.do(undo, reference, move_id=tried.move_id)


def test_undo_is_refused_when_something_came_after_it_or_it_is_long_ago(desk: Desk) -> None:
    reference, other = reached(desk), desk.inquiry()
    asked = desk.do(request_information, reference, text="Where?")
    desk.wrote(information_came, reference)
    claimed = desk.do(claim, other)

    with pytest.raises(Conflict, match="changed_since"):
        desk.do(undo, reference, move_id=asked.move_id)
    desk.now += HOUR
    with pytest.raises(Conflict, match="undo_over"):
        desk.do(undo, other, move_id=claimed.move_id)


def test_what_may_be_a_person_is_spam_for_two_people_only(desk: Desk) -> None:
    reference = desk.inquiry(signs=("honeypot", "too_fast"))

    proposed = desk.do(close_as_spam, reference, reason="advertising")
    with pytest.raises(Conflict, match="second_person_needed"):
        desk.do(close_as_spam, reference, reason="advertising")
    closed = desk.do(close_as_spam, reference, by=desk.rosa, reason="advertising")

    assert (proposed.status, closed.status) == (Status.QUARANTINED, Status.CLOSED)


def test_who_works_alone_may_close_it_a_day_later(desk: Desk) -> None:
    reference = desk.inquiry(signs=("honeypot", "too_fast"))
    with desk.database.write() as session:
        deactivate(session, email="rosa@clinic.example", at=desk.now, actor=OPERATOR)
    desk.do(close_as_spam, reference, reason="advertising")

    with pytest.raises(Conflict):
        desk.do(close_as_spam, reference, reason="advertising")
    desk.now += DAY

    assert desk.do(close_as_spam, reference, reason="advertising").status is Status.CLOSED


def test_plain_rubbish_needs_one_pair_of_eyes(desk: Desk) -> None:
    signs = ("honeypot", "too_fast")
    reference = desk.inquiry(
        signs=signs, contact_by=["email"], phone="", voicemail="", story="Buy now"
    )

    assert desk.do(close_as_spam, reference, reason="nonsense").status is Status.CLOSED


def test_reminders_go_out_on_day_3_and_7_and_day_30_ends_it(desk: Desk) -> None:
    reference = reached(desk)
    asked = desk.do(request_information, reference, text="Where do you live?")
    rounds = DeskRounds(desk.database, desk.office)

    told = [
        rounds.remind(desk.now + days * DAY + late)
        for days in (3, 7)
        for late in (-HOUR, timedelta(), HOUR)
    ]
    ended = [rounds.end_waiting(desk.now + 30 * DAY + late) for late in (-HOUR, HOUR, DAY)]

    assert (told, ended) == ([0, 1, 0] * 2, [0, 1, 0])
    assert desk.look(reference).status == "in_discussion"
    with desk.database.read() as session:
        written = session.scalar(
            select(func.count()).where(OutboxMessage.event == "inquiry.reminded")
        )
        events = session.scalar(
            select(func.count()).where(
                AuditEvent.action == "inquiry.waiting_ended",
                AuditEvent.subject == asked.public_id,
            )
        )
    assert (written, events) == (2, 1)


def test_after_a_long_stop_one_reminder_makes_up_for_two(desk: Desk) -> None:
    reference = reached(desk)
    desk.do(request_information, reference, text="Where do you live?")
    rounds = DeskRounds(desk.database, desk.office)

    assert [rounds.remind(desk.now + 9 * DAY), rounds.remind(desk.now + 10 * DAY)] == [1, 0]


def test_a_snoozed_inquiry_wakes_once_and_when_its_time_has_come(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(snooze, reference, until=NOON + DAY)
    rounds = DeskRounds(desk.database, desk.office)

    woken = [rounds.wake(NOON + DAY + late) for late in (-HOUR, timedelta(), HOUR)]

    assert woken == [0, 1, 0]
    assert desk.look(reference).snoozed_until is None


@pytest.mark.parametrize(("until", "code"), [(NOON - DAY, "past"), (NOON + 91 * DAY, "far")])
def test_snoozing_into_the_past_or_for_months_is_refused(
    desk: Desk, until: datetime, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.do(snooze, desk.inquiry(), until=until)

    assert refused.value.problems[0].code == code


def test_fifty_at_once_and_one_that_changed_is_named_and_not_touched(desk: Desk) -> None:
    references = [desk.inquiry() for _ in range(3)]
    chosen = [(one, 1) for one in references]
    desk.do(claim, references[0])
    with desk.database.write() as session:
        bulk = each(
            chosen,
            lambda reference, version: assign(
                session,
                desk.office,
                reference,
                version,
                to=desk.rosa.id,
                by=desk.ida,
                at=desk.now,
            ),
        )

    assert set(bulk.refused) == {references[0]}
    assert {one.reference for one in bulk.done} == set(references[1:])
    assert desk.look(references[0]).assignee_id == desk.ida.id
    with pytest.raises(InvalidInput):
        each(
            [(str(number), 1) for number in range(BULK_MAX + 1)], lambda *_: pytest.fail("too many")
        )


def test_the_new_owner_is_told_and_whoever_claims_is_not(desk: Desk) -> None:
    claimed, given = desk.inquiry(), desk.inquiry()

    desk.do(claim, claimed)
    desk.do(assign, given, to=desk.rosa.id)

    with desk.database.read() as session:
        told = session.scalars(
            select(OutboxMessage.recipient).where(OutboxMessage.event == "inquiry.assigned")
        ).all()
    assert told == [f"staff:{desk.rosa.id}"]


def test_nobody_owns_an_inquiry_who_may_not_act_on_it(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        desk.do(assign, desk.inquiry(), to=999)


def test_a_bounce_runs_the_first_response_again_and_the_desk_goes_on_from_there(
    desk: Desk,
) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.EMAIL, result=Result.SENT)
    with desk.database.write() as session:  # as inquiries/returned_mail writes it
        session.execute(
            update(Inquiry)
            .where(Inquiry.reference == reference, Inquiry.status.in_(NOT_REACHED_YET))
            .values(first_responded_at=None, due_at=DUE, version=Inquiry.version + 1)
        )

    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.NO_ANSWER)

    assert clock(desk, reference, ClockKind.FIRST_RESPONSE) == (DUE, True)
    assert desk.look(reference).due_at == DUE
