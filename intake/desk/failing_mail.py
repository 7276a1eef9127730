"""Whose mail comes back: the last mail to them was refused, or returned, and they changed nothing.

Then a call is next, or a text where they permit texts; another mail would only come back too.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.inquiries.conversation_models import AnswerCorrection
from intake.notifications.bounces import MAIL_KINDS
from intake.notifications.models import Channel, OutboxMessage, State
from intake.notifications.recipient import PERSON
from intake.storage.types import UtcMillis

# Only what was said about the address; our own faults and long outages say nothing of it.
ADDRESS_FAULTS = frozenset({"recipient_refused", "bad_address", "address_not_supported"})
_JUDGED = (State.DELIVERED.value, State.DEAD.value)


def failing_mail(session: Session, ids: Iterable[int]) -> frozenset[int]:
    """Return those of these inquiries whose person gets no mail, by row id; two statements."""
    rows = session.execute(
        select(
            OutboxMessage.inquiry_id,
            OutboxMessage.bounced_at,
            OutboxMessage.finished_at,
            OutboxMessage.state,
            OutboxMessage.last_error,
        )
        .join(Channel, Channel.id == OutboxMessage.channel_id)
        .where(
            OutboxMessage.inquiry_id.in_(list(ids)),
            OutboxMessage.recipient == PERSON,
            OutboxMessage.state.in_(_JUDGED),
            Channel.kind.in_(MAIL_KINDS),
        )
        .order_by(OutboxMessage.id)
    )
    failed_at: dict[int, datetime | None] = {}
    for row in rows:
        if row.state == State.DELIVERED.value:
            failed_at[row.inquiry_id] = row.bounced_at
        elif row.last_error in ADDRESS_FAULTS:
            failed_at[row.inquiry_id] = row.finished_at
    failed = {one: at for one, at in failed_at.items() if at is not None}
    return frozenset(failed) - _corrected_since(session, failed) if failed else frozenset()


def _corrected_since(session: Session, failed: dict[int, datetime]) -> frozenset[int]:
    """Return who changed answers since: what was changed is sealed, and may be the address."""
    rows = session.execute(
        select(AnswerCorrection.inquiry_id, func.max(AnswerCorrection.at, type_=UtcMillis()))
        .where(AnswerCorrection.inquiry_id.in_(failed))
        .group_by(AnswerCorrection.inquiry_id)
    )
    return frozenset(number for number, at in rows if at > failed[number])
