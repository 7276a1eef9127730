"""The nouns of the information pages: page, section, approach, source, review.

Everything here is frozen, because a page is read once at start and then shown to everybody. A
field called ``html`` holds text that went through the sanitiser in ``prose.py``; every other text
is plain and must be escaped by whoever shows it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

EMERGENCY_PART = "call-911"


class Kind(StrEnum):
    """What a page is about: one condition, or something general."""

    CONDITION = "condition"
    GENERAL = "general"


class Group(StrEnum):
    """The heading a condition stands under. ALS is a nerve disease, never autoimmune."""

    AUTOIMMUNE = "autoimmune"
    NERVE = "nerve"


class CellKind(StrEnum):
    """Which cells an approach uses. Results of one kind never apply to another."""

    MSC = "msc"
    AHSCT = "ahsct"
    CAR_T = "car_t"
    ISLETS = "islets"
    ISLETS_STEM = "islets_stem"
    ANY = "any"


class Evidence(StrEnum):
    """Does it work? The five labels a reader sees, strongest first."""

    STANDARD = "standard"
    SPECIALIST = "specialist"
    EARLY = "early"
    NO_BENEFIT = "no-benefit"
    NONE = "none"


class Approval(StrEnum):
    """Is it approved? A different question from ``Evidence``, and never mixed with it."""

    FDA_YES = "fda_yes"
    FDA_NARROW = "fda_narrow"
    FDA_NO = "fda_no"
    FDA_NA = "fda_na"


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of ``sources.toml``; ``url`` is "" where only a printed reference is known."""

    id: str
    title: str
    publisher: str
    year: str
    url: str
    seen: str
    mark: str


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source as one page lists it; ``mentions`` are the ids of the marks to link back to."""

    number: int
    id: str
    title: str
    publisher: str
    year: str
    url: str
    seen: str
    mark: str
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page under its own heading; ``id`` is the anchor, the same in each language."""

    id: str
    heading: str
    html: str


@dataclass(frozen=True, slots=True)
class NumbersRow:
    """One line of a trial's result as counts of people: ``count`` of ``of``."""

    heading: str
    who: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Approach:
    """One cell treatment as studied for one condition, with both labels."""

    name: str
    cell_kind: CellKind
    evidence: Evidence
    approval: Approval
    html: str
    numbers: tuple[NumbersRow, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """The named person who read the page and answers for it."""

    reviewed_by: str
    credentials: str
    reviewed_on: date


@dataclass(frozen=True, slots=True)
class Page:
    """One information page in one language, ready to be drawn by a template."""

    slug: str
    language: str
    kind: Kind
    group: Group | None
    title: str
    description: str
    in_short: str
    honest_line: str
    sections: tuple[Section, ...]
    approaches: tuple[Approach, ...]
    call_911: tuple[str, ...]
    call_doctor_today: tuple[str, ...]
    emergency_signed_off_by: str
    emergency_source_numbers: tuple[int, ...]
    sources: tuple[CitedSource, ...]
    review: Review | None
    written_on: date
    facts_checked_on: date
    next_review_on: date
    about_treatment: bool

    @property
    def is_medical(self) -> bool:
        """Say whether a clinician has to answer for it, or, as for privacy, others do."""
        return self.about_treatment or any(part.id == EMERGENCY_PART for part in self.sections)

    @property
    def is_draft(self) -> bool:
        """Say whether nobody has answered for this page, or for its emergency card, yet."""
        unsigned_card = bool(self.call_911) and not self.emergency_signed_off_by
        return self.review is None or unsigned_card

    def is_overdue(self, today: date) -> bool:
        """Say whether the day of the next review has passed."""
        return today > self.next_review_on
