"""The lines of the work list: who, how long, and the one thing to do next. No health text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from intake.crypto.tokens import show_reference
from intake.desk.next_action import NextAction
from intake.desk.worklist.alike import alike_words
from intake.inquiries.models import Status
from intake.inquiries.summaries import InquirySummary
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.dashboard.sentences import (
    NEXT,
    STATUSES,
    WAYS,
    language_words,
    status_words,
)
from intake.web.dashboard.times import Due, day_and_time, due_label

OVER = frozenset({Status.CLOSED, Status.ERASED})
# Where the heading of the view does not say it already.
TOLD_STATUSES = frozenset(Status) - OVER - {Status.NEW}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, as ``dashboard/inquiries.html`` draws it."""

    key: str
    choice: str
    url: str
    glass_url: str
    reference: str
    name: str
    language: str
    due: Due
    status: str
    next_action: str
    channel: str
    assignee: str
    badges: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Around:
    """What all lines of one page are drawn with; ``place`` are the words of the list's address."""

    member: Member
    names: Mapping[int, str]
    actions: Mapping[int, NextAction]
    alike: Mapping[int, int]
    place: Mapping[str, Any]
    zone: str
    at: datetime


def rows_of(found: Sequence[InquirySummary], around: Around) -> list[Row]:
    """Return the lines of a page."""
    return [_row(one, around) for one in found]


def _row(one: InquirySummary, around: Around) -> Row:
    member = around.member
    label = one.label if member.may(Permission.SEE_NAMES) else None
    badges = [("Urgent signs", "stop")] if one.urgent else []
    if not one.is_readable:
        badges.append(("Cannot be opened: tell an administrator", "stop"))
    if one.new_promise_at is not None:
        when = day_and_time(one.new_promise_at, around.zone)
        badges.append((f"New promise: {when}", "info"))
    if label is not None and one.id in around.alike:
        badges.append((alike_words(around.alike[one.id]), "note"))
    ways = [WAYS.get(way, way) for way in label.ways] if label else []
    is_mine = one.assignee_id == member.id
    return Row(
        key=one.reference,
        choice=f"{one.reference}.{one.version}",
        url=_url(one, around),
        glass_url=glass_url(one.reference, member) if one.status is not Status.ERASED else "",
        reference=show_reference(one.reference),
        name=label.name if label else "",
        language=language_words(
            label.language if label else one.language,
            interpreter=label is not None and label.interpreter,
        ),
        due=_due(one, around),
        status=STATUSES[one.status] if one.status in TOLD_STATUSES else "",
        next_action=_next(one, around),
        channel=", ".join(ways),
        assignee="you" if is_mine else around.names.get(one.assignee_id or 0, "nobody"),
        badges=badges,
    )


def _url(one: InquirySummary, around: Around) -> str:
    if not around.member.may(Permission.READ_INQUIRY):
        return ""
    return url_for("dashboard.inquiry", reference=one.reference, **around.place)


def glass_url(reference: str, member: Member) -> str:
    """Return where to open it as an exception, for who may do that and not simply read it."""
    may_break = member.may(Permission.BREAK_GLASS) and not member.may(Permission.READ_INQUIRY)
    return url_for("dashboard.openings", reference=show_reference(reference)) if may_break else ""


def _due(one: InquirySummary, around: Around) -> Due:
    if one.closed_at is not None:
        return Due("Closed", "none", day_and_time(one.closed_at, around.zone))
    if one.snoozed_until is not None and one.snoozed_until > around.at:
        return Due("Snoozed", "paused", f"until {day_and_time(one.snoozed_until, around.zone)}")
    if one.status is Status.WAITING_ON_PATIENT:
        return Due("Paused", "paused", f"until {day_and_time(one.due_at, around.zone)}")
    return due_label(one.due_at, around.zone, now=around.at)


def _next(one: InquirySummary, around: Around) -> str:
    """Return what to do; who may not see people is not told where they live either."""
    if one.status in OVER:
        return status_words(one.status, one.outcome)
    action = around.actions.get(one.id)
    if action is None or not around.member.may(Permission.SEE_NAMES):
        return NEXT[one.status]
    return action.reason
