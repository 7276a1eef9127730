"""Small made-up days whose figures can be counted on one's fingers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.desk.numbers.counting import Counting
from intake.desk.numbers.keeping import keep
from intake.desk.numbers.queries import Numbers, numbers_of
from intake.inquiries.models import Inquiry
from intake.inquiries.sealing import Source
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_clinic, a_form, a_keyring, an_inquiry, search_tokens


def a_counting(**clinic: object) -> Counting:
    """Return what counts, for the shipped clinic with changes."""
    return Counting(a_keyring(), search_tokens(), a_clinic().model_copy(update=clinic), a_form())


def came_in(
    database: Database,
    at: datetime = NOON,
    *,
    answered_after: timedelta | None = None,
    status: str = "new",
    outcome: str | None = None,
    source: Source = "one_page",
    signs: Sequence[str] = (),
    **answers: Any,  # noqa: ANN401 - as an_inquiry takes them
) -> str:
    """Store an inquiry, put it where it stands by now, and record that something happened."""
    receipt = an_inquiry(database, at=at, source=source, signs=tuple(signs), **answers)
    responded = None if answered_after is None else at + answered_after
    changed(
        database,
        receipt.reference,
        at,
        status="closed" if outcome else status,
        outcome=outcome,
        first_responded_at=responded,
        closed_at=(responded or at + timedelta(hours=1)) if outcome else None,
    )
    return receipt.reference


def changed(database: Database, reference: str, at: datetime, **columns: Any) -> None:  # noqa: ANN401
    """Change an inquiry as a verb of the desk does: with its audit event."""
    with database.write() as session:
        public_id = session.execute(
            update(Inquiry)
            .where(Inquiry.reference == reference)
            .values(**columns)
            .returning(Inquiry.public_id)
        ).scalar_one()
        trail.record(session, "inquiry.changed", actor=SYSTEM, subject=public_id, at=at)


def kept(database: Database, counting: Counting, *, days: int = 30, at: datetime = NOON) -> Numbers:
    """Let the worker's chore run, and return what the page would be drawn from."""
    keep(database, counting, at=at)
    with database.read() as session:
        return numbers_of(session, counting, days, at=at)
