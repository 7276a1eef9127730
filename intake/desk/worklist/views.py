"""The views of the work list: what belongs into each, and in which order.

Each is read in the order of one index, from a row onwards, so a page costs the same at a thousand
inquiries and at a million (a test asks both planners). Conditions that an index is limited to are
written as constants: a bound value would hide from the planner that they hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal_column, or_, tuple_

from intake.desk.models import Clock, ClockKind
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.summaries import SUMMARY


class View(StrEnum):
    """The built-in lists, in the order in which they are offered."""

    FIRST_REPLY = "first_reply"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    CALLBACKS = "callbacks"
    REPLIES = "replies"
    QUARANTINED = "quarantined"
    CLINICAL = "clinical"
    SNOOZED = "snoozed"
    OPEN = "open"
    CLOSED = "closed"


def _word(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'")


ME = bindparam("me", type_=Inquiry.assignee_id.type)
NOW = bindparam("now", type_=Inquiry.due_at.type)
IS_OPEN = Inquiry.closed_at.is_(None)
IS_BELIEVED = Inquiry.status != _word(Status.QUARANTINED)
# By its time and not by the mark alone: what the worker was late to wake is back all the same.
IS_AWAKE = or_(Inquiry.snoozed_until.is_(None), Inquiry.snoozed_until <= NOW)
IS_LISTED = and_(IS_OPEN, IS_BELIEVED, IS_AWAKE)
IS_NO_TEST = Inquiry.outcome != _word("test")
OWED_REPLY = and_(
    Clock.kind == _word(ClockKind.REPLY), Clock.stopped_at.is_(None), Clock.paused_since.is_(None)
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What belongs into a view and what sorts it; ``newest_first`` turns the order round."""

    where: ColumnElement[bool]
    sorted_by: Any
    newest_first: bool = False
    is_by_clock: bool = False

    @property
    def statement(self) -> Select[Any]:
        """Rows of the summary with what sorts them, in order."""
        chosen = SUMMARY.add_columns(self.sorted_by.label("sorted_at")).where(self.where)
        if self.is_by_clock:
            chosen = chosen.join(Clock, Clock.inquiry_id == Inquiry.id)
        return chosen.order_by(*self.order)

    @property
    def order(self) -> tuple[Any, ...]:
        """What the rows are ordered by."""
        if self.newest_first:
            return self.sorted_by.desc(), Inquiry.id.desc()
        return self.sorted_by, self.tie

    @property
    def tie(self) -> Any:  # noqa: ANN401 - a column of either model
        """What decides between equal times: an id that stands in the index itself."""
        return Clock.inquiry_id if self.is_by_clock else Inquiry.id

    def after(self, key: tuple[ColumnElement[Any], ColumnElement[Any]]) -> ColumnElement[bool]:
        """Return the condition for what follows a row."""
        place = tuple_(self.sorted_by, self.tie)
        return place < tuple_(*key) if self.newest_first else place > tuple_(*key)


# Call-backs are not here: which are today's depends on the zone of each person (``callbacks``).
SHAPES: Mapping[View, Shape] = MappingProxyType(
    {
        View.FIRST_REPLY: Shape(
            and_(IS_LISTED, Inquiry.first_responded_at.is_(None)), Inquiry.due_at
        ),
        View.MINE: Shape(and_(Inquiry.assignee_id == ME, IS_LISTED), Inquiry.due_at),
        View.UNASSIGNED: Shape(and_(Inquiry.assignee_id.is_(None), IS_LISTED), Inquiry.due_at),
        View.REPLIES: Shape(and_(OWED_REPLY, IS_LISTED), Clock.due_at, is_by_clock=True),
        View.QUARANTINED: Shape(
            and_(IS_OPEN, Inquiry.status == _word(Status.QUARANTINED)), Inquiry.due_at
        ),
        View.CLINICAL: Shape(
            and_(IS_OPEN, Inquiry.status == _word(Status.CLINICAL_REVIEW), IS_AWAKE), Inquiry.due_at
        ),
        View.SNOOZED: Shape(
            and_(Inquiry.snoozed_until.is_not(None), Inquiry.snoozed_until > NOW, IS_OPEN),
            Inquiry.snoozed_until,
        ),
        View.OPEN: Shape(and_(IS_OPEN, IS_BELIEVED), Inquiry.due_at),
        View.CLOSED: Shape(
            and_(Inquiry.status == _word(Status.CLOSED), IS_NO_TEST),
            Inquiry.received_at,
            newest_first=True,
        ),
    }
)
