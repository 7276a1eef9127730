"""Everything around the lines of the work list: views with counts, filters, empty states, bulk."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from flask import url_for

from intake.desk.reasons import REASONS
from intake.desk.worklist.board import Board
from intake.desk.worklist.counts import count_words
from intake.desk.worklist.filters import UNITED_STATES
from intake.desk.worklist.saved import OwnView
from intake.desk.worklist.views import View
from intake.inquiries.models import Outcome, Status
from intake.inquiries.places import states
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.staff.queries import Colleague
from intake.web.context import clinic, current
from intake.web.dashboard.asked import LANGUAGES, ME, NARROWING, Asked
from intake.web.dashboard.hearing_forms import UNNAMED
from intake.web.dashboard.sentences import STATUSES
from intake.web.dashboard.times import ago, day_and_time

# Heading, the letter after g, and what an empty view says.
VIEWS: Mapping[View, tuple[str, str, str]] = MappingProxyType(
    {
        View.FIRST_REPLY: ("Needs first reply", "f", "Everybody has had a first reply."),
        View.MINE: ("Mine", "m", "Nothing is assigned to you."),
        View.UNASSIGNED: ("Unassigned", "u", "Everything has an owner."),
        View.CALLBACKS: ("Call-backs today", "t", "No call-back is booked for today."),
        View.REPLIES: ("Replies waiting", "r", "Nobody waits for our reply."),
        View.QUARANTINED: ("Quarantine", "q", "Nothing is in quarantine."),
        View.CLINICAL: ("Clinical review", "c", "Nothing is with a clinician."),
        View.SNOOZED: ("Snoozed", "s", "Nothing is snoozed."),
        View.OPEN: ("All open", "a", "Nothing is open."),
        View.CLOSED: ("Closed", "d", "Nothing has been closed."),
    }
)
FILTERED_OUT = "Nothing in this list fits the filters."
NO_MATCH = "No inquiries match."
Choices = list[tuple[str, str]]


def view_links(board: Board, asked: Asked, own: Sequence[OwnView]) -> list[dict[str, object]]:
    """Return the views, built-in and own, with their counts; none is current during a search."""
    is_plain = not asked.searched and "saved" not in asked.words
    return [
        {
            "url": url_for("dashboard.work_list", view=view.value),
            "words": words,
            "count": count_words(board.counted[view]),
            "key": key,
            "is_current": is_plain and view is asked.view,
            "is_own": False,
            "public_id": "",
        }
        for view, (words, key, _) in VIEWS.items()
    ] + [
        {
            "url": url_for("dashboard.work_list", saved=one.public_id),
            "words": one.name,
            "count": board.own_counted[one.public_id],
            "key": str(one.place),
            "is_current": asked.words.get("saved") == one.public_id,
            "is_own": True,
            "public_id": one.public_id,
        }
        for one in own
    ]


def heading_of(asked: Asked, own: Sequence[OwnView]) -> str:
    """Return what stands above the list."""
    if asked.searched:
        return "Search"
    named = (one.name for one in own if one.public_id == asked.words.get("saved"))
    return next(named, VIEWS[asked.view][0])


def empty_words(asked: Asked, last: datetime | None, at: datetime) -> str:
    """Return what an empty list says, and when the last inquiry came in."""
    if asked.searched:
        return NO_MATCH
    words = VIEWS[asked.view][2] if asked.filters.is_empty else FILTERED_OUT
    if last is None:
        return f"{words} No inquiry has come in yet."
    when = day_and_time(last, clinic().zone)
    return f"{words} The last inquiry came in {when}, {ago(last, now=at)}."


def filter_fields(
    asked: Asked, member: Member, colleagues: Sequence[Colleague]
) -> dict[str, object]:
    """Return the choices of the filters and what is chosen; a condition for who may find people."""
    chosen = asked.narrowed
    return {
        "is_open": not asked.filters.is_empty,
        "view": asked.view.value,
        "found": asked.words.get("found", ""),
        "statuses": [(one.value, STATUSES[one]) for one in Status if one is not Status.ERASED],
        "owners": owners(member, colleagues),
        "languages": list(LANGUAGES.items()),
        "states": us_states() if member.may(Permission.FIND_PEOPLE) else [],
        "conditions": conditions() if member.may(Permission.FIND_PEOPLE) else [],
        **{name: chosen.get(name, "") for name in (*NARROWING, "condition")},
    }


def owners(member: Member, colleagues: Sequence[Colleague]) -> Choices:
    """Return whose inquiries can be asked for."""
    others = [(one.public_id, one.full_name) for one in colleagues if one.id != member.id]
    return [(ME, "Me"), ("nobody", "Nobody"), *others]


def us_states() -> Choices:
    """Return the United States; other places stand in no filter."""
    return [(one.value, one.label) for one in states(UNITED_STATES, "en")]


def conditions() -> Choices:
    """Return what the clinic's form asks about, in words."""
    pages = {page.slug: page.title for page in current().catalog.conditions("en")}
    offered = current().settings.form.conditions
    return [*((slug, pages.get(slug, slug)) for slug in offered), *UNNAMED.items()]


def bulk_fields(
    asked: Asked, member: Member, colleagues: Sequence[Colleague], at: datetime
) -> dict[str, object]:
    """Return what several inquiries at once can be given; empty for who may not act."""
    if not member.may(Permission.ACT_ON_INQUIRIES):
        return {}
    may_judge = member.may(Permission.COORDINATE_INQUIRIES)
    return {
        "kept": {name: value for name, value in asked.words.items() if name != "after"},
        "members": [(one.public_id, one.full_name) for one in colleagues],
        "snoozes": [] if asked.view is View.QUARANTINED else snoozes(at),
        "spam": list(REASONS[Outcome.SPAM].items())
        if may_judge and asked.view is View.QUARANTINED and not asked.searched
        else [],
    }


def snoozes(at: datetime) -> Choices:
    """Return times to put something off to, each a moment at which somebody is at work."""
    hours, zone = current().office.hours, ZoneInfo(clinic().zone)
    local = at.astimezone(zone)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = (
        ("In 2 hours", local + timedelta(hours=2)),
        ("Tomorrow", morning + timedelta(days=1)),
        ("In 3 days", morning + timedelta(days=3)),
        ("Next week", morning + timedelta(days=7 - local.weekday())),
    )
    moments = [(words, hours.next_open(moment)) for words, moment in wanted]
    return [
        (moment.isoformat(timespec="minutes"), f"{words}: {day_and_time(moment, clinic().zone)}")
        for words, moment in moments
    ]
