"""Turn a page's Markdown into sections of sanitised HTML.

Two nets, because a page may be edited by somebody who is not an engineer: markdown-it's
``js-default`` preset escapes raw HTML and refuses ``javascript:`` links, and nh3 then lets through
only the tags and attributes that this file knows. Words of the clinic (``{phone}``) are put in
after that, escaped, so a name with an asterisk or an angle bracket stays a name.
"""

import html
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from intake.pages.citations import CITATION, LOOKS_LIKE_A_CITATION, Citations
from intake.pages.models import Section

PLACEHOLDERS = frozenset(
    {
        *("clinic", "phone", "tty", "email", "address", "hours", "reply_time", "retention"),
        "processors",
    }
)
# What the settings switch on. A line with {if_texts} stands on the page only while texts are on,
# one with {unless_texts} only while they are off.
SWITCHES = frozenset(
    {"mail", "texts", "texts_sent", "news", "heard", "altcha", "bounces", "processors"}
)
CONDITIONS = frozenset(f"{word}_{name}" for name in SWITCHES for word in ("if", "unless"))
SOURCE_WORD = {"en": "Source", "es": "Fuente"}
TAGS = {
    *("p", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "sup", "br", "hr"),
}
ATTRIBUTES = {"a": {"href", "id", "aria-label"}, "sup": {"class"}, "ol": {"start"}}
URL_SCHEMES = {"https", "http", "mailto", "tel"}

# Names that a Spanish voice makes nothing of; those of sources say their language in the list.
_NAMES = ("Lupus Foundation of America", "National MS Society", "ClinicalTrials.gov", "DMARD")
_ENGLISH = re.compile(f"(?:{'|'.join(map(re.escape, _NAMES))})(?![^<]*>)")
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_HEADING = re.compile(r"^## +(?P<heading>.+?) +\{#(?P<id>[a-z][a-z0-9-]*)\}\s*$")
_WORK_MARK = re.compile(r"\[[PSU]\]")
_JOINER = "\u2060"  # no width: a mark never begins a line without the word it belongs to
_SPACE_BEFORE_MARK = re.compile(r"(?<=\S)[ \t]+(?=\[R\d)")
_CITE_ID = re.compile(r"cite-R\d+[a-z]?-\d+")


@dataclass(frozen=True, slots=True)
class Part:
    """One section as written: its anchor, heading, Markdown, and the line the Markdown starts."""

    id: str
    heading: str
    markdown: str
    line: int


def split_sections(
    body: str, first_line: int
) -> tuple[tuple[Part, ...], tuple[tuple[int, str], ...]]:
    """Cut a page's Markdown at its ``## Heading {#id}`` lines.

    Returns:
        The parts in order, and the faults as (line, what to do).
    """
    parts: list[Part] = []
    faults: list[tuple[int, str]] = []
    rows: list[str] = []
    heading, anchor, start = "", "", first_line

    def close() -> None:
        if anchor:
            parts.append(Part(anchor, heading, "\n".join(rows), start))
        elif any(row.strip() for row in rows):
            faults.append((first_line, "text stands before the first heading"))

    for line, row in enumerate(body.splitlines(), start=first_line):
        if not row.startswith(("# ", "## ")):
            rows.append(row)
            continue
        close()
        rows, start = [], line + 1
        found = _HEADING.match(row)
        if found is None:
            faults.append((line, "a part starts with a heading and its id: ## Heading {#id}"))
        heading = found["heading"] if found else ""
        anchor = found["id"] if found else "_"
        if any(part.id == anchor for part in parts):
            faults.append((line, f"the id {anchor} stands twice on the page"))
    close()
    return tuple(parts), tuple(faults)


def text_faults(text: str, citations: Citations) -> Iterator[tuple[int, str]]:
    """Find unknown sources, unknown placeholders and forgotten work marks, with line offsets."""
    for offset, row in enumerate(text.splitlines()):
        for mark in LOOKS_LIKE_A_CITATION.findall(row):
            known = CITATION.fullmatch(mark)
            if known is None:
                yield offset, f"{mark} is not a citation; write one id in brackets, like [R11]"
            elif not citations.knows(known[1]):
                yield offset, f"{mark} is not in sources.toml; add it there first"
        yield from ((offset, words) for words in placeholder_faults(row))
        if forgotten := _WORK_MARK.search(row):
            yield offset, f"the work mark {forgotten[0]} of the fact sheet must not go out"


def placeholder_faults(text: str) -> Iterator[str]:
    """Name every placeholder of a text that no clinic can fill."""
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS | CONDITIONS:
            yield f"{{{name}}} is not a placeholder; use one of {', '.join(sorted(PLACEHOLDERS))}"


def with_switches(words: Mapping[str, str], on: Set[str]) -> dict[str, str]:
    """Return the clinic's words with those of the conditions: a space where one holds.

    A condition that does not hold is a word the clinic left empty, so its line is left out.
    """
    holds = {f"if_{name}" for name in on} | {f"unless_{name}" for name in SWITCHES - on}
    return {**words, **{name: " " if name in holds else "" for name in CONDITIONS}}


def fill(text: str, words: Mapping[str, str]) -> str:
    """Put the clinic's words into a plain text."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)


def render_section(
    part: Part, citations: Citations, words: Mapping[str, str], language: str
) -> Section:
    """Render one part; its citations are numbered in the order of the calls."""
    markup = render(part.markdown, citations, words, language)
    return Section(part.id, fill(part.heading, words), markup)


def render(markdown: str, citations: Citations, words: Mapping[str, str], language: str) -> str:
    """Render Markdown to sanitised HTML, with citations linked and the clinic's words put in."""
    rows = (row for row in markdown.splitlines() if not _names_nothing(row, words))
    kept = _SPACE_BEFORE_MARK.sub("", "\n".join(rows))
    made = _parser().render(kept, {"citations": citations, "source_word": SOURCE_WORD[language]})
    clean = nh3.clean(
        made,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_kept_attribute,
        url_schemes=URL_SCHEMES,
        link_rel=None,
    )
    if language != "en":
        clean = _ENGLISH.sub(lambda found: f'<span lang="en">{found[0]}</span>', clean)
    return _PLACEHOLDER.sub(lambda found: _word(found[1], words), clean)


def _names_nothing(row: str, words: Mapping[str, str]) -> bool:
    """Say whether a line leans on a word the clinic left empty, such as a text phone."""
    return any(words.get(name, "") == "" for name in _PLACEHOLDER.findall(row))


def _word(name: str, words: Mapping[str, str]) -> str:
    """Return one word of the clinic as HTML; a phone number or e-mail address can be tapped."""
    text = html.escape(words[name])
    if name in ("phone", "tty"):
        return f'<a href="tel:{re.sub(r"[^0-9+]", "", words[name])}">{text}</a>'
    if name == "email":
        return f'<a href="mailto:{text}">{text}</a>'
    return text


def _kept_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Let an id through only on a citation's mark, and a class only as ours."""
    if attribute == "id":
        return value if _CITE_ID.fullmatch(value) else None
    if (tag, attribute) == ("sup", "class"):
        return value if value == "cite" else None
    return value


def _citation(state: StateInline, silent: bool) -> bool:
    found = CITATION.match(state.src, state.pos)
    if found is None or not state.env["citations"].knows(found[1]):
        return False
    if not silent:
        number, anchor = state.env["citations"].mention(found[1])
        token = state.push("html_inline", "", 0)
        label = f"{state.env['source_word']} [{number}]"
        token.content = (
            f'<sup class="cite">{_JOINER}<a id="{anchor}" href="#source-{number}"'
            f' aria-label="{label}">[{number}]</a></sup>'
        )
    state.pos = found.end()
    return True


@cache
def _parser() -> MarkdownIt:
    """Return the one parser; building it costs more than rendering a page."""
    parser = MarkdownIt("js-default")
    parser.inline.ruler.before("link", "citation", _citation)
    return parser
