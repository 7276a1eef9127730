"""Find promises on the pages before a reader does.

The rules are the forbidden words of the fact sheet (section 1, rules 3, 5 and 8) in both
languages, looked for in every text of a page, its head included. There is no list of exceptions
in this file: a sentence that denies or limits ("There is no cure for lupus.") stands only where
the page itself lists it, word for word, in ``allowed_sentences``, so whoever reviews the page
sees it. The check runs when the pages are loaded, so a page that promises stops the start.

It looks twice: at the file, where it can name the line, and at the page as it is drawn, where no
disguise of a word helps (``disguise.py``).
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.pages.disguise import faces, seen_paragraphs
from intake.pages.front_matter import FENCE

_EN_MEDICINE = r"(?:medicines?|medications?|insulin|drugs?|pills?)"
_ES_MEDICINE = r"(?:medicinas?|medicamentos?|medicacion|insulina|farmacos?|pastillas?)"
_ES_SAFE = (
    r"(?<!\bel )(?<!\bsu )(?<!\bun )(?<!\bmi )\bsegur[oa]s?\b"
    r"(?! (?:medico|social|de salud|de que))"
)

# Each rule has one name in both languages. The Spanish patterns carry no accents, because the
# text is folded first: "curación" and a hurried "curacion" are the same promise.
RULES: dict[str, dict[str, str]] = {
    "en": {
        "cure": r"\b(?:in)?cur(?:e|es|ed|ing|able|ative)\b",
        "reverse": r"\brevers(?:e|es|ed|ing|al|ible)\b",
        "heal": r"\bheal(?:s|ed|ing)?\b",
        "guarantee": r"\bguarant\w+",
        "breakthrough": r"\bbreakthroughs?\b|\brevolutionary\b",
        "miracle": r"\bmiracles?\b|\bmiraculous\w*",
        "proven": r"\bproven\b|\b(?:clinically|scientifically) (?:proved|demonstrated)\b",
        "safe": r"\bsafe(?:ly|r|st)?\b",
        "natural": r"\bnatural(?:ly)?\b",
        "no side effects": r"\b(?:no|without(?: the)?|zero|free of) (?:\w+ )?side[ -]effects?\b",
        "no risk": r"\b(?:no|without|zero|free of) risks?\b|\brisk[ -]free\b",
        "alternative to medication": (
            rf"\balternatives? to (?:[\w-]+ ){{0,2}}{_EN_MEDICINE}\b"
            rf"|\binstead of (?:\w+[ -]){{0,3}}{_EN_MEDICINE}\b"
        ),
        "stop medicine": (
            r"\b(?:stop|stopping|reduce|lower|skip|quit|replace|get off|come off) "
            rf"(?:taking |using )?(?:your |the |their )?{_EN_MEDICINE}\b"
        ),
        "new hope": r"\b(?:new|real|fresh|last) hopes?\b|\bhope (?:to|for) millions\b",
        "get treated": r"\bget treated\b",
    },
    "es": {
        "cure": r"\b(?:in)?cur(?:a|as|an|ar|e|en|o|ado|ada|ados|adas|ando|ara|aran|acion|ables?)\b"
        r"|\bcurativ[oa]s?\b|\bcurese\b",
        "reverse": r"\brevert(?:ir\w*|e|en|ido|ida|imos)\b|\brevierten?\b|\breversi\w+",
        "heal": r"\bsanar\w*|\bsanacion\b|\bsanador\w*|\bsanando\b|\bsanen?\b|\bsan[ea]se\b"
        r"|\b(?:se|le|lo|la|nos|que) sana\b",
        "guarantee": r"\bgarant\w+",
        "breakthrough": r"\brevolucionari[oa]s?\b|\bgran(?:des)? avances?\b"
        r"|\bavances? (?:decisiv|historic|sin precedentes)\w*",
        "miracle": r"\bmilagr\w+",
        "proven": r"\b(?:com)?probad[oa]s?\b|\b(?:eficacia|seguridad) demostrada\b"
        r"|\b(?:cientifica|clinica)mente demostrad[oa]s?\b",
        "safe": _ES_SAFE,
        "natural": r"\bnatural(?:es|mente)?\b",
        "no side effects": r"\bsin (?:los )?efectos (?:secundarios|adversos|colaterales)\b",
        "no risk": r"\b(?:sin|no hay) (?:ningun )?riesgos?\b|\blibres? de riesgos?\b",
        "alternative to medication": (
            rf"\balternativas? a (?:\w+ ){{0,2}}{_ES_MEDICINE}\b"
            rf"|\ben (?:lugar|vez) de (?:\w+ ){{0,2}}{_ES_MEDICINE}\b"
        ),
        "stop medicine": (
            r"\b(?:dejar de tomar|deje de tomar|deje|dejar|suspender|suspenda|reducir|reduzca|bajar"
            rf"|baje|reemplazar|reemplace) (?:la |las |los |sus? |el )?{_ES_MEDICINE}\b"
        ),
        "new hope": r"\b(?:nuevas?|verdaderas?|ultimas?) esperanzas?\b"
        r"|\besperanzas? (?:a|para) millones\b",
        "get treated": r"\bempiece (?:hoy )?su tratamiento\b",
    },
}
_COMPILED = {
    language: {name: re.compile(pattern, re.IGNORECASE) for name, pattern in rules.items()}
    for language, rules in RULES.items()
}

_PLAIN = str.maketrans("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN")

_STRING = re.compile(
    r'"""(?P<long>.*?)"""|"(?P<short>(?:\\.|[^"\\\n])*)"|\'(?P<bare>[^\'\n]*)\'', re.DOTALL
)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_ALLOWED = re.compile(r"^allowed_sentences\s*=\s*\[.*?\]\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"\s*\[R\d+[a-z]?\]|^\s*(?:[-*+]|\d+[.)]|#+|>)\s+|\*+|__|`|\{#[a-z0-9-]+\}")
_NEW_BLOCK = re.compile(r"^\s*(?:$|[-*+] |\d+[.)] |#|>|\|)")
_SENTENCE_END = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class Claim:
    """A forbidden word on a page: where it stands, and against which rule."""

    line: int
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class _Block:
    """One paragraph, list item or string as one line of text, knowing its lines in the file."""

    text: str
    starts: tuple[int, ...]
    lines: tuple[int, ...]

    def line_at(self, position: int) -> int:
        return self.lines[bisect_right(self.starts, position) - 1]


def check_claims(
    text: str, *, language: str, file_name: str, allowed: Sequence[str]
) -> tuple[str, ...]:
    """Return a fault for each forbidden claim, and for each allowed sentence that is not there.

    Args:
        text: the whole page file, head included.
        language: ``en`` or ``es``.
        file_name: how the file is called in a fault.
        allowed: sentences that may stand, word for word, without citation marks.
    """
    faults = [
        f'{file_name}:{claim.line}: the claim "{claim.words}" breaks rule "{claim.rule}"; '
        "say what is known, or list the sentence in allowed_sentences"
        for claim in find_claims(text, language=language, allowed=allowed)
    ]
    texts = [block.text for block in _blocks(text)]
    faults += [
        f'{file_name}:1: the allowed sentence "{sentence}" is not on the page, word for word'
        for sentence in map(_flat, allowed)
        if not any(_places(sentence, block) for block in texts)
    ]
    return tuple(faults)


def find_claims(text: str, *, language: str, allowed: Sequence[str] = ()) -> tuple[Claim, ...]:
    """Find every forbidden word of a page outside the sentences it may say."""
    sentences = [_flat(sentence) for sentence in allowed]
    return tuple(
        Claim(block.line_at(found.start()), rule, block.text[found.start() : found.end()])
        for block in _blocks(text)
        for plain in [_without(block.text, sentences).translate(_PLAIN)]
        for rule, pattern in _COMPILED[language].items()
        for found in pattern.finditer(plain)
    )


def seen_claims(
    markup: str, *, language: str, allowed: Sequence[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Find every forbidden word in a text as it is drawn, whatever it was written with.

    Args:
        markup: sanitised HTML, or plain text escaped for it.
        language: ``en`` or ``es``.
        allowed: sentences that may stand, word for word, without citation marks.

    Returns:
        The rule and the paragraph that breaks it; each pair once.
    """
    sentences = [_flat(sentence) for sentence in allowed]
    found = (
        (rule, paragraph)
        for paragraph in seen_paragraphs(markup)
        for face in faces(_without(paragraph, sentences))
        for rule, pattern in _COMPILED[language].items()
        if pattern.search(face)
    )
    return tuple(dict.fromkeys(found))


def breaks(rule: str, text: str, *, language: str) -> bool:
    """Say whether one line of a file, by itself, breaks a rule in any disguise."""
    return any(_COMPILED[language][rule].search(face) for face in faces(_flat(text)))


def _flat(text: str) -> str:
    bare = _MARKUP.sub("", _LINK.sub(r"\1", text))
    return unicodedata.normalize("NFC", " ".join(bare.split()))


def _without(text: str, sentences: Sequence[str]) -> str:
    """Blank out the allowed sentences, letter for letter, so that positions stay true."""
    for sentence in sentences:
        for start in _places(sentence, text):
            text = text[:start] + " " * len(sentence) + text[start + len(sentence) :]
    return text


def _places(sentence: str, text: str) -> list[int]:
    """Find where a whole sentence stands: not a part of a longer one that says more."""
    return [
        found.start()
        for found in re.finditer(re.escape(sentence), text)
        if (not text[: found.start()].strip() or _ends(text[: found.start()]))
        and (found.end() == len(text) or _ends(sentence))
    ]


def _ends(text: str) -> bool:
    return text.rstrip(' "”»)').endswith(_SENTENCE_END)


def _blocks(text: str) -> Iterator[_Block]:
    rows = text.splitlines()
    fences = [number for number, row in enumerate(rows) if row.rstrip() == FENCE]
    end = fences[1] if len(fences) > 1 and fences[0] == 0 else -1
    head = _COMMENT.sub("", "\n".join(rows[: end + 1]))
    # The list of allowed sentences is not text of the page; its lines stay, for the counting.
    head = _ALLOWED.sub(lambda found: "\n" * found[0].count("\n"), head)
    for found in _STRING.finditer(head):
        kept = found["long"] or found["short"] or found["bare"] or ""
        first = head.count("\n", 0, found.start()) + 1
        yield from _paragraphs(kept.replace('\\"', '"').split("\n"), first)
    yield from _paragraphs(rows[end + 1 :], end + 2)


def _paragraphs(rows: Sequence[str], first_line: int) -> Iterator[_Block]:
    held: list[tuple[int, str]] = []
    for line, row in enumerate(rows, start=first_line):
        if _NEW_BLOCK.match(row):
            yield from _join(held)
            held = []
        held.append((line, _flat(row)))
    yield from _join(held)


def _join(held: Sequence[tuple[int, str]]) -> Iterator[_Block]:
    kept = [(line, words) for line, words in held if words]
    if not kept:
        return
    starts = [0]
    for _, words in kept[:-1]:
        starts.append(starts[-1] + len(words) + 1)
    joined = " ".join(words for _, words in kept)
    yield _Block(joined, tuple(starts), tuple(line for line, _ in kept))
