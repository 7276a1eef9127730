"""Who else looks at an inquiry: told, never enforced, and forgotten after two minutes.

Source: content/ux.md 3, collision.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from intake.desk.viewing_models import InquiryViewer
from intake.errors import Unavailable
from intake.inquiries.references import inquiry_named
from intake.staff.models import Staff
from intake.storage.database import Database
from intake.storage.upsert import insert_into

FADES_AFTER = timedelta(minutes=2)


_KEY = (InquiryViewer.inquiry_id, InquiryViewer.staff_id)


def note_viewer(database: Database, reference: str, member_id: int, *, at: datetime) -> None:
    """Write that a member still has an inquiry open, and forget everybody who has left.

    A busy database is no reason to refuse: the sign is written at the next look.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    try:
        with database.write() as session:
            note_opening(session, inquiry_named(session, reference).id, member_id, at=at)
    except Unavailable:
        return


def note_opening(session: Session, inquiry_id: int, member_id: int, *, at: datetime) -> None:
    """Write that a member has an inquiry open, in the transaction that records the reading.

    One's own row comes first and rows that somebody else holds are passed over, so that two who
    open inquiries at once never wait for each other in a circle.
    """
    row = insert_into(session.connection().dialect.name, InquiryViewer).values(
        inquiry_id=inquiry_id, staff_id=member_id, seen_at=at
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["inquiry_id", "staff_id"], set_={"seen_at": row.excluded.seen_at}
        )
    )
    left = (
        select(*_KEY)
        .where(InquiryViewer.seen_at <= at - FADES_AFTER)
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(InquiryViewer).where(tuple_(*_KEY).in_(left)))


def other_viewers(
    session: Session, reference: str, member_id: int, *, at: datetime
) -> tuple[str, ...]:
    """Return the names of the others who have it open."""
    inquiry = inquiry_named(session, reference)
    rows = session.scalars(
        select(Staff.full_name)
        .join(InquiryViewer, InquiryViewer.staff_id == Staff.id)
        .where(
            InquiryViewer.inquiry_id == inquiry.id,
            InquiryViewer.staff_id != member_id,
            InquiryViewer.seen_at > at - FADES_AFTER,
        )
        .order_by(Staff.full_name)
    )
    return tuple(rows)
