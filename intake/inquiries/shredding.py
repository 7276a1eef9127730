"""Makes an inquiry unreadable for ever: its key and everything sealed with it are dropped.

What stays are instants, states and counts. Messages that wait are taken back, and the words it
could be found by are removed.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, delete, func, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.errors import NotFound
from intake.inquiries.models import Inquiry, SearchToken, Status
from intake.notifications.replay import cancel_all_for_inquiry

ERASED = "inquiry.erased"

_inquiries = cast(Table, Inquiry.__table__)
_tokens = cast(Table, SearchToken.__table__)


def shred(session: Session, public_id: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Erase one inquiry; harmless to repeat.

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
            version=_inquiries.c.version + 1,
        )
        .returning(_inquiries.c.id)
    ).first()
    if row is None:
        raise NotFound("inquiry_unknown")
    session.execute(delete(_tokens).where(_tokens.c.inquiry_id == row.id))
    cancel_all_for_inquiry(session, row.id, reason="erased", at=at)
    trail.record(session, ERASED, actor=actor, subject=public_id, at=at, detail={"reason": reason})
