"""See a word as a reader sees it, however it was written into the file.

A soft hyphen, a letter of another alphabet that looks alike, an accent too many, a mark of
Markdown in the middle or spaces between the letters all leave a promise readable and hide it from
a search. Nobody needs to mean harm: text pasted from elsewhere brings such signs along. Here every
such text is brought to plain small letters; only the claim check reads the result, never a person.
"""

import html
import re
import unicodedata
from collections.abc import Iterator

# Letters of other alphabets, and figures, that are read as Latin letters; after case was folded.
_ALIKE = (
    ("авекмнорстухіїјѕһԁ", "abekmhopctyxiijshd"),
    ("αβεικνορτυχγ", "abeikvoptuxy"),
    ("ıłøđ013457@$|!", "ilodoleastasli"),
)
_LOOKALIKES = str.maketrans("".join(a for a, _ in _ALIKE), "".join(b for _, b in _ALIKE))
_BLOCK = re.compile(
    r"</?(?:p|h[1-6]|ul|ol|li|table|thead|tbody|tr|th|td|blockquote|pre|br|hr)\b[^>]*>"
)
_CITATION_MARK = re.compile(r'<sup class="cite">.*?</sup>')
_TAG = re.compile(r"<[^>]*>")
_SHOWN_TAG = re.compile(r"</?[a-z][^<>]{0,20}>")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_INSIDE = re.compile(r"(?<=[a-z])[-_*~'’`·/\\]+\s*(?=[a-z])")
_SPACED = re.compile(r"\b[a-z](?:[ .\-_·*]{1,2}[a-z]\b){3,}")
_MIXED = re.compile(r"\S*[^\W\d_]\S*")


def seen_paragraphs(markup: str) -> Iterator[str]:
    """Return the words of rendered HTML, one paragraph, heading or cell at a time.

    Marks of citations are left out, as in the sentences that a page lists as allowed.
    """
    for part in _BLOCK.split(_CITATION_MARK.sub("", markup)):
        words = " ".join(html.unescape(_TAG.sub("", part)).split())
        if words:
            yield words


def faces(text: str) -> tuple[str, ...]:
    """Return what a text may be read as, in plain small letters without accents.

    Several, because what joins two words in one place ("side-effects") hides one in another.
    """
    plain = _bare(html.unescape(text))
    mixed = _MIXED.sub(lambda found: found[0].translate(_LOOKALIKES), plain)
    joined = _INSIDE.sub("", _SHOWN_TAG.sub("", mixed))
    pulled_together = _SPACED.sub(lambda found: re.sub(r"[^a-z]", "", found[0]), mixed)
    return tuple(dict.fromkeys((plain, mixed, joined, pulled_together)))


def _bare(text: str) -> str:
    """Fold case and accents, and drop every character that has no width."""
    apart = unicodedata.normalize("NFKD", text)
    kept = (one for one in apart if unicodedata.category(one) not in {"Mn", "Me", "Cf", "Cc"})
    flat = "".join(" " if one.isspace() else one for one in kept)
    return " ".join(flat.translate(_HYPHENS).casefold().split())
