"""The lifecycle of an inquiry as one table: from, to, who, guards. Nothing else moves a status.

A step that is not in the table does not exist. The verbs of ``moves`` look their row up here; a
table test walks every row and every role, and everything that is no row, too.

Source: PRODUCT.md 3. "Coordinator" there is ``COORDINATE_INQUIRIES``; "coordinator, clinician" is
``ACT_ON_INQUIRIES``; "clinician" is ``DECIDE_CLINICALLY``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from intake.audit.models import Actor, ActorKind
from intake.desk import guards
from intake.desk.office import By, Case, DeskMember
from intake.errors import Problem
from intake.inquiries.models import Outcome, Status
from intake.staff.permissions import Permission

Guard = Callable[[Case], list[Problem]]


class Verb(StrEnum):
    """What can be done; those without a row below change no status."""

    RESTORE = "restore_from_quarantine"
    PROPOSE_SPAM = "propose_spam"
    CLOSE_AS_SPAM = "close_as_spam"
    LOG_ATTEMPT = "log_attempt"
    REQUEST_INFORMATION = "request_information"
    STOP_WAITING = "stop_waiting"
    INFORMATION_CAME = "information_came"
    HAND_TO_CLINICIAN = "hand_to_clinician"
    RECORD_DISPOSITION = "record_disposition"
    CLOSE_NOT_SUITABLE = "close_not_suitable"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take_back_withdrawal"
    MARK_DECEASED = "mark_deceased"
    CLOSE_AS_DUPLICATE = "close_as_duplicate"
    REOPEN = "reopen"
    ERASE = "erase"
    CLAIM = "claim"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    SNOOZE = "snooze"
    WAKE = "wake"
    BOOK_CALLBACK = "book_callback"
    CANCEL_CALLBACK = "cancel_callback"
    UNDO = "undo"


OPEN = frozenset(Status) - {Status.CLOSED, Status.ERASED}
PREVIOUS = None  # the status it had before it was closed

ACT = Permission.ACT_ON_INQUIRIES
COORDINATE = Permission.COORDINATE_INQUIRIES
CLINICAL = Permission.DECIDE_CLINICALLY
ERASES = Permission.ERASE_INQUIRIES


@dataclass(frozen=True, slots=True)
class Step:
    """One row: members with one of ``who`` may, the system or the person where it says so."""

    verb: Verb
    sources: frozenset[Status]
    target: Status | None
    who: frozenset[Permission] = frozenset()
    guards: tuple[Guard, ...] = ()
    outcome: Outcome | None = None
    system: bool = False
    person: bool = False

    def allows(self, by: By) -> bool:
        """Say whether this actor may take the step."""
        if isinstance(by, DeskMember):
            return any(by.may(permission) for permission in self.who)
        return (self.system and by.kind is ActorKind.SYSTEM) or (self.person and is_person(by))


def is_person(by: Actor) -> bool:
    """Whether it is the holder of the private link, or of reference and code."""
    return by.kind is ActorKind.PERSON


BY_COORDINATOR = frozenset({COORDINATE})
BY_EITHER = frozenset({ACT})
BY_CLINICIAN = frozenset({CLINICAL})
BY_PRIVACY_OFFICER = frozenset({ERASES})
QUARANTINED = frozenset({Status.QUARANTINED})
NEW = frozenset({Status.NEW})
CONTACTING = frozenset({Status.CONTACTING})
TALKING = frozenset({Status.IN_DISCUSSION})
WAITING = frozenset({Status.WAITING_ON_PATIENT})
REVIEW = frozenset({Status.CLINICAL_REVIEW})
SCHEDULED = frozenset({Status.SCHEDULED})
CLOSED = frozenset({Status.CLOSED})

STEPS: tuple[Step, ...] = (
    Step(Verb.RESTORE, QUARANTINED, Status.NEW, BY_COORDINATOR),
    Step(
        Verb.CLOSE_AS_SPAM,
        QUARANTINED,
        Status.CLOSED,
        BY_COORDINATOR,
        (guards.spam_has_reason,),
        Outcome.SPAM,
    ),
    Step(
        Verb.LOG_ATTEMPT,
        NEW | CONTACTING,
        Status.CONTACTING,
        BY_COORDINATOR,
        (guards.attempt_is_logged,),
    ),
    Step(
        Verb.LOG_ATTEMPT,
        NEW | CONTACTING,
        Status.IN_DISCUSSION,
        BY_COORDINATOR,
        (guards.contact_is_recorded,),
    ),
    Step(
        Verb.INFORMATION_CAME, CONTACTING | WAITING, Status.IN_DISCUSSION, system=True, person=True
    ),
    Step(
        Verb.REQUEST_INFORMATION,
        TALKING,
        Status.WAITING_ON_PATIENT,
        BY_EITHER,
        (guards.request_is_written,),
    ),
    Step(Verb.STOP_WAITING, WAITING, Status.IN_DISCUSSION, BY_EITHER, system=True),
    Step(
        Verb.HAND_TO_CLINICIAN,
        TALKING | WAITING,
        Status.CLINICAL_REVIEW,
        BY_COORDINATOR,
        (guards.handover_is_complete,),
    ),
    Step(
        Verb.RECORD_DISPOSITION,
        REVIEW,
        Status.IN_DISCUSSION,
        BY_CLINICIAN,
        (guards.disposition_is_given,),
    ),
    Step(
        Verb.RECORD_DISPOSITION,
        REVIEW,
        Status.WAITING_ON_PATIENT,
        BY_CLINICIAN,
        (guards.disposition_is_given, guards.request_is_written),
    ),
    Step(
        Verb.CLOSE_NOT_SUITABLE,
        REVIEW,
        Status.CLOSED,
        BY_CLINICIAN,
        (guards.sign_in_is_fresh, guards.not_suitable_has_reason, guards.message_is_chosen),
        Outcome.NOT_SUITABLE,
    ),
    Step(
        Verb.SCHEDULE,
        TALKING | REVIEW,
        Status.SCHEDULED,
        BY_EITHER,
        (guards.offer_is_made, guards.time_is_ahead),
    ),
    Step(Verb.UNSCHEDULE, SCHEDULED, Status.IN_DISCUSSION, BY_COORDINATOR),
    Step(
        Verb.CLOSE,
        SCHEDULED,
        Status.CLOSED,
        BY_COORDINATOR,
        outcome=Outcome.CONSULTATION_HELD,
    ),
    Step(Verb.CLOSE, SCHEDULED, Status.CLOSED, BY_COORDINATOR, outcome=Outcome.HANDED_OVER),
    Step(
        Verb.CLOSE,
        CONTACTING,
        Status.CLOSED,
        BY_COORDINATOR,
        (guards.attempts_are_enough,),
        Outcome.NOT_REACHED,
    ),
    Step(
        Verb.CLOSE,
        OPEN,
        Status.CLOSED,
        BY_COORDINATOR,
        (guards.not_offered_has_reason, guards.message_is_chosen),
        Outcome.NOT_OFFERED,
    ),
    Step(
        Verb.CLOSE,
        OPEN,
        Status.CLOSED,
        BY_COORDINATOR,
        (guards.referral_has_reason, guards.message_is_chosen),
        Outcome.REFERRED_ELSEWHERE,
    ),
    Step(
        Verb.WITHDRAW,
        OPEN,
        Status.CLOSED,
        BY_EITHER | BY_PRIVACY_OFFICER,
        (guards.withdrawal_has_reason,),
        Outcome.WITHDRAWN,
        person=True,
    ),
    Step(
        Verb.TAKE_BACK,
        CLOSED,
        PREVIOUS,
        guards=(guards.may_be_taken_back,),
        person=True,
    ),
    Step(Verb.MARK_DECEASED, OPEN, Status.CLOSED, BY_EITHER, outcome=Outcome.WITHDRAWN),
    Step(
        Verb.CLOSE_AS_DUPLICATE,
        OPEN | CLOSED,
        Status.CLOSED,
        BY_COORDINATOR,
        (guards.kept_one_is_named,),
        Outcome.DUPLICATE,
    ),
    Step(
        Verb.REOPEN,
        CLOSED,
        PREVIOUS,
        BY_COORDINATOR,
        (guards.reopening_has_reason, guards.may_be_reopened),
        system=True,
    ),
    # Holds, certificate and shredding: intake.privacy.erasure, and nobody else takes this step.
    Step(Verb.ERASE, CLOSED, Status.ERASED, BY_PRIVACY_OFFICER, system=True, person=True),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An act that changes no status: who may, and in which statuses."""

    who: frozenset[Permission]
    statuses: frozenset[Status]
    system: bool = False

    def allows(self, by: By) -> bool:
        """Say whether this actor may do it."""
        if isinstance(by, DeskMember):
            return any(by.may(permission) for permission in self.who)
        return self.system and by.kind is ActorKind.SYSTEM


LEAVING_STATUS: Mapping[Verb, Standing] = MappingProxyType(
    {
        Verb.CLAIM: Standing(BY_EITHER, OPEN),
        Verb.ASSIGN: Standing(BY_EITHER, OPEN, system=True),
        Verb.UNASSIGN: Standing(BY_EITHER, OPEN, system=True),
        Verb.SNOOZE: Standing(BY_EITHER, OPEN - QUARANTINED),
        Verb.WAKE: Standing(BY_EITHER, OPEN, system=True),
        Verb.BOOK_CALLBACK: Standing(BY_EITHER, OPEN - QUARANTINED),
        Verb.CANCEL_CALLBACK: Standing(BY_EITHER, OPEN),
        Verb.PROPOSE_SPAM: Standing(BY_COORDINATOR, QUARANTINED),
        # Tries of people we are already talking with; the first ones are steps of the table.
        Verb.LOG_ATTEMPT: Standing(BY_EITHER, TALKING | WAITING | REVIEW | SCHEDULED),
        Verb.UNDO: Standing(BY_EITHER, OPEN | CLOSED),
    }
)


def may_ever(verb: Verb, by: By) -> bool:
    """Say whether this actor may do the act from anywhere at all."""
    if any(step.allows(by) for step in steps_of(verb)):
        return True
    return verb in LEAVING_STATUS and LEAVING_STATUS[verb].allows(by)


def steps_of(verb: Verb, outcome: Outcome | None = None) -> tuple[Step, ...]:
    """Return the rows of a verb, those of one outcome where it has several."""
    rows = tuple(step for step in STEPS if step.verb is verb)
    return tuple(step for step in rows if step.outcome is outcome) if outcome else rows


def targets_from(status: Status, by: By) -> tuple[Step, ...]:
    """Return the steps this actor may take from here, guards apart: what a page offers."""
    return tuple(step for step in STEPS if status in step.sources and step.allows(by))
