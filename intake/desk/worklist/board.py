"""Everything one look at the work list needs, read in one snapshot: lines, next actions, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from intake.crypto.tokens import SearchTokens
from intake.desk.next_action import NextAction, next_actions
from intake.desk.office import Office
from intake.desk.worklist.counts import counts
from intake.desk.worklist.filters import Filters, conditions_of
from intake.desk.worklist.listing import Looker, last_received_at, page_of
from intake.desk.worklist.views import View
from intake.inquiries.search import search
from intake.inquiries.summaries import InquirySummary
from intake.staff.queries import names_by_id
from intake.storage.paging import Page


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at: a view, or what a search finds; narrowed by filters."""

    view: View
    filters: Filters
    searched: str = field(default="", repr=False)
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What there is to see; ``last`` is asked for only where the page is empty."""

    page: Page[InquirySummary]
    actions: Mapping[int, NextAction]
    names: Mapping[int, str]
    counted: Mapping[View, int]
    last: datetime | None


def look(
    session: Session, office: Office, tokens: SearchTokens, wanted: Wanted, looker: Looker
) -> Board:
    """Return what a member sees who asks for this now.

    Raises:
        InvalidInput: The cursor is not one of ours.
    """
    where = conditions_of(wanted.filters, tokens)
    if wanted.searched:
        page = search(
            session, office.keyring, tokens, wanted.searched, where=where, after=wanted.after
        )
    else:
        page = page_of(
            session, office.keyring, wanted.view, looker, where=where, after=wanted.after
        )
    owners = (one.assignee_id for one in page.rows if one.assignee_id is not None)
    return Board(
        page=page,
        actions=next_actions(session, office, page.rows, at=looker.at) if page.rows else {},
        names=names_by_id(session, owners),
        counted=counts(session, looker),
        last=None if page.rows else last_received_at(session),
    )
