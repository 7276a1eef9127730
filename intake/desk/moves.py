"""The verbs that move an open inquiry along: out of quarantine, waiting, with a clinician, booked.

Each takes one open write session, the inquiry's reference and the version the caller read, who acts
and when. Closing is in ``closing``, the first contact in ``attempts``.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.crypto.tokens import new_public_id
from intake.desk import acts, clocks
from intake.desk.done import Done, done
from intake.desk.endings import end_callbacks, end_open
from intake.desk.lifecycle import Verb
from intake.desk.models import (
    Appointment,
    AppointmentKind,
    ClinicalReview,
    ClockKind,
    DispositionCode,
    InformationRequest,
)
from intake.desk.office import By, Case, DeskMember, Given, Office, member_id
from intake.desk.reviews import decide
from intake.desk.writing import tell_person
from intake.inquiries.models import Status
from intake.inquiries.news import INFORMATION_REQUESTED
from intake.staff.permissions import Permission


def restore_from_quarantine(
    session: Session, office: Office, reference: str, version: int, *, by: By, at: datetime
) -> Done:
    """Let a doubted inquiry into the queue; its clock has run all the time."""
    case = acts.begin(session, office, reference, version, verb=Verb.RESTORE, by=by, at=at)
    step = acts.step(case, Verb.RESTORE)
    move = acts.write(case, Verb.RESTORE, target=step.target)
    clocks.settle(case)
    return done(case, move)


def request_information(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    text: str,
    by: By,
    at: datetime,
) -> Done:
    """Ask the person for something and wait for it, 30 days at most; clocks stand still meanwhile.

    Raises:
        InvalidInput: ``text``: missing or too long.
    """
    verb, given = Verb.REQUEST_INFORMATION, Given(text=text)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    step = acts.step(case, verb)
    move = acts.write(case, verb, target=step.target)
    ask(case, text)
    clocks.settle(case)
    return done(case, move)


def ask(case: Case, text: str) -> None:
    """Write down what we wait for, tell the person that there is a message, and pause."""
    public_id = new_public_id()
    table = InformationRequest.__tablename__
    case.session.add(
        InformationRequest(
            public_id=public_id,
            inquiry_id=case.inquiry.id,
            body=case.sealed(text, table=table, column="body", record=public_id),
            asked_by=member_id(case.by),
            asked_at=case.at,
            ends_at=case.at + timedelta(days=case.office.rules.waiting_days),
            reminders=0,
        )
    )
    clocks.pause_all(case)
    case.inquiry.snoozed_until = None
    tell_person(case, INFORMATION_REQUESTED, public_id)


def stop_waiting(
    session: Session,
    office: Office,
    reference: str,
    version: int | None,
    *,
    by: By,
    at: datetime,
    how: str = "stopped",
) -> Done:
    """Wait no longer: a member thinks so, or 30 days have passed (``how="expired"``)."""
    verb = Verb.STOP_WAITING
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at)
    step = acts.step(case, verb)
    move = acts.write(case, verb, target=step.target, detail={"how": how})
    end_open(case, InformationRequest, how)
    clocks.resume_all(case)
    clocks.settle(case)
    return done(case, move)


def hand_to_clinician(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    summary: str,
    question: str,
    clinician_id: int | None = None,
    by: By,
    at: datetime,
) -> Done:
    """Ask a clinician; their clock starts.

    Raises:
        InvalidInput: ``summary`` or ``question`` missing or too long; ``health_permission``.
    """
    verb, given = Verb.HAND_TO_CLINICIAN, Given(summary=summary, question=question)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    step = acts.step(case, verb)
    move = acts.write(case, verb, target=step.target)
    public_id, table = new_public_id(), ClinicalReview.__tablename__
    session.add(
        ClinicalReview(
            public_id=public_id,
            inquiry_id=case.inquiry.id,
            summary=case.sealed(summary, table=table, column="summary", record=public_id),
            question=case.sealed(question, table=table, column="question", record=public_id),
            clinician_id=clinician_id,
            asked_by=member_id(by),
            asked_at=at,
        )
    )
    end_open(case, InformationRequest, "stopped")
    clocks.resume_all(case)
    clocks.start(case, ClockKind.CLINICIAN_ANSWER, office.rules.clinician_business_days)
    case.inquiry.snoozed_until = None
    clocks.settle(case)
    return done(case, move)


def record_disposition(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    disposition: DispositionCode,
    words: str = "",
    ask_person: str = "",
    by: By,
    at: datetime,
) -> Done:
    """Write down what the clinician decided and give the inquiry back.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs need.
        reference: Of the inquiry.
        version: What the caller read.
        disposition: Anything but ``not_suitable``, which is ``close_not_suitable``.
        words: For the coordinator; sealed.
        ask_person: What the person is to tell us; with it we wait for them.
        by: A clinician.
        at: Now.

    Raises:
        InvalidInput: ``disposition`` missing, ``words`` or ``text`` too long.
    """
    verb = Verb.RECORD_DISPOSITION
    given = Given(disposition=disposition, words=words, text=ask_person)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    target = Status.WAITING_ON_PATIENT if ask_person else Status.IN_DISCUSSION
    step = acts.step(case, verb, target)
    move = acts.write(case, verb, target=step.target, detail={"disposition": disposition.value})
    decide(case, move, disposition, words)
    if ask_person:
        ask(case, ask_person)
    clocks.settle(case)
    return done(case, move)


def schedule(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    starts_at: datetime,
    kind: AppointmentKind = AppointmentKind.CONSULTATION,
    by: By,
    at: datetime,
) -> Done:
    """Book what was agreed; a clinician who books out of the review has offered it thereby.

    Raises:
        InvalidInput: ``starts_at`` missing, past or far; ``disposition`` where no offer was made.
    """
    verb, given = Verb.SCHEDULE, Given(starts_at=starts_at)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    step = acts.step(case, verb)
    was_in_review = case.status is Status.CLINICAL_REVIEW
    move = acts.write(case, verb, target=step.target, detail={"kind": kind.value})
    if was_in_review and isinstance(by, DeskMember) and by.may(Permission.DECIDE_CLINICALLY):
        decide(case, move, DispositionCode.OFFER, "")
    end_open(case, ClinicalReview, "scheduled")
    clocks.stop(case, ClockKind.CLINICIAN_ANSWER)
    end_callbacks(case, "replaced")
    session.add(
        Appointment(
            public_id=new_public_id(),
            inquiry_id=case.inquiry.id,
            kind=kind.value,
            starts_at=starts_at,
            zone=case.zone,
            booked_by=member_id(by),
            booked_at=at,
        )
    )
    case.inquiry.snoozed_until = None
    clocks.settle(case)
    return done(case, move)


def unschedule(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    how: str = "cancelled",
    by: By,
    at: datetime,
) -> Done:
    """Take what was booked back into discussion; ``how`` is ``cancelled`` or ``missed``."""
    case = acts.begin(session, office, reference, version, verb=Verb.UNSCHEDULE, by=by, at=at)
    step = acts.step(case, Verb.UNSCHEDULE)
    move = acts.write(case, Verb.UNSCHEDULE, target=step.target, detail={"how": how})
    end_open(case, Appointment, how)
    clocks.settle(case)
    return done(case, move)
