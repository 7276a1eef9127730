"""Hold the claim check against a page as it is drawn, and name the line that is to blame.

The first look, at the file, has passed by then: what is found here was hidden from it by an
entity, an escape, a mark in the middle of a word or a sign without width. Each text of the drawn
page is known by where it stands in the file, and the nearest line that shows it is named.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.pages.claims import breaks, seen_claims
from intake.pages.front_matter import Loc
from intake.pages.models import Page
from intake.pages.parity import Draft


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of the page: as drawn, as written, and the line where that begins."""

    markup: str
    written: Sequence[str]
    line: int


def seen_faults(draft: Draft, page: Page) -> Iterator[str]:
    """Name every claim that a reader of the drawn page would meet."""
    allowed = draft.head.matter.allowed_sentences
    for text in _texts(draft, page):
        found = seen_claims(text.markup, language=draft.language, allowed=allowed)
        for rule, words in found:
            line = _line(text, rule, draft.language)
            yield (
                f'{draft.file_name}:{line}: the claim in "{words}" breaks rule "{rule}", as a'
                " reader sees it; say what is known, or list the sentence in allowed_sentences"
            )


def _line(text: _Text, rule: str, language: str) -> int:
    for rows in (1, 2):  # two, for a word that goes on in the next line
        for offset in range(len(text.written)):
            if breaks(rule, "\n".join(text.written[offset : offset + rows]), language=language):
                return text.line + offset
    return text.line


def _texts(draft: Draft, page: Page) -> Iterator[_Text]:
    for path, words in _plain(page):
        yield _Text(html.escape(words), (words,), draft.head.lines.of(path))
    for index, approach in enumerate(page.approaches):
        written = draft.head.matter.approach[index].text.splitlines()
        # A text of several lines begins on the line after its three quotes.
        line = draft.head.lines.of(("approach", index, "text")) + (len(written) > 1)
        yield _Text(approach.html, written, line)
    for part in draft.parts:
        section = next(one for one in page.sections if one.id == part.id)
        heading = html.escape(section.heading)
        yield _Text(heading, (section.heading,), part.line - 1)
        yield _Text(section.html, part.markdown.splitlines(), part.line)


def _plain(page: Page) -> Iterator[tuple[Loc, str]]:
    yield ("title",), page.title
    yield ("description",), page.description
    yield ("in_short",), page.in_short
    yield ("honest_line",), page.honest_line
    for name in ("call_911", "call_doctor_today"):
        yield from ((("emergency", name), words) for words in getattr(page, name))
    for index, approach in enumerate(page.approaches):
        yield ("approach", index, "name"), approach.name
        for row in approach.numbers:
            place: Loc = ("approach", index, "numbers")
            yield place, row.heading
            yield place, row.who
            yield place, f"{row.heading} {row.who}"
