"""The words of the numbers page: names of groups, lengths of time, and what is hidden and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from intake.desk.numbers.breakdown import OTHERS, Breakdown
from intake.desk.numbers.chains import Told
from intake.desk.numbers.endings import ENDING_WORDS
from intake.desk.numbers.shielding import Shown
from intake.desk.numbers.tally import Dimension
from intake.inquiries.form import CONDITION_ENDS, CONDITION_LABELS

UNDER_FIVE, HIDDEN, NOT_TOLD = "under 5", "hidden", "–"
TOLD_AS = {Shown.SMALL: UNDER_FIVE, Shown.COVER: HIDDEN}

DIMENSIONS: Mapping[Dimension, str] = MappingProxyType(
    {
        Dimension.LANGUAGE: "Language",
        Dimension.INTERPRETER: "Interpreter",
        Dimension.REACHED_BY: "Way to reach them",
        Dimension.CAME_BY: "How they came",
        Dimension.CONDITION: "Condition",
    }
)
_ENDS = {choice.value: choice.label for choice in CONDITION_ENDS}
_UNSAID = {"erased": "Erased since", "unknown": "Cannot be read", OTHERS: "These together"}
NAMES: Mapping[Dimension, Mapping[str, str]] = MappingProxyType(
    {
        Dimension.LANGUAGE: {"en": "English", "es": "Spanish", "other": "Another language"},
        Dimension.INTERPRETER: {"yes": "Wants an interpreter", "no": "No interpreter"},
        Dimension.REACHED_BY: {
            "call": "Phone only",
            "email": "Email only",
            "text": "Text only",
            "several": "More than one way",
        },
        Dimension.CAME_BY: {"web_form": "Web form", "phone": "By phone", "api": "Another system"},
        Dimension.CONDITION: {
            **CONDITION_LABELS,
            **_ENDS,
            "unknown": "Not on the list any more",
        },
    }
)
PAGE_LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "es": "Spanish"})
RULES = (
    (
        "A day begins at midnight of the clinic's clock and holds what came in on it,"
        " as it stands by now."
    ),
    "Spam, tests and what is in quarantine are never counted.",
    (
        "First reply: from receipt to the first answer that reached the person, in hours in which"
        " the clinic is open. Read from classes of 5 minutes below one hour, 15 minutes below"
        " 8 hours and one hour below 40 hours: the true figure is less than one class away."
    ),
    (
        "In target: answered by the promised time. Late counts who is still unanswered after it;"
        " who closed before it, and who has time left, counts on neither side."
    ),
    (
        "A group of 1 to 4 people is never told. Where the total would give it away, the next"
        " larger ones are hidden with it, or the whole table."
    ),
    (
        "How far they ever came: by what was done with them, also where it fell through later. A"
        " clinician had some of those we talked with."
    ),
    (
        "The form: each page counts when the one before it is passed for the first time, by the"
        " language of the page. Nobody is followed from page to page: no cookie, no address, no"
        " number of theirs is kept. A count is written within a minute."
    ),
    (
        "Who names several conditions is in each of them. An erased inquiry keeps its place in the"
        " totals and loses its condition."
    ),
)


def told(count: Told) -> str:
    """Return a count, or why it is not told."""
    return TOLD_AS[count] if isinstance(count, Shown) else f"{count:,}"


def name_of(dimension: Dimension, name: str) -> str:
    """Return a group's name as staff read it."""
    known = NAMES[dimension].get(name) or _UNSAID.get(name)
    return known or name.replace("-", " ").replace("_", " ").capitalize()


def ending(outcome: str) -> str:
    """Return an outcome as staff read it."""
    if outcome == OTHERS:
        return "All others"
    return ENDING_WORDS.get(outcome) or outcome.replace("_", " ").capitalize()


def length(minutes: float | None) -> str:
    """Return ``3 h 20 min``; as exact as the class it was read from."""
    if minutes is None:
        return NOT_TOLD
    if minutes < 60:
        return f"{round(minutes)} min"
    if minutes >= 2400:
        return f"{round(minutes / 60)} h"
    hours, rest = divmod(round(minutes / 5) * 5, 60)
    return f"{hours} h {rest} min" if rest and hours < 8 else f"{hours} h"


def percent(share: float | None) -> str:
    """Return ``94%``."""
    return NOT_TOLD if share is None else f"{share:.0%}"


def period(first: date, last: date) -> str:
    """Return ``Oct 25 to Nov 23, 2026``."""
    start = day(first) if first.year == last.year else f"{day(first)}, {first.year}"
    return f"{start} to {day(last)}, {last.year}"


def day(one: date) -> str:
    """Return ``Nov 23``."""
    return f"{one:%b} {one.day}"


def widest_gap(groups: Sequence[Breakdown]) -> str:
    """Say between which two groups the share in target differs most."""
    found = []
    for one in groups:
        shares = [
            (row.speed.share, row.name)
            for row in one.rows
            if row.speed is not None and row.speed.share is not None
        ]
        if len(shares) > 1:
            low, high = min(shares), max(shares)
            found.append((high[0] - low[0], one.dimension, low, high))
    if not found:
        return "There are too few answers to compare groups."
    gap, dimension, low, high = max(found)
    if gap < 0.01:
        return "No group waits longer than another: the shares in target are alike."
    return (
        f"The widest gap is by {DIMENSIONS[dimension].lower()}:"
        f" {name_of(dimension, high[1])} {percent(high[0])} in target,"
        f" {name_of(dimension, low[1])} {percent(low[0])}."
    )
