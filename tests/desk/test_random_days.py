"""Random days at the desk: no order of acts loses a clock, an owner or an event.

After each act the whole inquiry is compared with what must hold; an act that was refused must have
changed nothing, and taking an act back must give exactly what was there before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.audit.models import SYSTEM, AuditEvent
from intake.desk import assignment, attempts, callbacks, closing, moves, replies, snooze, spam
from intake.desk.lifecycle import Verb
from intake.desk.models import (
    Appointment,
    Channel,
    ClinicalReview,
    Clock,
    DispositionCode,
    InformationRequest,
    InquiryMove,
    Result,
)
from intake.desk.office import By
from intake.desk.undo import undo
from intake.errors import IntakeError
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.storage.database import Database
from tests.desk.work import Desk, row_of

CALL = {"channel": Channel.CALL}
NO_WORD = {"no_message_because": "told_by_phone"}
LATER = "later"  # a day ahead of the act, at 15:00 UTC: a decent hour everywhere we test
ACTS: Mapping[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "restore": (moves.restore_from_quarantine, {}),
    "spam": (spam.close_as_spam, {"reason": "nonsense"}),
    "no answer": (attempts.log_attempt, {**CALL, "result": Result.NO_ANSWER}),
    "voicemail": (attempts.log_attempt, {**CALL, "result": Result.VOICEMAIL}),
    "reached": (attempts.log_attempt, {**CALL, "result": Result.REACHED}),
    "reached again": (attempts.log_attempt, {**CALL, "result": Result.REACHED}),
    "stop": (attempts.log_attempt, {**CALL, "result": Result.ASKED_TO_STOP}),
    "ask": (moves.request_information, {"text": "Where?"}),
    "stop waiting": (moves.stop_waiting, {}),
    "hand over": (moves.hand_to_clinician, {"summary": "A.", "question": "B?"}),
    "decide": (moves.record_disposition, {"disposition": DispositionCode.OFFER}),
    "decide, ask": (
        moves.record_disposition,
        {"disposition": DispositionCode.ASK_MORE, "ask_person": "Which?"},
    ),
    "not suitable": (
        closing.close_not_suitable,
        {"reason": "risk", "fresh_sign_in": True, **NO_WORD},
    ),
    "schedule": (moves.schedule, {"starts_at": LATER}),
    "unschedule": (moves.unschedule, {}),
    "held": (closing.close, {"outcome": Outcome.CONSULTATION_HELD}),
    "not offered": (
        closing.close,
        {"outcome": Outcome.NOT_OFFERED, "reason": "no_room", **NO_WORD},
    ),
    "duplicate": (closing.close_as_duplicate, {"kept": "another"}),
    "reopen": (closing.reopen, {"reason": "mistake"}),
    "claim": (assignment.claim, {}),
    "unassign": (assignment.unassign, {}),
    "snooze": (snooze.snooze, {"until": LATER}),
    "wake": (snooze.wake, {}),
    "call back": (callbacks.book_callback, {"starts_at": LATER}),
    "no call back": (callbacks.cancel_callback, {}),
}
OWNER_MOVES = {Verb.CLAIM, Verb.ASSIGN, Verb.UNASSIGN, Verb.UNDO}
OPEN_PART = {
    Status.WAITING_ON_PATIENT: InformationRequest,
    Status.CLINICAL_REVIEW: ClinicalReview,
}
COLUMNS = tuple(
    column.key
    for column in Inquiry.__table__.columns
    if column.key not in {"version", "answers", "label", "access", "data_key"}
)
ENDINGS = (InformationRequest, Appointment, ClinicalReview)
BEGINNINGS = (
    (),
    ("no answer",),
    ("claim", "reached"),
    ("reached", "ask"),
    ("reached", "ask", "wrote"),
    ("reached", "wrote", "ask", "wrote"),
    ("reached", "wrote", "ask", "stop waiting"),
    ("reached", "wrote", "ask", "hand over"),
    ("reached", "hand over"),
    ("reached", "wrote", "hand over"),
    ("reached", "hand over", "not offered"),
)
acts = st.tuples(
    st.sampled_from([*ACTS, "wrote", "undo", "undo"]),
    st.sampled_from(["ida", "rosa", "doctor"]),
    st.sampled_from([0, 3, 60, 60 * 26]),
)


@dataclass(frozen=True)
class Whole:
    """Everything about one inquiry that an undo must give back."""

    row: tuple[object, ...]
    clocks: frozenset[tuple[object, ...]]
    open: frozenset[tuple[str, int]]


def whole(session: Session, reference: str) -> Whole:
    session.expire_all()
    row = row_of(session, reference)
    running = session.scalars(
        select(Clock).where(Clock.inquiry_id == row.id, Clock.stopped_at.is_(None))
    )
    still = {
        (model.__tablename__, number)
        for model in ENDINGS
        for number in session.scalars(
            select(model.id).where(model.inquiry_id == row.id, model.ended_at.is_(None))
        )
    }
    return Whole(
        tuple(getattr(row, name) for name in COLUMNS),
        frozenset(
            (one.id, one.kind, one.started_at, one.due_at, one.paused_since, one.paused_ms)
            for one in running
        ),
        frozenset(still),
    )


def counted(session: Session, reference: str) -> tuple[int, int, int]:
    """Return the version, how many moves there are, and how many events."""
    row = row_of(session, reference)
    of_inquiry = InquiryMove.inquiry_id == row.id
    moves_made = session.scalar(select(func.count()).where(of_inquiry)) or 0
    of_subject = AuditEvent.subject == row.public_id
    return row.version, moves_made, session.scalar(select(func.count()).where(of_subject)) or 0


def must_hold(session: Session, desk: Desk, reference: str, promised: tuple[object, ...]) -> None:
    row = row_of(session, reference)
    status = Status(row.status)
    now = whole(session, reference)
    kinds = [str(clock[1]) for clock in now.clocks]
    still = [name for name, _ in now.open]
    assert (row.received_at, row.first_response_due_at) == promised
    assert (row.closed_at is not None) is (status is Status.CLOSED)
    assert len(set(kinds)) == len(kinds)
    assert ("clinician_answer" in kinds) is (status is Status.CLINICAL_REVIEW)
    for here, model in OPEN_PART.items():
        assert (still.count(model.__tablename__) == 1) is (status is here)
    paused = {clock[4] is not None for clock in now.clocks}
    assert paused <= {status is Status.WAITING_ON_PATIENT}
    if status is Status.CLOSED:
        assert (now.clocks, now.open, row.outcome is not None) == (frozenset(), frozenset(), True)
        return
    assert row.outcome is None
    if status is Status.SCHEDULED:
        assert still.count("appointments") >= 1
    if status in {Status.NEW, Status.QUARANTINED}:
        assert row.first_responded_at is None
    if status in {Status.NEW, Status.QUARANTINED, Status.CONTACTING} and not row.first_responded_at:
        assert row.due_at <= row.first_response_due_at
    if status not in {Status.NEW, Status.QUARANTINED, Status.CONTACTING}:
        assert row.contact_made_at is not None
    running = [clock[3] for clock in now.clocks if clock[4] is None]
    assert all(row.due_at <= due for due in running)  # type: ignore[operator]


def take_back(session: Session, desk: Desk, reference: str, by: By) -> None:
    row = row_of(session, reference)
    last = session.scalars(
        select(InquiryMove)
        .where(InquiryMove.inquiry_id == row.id)
        .order_by(InquiryMove.id.desc())
        .limit(1)
    ).one_or_none()
    number = last.id if last else 0
    undo(session, desk.office, reference, row.version, move_id=number, by=by, at=desk.now)


def act(session: Session, desk: Desk, reference: str, name: str, who: str) -> None:
    by: By = getattr(desk, who)
    if name == "undo":
        take_back(session, desk, reference, by)
        return
    if name == "wrote":
        replies.information_came(session, desk.office, reference, by=SYSTEM, at=desk.now)
        return
    verb, given_words = ACTS[name]
    later = (desk.now + timedelta(days=1)).replace(hour=15)
    arguments = {key: later if value is LATER else value for key, value in given_words.items()}
    version = row_of(session, reference).version
    verb(session, desk.office, reference, version, by=by, at=desk.now, **arguments)


def live(desk: Desk, reference: str, day: list[tuple[str, str, int]]) -> int:
    """Live through a day and return how many acts were done."""
    first = desk.look(reference)
    promised = (first.received_at, first.first_response_due_at)
    done = 0
    before: list[Whole] = []
    for name, who, minutes in day:
        desk.now += timedelta(minutes=minutes, seconds=1)
        with desk.database.write() as session:
            was, counts = whole(session, reference), counted(session, reference)
            owner = row_of(session, reference).assignee_id
            try:
                act(session, desk, reference, name, who)
            except IntakeError:
                session.flush()
                assert whole(session, reference) == was
                assert counted(session, reference) == counts
                continue
            after = counted(session, reference)
            made = after[1] - counts[1]
            assert (after[0] - counts[0], after[2] - counts[2]) == (made, made)
            last = session.scalars(
                select(InquiryMove).order_by(InquiryMove.id.desc()).limit(1)
            ).one_or_none()
            if row_of(session, reference).assignee_id != owner:
                assert last is not None
                assert Verb(last.verb) in OWNER_MOVES
            must_hold(session, desk, reference, promised)
            if name == "undo":
                assert whole(session, reference) == before.pop()
            elif made:
                before.append(was)
            done += bool(made)
    return done


_NUMBERS = count()


def somebody_new(number: int) -> dict[str, str]:
    """Return contact data of their own: people we know are never quarantined."""
    area = ("305", "786", "954", "407", "561")[number // 100 % 5]
    return {
        "phone": f"({area}) 555-01{number % 100:02d}",
        "email": f"ana{number}@mail.example.org",
    }


@pytest.fixture
def desk(database: Database) -> Desk:
    """One clinic for all examples: each lives through the day of an inquiry of its own."""
    return Desk(database)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    begins=st.sampled_from(BEGINNINGS),
    day=st.lists(acts, min_size=6, max_size=20),
    odd=st.booleans(),
    start_hours=st.sampled_from([0, 6, 13, 100]),
)
def test_no_order_of_acts_loses_a_clock_an_owner_or_an_event(
    desk: Desk,
    begins: tuple[str, ...],
    day: list[tuple[str, str, int]],
    odd: bool,
    start_hours: int,
) -> None:
    desk.now += timedelta(hours=start_hours)
    reference = desk.inquiry(
        signs=("honeypot", "too_fast") if odd else (), **somebody_new(next(_NUMBERS))
    )
    first = [(name, "ida", 5) for name in (("restore", *begins) if odd and begins else begins)]

    assert live(desk, reference, [*first, *day]) >= len(first)
