"""Tells a person in writing that we called and could not reach them, where they permit that.

The message leaves when the call can be taken back no more, and not twice within twelve hours,
however often somebody calls. It is automatic, so it stops no clock and counts as no attempt.

Source: PRODUCT.md 2 (3) and 3; content/microcopy.md 7.2.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from intake.desk.closing_letters import LEAVES_AFTER
from intake.desk.models import Channel, InquiryMove, Result
from intake.desk.office import Case
from intake.desk.writing import tell_person
from intake.inquiries.news import TEXT_FORMS, TRIED, tried_at
from intake.notifications.models import OutboxMessage, State
from intake.notifications.replay import cancel_for_subject

NOT_REACHED = frozenset({Result.VOICEMAIL, Result.NO_ANSWER, Result.WRONG_NUMBER, Result.BUSY})
BETWEEN = timedelta(hours=12)
NEWS_FOR = timedelta(days=1)  # a call that is written down later is no news
FORMS = (TRIED, TEXT_FORMS[TRIED])


def tells_of_try(case: Case, when: datetime) -> bool:
    """Whether what was just tried is one that the person is told of."""
    given = case.given
    is_ours = given.channel is Channel.CALL and not given.incoming
    if not is_ours or given.result not in NOT_REACHED or case.at - when > NEWS_FOR:
        return False
    return not _told_of_late(case)


def tell_of_try(case: Case, move: InquiryMove, when: datetime) -> None:
    """Write the message of a try, for whom :func:`tells_of_try` says so."""
    leaves_at = case.at + LEAVES_AFTER
    tell_person(case, TRIED, _subject(case, move.id), payload=tried_at(when), due_at=leaves_at)


def take_try_back(case: Case, move_id: int) -> None:
    """Cancel the message of a try that is undone."""
    for event in FORMS:
        cancel_for_subject(
            case.session,
            _subject(case, move_id),
            event,
            reason="attempt_taken_back",
            at=case.at,
        )


def _subject(case: Case, move_id: int) -> str:
    return f"{case.inquiry.public_id}:{move_id}"


def _told_of_late(case: Case) -> bool:
    found = case.session.scalar(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.inquiry_id == case.inquiry.id,
            OutboxMessage.event.in_(FORMS),
            OutboxMessage.state != State.CANCELLED.value,
            OutboxMessage.created_at > case.at - BETWEEN,
        )
        .limit(1)
    )
    return found is not None
