"""What a step of the lifecycle asks for: each guard names what is missing, and changes nothing.

A guard returns problems with what was given, so that a page can show all of them at once; a state
that cannot be mended by typing is raised as ``Conflict`` or ``NotPermitted``.

Source: PRODUCT.md 3.
"""

from datetime import timedelta
from typing import TypeAlias

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.desk.models import DispositionCode, Result
from intake.desk.office import Case, DeskMember
from intake.desk.policy import attempt_policy
from intake.desk.queries import last_disposition
from intake.desk.reasons import NO_MESSAGE, REASONS, REOPENING
from intake.errors import Conflict, NotPermitted, Problem
from intake.inquiries.models import Outcome, Status
from intake.staff.permissions import Permission

TEXT_MAX_CHARACTERS = 4000
FUTURE_MAX_DAYS = 366
TAKE_BACK_DAYS = 14
DAYS_IN_MONTH = 30

Problems: TypeAlias = list[Problem]


def text_problems(field: str, text: str) -> Problems:
    """Return what is wrong with a text that must be there."""
    if not text.strip():
        return [Problem(field, "missing")]
    if len(text) > TEXT_MAX_CHARACTERS:
        return [Problem(field, "too_long")]
    return []


def attempt_is_logged(case: Case) -> Problems:
    """An attempt is part of the act."""
    return [] if case.given.result is not None else [Problem("result", "missing")]


def contact_is_recorded(case: Case) -> Problems:
    """The two talked with each other."""
    return [] if case.given.result is Result.REACHED else [Problem("result", "not_reached")]


def request_is_written(case: Case) -> Problems:
    """The text of what we need exists."""
    return text_problems("text", case.given.text)


def handover_is_complete(case: Case) -> Problems:
    """Summary, question, and the person's permission to show health information."""
    problems = text_problems("summary", case.given.summary)
    problems += text_problems("question", case.given.question)
    if not is_permitted(case.session, case.inquiry.id, Purpose.HEALTH):
        problems.append(Problem("health_permission", "missing"))
    return problems


def disposition_is_given(case: Case) -> Problems:
    """A clinician says what they decided; not suitable is a step of its own."""
    if case.given.disposition in {None, DispositionCode.NOT_SUITABLE}:
        return [Problem("disposition", "missing")]
    return [Problem("words", "too_long")] if len(case.given.words) > TEXT_MAX_CHARACTERS else []


def reason_is_given(outcome: Outcome, case: Case) -> Problems:
    """A class of the outcome's own list."""
    if not case.given.reason:
        return [Problem("reason", "missing")]
    return [] if case.given.reason in REASONS[outcome] else [Problem("reason", "choice")]


def not_offered_has_reason(case: Case) -> Problems:
    """Why we do not offer it, not medical."""
    return reason_is_given(Outcome.NOT_OFFERED, case)


def referral_has_reason(case: Case) -> Problems:
    """To whom."""
    return reason_is_given(Outcome.REFERRED_ELSEWHERE, case)


def not_suitable_has_reason(case: Case) -> Problems:
    """Why not, medically."""
    return reason_is_given(Outcome.NOT_SUITABLE, case)


def withdrawal_has_reason(case: Case) -> Problems:
    """How they told us."""
    return reason_is_given(Outcome.WITHDRAWN, case)


def spam_has_reason(case: Case) -> Problems:
    """What kind of rubbish."""
    return reason_is_given(Outcome.SPAM, case)


def message_is_chosen(case: Case) -> Problems:
    """A message to the person, or why there is none; never both."""
    message, because = case.given.message, case.given.no_message_because
    if bool(message) == bool(because):
        return [Problem("message", "missing" if not message else "choice")]
    return [] if message or because in NO_MESSAGE else [Problem("no_message_because", "choice")]


def sign_in_is_fresh(case: Case) -> Problems:
    """Whoever closes clinically has just proved who they are."""
    if not case.given.fresh_sign_in:
        raise NotPermitted("fresh_sign_in_needed")
    return []


def offer_is_made(case: Case) -> Problems:
    """A clinician offered a consultation, or offers it now, or the clinic asks for none."""
    if not case.office.rules.consultation_needs_offer:
        return []
    by_clinician = isinstance(case.by, DeskMember) and case.by.may(Permission.DECIDE_CLINICALLY)
    if case.status is Status.CLINICAL_REVIEW and by_clinician:
        return []
    offered = last_disposition(case.session, case.inquiry.id) is DispositionCode.OFFER
    return [] if offered else [Problem("disposition", "offer_missing")]


def time_is_ahead(case: Case) -> Problems:
    """What is booked lies ahead, and not years ahead."""
    when = case.given.starts_at
    if when is None:
        return [Problem("starts_at", "missing")]
    if when <= case.at:
        return [Problem("starts_at", "past")]
    return (
        [] if when <= case.at + timedelta(days=FUTURE_MAX_DAYS) else [Problem("starts_at", "far")]
    )


def attempts_are_enough(case: Case) -> Problems:
    """The attempt policy: how often, on how many days and parts of the day, and in writing."""
    return list(attempt_policy(case).problems)


def kept_one_is_named(case: Case) -> Problems:
    """The inquiry that stays is another one; a withdrawal is not painted over."""
    if case.inquiry.outcome == Outcome.WITHDRAWN.value:
        raise Conflict("withdrawn_by_person")
    if not case.given.kept:
        return [Problem("kept", "missing")]
    return [] if case.given.kept != case.inquiry.public_id else [Problem("kept", "itself")]


def reopening_has_reason(case: Case) -> Problems:
    """Why it is open again."""
    if not case.given.reason:
        return [Problem("reason", "missing")]
    return [] if case.given.reason in REOPENING else [Problem("reason", "choice")]


def may_be_reopened(case: Case) -> Problems:
    """Within retention; nobody but the person takes a withdrawal back."""
    if case.inquiry.outcome == Outcome.WITHDRAWN.value:
        raise Conflict("withdrawn_by_person")
    closed_at = case.inquiry.closed_at or case.at
    kept = timedelta(days=DAYS_IN_MONTH * case.office.clinic.retention_months)
    if case.at > closed_at + kept or case.inquiry.data_key is None:
        raise Conflict("retention_over")
    return []


def may_be_taken_back(case: Case) -> Problems:
    """A withdrawal of the last two weeks, by a living person."""
    one = case.inquiry
    if one.outcome != Outcome.WITHDRAWN.value or one.deceased_at is not None:
        raise Conflict("not_withdrawn")
    if case.at > (one.closed_at or case.at) + timedelta(days=TAKE_BACK_DAYS):
        raise Conflict("take_back_over")
    return []
