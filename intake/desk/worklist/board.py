"""Everything one look at the work list needs, read in one snapshot: lines, next actions, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from intake.crypto.tokens import SearchTokens
from intake.desk.next_action import NextAction, next_actions
from intake.desk.office import Office
from intake.desk.worklist.alike import alike_counts
from intake.desk.worklist.counts import counts
from intake.desk.worklist.filters import Filters, conditions_of
from intake.desk.worklist.listing import Looker, last_received_at, page_of
from intake.desk.worklist.own_counts import own_counts
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
    own: Mapping[str, tuple[View, Filters]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Board:
    """What there is to see; ``last`` is asked for only where the page is empty.

    ``own_counted`` are the numbers of the member's own views, in words, by the names that
    ``Wanted.own`` gave them; ``alike`` how many others each inquiry of the page looks like.
    """

    page: Page[InquirySummary]
    actions: Mapping[int, NextAction]
    names: Mapping[int, str]
    counted: Mapping[View, int]
    own_counted: Mapping[str, str]
    alike: Mapping[int, int]
    last: datetime | None


def look(
    session: Session, office: Office, tokens: SearchTokens, wanted: Wanted, looker: Looker
) -> Board:
    """Return what a member sees who asks for this now.

    Raises:
        InvalidInput: The cursor is not one of ours.
    """
    page = page_wanted(session, office, tokens, wanted, looker)
    owners = (one.assignee_id for one in page.rows if one.assignee_id is not None)
    counted = counts(session, looker)
    return Board(
        page=page,
        actions=next_actions(session, office, page.rows, at=looker.at) if page.rows else {},
        names=names_by_id(session, owners),
        counted=counted,
        own_counted=own_counts(session, tokens, wanted.own, counted, looker),
        alike=alike_counts(session, [one.id for one in page.rows], at=looker.at),
        last=None if page.rows else last_received_at(session),
    )


def page_wanted(
    session: Session, office: Office, tokens: SearchTokens, wanted: Wanted, looker: Looker
) -> Page[InquirySummary]:
    """Return the lines alone: of a view, or what a search finds.

    Raises:
        InvalidInput: The cursor is not one of ours.
    """
    where, keyring = conditions_of(wanted.filters, tokens), office.keyring
    if wanted.searched:
        return search(session, keyring, tokens, wanted.searched, where=where, after=wanted.after)
    return page_of(session, keyring, wanted.view, looker, where=where, after=wanted.after)
