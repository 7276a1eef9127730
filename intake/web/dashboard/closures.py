"""Closing the clinic out of turn: from when, until when, and what the public reads meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.clinic.closed_notice import in_words
from intake.clinic.closure_models import ClosureReason
from intake.clinic.closures import stored_closures, stretches
from intake.clinic.hours import BusinessHours, business_hours
from intake.crypto.tokens import show_reference
from intake.desk.closures import (
    ClosureRow,
    booked_in,
    close_clinic,
    closures_told,
    open_early,
)
from intake.errors import Conflict, InvalidInput, Problem
from intake.i18n import LANGUAGES
from intake.staff.permissions import Permission
from intake.web.changing import reread
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.clinic_pages import SECTION, clinic_pages
from intake.web.dashboard.desk_words import refusal_words
from intake.web.dashboard.policies import acting, member_here, needs
from intake.web.dashboard.times import day_and_time
from intake.web.dashboard.wall_times import instant_of, wall_value
from intake.web.fields import FieldView

TITLE = "Closed times"
HEADS = [("From", ""), ("Until", ""), ("Why", ""), ("State", ""), ("Set by", ""), ("End", "")]
REASONS = {
    ClosureReason.NONE: "No reason given",
    ClosureReason.HOLIDAY: "Holiday",
    ClosureReason.WEATHER: "Weather",
    ClosureReason.TRAINING: "Staff training",
    ClosureReason.TECHNICAL: "Technical problem",
}
FAULTS = {
    ("starts_at", "past"): "Enter a time that is less than a day ago",
    ("ends_at", "past"): "That time has passed. Choose a later one",
    ("ends_at", "order"): "Enter a time after the beginning",
    ("ends_at", "too_long"): "Half a year at most. For longer, change the opening hours instead",
    ("", "missing"): "Enter a date and a time",
    ("", "format"): "Enter a date and a time, like 2026-11-24T09:00",
    ("", "skipped"): "That hour does not exist: clocks go forward then",
}


@dashboard.get("/closures")
@needs(Permission.SET_CLOSURES)
def closures() -> ResponseReturnValue:
    """Show when we were, are and will be closed, and the form."""
    return _page()


@dashboard.post("/closures")
@needs(Permission.SET_CLOSURES)
def closure_create() -> ResponseReturnValue:
    """Close from one time of the clinic's clock until another."""
    service, at = current(), now()
    try:
        starts_at, ends_at = _instants()
        with service.database.write() as session:
            close_clinic(
                session,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=_reason(),
                by=acting(),
                at=at,
            )
    except InvalidInput as wrong:
        return _page(wrong.problems), 422
    except Conflict as refused:
        flash(f"{refusal_words(refused)}.", "error")
    else:
        flash("Closed. The pages say so within a minute, and promises move with it.")
    _tell_pages()
    return redirect(url_for("dashboard.closures"), 303)


@dashboard.post("/closures/<public_id>/ending")
@needs(Permission.SET_CLOSURES)
def closure_ending(public_id: str) -> ResponseReturnValue:
    """Open again early, or call a closure off."""
    service = current()
    try:
        with service.database.write() as session:
            open_early(session, public_id, by=acting(), at=now())
    except Conflict as refused:
        flash(f"{refusal_words(refused)}.", "error")
    else:
        flash("Open. Promises that had moved for this are put back within a minute.")
    _tell_pages()
    return redirect(url_for("dashboard.closures"), 303)


def _tell_pages() -> None:
    """Let the pages of this process follow at once; those of others do within a minute."""
    current().closures.forget()
    reread()


def _instants() -> tuple[datetime, datetime]:
    zone = clinic().zone
    found: list[datetime] = []
    problems: list[Problem] = []
    for field in ("starts_at", "ends_at"):
        try:
            found.append(instant_of(request.form.get(field, ""), zone, field))
        except InvalidInput as wrong:
            problems += wrong.problems
    if problems:
        raise InvalidInput(tuple(problems))
    return found[0], found[1]


def _reason() -> ClosureReason:
    given = request.form.get("reason", "")
    return ClosureReason(given) if given in set(ClosureReason) else ClosureReason.NONE


def _page(problems: Sequence[Problem] = ()) -> str:
    service, at = current(), now()
    with service.database.read() as session:
        rows = closures_told(session)
        hours = business_hours(service.settings.clinic, stretches(stored_closures(session)))
        booked = {
            row.public_id: booked_in(session, row, at=at) for row in rows if not row.is_over(at)
        }
    errors = {
        one.field: FAULTS.get((one.field, one.code)) or FAULTS["", one.code] for one in problems
    }
    fields = _fields(errors, at)
    return render_template(
        "dashboard/closures.html",
        title=TITLE,
        section=SECTION,
        clinic_pages=clinic_pages("dashboard.closures"),
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
        fields=fields,
        heads=HEADS,
        rows=[_row(row, at) for row in rows],
        told=[_told(row, hours) for row in rows if not row.is_over(at)],
        booked=[
            (_url(reference), show_reference(reference), day_and_time(starts, clinic().zone))
            for found in booked.values()
            for reference, starts in found
        ],
    )


def _row(row: ClosureRow, at: datetime) -> list[object]:
    zone = clinic().zone
    state: dict[str, str] = {"words": "Over", "state": "idle"}
    end: object = ""
    if row.ended_at is not None:
        early = "Called off" if row.ended_at <= row.starts_at else "Opened early"
        words = f"{early} by {row.ended_by}, {day_and_time(row.ended_at, zone)}"
        state = {"words": words, "state": "idle"}
    elif row.ends_at > at:
        is_on = row.starts_at <= at
        state = {"words": "Closed now" if is_on else "To come", "state": "bad" if is_on else "soon"}
        end = {
            "action": url_for("dashboard.closure_ending", public_id=row.public_id),
            "words": "Open now" if is_on else "Call off",
            "about": f"closed from {day_and_time(row.starts_at, zone)}",
            "hidden": {"csrf_token": generate_csrf()},
        }
    return [
        day_and_time(row.starts_at, zone),
        day_and_time(row.ends_at, zone),
        REASONS[row.reason],
        state,
        row.set_by,
        end,
    ]


def _told(row: ClosureRow, hours: BusinessHours) -> tuple[str, list[tuple[str, str]]]:
    """Return what the public reads of a closure, in each language."""
    zone, opens_at = clinic().zone, hours.next_open(row.ends_at)
    return (
        day_and_time(row.starts_at, zone),
        [(code, " ".join(in_words(row.reason, opens_at, zone, code))) for code in LANGUAGES],
    )


def _url(reference: str) -> str:
    """Return the inquiry's page, for whoever may open it."""
    if not member_here().may(Permission.READ_INQUIRY):
        return ""
    return url_for("dashboard.inquiry", reference=show_reference(reference))


def _fields(errors: dict[str, str], at: datetime) -> list[FieldView]:
    typed = request.form
    return [
        FieldView(
            "starts_at",
            "datetime",
            "Closed from",
            hint="On the clinic's clock",
            value=typed.get("starts_at", wall_value(at, clinic().zone)),
            error=errors.get("starts_at", ""),
            width="short",
        ),
        FieldView(
            "ends_at",
            "datetime",
            "Closed until",
            hint="The first minute in which somebody is there again",
            value=typed.get("ends_at", ""),
            error=errors.get("ends_at", ""),
            width="short",
        ),
        FieldView(
            "reason",
            "select",
            "Why, as the public reads it",
            choices=tuple((code.value, words, "") for code, words in REASONS.items()),
            value=typed.get("reason", ClosureReason.NONE.value),
            width="short",
        ),
    ]
