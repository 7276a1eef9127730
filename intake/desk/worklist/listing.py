"""One page of a view, narrowed where asked, and when the last inquiry came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.desk.worklist.callbacks import callbacks_page
from intake.desk.worklist.views import SHAPES, View
from intake.errors import InvalidInput, Problem
from intake.inquiries.models import Inquiry, Outcome
from intake.inquiries.summaries import InquirySummary, summary_of
from intake.storage.paging import PAGE_SIZE, Page, read_cursor, write_cursor
from intake.storage.types import from_millis, to_millis

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, and when: what "mine" and "today" mean."""

    me: int
    at: datetime


def page_of(
    session: Session,
    keyring: Keyring,
    view: View,
    looker: Looker,
    *,
    where: Conditions = (),
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[InquirySummary]:
    """Return one page of a view, least time left first; of closed ones, the newest first.

    Args:
        session: A session of either door.
        keyring: Opens the labels.
        view: Which list.
        looker: Who looks.
        where: What narrows it (``filters.conditions_of``).
        after: The cursor of the page before; an inquiry that arrives meanwhile shifts nothing.
        size: Rows a page.

    Raises:
        InvalidInput: The cursor is not one of ours.
    """
    if view is View.CALLBACKS:
        return callbacks_page(session, keyring, looker.at, where=where, after=after, size=size)
    statement = list_statement(view, where=where, after=after, size=size)
    found = session.connection().execute(statement, {"me": looker.me, "now": looker.at}).all()
    shown = [summary_of(row, keyring) for row in found[:size]]
    if len(found) <= size:
        return Page(shown, None)
    last = found[size - 1]
    return Page(shown, write_cursor(to_millis(last.sorted_at), last.id))


def list_statement(
    view: View, *, where: Conditions = (), after: str | None = None, size: int = PAGE_SIZE
) -> Select[Any]:
    """Return the statement of one page; one row more than ``size`` is asked for."""
    shape = SHAPES[view]
    statement = shape.statement.where(*where).limit(size + 1)
    if after is None:
        return statement
    millis, row_id = read_cursor(after, 2)
    try:
        at = from_millis(millis)
    except OverflowError:  # beyond the years that there are
        raise InvalidInput((Problem("after", "cursor"),)) from None
    place = (
        bindparam("after_at", at, type_=Inquiry.due_at.type),
        bindparam("after_id", row_id, type_=Inquiry.id.type),
    )
    return statement.where(shape.after(place))


_LAST = (
    select(Inquiry.received_at)
    .where(or_(Inquiry.outcome.is_(None), Inquiry.outcome != Outcome.TEST.value))
    .order_by(Inquiry.id.desc())
    .limit(1)
)


def last_received_at(session: Session) -> datetime | None:
    """Return when the newest inquiry came in that was no test of ours."""
    found: datetime | None = session.connection().scalar(_LAST)
    return found
