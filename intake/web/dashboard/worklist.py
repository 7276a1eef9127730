"""The work list: what to do next, for whom, and how long there is; searched, filtered, kept.

A list shows no health text; names only to those who answer people. The page looks again by itself:
a script asks with the tag of what it shows and mostly hears 304.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk.worklist.board import Board, look
from intake.desk.worklist.listing import Looker
from intake.desk.worklist.saved import OwnView, end_view, own_views, save_view
from intake.desk.worklist.views import View
from intake.errors import Conflict, InvalidInput
from intake.notifications.sightings import note_sighting
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.staff.queries import colleagues
from intake.web.context import clinic, current, now
from intake.web.dashboard import list_screen as screen
from intake.web.dashboard.asked import (
    KEPT,
    NARROWING,
    SEARCH_MAX_CHARACTERS,
    Asked,
    asked,
    sealed_condition,
    sealed_search,
)
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.bulk_results import outcome_here
from intake.web.dashboard.list_rows import Around, Row, rows_of
from intake.web.dashboard.policies import member_here, needs

EXPIRED = "This search has expired. Search again."
WATCH = "X-Intake-Watch"
SEEN = frozenset({View.FIRST_REPLY, View.OPEN, View.UNASSIGNED})
VIEW_SAVED = "This view is saved."
VIEWS_FULL = "Five views are saved already. Remove one first: few views are fast views."
VIEW_NAMELESS = "Enter a name for this view, up to 40 characters."
VIEW_GONE = "The view is removed."


@dashboard.get("/inquiries")
@needs(Permission.SEE_WORK_LIST)
def work_list() -> ResponseReturnValue:
    """Show one page of a view, least time left first, or of a search; 304 if nothing changed."""
    intake, member, at = current(), member_here(), now()
    words = {name: value for name in KEPT if (value := request.args.get(name, ""))}
    with intake.database.read() as session:
        own, known = own_views(session, intake.keyring, member.id), colleagues(session)
        saved = next((one.filters for one in own if one.public_id == words.get("saved")), None)
        wanted = asked(words, saved, member, known)
        if wanted.is_expired:
            flash(EXPIRED, "info")
            return redirect(url_for("dashboard.work_list"), 303)
        board = look(session, intake.office, intake.tokens, wanted.for_board, Looker(member.id, at))
    if wanted.view in SEEN and not wanted.searched and WATCH not in request.headers:
        note_sighting(intake.database, at)
    shown = _shown(board, wanted, own, member, at)
    tag = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:24]
    if request.if_none_match.contains(tag):
        return _tagged(make_response("", 304), tag)
    page = render_template(
        "dashboard/inquiries.html",
        title="My view" if "saved" in words else shown["heading"],
        section="inquiries",
        tag=tag,
        filters=screen.filter_fields(wanted, member, known),
        bulk=screen.bulk_fields(wanted, member, known, at),
        outcome=outcome_here(member),
        **shown,
    )
    return _tagged(make_response(page), tag)


@dashboard.post("/inquiries/search")
@needs(Permission.FIND_PEOPLE)
def search() -> ResponseReturnValue:
    """Take what was typed, and lead to its results under a sealed name."""
    text = request.form.get("query", "").strip()[:SEARCH_MAX_CHARACTERS]
    if not text:
        return redirect(url_for("dashboard.work_list"), 303)
    sealed = sealed_search(text, member_here())
    return redirect(url_for("dashboard.work_list", found=sealed), 303)


@dashboard.post("/inquiries/filter")
@needs(Permission.SEE_WORK_LIST)
def work_list_filter() -> ResponseReturnValue:
    """Take the chosen filters, and lead to an address that names no condition."""
    member, condition = member_here(), request.form.get("condition", "")
    words: dict[str, Any] = _chosen()
    if condition and member.may(Permission.FIND_PEOPLE):
        words["about"] = sealed_condition(condition, member)
    if found := request.form.get("found", ""):
        words["found"] = found
    return redirect(url_for("dashboard.work_list", **words), 303)


@dashboard.post("/inquiries/views")
@needs(Permission.SEE_WORK_LIST)
def own_view_save() -> ResponseReturnValue:
    """Keep the chosen filters under a name of the member's own."""
    intake, member = current(), member_here()
    condition = request.form.get("condition", "")
    filters = {**_chosen(), **({"condition": condition} if condition else {})}
    name = request.form.get("name", "")
    try:
        with intake.database.write() as session:
            kept = save_view(
                session, intake.keyring, member.id, name=name, filters=filters, at=now()
            )
    except (Conflict, InvalidInput) as refused:
        flash(VIEWS_FULL if isinstance(refused, Conflict) else VIEW_NAMELESS, "error")
        return work_list_filter()
    flash(VIEW_SAVED)
    return redirect(url_for("dashboard.work_list", saved=kept.public_id), 303)


@dashboard.post("/inquiries/views/<public_id>/ending")
@needs(Permission.SEE_WORK_LIST)
def own_view_end(public_id: str) -> ResponseReturnValue:
    """Forget one of the member's own views."""
    with current().database.write() as session:
        end_view(session, member_here().id, public_id)
    flash(VIEW_GONE)
    return redirect(url_for("dashboard.work_list"), 303)


def _chosen() -> dict[str, str]:
    """Return the view and the filters of a form, without the condition."""
    return {name: value for name in ("view", *NARROWING) if (value := request.form.get(name, ""))}


def _shown(
    board: Board, wanted: Asked, own: Sequence[OwnView], member: Member, at: datetime
) -> dict[str, object]:
    """Return everything that may change while the page is looked at; the tag is made of it."""
    rows = rows_of(board.page.rows, Around(member, board.names, board.actions, clinic().zone, at))
    after = board.page.next_cursor
    return {
        "heading": screen.heading_of(wanted, own),
        "views": screen.view_links(board.counted, wanted, own),
        "rows": [asdict(row) for row in rows],
        "empty": "" if rows else screen.empty_words(wanted, board.last, at),
        "newer_url": wanted.url(after=None) if wanted.after else "",
        "older_url": wanted.url(after=after) if after else "",
        "found": _found(rows, has_more=after is not None) if wanted.searched else "",
        "result_of": wanted.searched,
    }


def _found(rows: Sequence[Row], *, has_more: bool) -> str:
    if has_more:
        return f"{len(rows)} inquiries on this page, and more"
    return "1 inquiry" if len(rows) == 1 else f"{len(rows)} inquiries"


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    return response
