"""How hard a page is to read, by one published measure for each language.

English: the grade of Flesch-Kincaid, 0.39 x words per sentence + 11.8 x syllables per word - 15.59;
grade 8 is read by most adults of the United States. Spanish: the INFLESZ scale of the formula of
Szigriszt-Pazos, 206.835 - 62.3 x syllables per word - words per sentence; 55 and more is "normal",
65 and more "quite easy". English grades say nothing about Spanish, whose words are longer.

Names that a reader must meet because they are the subject (a disease, a drug, an agency) are left
out of the count and listed here by name; a hard word that is only hard stays in.

Source: Kincaid et al. 1975; Barrio-Cantalejo et al., An. Sist. Sanit. Navar. 2008; 31: 135-152.
"""

import re
from collections.abc import Iterator, Sequence

from intake.pages.catalog import Catalog
from intake.pages.disguise import seen_paragraphs
from intake.pages.models import Page

GRADE_MAX = 8.0  # English: no page above it
INFLESZ_MIN = 55.0  # Spanish: no page below it

_NAMES = {
    "en": """
    rheumatoid arthritis, celiac disease, multiple sclerosis, systemic lupus erythematosus, lupus
    nephritis, lupus, graves' disease, type 1 diabetes, amyotrophic lateral sclerosis, autoimmune
    diseases, autoimmune disease, diabetic ketoacidosis, thyroid storm, celiac crisis,
    graft-versus-host disease, mesenchymal, pluripotent, hydroxychloroquine, methotrexate,
    teplizumab, zimislecel, lantidra, ryoncil, nurown, riluzole, edaravone, radioactive iodine,
    clinicaltrials.gov, international society for stem cell research, national ms society, food and
    drug administration, u.s. department of health and human services, office for civil rights,
    federal trade commission, web content accessibility guidelines, social security
    """,
    "es": """
    artritis reumatoide, enfermedad celíaca, esclerosis múltiple, lupus eritematoso sistémico,
    nefritis lúpica, lupus, enfermedad de graves, diabetes tipo 1, esclerosis lateral amiotrófica,
    enfermedades autoinmunes, enfermedad autoinmune, cetoacidosis diabética, tormenta tiroidea,
    crisis celíaca, enfermedad de injerto contra huésped, mesenquimales, pluripotentes,
    hidroxicloroquina, metotrexato, teplizumab, zimislecel, lantidra, ryoncil, nurown, riluzol,
    edaravona, yodo radiactivo, clinicaltrials.gov, international society for stem cell research,
    national ms society, lupus foundation of america, food and drug administration, federal trade
    commission, web content accessibility guidelines, seguro social
    """,
}
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SILENT_END = re.compile(r"(?:(?<![sxzcgh])es|(?<![td])ed|e)$")
_SPANISH_VOWELS = re.compile(r"[aeiouáéíóúü]+(?:y\b)?|y\b")
_STRONG = re.compile(r"[aeoáéóíú]")


def _left_out(names: str) -> re.Pattern[str]:
    found = (" ".join(name.split()) for name in names.split(","))
    longest_first = sorted((name for name in found if name), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


_LEFT_OUT = {language: _left_out(names) for language, names in _NAMES.items()}


def syllables(word: str) -> int:
    """Count an English word's groups of vowels; a silent e at the end is not one of them.

    "treated" and "diseases" keep theirs, because there it is spoken. Rough, but the same for all.
    """
    bare = re.sub(r"[^a-z]", "", word.lower())
    if len(bare) <= 3:
        return 1
    if not bare.endswith(("le", "les")):
        bare = _SILENT_END.sub("", bare)
    return max(1, len(re.findall(r"[aeiouy]+", bare)))


def spanish_syllables(word: str) -> int:
    """Count a Spanish word's syllables: two strong vowels part, weak ones lean."""
    groups = _SPANISH_VOWELS.findall(word.lower())
    return max(1, sum(max(1, len(_STRONG.findall(group))) for group in groups))


def grade(texts: Sequence[str]) -> float:
    """Return the Flesch-Kincaid grade of English texts that each hold whole sentences."""
    sentences = _sentences(texts, "en")
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    of_words = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * of_words - 15.59


def inflesz(texts: Sequence[str]) -> float:
    """Return the INFLESZ figure of Spanish texts; higher is easier."""
    sentences = _sentences(texts, "es")
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 100.0
    of_words = sum(map(spanish_syllables, words)) / len(words)
    return 206.835 - 62.3 * of_words - len(words) / len(sentences)


def measure(texts: Sequence[str], language: str) -> float:
    """Return the figure of the language's own measure."""
    return grade(texts) if language == "en" else inflesz(texts)


def is_easy(figure: float, language: str) -> bool:
    """Say whether a page may go out with this figure."""
    return figure <= GRADE_MAX if language == "en" else figure >= INFLESZ_MIN


def texts_of(page: Page) -> tuple[str, ...]:
    """Return what a reader meets as sentences; headings, names and labels are not sentences."""
    plain = (page.description, page.in_short, page.honest_line)
    drawn = (*(part.html for part in page.sections), *(one.html for one in page.approaches))
    return (
        *(text for text in plain if text),
        *(text for one in drawn for text in seen_paragraphs(one)),
        *page.call_911,
        *page.call_doctor_today,
    )


def figures(catalog: Catalog) -> Iterator[tuple[Page, float]]:
    """Return every page with its figure, by slug, English before Spanish."""
    for (_, _), page in sorted(catalog.pages.items(), key=lambda pair: (pair[0][1], pair[0][0])):
        yield page, measure(texts_of(page), page.language)


def _sentences(texts: Sequence[str], language: str) -> list[list[str]]:
    parts = (_LEFT_OUT[language].sub(" ", part) for text in texts for part in _SENTENCE.split(text))
    return [words for part in parts if (words := _WORD.findall(part))]
