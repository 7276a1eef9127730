"""The day of one inquiry, through the verbs."""

from datetime import timedelta

import pytest

from intake.desk.assignment import claim
from intake.desk.attempts import log_attempt
from intake.desk.closing import close, close_not_suitable, reopen
from intake.desk.models import Channel, DispositionCode, Result
from intake.desk.moves import (
    hand_to_clinician,
    record_disposition,
    request_information,
    schedule,
)
from intake.desk.replies import information_came
from intake.desk.undo import undo
from intake.inquiries.models import Outcome, Status
from intake.storage.database import Database
from tests.desk.work import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_the_whole_day_of_one_inquiry(desk: Desk) -> None:
    reference = desk.inquiry()

    desk.do(claim, reference)
    tried = desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.NO_ANSWER)
    reached = desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    asked = desk.do(request_information, reference, text="Which country do you live in?")
    came = desk.wrote(information_came, reference)
    handed = desk.do(hand_to_clinician, reference, summary="Ana, 52.", question="A first talk?")
    decided = desk.do(
        record_disposition,
        reference,
        by=desk.doctor,
        disposition=DispositionCode.OFFER,
        words="Yes.",
    )
    booked = desk.do(schedule, reference, starts_at=desk.now + timedelta(days=3))
    closed = desk.do(close, reference, outcome=Outcome.CONSULTATION_HELD)
    undone = desk.do(undo, reference, move_id=closed.move_id)

    assert [one.status for one in (tried, reached, asked, came, handed, decided)] == [
        Status.CONTACTING,
        Status.IN_DISCUSSION,
        Status.WAITING_ON_PATIENT,
        Status.IN_DISCUSSION,
        Status.CLINICAL_REVIEW,
        Status.IN_DISCUSSION,
    ]
    assert booked.status is Status.SCHEDULED
    assert closed.status is Status.CLOSED
    assert (undone.status, undone.due_at) == (booked.status, booked.due_at)


def test_a_clinician_closes_and_a_coordinator_reopens(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, channel=Channel.CALL, result=Result.REACHED)
    handed = desk.do(hand_to_clinician, reference, summary="Ana, 52.", question="A first talk?")

    closed = desk.do(
        close_not_suitable,
        reference,
        by=desk.doctor,
        reason="risk",
        no_message_because="told_by_phone",
        fresh_sign_in=True,
    )
    opened = desk.do(reopen, reference, reason="mistake")

    assert (closed.status, closed.outcome) == (Status.CLOSED, "not_suitable")
    assert opened.status is Status.CLINICAL_REVIEW
    assert opened.due_at == handed.due_at
