"""What narrows a list or a search: status, owner, language, urgency, days, state, and a condition.

State and condition are compared by their keyed tokens: the words stand in no column, and the
condition in no address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, literal, literal_column, select
from sqlalchemy.orm import aliased

from intake.crypto.tokens import SearchTokens
from intake.desk.worklist.views import View
from intake.inquiries.models import Inquiry, SearchToken, Status

NOBODY: Final = 0
UNITED_STATES: Final = "US"
VIEW_OF: Mapping[Status, View] = {Status.CLOSED: View.CLOSED, Status.QUARANTINED: View.QUARANTINED}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; what is empty narrows nothing.

    ``owner`` is a member's row id, or :data:`NOBODY`. ``state`` is the code of one of the United
    States. ``condition`` is health information.
    """

    status: Status | None = None
    owner: int | None = None
    language: str = ""
    urgent: bool = False
    received_from: datetime | None = None
    received_before: datetime | None = None
    state: str = ""
    condition: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is narrowed."""
        return self == NOTHING


NOTHING = Filters()


def view_for(view: View, filters: Filters) -> View:
    """Return the list in which a status can be found at all: a status outranks the view."""
    return view if filters.status is None else VIEW_OF.get(filters.status, View.OPEN)


def conditions_of(filters: Filters, tokens: SearchTokens) -> list[ColumnElement[bool]]:
    """Return what an inquiry must fulfil, as conditions on its row."""
    found: list[ColumnElement[bool]] = []
    if filters.status is not None:
        # A constant of a closed list, so that a partial index can be seen to fit.
        found.append(Inquiry.status == literal_column(f"'{filters.status.value}'"))
    if filters.owner is not None:
        found.append(_is_owned_by(filters.owner))
    if filters.language:
        found.append(Inquiry.language == filters.language)
    if filters.urgent:
        found.append(Inquiry.urgent == literal(True, Inquiry.urgent.type))
    found += _came_between(filters.received_from, filters.received_before)
    if filters.state:
        found.append(Inquiry.place == tokens.place(UNITED_STATES, filters.state))
    if filters.condition:
        found.append(_is_about(tokens.condition(filters.condition)))
    return found


def _is_owned_by(owner: int) -> ColumnElement[bool]:
    return Inquiry.assignee_id.is_(None) if owner == NOBODY else Inquiry.assignee_id == owner


def _came_between(start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if start is not None:
        found.append(Inquiry.received_at >= start)
    if end is not None:
        found.append(Inquiry.received_at < end)
    return found


def _is_about(token: bytes) -> ColumnElement[bool]:
    about = aliased(SearchToken)  # a search reads the same table under its own name
    return (
        select(about.inquiry_id)
        .where(about.token == token, about.inquiry_id == Inquiry.id)
        .exists()
    )
