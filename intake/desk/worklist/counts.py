"""How many wait in each view, counted no further than anybody needs to know.

Past a thousand the number is "1,000+": counting on would cost as much as there are inquiries, on
every look at the list. All views are counted in one statement, from the indexes alone.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnClause, Select, func, literal_column, select
from sqlalchemy.orm import Session

from intake.desk.models import Clock
from intake.desk.worklist.callbacks import todays
from intake.desk.worklist.listing import Looker
from intake.desk.worklist.views import SHAPES, Shape, View
from intake.inquiries.models import Inquiry

COUNTED_TO = 1000

_ONE: ColumnClause[Any] = literal_column("1")


def counted(shape: Shape) -> Select[Any]:
    """Return the rows of a view that are counted, no more than need be."""
    rows = select(_ONE.label("one")).select_from(Inquiry)
    if shape.is_by_clock:
        rows = rows.join(Clock, Clock.inquiry_id == Inquiry.id)
    # In order, so that the planner takes the index of the view here, too.
    ordered = rows.where(shape.where).order_by(*shape.order)
    return ordered.limit(literal_column(str(COUNTED_TO + 1)))


_COUNTS = select(
    *(
        select(func.count())
        .select_from(counted(shape).subquery())
        .scalar_subquery()
        .label(view.value)
        for view, shape in SHAPES.items()
    )
)


def counts(session: Session, looker: Looker) -> Mapping[View, int]:
    """Return the number of each view; ``COUNTED_TO + 1`` stands for more than can be said."""
    row = session.connection().execute(_COUNTS, {"me": looker.me, "now": looker.at}).one()
    found = dict(zip(SHAPES, (int(number) for number in row), strict=True))
    return {**found, View.CALLBACKS: len(todays(session, looker.at))}


def count_words(number: int) -> str:
    """Return ``12`` or ``1,000+``."""
    return f"{number:,}" if number <= COUNTED_TO else f"{COUNTED_TO:,}+"
