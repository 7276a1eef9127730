"""Hold the general pages to the contract: which exist, where they lead, what they admit."""

import re
from functools import cache

import pytest

from intake.i18n import LANGUAGES
from intake.pages.catalog import CONTENT, Catalog
from intake.pages.citations import CITATION
from intake.pages.models import Kind, Page
from tests.pages.a_page import BOTH, WORDS
from tests.pages.test_citations import SOURCES

GENERAL = (
    "accessibility",
    "autoimmune-diseases",
    "emergency",
    "how-we-work",
    "language-help",
    "nondiscrimination",
    "privacy",
    "questions-to-ask",
    "research",
    "stem-cells",
    "what-is-approved",
)
ABOUT_RESEARCH = ("autoimmune-diseases", "research", "stem-cells", "what-is-approved")
OTHER_ROUTES = {"/", "/conditions", "/ask", "/ask/all", "/withdraw"}
OPTIONAL_WORDS = re.compile(r"\{(?:tty|email|address)\}")
REPORTED = {"en": r"\breport(?:s|ed)?\b", "es": r"\b(?:informa|informan|informó|informe)\b"}

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_page = pytest.mark.parametrize("slug", GENERAL)


@cache
def _catalog() -> Catalog:
    return Catalog.load(CONTENT, BOTH)


def _markdown(language: str, slug: str) -> str:
    return (CONTENT / language / f"{slug}.md").read_text("utf-8").split("+++\n")[2]


def _html(page: Page) -> str:
    return "".join(section.html for section in page.sections)


@each_language
def test_the_general_pages_are_those_of_the_contract(language: str) -> None:
    pages = _catalog().general(language)

    assert sorted(page.slug for page in pages) == list(GENERAL)
    assert all(page.kind is Kind.GENERAL and page.is_draft for page in pages)


@each_language
@each_page
def test_no_placeholder_is_left_on_a_page(language: str, slug: str) -> None:
    page = _catalog().page(language, slug)

    assert re.search(r"[{}]|\[R\d", _html(page) + page.title + page.in_short) is None


@each_language
def test_links_inside_the_site_lead_to_pages_in_the_same_language(language: str) -> None:
    prefix = "" if language == "en" else "/es"
    slugs = {
        f"/conditions/{p.slug}" if p.kind is Kind.CONDITION else f"/{p.slug}"
        for p in _catalog().pages.values()
    }
    known = {prefix + one for one in slugs | OTHER_ROUTES}

    lost = [
        (page.slug, link)
        for page in (*_catalog().general(language), *_catalog().conditions(language))
        for link in re.findall(r'href="(/[^"]*)"', _html(page))
        if link not in known
    ]

    assert lost == []


@each_language
@each_page
def test_words_a_clinic_may_lack_stand_on_a_line_of_their_own(language: str, slug: str) -> None:
    rows = [row for row in _markdown(language, slug).splitlines() if OPTIONAL_WORDS.search(row)]

    assert all(row.startswith("- ") for row in rows)


def test_a_clinic_without_a_text_phone_or_email_still_gives_its_phone() -> None:
    few = WORDS | {"tty": "", "email": "", "address": ""}
    catalog = Catalog.load(CONTENT, {"en": few, "es": few})

    for slug in ("how-we-work", "accessibility", "nondiscrimination", "privacy"):
        made = _html(catalog.page("en", slug))
        assert "305-555-0123" in made
        assert "TTY" not in made
        assert "<li></li>" not in made


@each_language
@pytest.mark.parametrize("slug", ABOUT_RESEARCH)
def test_a_page_about_research_names_its_sources(language: str, slug: str) -> None:
    assert len(_catalog().page(language, slug).sources) >= 8


@each_language
@each_page
def test_what_was_seen_at_second_hand_only_is_worded_as_a_report(language: str, slug: str) -> None:
    rows = [row for row in _markdown(language, slug).splitlines() if CITATION.search(row)]
    second_hand = [
        row for row in rows if all(SOURCES[one].mark == "S" for one in CITATION.findall(row))
    ]

    unhedged = [row for row in second_hand if not re.search(REPORTED[language], row.lower())]

    assert unhedged == []


@each_language
def test_ten_questions_can_be_printed(language: str) -> None:
    (questions, *_) = _catalog().page(language, "questions-to-ask").sections

    assert questions.html.count("<li>") == 10


@each_language
@pytest.mark.parametrize("slug", ["language-help", "nondiscrimination"])
def test_a_notice_the_lawyer_has_not_confirmed_says_draft(language: str, slug: str) -> None:
    word = {"en": "Draft:", "es": "Borrador:"}[language]

    assert f"<strong>{word}</strong>" in _html(_catalog().page(language, slug))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("60 minutes", "12 months", "encrypted", "IP address", "log", "not legal advice")),
        ("es", ("60 minutos", "12 months", "cifrada", "dirección IP", "registro", "consejo legal")),
    ],
)
def test_the_privacy_page_says_what_the_software_does(language: str, said: tuple[str, ...]) -> None:
    page = _html(_catalog().page(language, "privacy"))

    assert [word for word in said if word not in page] == []
    assert 'href="tel:3055550123"' in page
    assert "/withdraw" in page


@each_language
def test_the_accessibility_page_admits_what_was_not_tested(language: str) -> None:
    page = _catalog().page(language, "accessibility")
    gaps = next(section for section in page.sections if section.id == "gaps")

    assert {
        "en": "not yet tested with people",
        "es": "Todavía no hemos hecho pruebas con personas",
    }[language] in gaps.html


@each_language
def test_the_emergency_page_starts_with_911_and_holds_no_link_in_the_list(language: str) -> None:
    (first, *_) = _catalog().page(language, "emergency").sections

    assert "911" in first.heading
    assert "<a" not in first.html
