"""The forms by which a member says what they want to hear of, and when; read and drawn.

Everything typed is judged here at once; what is wrong is told beside its field and nothing is kept.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from intake.errors import InvalidInput, Problem
from intake.inquiries.places import STATE_CODES
from intake.notifications.attendance import Absence, Presence, Quiet
from intake.notifications.subscriptions import Filters, Pace
from intake.staff.hearing import Rule
from intake.staff.queries import Colleague
from intake.web.fields import FieldView

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "inquiry.submitted": "A new inquiry",
        "inquiry.not_me": "An address said: this was not me",
        "message.bounced": "A message came back",
        "message.received": "A person wrote to us",
    }
)
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "es": "Spanish", "other": "Another language"}
)
PACES: Mapping[str, str] = MappingProxyType(
    {"now": "At once", "hourly": "Once an hour", "daily": "Once a day, at 8 am"}
)
UNNAMED: Mapping[str, str] = MappingProxyType(
    {
        "other": "Another condition",
        "not_diagnosed": "Not sure",
        "by_phone": "Would rather say by phone",
    }
)
SENTENCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("event", "choice"): "Select what to hear of",
        ("pace", "choice"): "Select how soon",
        ("languages", "choice"): "Select languages from the list",
        ("conditions", "choice"): "Select conditions from the list",
        ("states", "choice"): "Enter states by their letters, like FL, GA",
        ("quiet_from", "time"): "Enter when quiet hours begin, like 22:00",
        ("quiet_until", "time"): "Enter when quiet hours end, like 07:00",
        ("quiet_until", "same"): "Quiet hours must end at another time than they begin",
        ("away_from", "date"): "Enter the first day away, like 2026-12-24",
        ("away_until", "date"): "Enter the last day away, like 2027-01-03",
        ("away_until", "order"): "The last day away must not be before the first",
        ("backup", "self"): "Select somebody else to stand in",
        ("backup", "choice"): "Select somebody from the list",
    }
)
REVEALS = (
    "Leave empty for all. With a choice here, whoever reads your mailbox can guess from a"
    " message that it is about one of these conditions."
)
STATES = frozenset().union(*STATE_CODES.values())

Typed = Mapping[str, Sequence[str]]


def rule_of(typed: Typed, conditions: Mapping[str, str]) -> Rule:
    """Return the rule that was chosen.

    Raises:
        InvalidInput: with every field that is wrong.
    """
    event, pace = _one(typed, "event"), _one(typed, "pace")
    languages, chosen = tuple(typed.get("languages", ())), tuple(typed.get("conditions", ()))
    states = tuple(word.upper() for word in re.split(r"[\s,;]+", _one(typed, "states")) if word)
    judged = (
        ("event", event in EVENTS),
        ("languages", set(languages) <= set(LANGUAGES)),
        ("conditions", set(chosen) <= set(conditions)),
        ("states", set(states) <= STATES),
        ("pace", pace in set(Pace)),
    )
    _demand([Problem(name, "choice") for name, is_good in judged if not is_good])
    filters = Filters(languages, chosen, states, "urgent_only" in typed)
    return Rule(event, filters, Pace(pace))


def quiet_of(typed: Typed) -> Quiet | None:
    """Return the quiet hours that were typed; both empty means none.

    Raises:
        InvalidInput: one of them is no time of day.
    """
    start, end = _one(typed, "quiet_from"), _one(typed, "quiet_until")
    if not start and not end:
        return None
    minutes = {"quiet_from": _minute(start), "quiet_until": _minute(end)}
    _demand([Problem(name, "time") for name, minute in minutes.items() if minute is None])
    return Quiet(minutes["quiet_from"] or 0, minutes["quiet_until"] or 0)


def absence_of(typed: Typed, colleagues: Sequence[Colleague], zone: str) -> Absence | None:
    """Return the absence that was typed, whole days of the clinic; empty dates mean none.

    Raises:
        InvalidInput: a date cannot be read, or the backup is nobody we know.
    """
    first, last, backup = (_one(typed, name) for name in ("away_from", "away_until", "backup"))
    if not first and not last:
        return None
    days = {"away_from": _day(first), "away_until": _day(last) if last else None}
    by_public_id = {one.public_id: one.id for one in colleagues}
    problems = [
        Problem(name, "date")
        for name, text in (("away_from", first), ("away_until", last))
        if days[name] is None and (text or name == "away_from")
    ]
    if backup and backup not in by_public_id:
        problems.append(Problem("backup", "choice"))
    _demand(problems)
    start = _midnight(days["away_from"] or date.min, zone)
    end = days["away_until"]
    until = _midnight(end + timedelta(days=1), zone) if end else None
    return Absence(start, until, by_public_id.get(backup))


def rule_fields(
    typed: Typed, conditions: Mapping[str, str], errors: Mapping[str, str]
) -> list[FieldView]:
    """Return the fields of a new subscription."""
    said = {name: tuple(values) for name, values in typed.items()}

    def chosen(name: str) -> str:
        return said.get(name, ("",))[0]

    return [
        FieldView("event", "select", "What to hear of", choices=_choices(EVENTS),
                   value=chosen("event") or "inquiry.submitted", error=errors.get("event", "")),
        FieldView("languages", "boxes", "Languages", hint="Leave empty for all.",
                   choices=_choices(LANGUAGES), value=said.get("languages", ()), optional=True,
                   error=errors.get("languages", "")),
        FieldView("conditions", "boxes", "Conditions", hint=REVEALS, optional=True,
                   choices=_choices(conditions), value=said.get("conditions", ()),
                   error=errors.get("conditions", "")),
        FieldView("states", "text", "States", hint="Like FL, GA. Leave empty for all.",
                   value=chosen("states"), optional=True, error=errors.get("states", "")),
        FieldView("urgent_only", "box", "Only with urgent signs", value=chosen("urgent_only")),
        FieldView("pace", "radios", "How soon", choices=_choices(PACES),
                   hint="Urgent inquiries are always told at once.",
                   value=chosen("pace") or Pace.NOW.value, error=errors.get("pace", "")),
    ]  # fmt: skip


def quiet_fields(typed: Typed, presence: Presence, errors: Mapping[str, str]) -> list[FieldView]:
    """Return the two fields of the quiet hours, as typed or as they stand."""
    quiet = presence.quiet
    stored = {
        "quiet_from": _clock(quiet.from_minute) if quiet else "",
        "quiet_until": _clock(quiet.until_minute) if quiet else "",
    }
    labels = (("quiet_from", "From", "22:00"), ("quiet_until", "Until", "07:00"))
    return [
        FieldView(name, "text", label, hint=f"Like {example}.", width="short", optional=True,
                   value=_one(typed, name) if name in typed else stored[name],
                   error=errors.get(name, ""))
        for name, label, example in labels
    ]  # fmt: skip


def absence_fields(
    typed: Typed,
    presence: Presence,
    colleagues: Sequence[Colleague],
    errors: Mapping[str, str],
    zone: str,
) -> list[FieldView]:
    """Return the fields of an absence, as typed or as it stands."""
    absence, stored = presence.absence, {"away_from": "", "away_until": "", "backup": ""}
    if absence is not None:
        stored["away_from"] = absence.from_at.astimezone(ZoneInfo(zone)).date().isoformat()
        if absence.until_at is not None:
            last = absence.until_at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
            stored["away_until"] = last.isoformat()
        names = {one.id: one.public_id for one in colleagues}
        stored["backup"] = names.get(absence.backup_id or 0, "")
    shown = {name: _one(typed, name) if name in typed else stored[name] for name in stored}
    people = tuple((one.public_id, one.full_name, "") for one in colleagues)
    return [
        FieldView("away_from", "text", "First day away", hint="Like 2026-12-24.", width="short",
                   optional=True, value=shown["away_from"], error=errors.get("away_from", "")),
        FieldView("away_until", "text", "Last day away", optional=True, width="short",
                   hint="Like 2027-01-03. Leave empty when you do not know yet.",
                   value=shown["away_until"], error=errors.get("away_until", "")),
        FieldView("backup", "select", "Who stands in", optional=True,
                   hint="Without anybody, administrators get the messages.",
                   choices=(("", "Nobody", ""), *people),
                   value=shown["backup"], error=errors.get("backup", "")),
    ]  # fmt: skip


def sentences(problems: Sequence[Problem]) -> dict[str, str]:
    """Return what to tell for each field that is wrong."""
    return {
        one.field: SENTENCES.get((one.field, one.code), "Check this answer") for one in problems
    }


def _demand(problems: list[Problem]) -> None:
    if problems:
        raise InvalidInput(tuple(problems))


def _choices(words: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((value, label, "") for value, label in words.items())


def _one(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "").strip()


def _minute(text: str) -> int | None:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text, re.ASCII)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _day(text: str) -> date | None:
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
