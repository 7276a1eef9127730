"""The work list, the search, and one inquiry.

A list shows no health text; names only to those who answer people. What was searched travels
sealed: a name or a number must not stand in an address, where logs and histories keep it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.audit import trail
from intake.consent.queries import consents_of
from intake.crypto.sealed import open_cookie, seal_cookie
from intake.crypto.tokens import show_reference
from intake.desk.break_glass import reasons_of
from intake.inquiries.models import Status
from intake.inquiries.queries import open_counts, read_inquiry
from intake.inquiries.queries import work_list as list_of
from intake.inquiries.search import search as find
from intake.inquiries.summaries import InquirySummary, View
from intake.notifications.queries import deliveries_of
from intake.notifications.sightings import note_sighting
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.staff.queries import names_by_id, names_by_public_id
from intake.storage.paging import Page
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.reading import Reading, screen_of
from intake.web.dashboard.sentences import NEXT, WAYS, language_words
from intake.web.dashboard.times import Due, due_label

SEARCH_LASTS = timedelta(minutes=15)
SEARCH_MAX_CHARACTERS = 200
PURPOSE = "staff search"
HEADINGS = {
    View.OPEN: "Needs an answer",
    View.QUARANTINED: "Quarantined",
    View.CLOSED: "Closed",
}
EXPIRED = "This search has expired. Search again."


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, as ``dashboard/inquiries.html`` draws it."""

    url: str
    reference: str
    name: str
    language: str
    due: Due
    next_action: str
    channel: str
    assignee: str
    badges: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows: a view, or what a search found."""

    heading: str
    page: Page[InquirySummary]
    searched: str = ""


@dashboard.get("/inquiries")
@needs(Permission.SEE_WORK_LIST)
def work_list() -> ResponseReturnValue:
    """Show one page of a view, least time left first, or of a search."""
    member = member_here()
    view = _view()
    searched = _searched(member)
    if searched is None:
        flash(EXPIRED, "info")
        return redirect(url_for("dashboard.work_list"), 303)
    intake, after = current(), request.args.get("after") or None
    if view is View.OPEN and not searched:
        note_sighting(intake.database, now())
    with intake.database.read() as session:
        if searched:
            found = find(session, intake.keyring, intake.tokens, searched, after=after)
            listing = Listing("Search", found, searched)
        else:
            page = list_of(session, intake.keyring, view, after=after)
            listing = Listing(HEADINGS[view], page)
        counts = open_counts(session)
        assigned = (one.assignee_id for one in listing.page.rows if one.assignee_id is not None)
        names = names_by_id(session, assigned)
    return _page(listing, view, counts, names, member)


@dashboard.post("/inquiries/search")
@needs(Permission.FIND_PEOPLE)
def search() -> ResponseReturnValue:
    """Take what was typed, and lead to its results under a sealed name."""
    text = request.form.get("query", "").strip()[:SEARCH_MAX_CHARACTERS]
    if not text:
        return redirect(url_for("dashboard.work_list"), 303)
    until = (now() + SEARCH_LASTS).timestamp()
    sealed = seal_cookie(
        current().keyring.secret(PURPOSE),
        PURPOSE,
        {"text": text, "until": until, "by": member_here().public_id},
    )
    return redirect(url_for("dashboard.work_list", found=sealed), 303)


@dashboard.get("/inquiries/<reference>")
@needs(Permission.READ_INQUIRY)
def inquiry(reference: str) -> ResponseReturnValue:
    """Record that the member reads this inquiry, and then show it."""
    intake, member, at = current(), member_here(), now()
    opened = read_inquiry(intake.database, intake.keyring, reference, actor=member.actor, at=at)
    with intake.database.read() as session:
        history = trail.history(session, opened.summary.public_id)
        assigned = [opened.summary.assignee_id] if opened.summary.assignee_id else []
        reading = Reading(
            opened=opened,
            consents=consents_of(session, opened.summary.id),
            history=history,
            deliveries=deliveries_of(session, opened.summary.id),
            actors=names_by_public_id(session, (entry.actor.id for entry in history)),
            assignees=names_by_id(session, assigned),
            reasons=reasons_of(session, intake.keyring, inquiry_id=opened.summary.id),
        )
    return render_template("dashboard/inquiry.html", **screen_of(reading, member, at=at))


def _view() -> View:
    """Return the view that is asked for; an unknown one is the first."""
    asked = request.args.get("view", "")
    return View(asked) if asked in set(View) else View.OPEN


def _searched(member: Member) -> str | None:
    """Return what the sealed search asks for, empty for none, None for one that has expired."""
    sealed = request.args.get("found", "")
    if not sealed:
        return ""
    opened = open_cookie(current().keyring.secret(PURPOSE), PURPOSE, sealed)
    if not isinstance(opened, Mapping) or not member.may(Permission.FIND_PEOPLE):
        return None
    is_theirs = opened.get("by") == member.public_id
    until = opened.get("until")
    in_time = isinstance(until, float) and now().timestamp() < until
    return str(opened.get("text", "")) if is_theirs and in_time else None


def _page(
    listing: Listing,
    view: View,
    counts: Mapping[Status, int],
    names: Mapping[int, str],
    member: Member,
) -> str:
    at, sees_names = now(), member.may(Permission.SEE_NAMES)
    rows = [_row(one, names, member, at, sees_names=sees_names) for one in listing.page.rows]
    after = listing.page.next_cursor
    return render_template(
        "dashboard/inquiries.html",
        title=listing.heading,
        section="inquiries",
        heading=listing.heading,
        views=_views(counts, None if listing.searched else view),
        rows=rows,
        empty="No inquiries match." if listing.searched else "Nothing is waiting here.",
        newer_url=_same_list() if request.args.get("after") else "",
        older_url=_same_list(after) if after else "",
        found=_found(rows, has_more=after is not None) if listing.searched else "",
        result_of=listing.searched,
    )


def _same_list(after: str | None = None) -> str:
    """Return the address of another page of this list."""
    kept = request.args
    return url_for(
        "dashboard.work_list", view=kept.get("view"), found=kept.get("found"), after=after
    )


def _found(rows: Sequence[Row], *, has_more: bool) -> str:
    if has_more:
        return f"{len(rows)} inquiries on this page, and more"
    return "1 inquiry" if len(rows) == 1 else f"{len(rows)} inquiries"


def _views(
    counts: Mapping[Status, int], shown: View | None
) -> list[tuple[str, str, int | str, bool]]:
    quarantined = counts.get(Status.QUARANTINED, 0)
    numbers: dict[View, int | str] = {
        View.OPEN: sum(counts.values()) - quarantined,
        View.QUARANTINED: quarantined,
        View.CLOSED: "",
    }
    return [
        (url_for("dashboard.work_list", view=view.value), HEADINGS[view], number, view is shown)
        for view, number in numbers.items()
    ]


def _row(
    one: InquirySummary,
    names: Mapping[int, str],
    member: Member,
    at: datetime,
    *,
    sees_names: bool,
) -> Row:
    label = one.label if sees_names else None
    may_open = member.may(Permission.READ_INQUIRY)
    badges = [("Urgent signs", "stop")] if one.urgent else []
    if not one.is_readable:
        badges.append(("Cannot be opened: tell an administrator", "stop"))
    ways = [WAYS.get(way, way) for way in label.ways] if label else []
    return Row(
        url=url_for("dashboard.inquiry", reference=one.reference) if may_open else "",
        reference=show_reference(one.reference),
        name=label.name if label else "",
        language=language_words(
            label.language if label else one.language,
            interpreter=label is not None and label.interpreter,
        ),
        due=due_label(one.due_at, clinic().zone, now=at, is_over=one.closed_at is not None),
        next_action=NEXT[one.status],
        channel=", ".join(ways),
        assignee=names.get(one.assignee_id or 0, "nobody"),
        badges=badges,
    )
