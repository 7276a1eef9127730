"""Closing a doubted inquiry as spam; what looks like a person needs a second pair of eyes.

With a valid phone number or more than 200 characters of text, one member proposes and another one
closes. Where only one coordinator works, the same one may close a day after proposing.

Source: PRODUCT.md 3, quarantined to closed as spam.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from intake.desk import acts, clocks
from intake.desk.done import Done, done
from intake.desk.endings import end_everything, take_messages_back
from intake.desk.lifecycle import Verb
from intake.desk.models import InquiryMove
from intake.desk.office import By, Case, Given, Office, actor_of
from intake.errors import Conflict
from intake.inquiries.models import Outcome, Status
from intake.staff.models import Role, Staff, staff_roles
from intake.staff.permissions import ROLE_PERMISSIONS, Permission

ALONE_AFTER = timedelta(days=1)


def close_as_spam(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    reason: str,
    by: By,
    at: datetime,
) -> Done:
    """Close as spam, or propose it: look at ``Done.status`` (``quarantined`` means proposed).

    Raises:
        InvalidInput: ``reason``.
        Conflict: ``second_person_needed``: this member has proposed it already.
    """
    verb, given = Verb.CLOSE_AS_SPAM, Given(reason=reason)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    acts.step(case, verb)
    if needs_second_person(case):
        proposed = proposal_of(session, case.inquiry.id)
        if proposed is None:
            move = acts.write(case, Verb.PROPOSE_SPAM, reason=reason)
            return done(case, move)
        if proposed.actor_id == actor_of(by).id and not _may_alone(case, proposed.at):
            raise Conflict("second_person_needed")
    move = acts.write(case, verb, target=Status.CLOSED, outcome=Outcome.SPAM, reason=reason)
    end_everything(case)
    take_messages_back(case, "spam")
    clocks.settle(case)
    return done(case, move)


def needs_second_person(case: Case) -> bool:
    """Whether there may be a person behind it; a label from before this rule says yes."""
    label = case.label
    return label is None or label.may_be_person


def proposal_of(session: Session, inquiry_id: int) -> InquiryMove | None:
    """Return the open proposal, if somebody made one since it was quarantined."""
    undoing = aliased(InquiryMove)
    return session.scalars(
        select(InquiryMove)
        .where(
            InquiryMove.inquiry_id == inquiry_id,
            InquiryMove.verb == Verb.PROPOSE_SPAM.value,
            ~select(undoing.id).where(undoing.undoes_id == InquiryMove.id).exists(),
        )
        .order_by(InquiryMove.id)
        .limit(1)
    ).one_or_none()


def _may_alone(case: Case, proposed_at: datetime) -> bool:
    return case.at >= proposed_at + ALONE_AFTER and _coordinators(case.session) <= 1


def _coordinators(session: Session) -> int:
    roles = [
        role.value
        for role, granted in ROLE_PERMISSIONS.items()
        if Permission.COORDINATE_INQUIRIES in granted
    ]
    found = session.scalars(
        select(Staff.id)
        .join(staff_roles, staff_roles.c.staff_id == Staff.id)
        .join(Role, Role.id == staff_roles.c.role_id)
        .where(Role.name.in_(roles), Staff.active)
        .distinct()
    )
    return len(found.all())
