"""The work list: what to do next, for whom, and how long there is; searched, filtered, kept.

A list shows no health text; names only to those who answer people. The page looks again by itself:
a script asks with the tag of what it shows and mostly hears 304.
"""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk.worklist.saved import end_view, save_view
from intake.errors import Conflict, InvalidInput
from intake.notifications.sightings import note_sighting
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard import list_screen as screen
from intake.web.dashboard.asked import (
    NARROWING,
    SEARCH_MAX_CHARACTERS,
    sealed_condition,
    sealed_search,
)
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.bulk_results import outcome_here
from intake.web.dashboard.list_place import words_here
from intake.web.dashboard.looking import is_seen, look_at
from intake.web.dashboard.policies import member_here, needs

EXPIRED = "This search has expired. Search again."
WATCH = "X-Intake-Watch"
VIEW_SAVED = "This view is saved."
VIEWS_FULL = "Five views are saved already. Remove one first: few views are fast views."
VIEW_NAMELESS = "Enter a name for this view, up to 40 characters."
VIEW_GONE = "The view is removed."


@dashboard.get("/inquiries")
@needs(Permission.SEE_WORK_LIST)
def work_list() -> ResponseReturnValue:
    """Show one page of a view, least time left first, or of a search; 304 if nothing changed."""
    intake, member, at = current(), member_here(), now()
    words = words_here()
    found = look_at(words, member, at)
    if found is None:
        flash(EXPIRED, "info")
        return redirect(url_for("dashboard.work_list"), 303)
    wanted, shown = found.asked, found.shown
    if is_seen(wanted) and WATCH not in request.headers:
        note_sighting(intake.database, at)
    if request.if_none_match.contains(found.tag):
        return _tagged(make_response("", 304), found.tag)
    page = render_template(
        "dashboard/inquiries.html",
        title="My view" if "saved" in words else shown["heading"],
        section="inquiries",
        tag=found.tag,
        filters=screen.filter_fields(wanted, member, found.known),
        bulk=screen.bulk_fields(wanted, member, found.known, at),
        outcome=outcome_here(member),
        **shown,
    )
    return _tagged(make_response(page), found.tag)


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


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    return response
