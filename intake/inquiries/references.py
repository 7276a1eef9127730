"""Finds the row that a reference names, however it was typed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.crypto.tokens import parse_reference
from intake.errors import NotFound
from intake.inquiries.models import Inquiry


def inquiry_named(session: Session, reference: str, *, lock: bool = False) -> Inquiry:
    """Return an inquiry's row as it is now.

    Args:
        session: Of either door; of the write door to ``lock``.
        reference: As stored or in any way people type it.
        lock: Hold the row until the transaction ends.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    stored = parse_reference(reference)
    statement = select(Inquiry).where(Inquiry.reference == stored)
    if lock:
        statement = statement.with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if stored is None or found is None:
        raise NotFound("inquiry_unknown")
    return found
