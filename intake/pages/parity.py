"""Check that the English and the Spanish page say the same thing.

A person who reads Spanish gets the same labels, the same numbers and the same sources, not a
shorter page. What can be compared by machine is compared when the pages are loaded; the words
themselves are read by a fluent human reviewer.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from intake.pages.citations import CITATION
from intake.pages.front_matter import ApproachMatter, Head
from intake.pages.prose import Part


@dataclass(frozen=True, slots=True)
class Draft:
    """A page file that passed its own checks, before it is rendered."""

    file_name: str
    slug: str
    language: str
    head: Head
    parts: tuple[Part, ...]


COMPARED: Mapping[str, Callable[[Draft], object]] = {
    "kind": lambda draft: draft.head.matter.kind,
    "group": lambda draft: draft.head.matter.group,
    "about_treatment": lambda draft: draft.head.matter.about_treatment,
    "sections": lambda draft: [part.id for part in draft.parts],
    "citations of the sections": lambda draft: [_cited(part.markdown) for part in draft.parts],
    "links of the sections": lambda draft: [_links(part.markdown) for part in draft.parts],
    "conditions of the lines": lambda draft: [_conditions(part.markdown) for part in draft.parts],
    "approaches": lambda draft: [_approach(one) for one in draft.head.matter.approach],
    "emergency lists": lambda draft: _emergency(draft.head),
}


def parity_faults(drafts: Mapping[tuple[str, str], Draft], languages: tuple[str, ...]) -> list[str]:
    """Name every page that is missing in a language or differs from its first language."""
    faults = []
    first = languages[0]
    for language, slug in drafts:
        faults += [
            f"{drafts[language, slug].file_name}:1: there is no page in {other} with this slug"
            for other in languages
            if (other, slug) not in drafts
        ]
    for (language, slug), draft in drafts.items():
        original = drafts.get((first, slug))
        if language == first or original is None:
            continue
        faults += [
            f"{draft.file_name}:1: the {what} differ from {original.file_name}: "
            f"{of(draft)!r} here, {of(original)!r} there"
            for what, of in COMPARED.items()
            if of(draft) != of(original)
        ]
    return faults


def _cited(text: str) -> list[str]:
    return sorted(CITATION.findall(text))


def _conditions(text: str) -> list[str]:
    return sorted(re.findall(r"\{((?:if|unless)_[a-z_]+)\}", text))


def _links(text: str) -> list[str]:
    found = re.findall(r"\]\((/[^)\s]*)\)", text)
    return sorted(re.sub(r"^/es(?=/|$)", "", link) or "/" for link in found)


def _approach(approach: ApproachMatter) -> tuple[object, ...]:
    numbers = [(row.count, row.of) for row in approach.numbers]
    labels = (str(approach.cell_kind), str(approach.evidence), str(approach.approval))
    return (*labels, _cited(approach.text), numbers)


def _emergency(head: Head) -> tuple[object, ...]:
    card = head.matter.emergency
    if card is None:
        return ()
    return len(card.call_911), len(card.call_doctor_today), card.signed_off_by, tuple(card.sources)
