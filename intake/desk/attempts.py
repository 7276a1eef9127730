"""Trying to reach somebody, in two keys: that it was tried, and how it ended.

The first human act that reached the person or left them something stops the first response; talking
with each other makes two-way contact. Somebody who asks us to stop is withdrawn in the same act.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.crypto.tokens import new_public_id
from intake.desk import acts, clocks
from intake.desk.calling_hours import day_part, local_day
from intake.desk.closing import withdraw_now
from intake.desk.done import Done, done
from intake.desk.endings import end_callbacks
from intake.desk.guards import TEXT_MAX_CHARACTERS
from intake.desk.lifecycle import Verb
from intake.desk.models import Channel, ClockKind, ContactAttempt, InquiryMove, Result
from intake.desk.office import By, Case, Given, Office, member_id
from intake.desk.reasons import ASKED_TO_STOP
from intake.desk.tries_told import tell_of_try, tells_of_try
from intake.desk.writing import written_way
from intake.errors import InvalidInput, Problem
from intake.inquiries.models import Status

LEFT_SOMETHING = frozenset({Result.REACHED, Result.VOICEMAIL, Result.SENT})
FIRST_CONTACT = frozenset({Status.NEW, Status.CONTACTING})
BACK_MAX_DAYS = 7
SPOKEN = frozenset({Channel.CALL, Channel.IN_PERSON})
RESULTS = {
    Channel.CALL: frozenset(Result) - {Result.SENT},
    Channel.IN_PERSON: frozenset({Result.REACHED, Result.ASKED_TO_STOP}),
    Channel.TEXT: frozenset({Result.SENT, Result.WRONG_NUMBER, Result.ASKED_TO_STOP}),
    Channel.EMAIL: frozenset({Result.SENT, Result.ASKED_TO_STOP}),
    Channel.MESSAGE: frozenset({Result.SENT, Result.ASKED_TO_STOP}),
}


def log_attempt(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    channel: Channel,
    result: Result,
    incoming: bool = False,
    note: str = "",
    message_public_id: str | None = None,
    made_at: datetime | None = None,
    by: By,
    at: datetime,
) -> Done:
    """Write down one try and what follows from it.

    ``new`` becomes ``contacting``, or ``in_discussion`` when they were reached; in later statuses
    the status stays. ``asked_to_stop`` closes as withdrawn at once.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs need.
        reference: Of the inquiry.
        version: What the caller read.
        channel: How; one the person did not choose is refused, unless they came to us.
        result: How it ended.
        incoming: They called us.
        note: Sealed; 4000 characters at most.
        message_public_id: The outbox message that was sent, so that its bounce counts.
        made_at: When, where it is written down later; a week back at most.
        by: Who tried.
        at: Now.

    Raises:
        InvalidInput: ``channel``, ``result``, ``note`` or ``made_at``.
    """
    if result is Result.ASKED_TO_STOP:
        return _stop(session, office, reference, version, channel=channel, note=note, by=by, at=at)
    verb, given = Verb.LOG_ATTEMPT, Given(channel=channel, result=result, incoming=incoming)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    when = made_at or at
    if case.status in FIRST_CONTACT:
        target = Status.IN_DISCUSSION if result is Result.REACHED else Status.CONTACTING
        acts.step(case, verb, target)
    else:
        target = case.status
        acts.leaving_status(case, verb)
    _check(case, note, when)
    detail = {"channel": channel.value, "result": result.value, "incoming": incoming}
    if tells_of_try(case, when):
        detail |= {"told": written_way(case)}
    move = acts.write(case, verb, target=target, detail=detail)
    _write(case, move, when, note, message_public_id)
    if detail.get("told"):
        tell_of_try(case, move, when)
    _follow_up(case, when)
    clocks.settle(case)
    return done(case, move)


def _follow_up(case: Case, when: datetime) -> None:
    result = case.given.result
    case.inquiry.snoozed_until = None
    if result in LEFT_SOMETHING:
        clocks.note_contact(case, when, two_way=result is Result.REACHED)
        clocks.stop(case, ClockKind.REPLY)
    if case.given.channel in SPOKEN:
        end_callbacks(case, "kept" if result is Result.REACHED else "missed")


def _stop(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    channel: Channel,
    note: str,
    by: By,
    at: datetime,
) -> Done:
    given = Given(reason=ASKED_TO_STOP, channel=channel, result=Result.ASKED_TO_STOP, incoming=True)
    case = acts.begin(
        session, office, reference, version, verb=Verb.WITHDRAW, by=by, at=at, given=given
    )
    _check(case, note, at)
    ended = withdraw_now(case)
    move = session.get_one(InquiryMove, ended.move_id)
    _write(case, move, at, note, None)
    session.flush()
    return ended


def _check(case: Case, note: str, when: datetime) -> None:
    channel, result = case.given.channel, case.given.result
    problems = []
    if channel is None or (not case.given.incoming and not may_use(case, channel)):
        problems.append(Problem("channel", "not_permitted"))
    elif result not in RESULTS[channel]:
        problems.append(Problem("result", "choice"))
    if len(note) > TEXT_MAX_CHARACTERS:
        problems.append(Problem("note", "too_long"))
    if when > case.at:
        problems.append(Problem("made_at", "future"))
    elif when < max(case.inquiry.received_at, case.at - timedelta(days=BACK_MAX_DAYS)):
        problems.append(Problem("made_at", "past"))
    if problems:
        raise InvalidInput(tuple(problems))


def may_use(case: Case, channel: Channel) -> bool:
    """Whether the person lets us come to them this way; a blocked channel has no button."""
    if channel in {Channel.MESSAGE, Channel.IN_PERSON}:
        return True  # their own page, or they stand before us
    label = case.label
    chosen = label is not None and channel.value in label.ways
    purpose = Purpose.TEXT if channel is Channel.TEXT else Purpose.CONTACT
    return chosen and is_permitted(case.session, case.inquiry.id, purpose)


def _write(
    case: Case, move: InquiryMove, when: datetime, note: str, message_public_id: str | None
) -> None:
    channel, result = case.given.channel, case.given.result
    if channel is None or result is None:
        raise AssertionError  # _check has refused that
    public_id, table = new_public_id(), ContactAttempt.__tablename__
    sealed = case.sealed(note, table=table, column="note", record=public_id) if note else None
    case.session.add(
        ContactAttempt(
            public_id=public_id,
            inquiry_id=case.inquiry.id,
            move_id=move.id,
            channel=channel.value,
            result=result.value,
            incoming=case.given.incoming,
            at=when,
            local_on=local_day(when, case.zone),
            day_part=day_part(when, case.zone).value,
            staff_id=member_id(case.by),
            message_public_id=message_public_id,
            note=sealed,
        )
    )
