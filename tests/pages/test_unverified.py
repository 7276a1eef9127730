"""What the fact sheet marks [U], not verified, stands nowhere as a fact.

The fact sheet is no part of the project, so its marks are listed here, one by one, with where they
stand. Each has words by which it would be known on a page, in either language, and either no page
may have them, or only in a paragraph that says that the thing is not known.
"""

import re
from dataclasses import dataclass
from functools import cache

import pytest

from intake.i18n import LANGUAGES
from intake.pages.catalog import CONTENT, Catalog
from intake.pages.disguise import seen_paragraphs
from intake.pages.models import Page
from tests.pages.a_page import BOTH


@dataclass(frozen=True)
class Unverified:
    """One [U] of the fact sheet: where it stands, how it is known, and what must stand with it."""

    section: str
    known_by: str
    only_with: str = "(?!)"  # matches nothing: no paragraph may have it


NOT_KNOWN = "|".join(
    (
        "could not find out|did not find|record only|have not|not yet|not known|do not know",
        "no clinician has confirmed",
        "no pudimos averiguar|no encontramos|solo hemos visto|no hemos|todavía no|no se sabe",
        "no sabemos|ningún profesional",
    )
)
UNVERIFIED = (
    Unverified("4.1, effect of the 36 pooled trials", r"\b36\b.{0,40}(?:trials|estudios|ensayos)"),
    Unverified("4.1, the record of that review", r"2024 review|revisión .{0,20}2024", NOT_KNOWN),
    Unverified("4.4, the drugs of the comparison group", r"\bnewest\b|más nuev[oa]s"),
    Unverified("4.5, fever under antithyroid drugs", r"sore throat|dolor de garganta", NOT_KNOWN),
    Unverified(
        "4.6, zimislecel since 2025",
        r"zimislecel.{0,80}(?:is|was|has been|fue|está|ha sido) (?:approved|aprobado)",
    ),
    Unverified(
        "4.6, what became of the planned filings", r"planned to ask|pensaba pedir|2026", NOT_KNOWN
    ),
    Unverified("4.7, tofersen", r"tofersen|\bSOD1\b"),
    Unverified("8.1, Florida's bills of 2026", r"SB ?1092|HB ?567|podiatr|podólog"),
    Unverified("8.4, the other states", r"(?:all|every) (?:other )?states?|todos los estados"),
    Unverified("8.7, revoking everything", r"revoke|47 CFR|TCPA"),
    Unverified("8.9, the start date of language help", r"July 5|5 de julio"),
    Unverified("8.11, laws that were not checked", r"501\.171|COPPA|Breach Notification"),
    Unverified(
        "8.1, treatment that Florida's law permits",
        r"(?:Florida|the law|la ley).{0,40}(?:permits|allows|permite|autoriza)",
    ),
)


@cache
def _catalog() -> Catalog:
    return Catalog.load(CONTENT, BOTH)


def _texts(page: Page) -> list[str]:
    marked = [part.html for part in page.sections] + [one.html for one in page.approaches]
    plain = [page.title, page.description, page.in_short, page.honest_line]
    plain += [*page.call_911, *page.call_doctor_today]
    return [*plain, *(words for one in marked for words in seen_paragraphs(one))]


@pytest.mark.parametrize("mark", UNVERIFIED, ids=lambda one: one.section)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_verified_is_not_stated(language: str, mark: Unverified) -> None:
    stated = [
        (page.slug, text)
        for (own, _), page in _catalog().pages.items()
        if own == language
        for text in _texts(page)
        if re.search(mark.known_by, text, re.IGNORECASE)
        and not re.search(mark.only_with, text, re.IGNORECASE)
    ]

    assert stated == []


def test_the_words_would_be_found() -> None:
    planted = (
        "A 2024 review of 36 trials found a benefit.",
        "Los datos de la revisión de 2024 muestran un efecto.",
        "The drug group did not get the newest drugs.",
        "You have a sore throat while on antithyroid drugs.",
        "Zimislecel was approved in 2026.",
        "Tofersen is used for SOD1-ALS.",
        "Florida law permits this treatment.",
    )

    for text in planted:
        assert any(
            re.search(one.known_by, text, re.IGNORECASE)
            and not re.search(one.only_with, text, re.IGNORECASE)
            for one in UNVERIFIED
        ), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_paragraph_about_research_leans_on_a_source_or_says_there_is_none(
    language: str,
) -> None:
    silent = {"en": "found no|not mean|do not know|It does not", "es": "no encontramos|no sabemos"}
    numbers = r"\b\d+ (?:of|de|in|people|personas|trials|estudios)\b|hazard|p = "

    bare = [
        (page.slug, words)
        for (own, _), page in _catalog().pages.items()
        if own == language and page.is_medical
        for html in (*(a.html for a in page.approaches), *(s.html for s in page.sections))
        for raw in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", html, re.DOTALL)
        if 'class="cite"' not in raw
        for words in seen_paragraphs(raw)
        if re.search(numbers, words) and not re.search(silent[language], words, re.IGNORECASE)
    ]

    assert bare == []
