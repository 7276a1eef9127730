"""What happens when the person writes to us by their link: it is never lost and never waits unseen.

What they add to a new inquiry is shown at once and stops no clock. In every later status our reply
is owed from now; a closed inquiry opens again where it stood, unless they withdrew it.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from intake.audit.models import SYSTEM
from intake.desk import acts, clocks
from intake.desk.closing import reopen_now
from intake.desk.done import Done, done
from intake.desk.endings import end_open
from intake.desk.lifecycle import Verb
from intake.desk.models import ClockKind, InformationRequest
from intake.desk.office import By, Given, Office, that_goes_on
from intake.inquiries.models import Status

UNTOUCHED = frozenset({Status.NEW, Status.QUARANTINED})
MOVES_ON = frozenset({Status.CONTACTING, Status.WAITING_ON_PATIENT})


def information_came(
    session: Session, office: Office, reference: str, *, by: By = SYSTEM, at: datetime
) -> Done:
    """Let the inquiry follow what the person wrote; the caller stores the words, in this session.

    What comes on the link of an inquiry that was joined belongs to the one that goes on.

    Raises:
        Conflict: ``withdrawn_by_person`` or ``retention_over``: a closed one that stays closed.
        NotFromHere: It is erased.
    """
    verb = Verb.INFORMATION_CAME
    reference, by = that_goes_on(session, reference, by)
    case = acts.begin(session, office, reference, None, verb=verb, by=by, at=at)
    if case.status is Status.CLOSED:
        case = replace(case, by=SYSTEM, given=Given(reason="wrote"))
        reopen_now(case, Verb.REOPEN)
        case = replace(case, by=by, given=Given())
    if case.status in UNTOUCHED:
        return done(case, None)
    target = case.status
    if case.status in MOVES_ON:
        target = acts.step(case, verb).target or case.status
    came_from = case.status
    move = acts.write(case, verb, target=target)
    end_open(case, InformationRequest, "answered")
    if came_from is Status.WAITING_ON_PATIENT:
        clocks.resume_all(case)
    clocks.note_contact(case, at, two_way=True)
    clocks.start(case, ClockKind.REPLY, office.rules.reply_business_days)
    case.inquiry.snoozed_until = None
    clocks.settle(case)
    return done(case, move)
