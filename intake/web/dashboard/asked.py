"""What a work list was asked for: a view, filters, a search; read from the address and back.

An address holds no name, no number and no condition. What was searched and the condition travel
sealed, good for who asked: a search for a quarter of an hour, a condition as long as the bookmark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from intake.crypto.sealed import open_cookie, seal_cookie
from intake.desk.worklist.board import Wanted
from intake.desk.worklist.filters import NOBODY, UNITED_STATES, Filters, view_for
from intake.desk.worklist.views import View
from intake.inquiries.models import Status
from intake.inquiries.places import STATE_CODES
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.staff.queries import Colleague
from intake.web.context import clinic, current, now

SEARCH_LASTS = timedelta(minutes=15)
SEARCH_MAX_CHARACTERS = 200
SEARCH = "staff search"
FILTER = "staff filter"
# What narrows, as it stands in an address; the condition is "about" there, and sealed.
NARROWING = ("status", "owner", "language", "urgent", "from_day", "to_day", "state")
KEPT = ("view", "saved", "found", "about", *NARROWING, "after")
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "es": "Spanish", "other": "Another language"}
)
ME = "me"
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show; ``words`` is the address it came from, ``narrowed`` the filters as words."""

    view: View
    filters: Filters
    narrowed: Words
    words: Words
    searched: str = field(default="", repr=False)
    is_expired: bool = False

    @property
    def for_board(self) -> Wanted:
        """What the board is to look at."""
        return Wanted(self.view, self.filters, self.searched, self.after)

    @property
    def after(self) -> str | None:
        """The cursor of the page before."""
        return self.words.get("after") or None

    def url(self, **changes: str | None) -> str:
        """Return the address of this list with something changed."""
        kept: dict[str, Any] = {name: value for name, value in self.words.items() if name in KEPT}
        return url_for("dashboard.work_list", **{**kept, **changes})


def asked(
    words: Words, saved: Words | None, member: Member, colleagues: Sequence[Colleague]
) -> Asked:
    """Return what an address asks for; what it says of no sense is as if it were not there.

    Args:
        words: The address.
        saved: The filters of the own view that it names, if it names one.
        member: Who asks.
        colleagues: Who an owner may be.
    """
    narrowed = dict(saved) if saved is not None else {**words, "condition": _about(words, member)}
    narrowed = {name: value for name, value in narrowed.items() if value and name != "after"}
    filters = filters_of(narrowed, member, colleagues)
    searched = _searched(words, member)
    view = view_of(narrowed, filters)
    return Asked(view, filters, narrowed, words, searched or "", searched is None)


def view_of(words: Words, filters: Filters) -> View:
    """Return the list that words name, where what is filtered by can be found."""
    named = words.get("view", "")
    return view_for(View(named) if named in set(View) else View.FIRST_REPLY, filters)


def filters_of(words: Words, member: Member, colleagues: Sequence[Colleague]) -> Filters:
    """Return the filters that words describe."""
    status, language = words.get("status", ""), words.get("language", "")
    last = _day(words.get("to_day", ""))
    may_ask = member.may(Permission.FIND_PEOPLE)
    return Filters(
        status=Status(status) if status in set(Status) - {Status.ERASED} else None,
        owner=_owner(words.get("owner", ""), member, colleagues),
        language=language if language in LANGUAGES else "",
        urgent=bool(words.get("urgent")),
        received_from=_midnight(_day(words.get("from_day", ""))),
        received_before=_midnight(last + timedelta(days=1) if last else None),
        state=_state(words.get("state", "")) if may_ask else "",
        condition=words.get("condition", "") if may_ask else "",
    )


def _owner(asked_for: str, member: Member, colleagues: Sequence[Colleague]) -> int | None:
    if asked_for in {"nobody", ME}:
        return NOBODY if asked_for == "nobody" else member.id
    return next((one.id for one in colleagues if one.public_id == asked_for), None)


def _state(code: str) -> str:
    return code if code in STATE_CODES[UNITED_STATES] else ""


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _midnight(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), ZoneInfo(clinic().zone)).astimezone(UTC)


def sealed_search(text: str, member: Member) -> str:
    """Return what was typed as an address may carry it."""
    until = (now() + SEARCH_LASTS).timestamp()
    return _seal(SEARCH, {"text": text, "until": until, "by": member.public_id})


def sealed_condition(slug: str, member: Member) -> str:
    """Return a condition as an address may carry it."""
    return _seal(FILTER, {"condition": slug, "by": member.public_id})


def _seal(purpose: str, value: Mapping[str, str | float]) -> str:
    return seal_cookie(current().keyring.secret(purpose), purpose, dict(value))


def _about(words: Words, member: Member) -> str:
    found = _opened(FILTER, words.get("about", ""), member)
    return str(found.get("condition", "")) if found else ""


def _searched(words: Words, member: Member) -> str | None:
    """Return what the sealed search asks for, empty for none, None for one that has expired."""
    sealed = words.get("found", "")
    if not sealed:
        return ""
    found = _opened(SEARCH, sealed, member)
    if found is None or not member.may(Permission.FIND_PEOPLE):
        return None
    until = found.get("until")
    in_time = isinstance(until, float) and now().timestamp() < until
    return str(found.get("text", "")) if in_time else None


def _opened(purpose: str, sealed: str, member: Member) -> Mapping[str, object] | None:
    value = open_cookie(current().keyring.secret(purpose), purpose, sealed) if sealed else None
    if not isinstance(value, Mapping) or value.get("by") != member.public_id:
        return None
    return value
