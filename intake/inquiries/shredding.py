"""Makes an inquiry unreadable for ever: its key and everything sealed with it are dropped.

What stays are instants, states and counts. Messages that wait are taken back, and the words it
could be found by are removed.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.errors import NotFound
from intake.inquiries.models import Inquiry, SearchToken, Status
from intake.notifications.replay import cancel_all_for_inquiry
from intake.storage.upsert import table_of

ERASED = "inquiry.erased"

_inquiries = table_of(Inquiry)
_tokens = table_of(SearchToken)


def shred(session: Session, public_id: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Erase one inquiry and record it; harmless to repeat.

    What the desk and the person wrote in other tables is not touched here: that is
    ``intake.privacy.erasure``, for people. This is for what nobody wrote.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    shred_row(session, public_id, at=at)
    trail.record(session, ERASED, actor=actor, subject=public_id, at=at, detail={"reason": reason})


def shred_row(session: Session, public_id: str, *, at: datetime) -> None:
    """Drop the key and everything that is sealed in the row, its tokens, and what waits.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    row = session.execute(
        update(_inquiries)
        .where(_inquiries.c.public_id == public_id)
        .values(
            status=Status.ERASED.value,
            closed_at=func.coalesce(
                _inquiries.c.closed_at, bindparam(None, at, _inquiries.c.closed_at.type)
            ),
            data_key=None,
            answers=None,
            label=None,
            access=None,
            place=None,
            like_phone=None,
            like_email=None,
            like_person=None,
            urgent=False,
            spam_score=0,
            spam_reasons=[],
            snoozed_until=None,
            deceased_at=None,
            version=_inquiries.c.version + 1,
        )
        .returning(_inquiries.c.id)
    ).first()
    if row is None:
        raise NotFound("inquiry_unknown")
    session.execute(delete(_tokens).where(_tokens.c.inquiry_id == row.id))
    cancel_all_for_inquiry(session, row.id, reason="erased", at=at)
