"""Keep the English pages at grade 8 or lower, so that a tired reader gets through them.

The grade is Flesch-Kincaid: 0.39 x words per sentence + 11.8 x syllables per word - 15.59.
Syllables are counted by groups of vowels, which is rough but the same for every page. Names that
a reader must meet because they are the subject (a disease, a drug, an agency) are left out of the
count and listed here by name; a hard word that is only hard stays in.
"""

import re
from functools import cache

import pytest

from intake.pages.catalog import CONTENT
from intake.pages.claims import plain_paragraphs
from intake.pages.front_matter import read_head
from intake.pages.prose import split_sections

GRADE_MAX = 8.0
WORDS_MIN = 60

NAMES = """
rheumatoid arthritis, celiac disease, multiple sclerosis, systemic lupus erythematosus, lupus
nephritis, lupus, graves' disease, type 1 diabetes, amyotrophic lateral sclerosis, autoimmune
diseases, autoimmune disease, diabetic ketoacidosis, thyroid storm, celiac crisis,
graft-versus-host disease, mesenchymal, pluripotent, hydroxychloroquine, methotrexate, teplizumab,
zimislecel, lantidra, ryoncil, nurown, riluzole, edaravone, radioactive iodine, clinicaltrials.gov,
international society for stem cell research, national ms society, food and drug administration,
u.s. department of health and human services, office for civil rights, federal trade commission,
web content accessibility guidelines, social security, {clinic}, {email}, {address}, {phone},
{tty}, {hours}, {reply_time}, {retention}
"""
LEFT_OUT = re.compile(
    "|".join(
        re.escape(name)
        for name in sorted((n.strip() for n in NAMES.replace("\n", " ").split(",")), key=len)[::-1]
        if name
    ),
    re.IGNORECASE,
)


def syllables(word: str) -> int:
    """Count the groups of vowels; a silent e at the end is not one of them.

    "treated" and "diseases" keep theirs, because there it is spoken.
    """
    bare = re.sub(r"[^a-z]", "", word.lower())
    if len(bare) <= 3:
        return 1
    if not bare.endswith(("le", "les")):
        bare = re.sub(r"(?:(?<![sxzcgh])es|(?<![td])ed|e)$", "", bare)
    return max(1, len(re.findall(r"[aeiouy]+", bare)))


def grade(texts: list[str]) -> float:
    """Return the Flesch-Kincaid grade of texts that each hold whole sentences."""
    sentences = [
        words
        for text in texts
        for part in re.split(r"(?<=[.!?:])\s+", text)
        if (words := re.findall(r"[A-Za-z][A-Za-z'’-]*", LEFT_OUT.sub(" ", part)))
    ]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    of_words = sum(syllables(word) for word in words) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * of_words - 15.59


@cache
def texts_of(slug: str) -> list[str]:
    """Give what a reader meets as sentences; headings, names and labels are not sentences."""
    head, faults = read_head((CONTENT / "en" / f"{slug}.md").read_text("utf-8"), slug)
    assert head is not None, faults
    matter = head.matter
    card = matter.emergency
    parts, _ = split_sections(head.body, head.body_line)
    markdown = [part.markdown for part in parts] + [one.text for one in matter.approach]
    return [
        *(text for text in (matter.description, matter.in_short, matter.honest_line) if text),
        *(text for one in markdown for text in plain_paragraphs(one)),
        *(card.call_911 + card.call_doctor_today if card else []),
    ]


SLUGS = sorted(path.stem for path in (CONTENT / "en").glob("*.md"))


@pytest.mark.parametrize("slug", SLUGS)
def test_an_english_page_reads_at_grade_eight_or_lower(slug: str) -> None:
    texts = texts_of(slug)

    assert sum(len(text.split()) for text in texts) >= WORDS_MIN
    assert grade(texts) <= GRADE_MAX


@pytest.mark.parametrize(
    ("word", "count"),
    [("cell", 1), ("treated", 2), ("diseases", 3), ("stopped", 1), ("immune", 2), ("people", 2)],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_measure_tells_easy_from_hard() -> None:
    easy = ["We read what you send.", "A nurse will call you."]
    hard = [
        (
            "Regenerative interventions necessitate comprehensive immunological characterization "
            "notwithstanding preliminary indications of therapeutic applicability."
        )
    ]

    assert grade(easy) < 3
    assert grade(hard) > 20
