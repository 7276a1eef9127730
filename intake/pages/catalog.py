"""The information pages, read and checked once at start, then only looked up.

``Catalog.load`` refuses to return anything while one page has a fault: a missing label, an
unknown source, a promise, a page that exists in one language only. A clinic would rather not
start than show a page that nobody can stand behind, and the fault says which line to mend.
"""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from intake.errors import Misconfigured, NotFound
from intake.i18n import LANGUAGES
from intake.pages.citations import CITATION, Citations, read_sources
from intake.pages.claims import check_claims
from intake.pages.drawn import seen_faults
from intake.pages.front_matter import ApproachMatter, Head, Matter, read_head
from intake.pages.models import (
    Approach,
    Evidence,
    Group,
    Kind,
    NumbersRow,
    Page,
    Section,
    Source,
)
from intake.pages.parity import Draft, parity_faults
from intake.pages.prose import (
    PLACEHOLDERS,
    SWITCHES,
    fill,
    placeholder_faults,
    render,
    render_section,
    split_sections,
    text_faults,
    with_switches,
)

CONTENT = Path(__file__).parent / "content"
BEFORE_RESEARCH = ("what", "usual-care")

_NO_TRIAL = {
    "en": re.compile(r"\bfound no\b", re.IGNORECASE),
    "es": re.compile(r"\bno encontramos\b", re.IGNORECASE),
}

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every page in every language; read only, and safe to share between threads.

    ``texts``, ``sources`` and ``words`` are what the pages were made of: an edited text is judged
    and drawn with the same ones.
    """

    pages: Mapping[tuple[str, str], Page]
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    words: Words = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, words: Words, switches: Set[str] = frozenset()) -> "Catalog":
        """Read every page under ``folder``.

        Args:
            folder: holds ``sources.toml`` and one folder of Markdown files per language.
            words: per language, what each placeholder stands for; all of them, an empty text
                where the clinic has none (the line that names it is then left out).
            switches: what is on of ``prose.SWITCHES``, for the lines that depend on it.

        Raises:
            Misconfigured: with every fault of every file at once.
        """
        listed = folder / "sources.toml"
        sources, found = read_sources(listed.read_text("utf-8"), f"{folder.name}/{listed.name}")
        faults = [*found, *_word_faults(words), *_switch_faults(switches)]
        drafts: dict[tuple[str, str], Draft] = {}
        texts: dict[tuple[str, str], str] = {}
        for language in LANGUAGES:
            for path in sorted((folder / language).glob("*.md")):
                text = texts[language, path.stem] = path.read_text("utf-8")
                draft, page_faults = read_draft(text, _name(path), language, sources)
                faults += page_faults
                if draft is not None:
                    drafts[language, path.stem] = draft
        if not faults:
            faults = parity_faults(drafts, LANGUAGES)
        if faults:
            raise Misconfigured(tuple(faults))
        own = {language: with_switches(words[language], switches) for language in LANGUAGES}
        pages = {key: make_page(draft, sources, own) for key, draft in drafts.items()}
        faults = [one for key, draft in drafts.items() for one in seen_faults(draft, pages[key])]
        if faults:
            raise Misconfigured(tuple(faults))
        return cls(pages, texts, sources, own)

    def page(self, language: str, slug: str) -> Page:
        """Return one page.

        Raises:
            NotFound: there is no such page in this language.
        """
        try:
            return self.pages[language, slug]
        except KeyError:
            raise NotFound("page_unknown") from None

    def conditions(self, language: str) -> tuple[Page, ...]:
        """Return the condition pages: autoimmune first, nerve after, each by its title."""
        return self._of_kind(language, Kind.CONDITION)

    def general(self, language: str) -> tuple[Page, ...]:
        """Return the general pages by title."""
        return self._of_kind(language, Kind.GENERAL)

    def _of_kind(self, language: str, kind: Kind) -> tuple[Page, ...]:
        chosen = [p for p in self.pages.values() if p.language == language and p.kind is kind]
        return tuple(sorted(chosen, key=lambda p: (p.group is Group.NERVE, p.title.casefold())))


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _word_faults(words: Words) -> Iterator[str]:
    for language in LANGUAGES:
        missing = PLACEHOLDERS - set(words.get(language, {}))
        if missing:
            yield f"the clinic's words in {language} lack {', '.join(sorted(missing))}"


def _switch_faults(switches: Set[str]) -> Iterator[str]:
    if unknown := switches - SWITCHES:
        yield f"no page knows of {', '.join(sorted(unknown))}; see SWITCHES in prose.py"


def read_draft(
    text: str, file_name: str, language: str, sources: Mapping[str, Source]
) -> tuple[Draft | None, list[str]]:
    """Take one page apart; None where not even its head can be used.

    Args:
        text: the whole file.
        file_name: ``content/en/lupus.md``: how a fault calls it, and its last part is the slug.
        language: ``en`` or ``es``.
        sources: what ``sources.toml`` holds.

    Returns:
        The page taken apart, and every fault as ``file:line: what to do``.
    """
    head, found = read_head(text, file_name)
    faults = list(found)
    allowed = head.matter.allowed_sentences if head else []
    faults += check_claims(text, language=language, file_name=file_name, allowed=allowed)
    if head is None:
        return None, faults
    parts, part_faults = split_sections(head.body, head.body_line)
    citations = Citations(sources)
    placed = [*part_faults, *_section_faults(head, {part.id for part in parts})]
    for part in parts:
        placed += [(part.line + at, what) for at, what in text_faults(part.markdown, citations)]
        placed += [(part.line - 1, what) for what in placeholder_faults(part.heading)]
    placed += _plain_faults(head, citations)
    placed += _approach_faults(head, citations, language)
    faults += [f"{file_name}:{line}: {what}" for line, what in placed]
    return Draft(file_name, PurePosixPath(file_name).stem, language, head, parts), faults


def _section_faults(head: Head, ids: set[str]) -> Iterator[tuple[int, str]]:
    if head.matter.kind is Kind.CONDITION:
        for missing in (name for name in BEFORE_RESEARCH if name not in ids):
            yield head.body_line, f"a condition page has no section {{#{missing}}}"
    elif not ids:
        yield head.body_line, "the page has no section"


def _plain_texts(matter: Matter) -> Iterator[tuple[tuple[int | str, ...], str]]:
    for name in ("title", "description", "in_short", "honest_line"):
        yield (name,), getattr(matter, name)
    for index, approach in enumerate(matter.approach):
        yield ("approach", index, "name"), approach.name
        for row in approach.numbers:
            yield ("approach", index, "numbers"), f"{row.heading} {row.who}"
    if matter.emergency is not None:
        for line in matter.emergency.call_911:
            yield ("emergency", "call_911"), line
        for line in matter.emergency.call_doctor_today:
            yield ("emergency", "call_doctor_today"), line


def _plain_faults(head: Head, citations: Citations) -> Iterator[tuple[int, str]]:
    for path, text in _plain_texts(head.matter):
        if CITATION.search(text):
            yield head.lines.of(path), f"{path[-1]} is plain text and carries no citation"
        for _, what in text_faults(text, citations):
            yield head.lines.of(path), what
    for source_id in head.matter.emergency.sources if head.matter.emergency else []:
        if not citations.knows(source_id):
            line = head.lines.of(("emergency", "sources"))
            yield line, f"{source_id} is not in sources.toml; add it there first"


def _approach_faults(head: Head, citations: Citations, language: str) -> Iterator[tuple[int, str]]:
    for index, approach in enumerate(head.matter.approach):
        line = head.lines.of(("approach", index, "text"))
        for offset, what in text_faults(approach.text, citations):
            yield line + offset, what
        if CITATION.search(approach.text):
            continue
        no_trial = approach.evidence is Evidence.NONE and _NO_TRIAL[language].search(approach.text)
        if not no_trial or approach.numbers:
            words = "cites no source, and does not say that no trial was found"
            yield line, f"approach {index + 1} {words}"


def make_page(draft: Draft, sources: Mapping[str, Source], words: Words) -> Page:
    """Draw a page that has no fault."""
    matter, own = draft.head.matter, words[draft.language]
    citations = Citations(sources)

    def drawn(*, before: bool) -> Iterator[Section]:
        for part in draft.parts:
            if (matter.kind is Kind.GENERAL or part.id in BEFORE_RESEARCH) is before:
                yield render_section(part, citations, own, draft.language)

    # Numbers follow the reader's eye: what it is and usual care, research, then the rest.
    first = tuple(drawn(before=True))
    approaches = tuple(_approach(one, citations, own, draft.language) for one in matter.approach)
    sections = (*first, *drawn(before=False))
    card = matter.emergency
    card_numbers = tuple(citations.number(one) for one in card.sources) if card else ()
    return Page(
        slug=draft.slug,
        language=draft.language,
        kind=matter.kind,
        group=matter.group,
        title=fill(matter.title, own),
        description=fill(matter.description, own),
        in_short=fill(matter.in_short, own),
        honest_line=fill(matter.honest_line, own),
        sections=sections,
        approaches=approaches,
        call_911=tuple(card.call_911) if card else (),
        call_doctor_today=tuple(card.call_doctor_today) if card else (),
        emergency_signed_off_by=card.signed_off_by if card else "",
        emergency_source_numbers=card_numbers,
        sources=citations.listed(),
        review=matter.named_review(),
        written_on=matter.written_on,
        facts_checked_on=matter.facts_checked_on,
        next_review_on=matter.next_review_on,
        about_treatment=matter.about_treatment,
    )


def _approach(
    matter: ApproachMatter, citations: Citations, words: Mapping[str, str], language: str
) -> Approach:
    return Approach(
        name=fill(matter.name, words),
        cell_kind=matter.cell_kind,
        evidence=matter.evidence,
        approval=matter.approval,
        html=render(matter.text, citations, words, language),
        numbers=tuple(
            NumbersRow(row.heading, row.who, row.count, row.of) for row in matter.numbers
        ),
    )
