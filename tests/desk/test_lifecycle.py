"""Every step of PRODUCT.md section 3, and everything that is no step, for every role.

The expected table is written here by hand from PRODUCT.md and not read from the code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from intake.audit.models import SYSTEM, VISITOR, Actor, ActorKind
from intake.desk import assignment, attempts, callbacks, closing, moves, replies, snooze, spam
from intake.desk.models import Channel, DispositionCode, Result
from intake.desk.office import By
from intake.errors import Conflict, NotPermitted
from intake.inquiries.models import Outcome, Status
from intake.inquiries.queries import Contact
from intake.inquiries.shredding import shred
from intake.privacy.erasure import AskedBy, erase
from intake.staff.models import RoleName
from intake.storage.database import Database
from tests.desk.work import Desk, a_desk_member, row_of, the_office

N, Q, C = Status.NEW, Status.QUARANTINED, Status.CONTACTING
D, W, R = Status.IN_DISCUSSION, Status.WAITING_ON_PATIENT, Status.CLINICAL_REVIEW
S = Status.SCHEDULED
OPEN = {N, Q, C, D, W, R, S}
CLOSED, WITHDRAWN, ERASED = "closed", "withdrawn", "erased"
HERE = [*sorted(OPEN), CLOSED, WITHDRAWN, ERASED]

COORDINATOR, CLINICIAN = {"coordinator"}, {"clinician"}
EITHER = COORDINATOR | CLINICIAN
ACTORS = [*(role.value for role in RoleName), "system", "person", "visitor", "somebody else"]


@dataclass(frozen=True)
class Act:
    """One thing to try: from where it is allowed, for whom, and what it leads to."""

    verb: Callable[..., Any]
    allowed: Mapping[object, set[str]]
    target: object = None
    given: Mapping[str, Any] = field(default_factory=dict)
    versioned: bool = True


def _from(sources: set[Any], who: set[str]) -> dict[object, set[str]]:
    return dict.fromkeys(sources, who)


SOON = timedelta(days=1)
NO_WORD = {"no_message_because": "told_by_phone"}
CALL = {"channel": Channel.CALL}
MORE = {"disposition": DispositionCode.ASK_MORE}
FIRST, LATER = {N, C}, {D, W, R, S}
TALKED = {**_from(FIRST, COORDINATOR), **_from(LATER, EITHER)}
WRITES = {"system", "person"}

ACTS = {
    "restore": Act(moves.restore_from_quarantine, _from({Q}, COORDINATOR), N),
    "spam": Act(spam.close_as_spam, _from({Q}, COORDINATOR), given={"reason": "nonsense"}),
    "no answer": Act(attempts.log_attempt, TALKED, given={**CALL, "result": Result.NO_ANSWER}),
    "reached": Act(attempts.log_attempt, TALKED, given={**CALL, "result": Result.REACHED}),
    "stop": Act(
        attempts.log_attempt,
        _from(OPEN, EITHER | {"person", "privacy_officer"}),
        CLOSED,
        {**CALL, "result": Result.ASKED_TO_STOP},
    ),
    "wrote": Act(replies.information_came, _from(OPEN | {CLOSED}, WRITES), versioned=False),
    "ask": Act(moves.request_information, _from({D}, EITHER), W, {"text": "Where do you live?"}),
    "stop waiting": Act(moves.stop_waiting, _from({W}, EITHER | {"system"}), D),
    "hand over": Act(
        moves.hand_to_clinician, _from({D, W}, COORDINATOR), R, {"summary": "A.", "question": "B?"}
    ),
    "decide": Act(moves.record_disposition, _from({R}, CLINICIAN), D, MORE),
    "decide, ask": Act(
        moves.record_disposition, _from({R}, CLINICIAN), W, {**MORE, "ask_person": "Which?"}
    ),
    "not suitable": Act(
        closing.close_not_suitable,
        _from({R}, CLINICIAN),
        CLOSED,
        {"reason": "risk", "fresh_sign_in": True, **NO_WORD},
    ),
    "schedule": Act(moves.schedule, _from({D, R}, EITHER), S, {"starts_at": SOON}),
    "unschedule": Act(moves.unschedule, _from({S}, COORDINATOR), D),
    "held": Act(
        closing.close, _from({S}, COORDINATOR), CLOSED, {"outcome": Outcome.CONSULTATION_HELD}
    ),
    "handed over": Act(
        closing.close, _from({S}, COORDINATOR), CLOSED, {"outcome": Outcome.HANDED_OVER}
    ),
    "not reached": Act(
        closing.close, _from({C}, COORDINATOR), CLOSED, {"outcome": Outcome.NOT_REACHED}
    ),
    "not offered": Act(
        closing.close,
        _from(OPEN, COORDINATOR),
        CLOSED,
        {"outcome": Outcome.NOT_OFFERED, "reason": "no_room", **NO_WORD},
    ),
    "referred": Act(
        closing.close,
        _from(OPEN, COORDINATOR),
        CLOSED,
        {"outcome": Outcome.REFERRED_ELSEWHERE, "reason": "trial", "message": "refer:en:1"},
    ),
    "withdraw": Act(
        closing.withdraw,
        _from(OPEN, EITHER | {"person", "privacy_officer"}),
        CLOSED,
        {"reason": "by_phone"},
    ),
    "erase": Act(
        erase,
        {
            **_from(OPEN, {"person", "privacy_officer"}),
            **_from({CLOSED, WITHDRAWN}, {"person", "privacy_officer", "system"}),
        },
        ERASED,
        {"contact": Contact(), "asked_by": AskedBy.PERSON},
        versioned=False,
    ),
    "deceased": Act(closing.mark_deceased, _from(OPEN, EITHER), CLOSED),
    "duplicate": Act(
        closing.close_as_duplicate,
        _from(OPEN | {CLOSED}, COORDINATOR),
        CLOSED,
        {"kept": "another"},
    ),
    "reopen": Act(
        closing.reopen, _from({CLOSED}, COORDINATOR | {"system"}), D, {"reason": "mistake"}
    ),
    "take back": Act(
        closing.take_back_withdrawal, _from({WITHDRAWN}, {"person"}), D, versioned=False
    ),
    "claim": Act(assignment.claim, _from(OPEN, EITHER)),
    "assign": Act(assignment.assign, _from(OPEN, EITHER | {"system"}), given={"to": "ida"}),
    "unassign": Act(assignment.unassign, _from(OPEN, EITHER | {"system"})),
    "snooze": Act(snooze.snooze, _from(OPEN - {Q}, EITHER), given={"until": SOON}),
    "wake": Act(snooze.wake, _from(OPEN, EITHER | {"system"})),
    "call back": Act(callbacks.book_callback, _from(OPEN - {Q}, EITHER), given={"starts_at": SOON}),
    "no call back": Act(callbacks.cancel_callback, _from(OPEN, EITHER)),
}


def one_of_each(desk: Desk) -> dict[object, str]:
    """Return an inquiry in each status, brought there by the verbs."""
    made: dict[object, str] = {N: desk.inquiry(), Q: desk.inquiry(signs=("honeypot", "too_fast"))}
    for here in (C, D, W, R, S, CLOSED, WITHDRAWN, ERASED):
        made[here] = reference = desk.inquiry()
        result = Result.NO_ANSWER if here is C else Result.REACHED
        desk.do(attempts.log_attempt, reference, channel=Channel.CALL, result=result)
    desk.do(moves.request_information, made[W], text="Where do you live?")
    desk.do(moves.hand_to_clinician, made[R], summary="A.", question="B?")
    desk.do(moves.schedule, made[S], starts_at=desk.now + SOON)
    desk.do(
        closing.close,
        made[CLOSED],
        outcome=Outcome.NOT_OFFERED,
        reason="no_room",
        message="decline:en:1",
    )
    desk.do(closing.withdraw, made[WITHDRAWN], reason="by_phone")
    with desk.database.write() as session:
        public_id = row_of(session, made[ERASED]).public_id
        shred(session, public_id, reason="test", actor=SYSTEM, at=desk.now)
    return made


def actors(desk: Desk, database: Database) -> dict[str, Callable[[str], By]]:
    """Return who acts, by name; a person is always the person of the inquiry at hand."""
    found: dict[str, Callable[[str], By]] = {
        "system": lambda _: SYSTEM,
        "visitor": lambda _: VISITOR,
        "person": desk.person,
        "somebody else": lambda _: Actor(ActorKind.PERSON, "of another inquiry"),
    }
    for role in RoleName:
        member = a_desk_member(database, f"the-{role.value}".replace("_", "-"), role.value)
        found[role.value] = lambda _, member=member: member  # type: ignore[misc]
    return found


def attempt(session: Session, desk: Desk, act: Act, reference: str, by: By) -> str:
    """Say what an act comes to: the new status, or ``no``."""
    given = {
        name: desk.now + value if isinstance(value, timedelta) else value
        for name, value in act.given.items()
    }
    given |= {"to": desk.ida.id} if "to" in given else {}
    before = row_of(session, reference).version
    known = (before,) if act.versioned else ()
    try:
        act.verb(session, desk.office, reference, *known, by=by, at=desk.now, **given)
    except (Conflict, NotPermitted):
        session.flush()
        assert row_of(session, reference).version == before
        return "no"
    return row_of(session, reference).status


def trial(desk: Desk, act: Act, reference: str, by: By) -> str:
    """Return what an act comes to, and leave no trace of it."""
    with desk.database.write() as session:
        came = attempt(session, desk, act, reference, by)
        session.rollback()
    return came


def test_every_step_is_allowed_and_refused_for_every_role(database: Database) -> None:
    easy = the_office(
        attempts=1,
        attempt_days=1,
        attempt_day_parts=1,
        written_messages=0,
        consultation_needs_offer=False,
    )
    desk = Desk(database, easy)
    made, who = one_of_each(desk), actors(desk, database)
    wrong, tried = [], 0

    for name, act in ACTS.items():
        for here in HERE:
            for actor in ACTORS:
                by = who[actor](made[here])
                came = trial(desk, act, made[here], by)
                tried += 1
                expected = actor in act.allowed.get(here, set())
                if (came != "no") is not expected:
                    wrong.append(f"{name} from {here} by {actor}: {came}, expected {expected}")
                elif expected and act.target is not None and came != act.target:
                    wrong.append(f"{name} from {here} by {actor} came to {came}")

    assert wrong == []
    assert tried == len(ACTS) * len(HERE) * len(ACTORS)


def test_acts_that_were_refused_left_nothing(database: Database) -> None:
    desk = Desk(database)
    reference = desk.inquiry()
    before = desk.look(reference)

    with pytest.raises(Conflict):
        desk.do(moves.request_information, reference, text="Where do you live?")

    after = desk.look(reference)
    assert (after.version, after.due_at, after.status) == (
        before.version,
        before.due_at,
        before.status,
    )
