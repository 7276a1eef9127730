"""How many inquiries each of a member's own views holds, as far as the list beneath it is counted.

A view is a list with filters on it. The filters are put to the first thousand of that list, in its
own order, so that a rare condition costs no look at everything there is: past that the number is
"12+", and it means what it says.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from intake.crypto.tokens import SearchTokens
from intake.desk.models import Clock
from intake.desk.worklist.callbacks import todays
from intake.desk.worklist.counts import COUNTED_TO, count_words
from intake.desk.worklist.filters import Filters, conditions_of
from intake.desk.worklist.listing import Looker
from intake.desk.worklist.views import SHAPES, View
from intake.inquiries.models import Inquiry


def own_counts(
    session: Session,
    tokens: SearchTokens,
    wanted: Mapping[str, tuple[View, Filters]],
    counted: Mapping[View, int],
    looker: Looker,
) -> dict[str, str]:
    """Return the numbers in words, by name.

    Args:
        session: A session of either door.
        tokens: The tokens of the purpose "search".
        wanted: View and filters of each own view, by any name.
        counted: How many each list holds without filters (``counts``).
        looker: Who looks, and when.
    """
    found: dict[str, str] = {}
    beneath: dict[View, dict[str, Filters]] = {}
    for name, (view, filters) in wanted.items():
        if filters.is_empty:
            found[name] = count_words(counted[view])
        else:
            beneath.setdefault(view, {})[name] = filters
    for view, group in beneath.items():
        more = "+" if counted[view] > COUNTED_TO else ""
        numbers = _numbers(session, tokens, view, tuple(group.values()), looker)
        found |= {name: f"{number:,}{more}" for name, number in zip(group, numbers, strict=True)}
    return found


def _numbers(
    session: Session,
    tokens: SearchTokens,
    view: View,
    group: Sequence[Filters],
    looker: Looker,
) -> Sequence[int]:
    """Return how many of one list fit each set of filters: the list is gone through once."""
    counts = (func.count().filter(*conditions_of(filters, tokens)) for filters in group)
    statement = select(*counts).select_from(Inquiry)
    if view is View.CALLBACKS:
        ids = [one for _, one in todays(session, looker.at)]
        statement = statement.where(Inquiry.id.in_(ids), Inquiry.closed_at.is_(None))
    else:
        shape = SHAPES[view]
        first = select(Inquiry.id).where(shape.where).order_by(*shape.order)
        if shape.is_by_clock:
            first = first.join(Clock, Clock.inquiry_id == Inquiry.id)
        looked_at = first.limit(literal_column(str(COUNTED_TO))).subquery()
        statement = statement.join(looked_at, looked_at.c.id == Inquiry.id)
    asked = {"me": looker.me, "now": looker.at}
    return tuple(session.connection().execute(statement, asked).one())
