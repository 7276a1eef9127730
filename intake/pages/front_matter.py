"""Read the head of a page file and refuse it unless every required field is there and right.

A page starts with ``+++``, TOML, ``+++``; the rest is Markdown. The check is strict because a
missing evidence label is not a cosmetic fault: it is a claim without its weight. All faults of a
file are collected, each naming the file and the line, so that an author mends them in one go.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from intake.pages.models import Approval, CellKind, Evidence, Group, Kind, Review

FENCE = "+++"
DESCRIPTION_MAX_CHARACTERS = 160
REQUIRED_FOR_CONDITIONS = ("group", "in_short", "honest_line", "emergency", "approach")
CHOICES: Mapping[str, type[StrEnum]] = {
    "kind": Kind,
    "group": Group,
    "cell_kind": CellKind,
    "evidence": Evidence,
    "approval": Approval,
}
LABELS = {"evidence": "evidence label", "approval": "approval line", "cell_kind": "cell kind"}

_TABLE = re.compile(r"^\s*(\[\[?)\s*([a-z_]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_]+)\s*=")
_TOML_POSITION = re.compile(r"\(at line (\d+), column \d+\)")

Text = Annotated[str, Field(min_length=1)]
Loc = tuple[int | str, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class NumbersMatter(_Strict):
    """A row of counts: ``count`` of ``of`` people."""

    heading: Text
    who: Text
    count: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]


class ApproachMatter(_Strict):
    """One ``[[approach]]`` table."""

    name: Text
    cell_kind: Annotated[CellKind, Field(strict=False)]
    evidence: Annotated[Evidence, Field(strict=False)]
    approval: Annotated[Approval, Field(strict=False)]
    text: Text
    numbers: list[NumbersMatter] = []


class ReviewMatter(_Strict):
    """The ``[review]`` table: three empty strings until a real person has read the page."""

    reviewed_by: str
    credentials: str
    reviewed_on: date | Literal[""]


class EmergencyMatter(_Strict):
    """The ``[emergency]`` table: the two cards, who signed them, and what they rest on."""

    call_911: Annotated[list[Text], Field(min_length=1)]
    call_doctor_today: Annotated[list[Text], Field(min_length=1)]
    signed_off_by: str
    sources: list[str] = []


class Matter(_Strict):
    """The checked head of one page."""

    title: Text
    description: Annotated[str, Field(min_length=1, max_length=DESCRIPTION_MAX_CHARACTERS)]
    kind: Annotated[Kind, Field(strict=False)]
    written_on: date
    facts_checked_on: date
    next_review_on: date
    about_treatment: bool
    review: ReviewMatter
    group: Annotated[Group, Field(strict=False)] | None = None
    in_short: str = ""
    honest_line: str = ""
    emergency: EmergencyMatter | None = None
    allowed_sentences: list[Text] = []
    approach: list[ApproachMatter] = []

    def named_review(self) -> Review | None:
        """Return the review, or None while any part of it is empty: no reviewer is made up."""
        on = self.review.reviewed_on
        if not (self.review.reviewed_by and self.review.credentials and isinstance(on, date)):
            return None
        return Review(self.review.reviewed_by, self.review.credentials, on)


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each key of the TOML head stands, so that a fault can name its line."""

    by_path: Mapping[Loc, int]

    def of(self, path: Loc) -> int:
        """Return the line of ``path``, or of the nearest table that holds it, or line 1."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.by_path:
                return self.by_path[path[:length]]
        return 1


@dataclass(frozen=True, slots=True)
class Head:
    """A page file taken apart: the checked head, the Markdown, and where the Markdown starts."""

    matter: Matter
    lines: Lines
    body: str
    body_line: int


def read_head(text: str, file_name: str) -> tuple[Head | None, tuple[str, ...]]:
    """Take a page file apart.

    Args:
        text: the whole file.
        file_name: how the file is called in a fault, such as ``content/en/lupus.md``.

    Returns:
        The head, or None where it cannot be used, and every fault as ``file:line: what to do``.
    """
    parts = _split(text)
    if parts is None:
        return None, (f"{file_name}:1: the file must start with {FENCE}, TOML, and {FENCE} again",)
    toml, body, body_line = parts
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as broken:
        return None, (_toml_fault(broken, file_name),)
    except (ValueError, RecursionError):  # a number too long to count, lists within lists
        return None, (f"{file_name}:2: the TOML cannot be read: a value is too big",)
    lines = _locate(toml)
    faults = [*_condition_faults(raw, file_name)]
    try:
        matter = Matter.model_validate(raw)
    except ValidationError as invalid:
        faults += [_say(error, lines, file_name) for error in invalid.errors()]
        return None, tuple(faults)
    faults += [f"{file_name}:{lines.of(path)}: {words}" for path, words in _sense_faults(matter)]
    return Head(matter, lines, body, body_line), tuple(faults)


def _split(text: str) -> tuple[str, str, int] | None:
    rows = text.splitlines(keepends=True)
    fences = [number for number, row in enumerate(rows) if row.rstrip() == FENCE]
    if len(fences) < 2 or fences[0] != 0:
        return None
    end = fences[1]
    return "".join(rows[1:end]), "".join(rows[end + 1 :]), end + 2


def _toml_fault(broken: tomllib.TOMLDecodeError, file_name: str) -> str:
    words = str(broken)
    place = _TOML_POSITION.search(words)
    line = int(place.group(1)) + 1 if place else 1
    return f"{file_name}:{line}: the TOML cannot be read: {_TOML_POSITION.sub('', words).strip()}"


def _locate(toml: str) -> Lines:
    """Map every key to its line in the file; the first line of the file is the opening fence."""
    found: dict[Loc, int] = {}
    table: Loc = ()
    counts: dict[str, int] = {}
    for number, row in enumerate(toml.splitlines(), start=2):
        if header := _TABLE.match(row):
            name = header.group(2)
            table = (name,)
            found.setdefault(table, number)
            if header.group(1) == "[[":
                table = (name, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
                found[table] = number
        elif key := _KEY.match(row):
            found.setdefault((*table, key.group(1)), number)
    return Lines(found)


def _place(path: Loc) -> str:
    """Say in words which table a path lies in: ``approach 2``, ``[review]`` or ``the page``."""
    if len(path) < 2:
        return "the page"
    if path[0] == "approach" and isinstance(path[1], int):
        return f"approach {path[1] + 1}"
    return f"[{path[0]}]"


def _advice(name: str) -> str:
    return f"; use one of {', '.join(CHOICES[name])}" if name in CHOICES else ""


def _say(error: ErrorDetails, lines: Lines, file_name: str) -> str:
    path = error["loc"]
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    where = f"{file_name}:{lines.of(path)}: {_place(path)}"
    match error["type"]:
        case "missing":
            return f"{where} has no {LABELS.get(name, name)}{_advice(name)}"
        case "extra_forbidden":
            return f"{where} has an unknown field {name}; look for a typing error"
        case "enum":
            unknown = f"{where} has an unknown {LABELS.get(name, name)} {error['input']!r}"
            return f"{unknown}{_advice(name)}"
        case _:
            return f"{where}: {name}: {error['msg']}"


def _condition_faults(raw: Mapping[str, object], file_name: str) -> list[str]:
    if raw.get("kind") != Kind.CONDITION:
        return []
    return [
        f"{file_name}:1: a condition page has no {name}{_advice(name)}"
        for name in REQUIRED_FOR_CONDITIONS
        if not raw.get(name)
    ]


def _sense_faults(matter: Matter) -> list[tuple[Loc, str]]:
    """Find what each field allows and the whole does not."""
    faults: list[tuple[Loc, str]] = []
    if matter.next_review_on <= matter.facts_checked_on:
        faults.append((("next_review_on",), "next_review_on must be after facts_checked_on"))
    given = [matter.review.reviewed_by, matter.review.credentials, matter.review.reviewed_on]
    if any(given) and not all(given):
        faults.append((("review",), "[review] must be empty or complete: a name alone is not one"))
    for index, approach in enumerate(matter.approach):
        path: Loc = ("approach", index, "numbers")
        faults += [
            (path, f"approach {index + 1} counts {row.count} of {row.of} people")
            for row in approach.numbers
            if row.count > row.of
        ]
    return faults
