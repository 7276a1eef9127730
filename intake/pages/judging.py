"""Judge the text of one edited page as the start judges the files, without stopping anything.

An editor's text goes through the same parser, the same source list and the same claim check; what
differs is the end: faults are returned with their lines, and a page only where there is none.
How the two languages differ is told apart, as advice: they are mended one after the other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from intake.pages.catalog import Catalog, make_page, read_draft
from intake.pages.drawn import seen_faults
from intake.pages.models import Kind, Page, Review
from intake.pages.parity import parity_faults

SOURCES_MIN = 2
STAYS_MEDICAL = (
    "a clinician answers for this page: about_treatment stays true, or its part {#call-911} stays"
)
_FAULT = re.compile(r"^[^:\n]+:(?P<line>\d+): ")


@dataclass(frozen=True, slots=True)
class Fault:
    """What must be mended, and on which line; rules of the claim check name themselves in it."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found; ``page`` is None while there is one fault, and claims no reviewer."""

    page: Page | None
    faults: tuple[Fault, ...]
    names_reviewer: bool


def file_name(language: str, slug: str) -> str:
    """Return how a page is called in a fault, whether it is a file or a revision."""
    return f"content/{language}/{slug}.md"


def judge(catalog: Catalog, language: str, slug: str, text: str) -> Judged:
    """Judge a text that is to take the place of a page.

    Who reviewed it is not read from the text: whoever edits it could write any name there. The
    page comes back unreviewed and unsigned; names are put on it by :func:`signed`.
    """
    draft, found = read_draft(text, file_name(language, slug), language, catalog.sources)
    faults = [_fault(one) for one in found]
    if draft is None:
        return Judged(None, tuple(faults), names_reviewer=False)
    matter = draft.head.matter
    shipped = catalog.page(language, slug)
    if matter.kind is not shipped.kind:
        line = draft.head.lines.of(("kind",))
        faults.append(Fault(line, f"kind stays {shipped.kind}: it decides the page's address"))
    if matter.group is not shipped.group:
        line = draft.head.lines.of(("group",))
        faults.append(Fault(line, f"group stays {shipped.group}; ask for a change of the code"))
    page = None if faults else signed(make_page(draft, catalog.sources, catalog.words), None)
    if page is not None:
        faults += [_fault(one) for one in seen_faults(draft, page)]
    if page is not None and shipped.is_medical and not page.is_medical:
        line = draft.head.lines.of(("about_treatment",))
        faults.append(Fault(line, STAYS_MEDICAL))
    card = matter.emergency
    claims = (*matter.review.model_dump().values(), card.signed_off_by if card else "")
    return Judged(
        None if faults else page, tuple(sorted(faults, key=_by_line)), names_reviewer=any(claims)
    )


def signed(page: Page, review: Review | None) -> Page:
    """Return the page with this review, and no other name on it.

    A review covers the two emergency lists too: they are a part of the text.
    """
    name = f"{review.reviewed_by}, {review.credentials}" if review else ""
    lists = name if page.call_911 else ""
    return replace(page, review=review, emergency_signed_off_by=lists)


def too_few_sources(page: Page) -> bool:
    """Say whether a condition page rests on fewer than two sources."""
    return page.kind is Kind.CONDITION and len(page.sources) < SOURCES_MIN


def differences(catalog: Catalog, slug: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Name what the languages of a page do not share; empty while one of them has a fault.

    Args:
        catalog: the shipped pages.
        slug: the page.
        texts: its text by language.
    """
    drafts = {}
    for language, text in texts.items():
        draft, faults = read_draft(text, file_name(language, slug), language, catalog.sources)
        if draft is None or faults:
            return ()
        drafts[language, slug] = draft
    found = (_FAULT.sub("", one, count=1) for one in parity_faults(drafts, tuple(texts)))
    return tuple(one.partition(" from content/")[0].capitalize() for one in found)


def _fault(words: str) -> Fault:
    place = _FAULT.match(words)
    return Fault(int(place["line"]) if place else 1, _FAULT.sub("", words, count=1))


def _by_line(fault: Fault) -> int:
    return fault.line
