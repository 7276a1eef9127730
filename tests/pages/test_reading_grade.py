"""Keep every page easy enough for a tired reader: each language by its own measure."""

from functools import cache

import pytest

from intake.i18n import LANGUAGES
from intake.pages.catalog import CONTENT, Catalog
from intake.pages.prose import SWITCHES
from intake.pages.reading import (
    GRADE_MAX,
    INFLESZ_MIN,
    figures,
    grade,
    inflesz,
    is_easy,
    measure,
    spanish_syllables,
    syllables,
    texts_of,
)
from tests.pages.a_page import BOTH

WORDS_MIN = 60
SLUGS = sorted(path.stem for path in (CONTENT / "en").glob("*.md"))


@cache
def _catalog(all_on: bool = False) -> Catalog:
    return Catalog.load(CONTENT, BOTH, SWITCHES if all_on else frozenset())


@pytest.mark.parametrize("all_on", [False, True], ids=["off", "on"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_is_easy_enough_to_read(slug: str, language: str, all_on: bool) -> None:
    texts = texts_of(_catalog(all_on).page(language, slug))

    assert sum(len(text.split()) for text in texts) >= WORDS_MIN
    assert is_easy(measure(texts, language), language), round(measure(texts, language), 1)


def test_every_page_has_a_figure() -> None:
    assert [(page.language, page.slug) for page, _ in figures(_catalog())] == [
        (language, slug) for slug in SLUGS for language in LANGUAGES
    ]


@pytest.mark.parametrize(
    ("word", "count"),
    [("cell", 1), ("treated", 2), ("diseases", 3), ("stopped", 1), ("immune", 2), ("people", 2)],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("sol", 1),
        ("hoy", 1),
        ("médico", 3),
        ("células", 3),
        ("quien", 1),
        ("guía", 2),
        ("país", 2),
        ("ahora", 3),
        ("ciudad", 2),
        ("oído", 3),
        ("investigación", 5),
        ("estadounidense", 6),
        ("y", 1),
    ],
)
def test_spanish_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


def test_the_english_measure_tells_easy_from_hard() -> None:
    easy = ["We read what you send.", "A nurse will call you."]
    hard = [
        (
            "Regenerative interventions necessitate comprehensive immunological characterization "
            "notwithstanding preliminary indications of therapeutic applicability."
        )
    ]

    assert grade(easy) < 3
    assert grade(hard) > 20
    assert not is_easy(GRADE_MAX + 0.1, "en")


def test_the_spanish_measure_tells_easy_from_hard() -> None:
    easy = ["Leemos lo que nos envía.", "Una persona le va a llamar."]
    hard = [
        (
            "Las intervenciones regenerativas requieren una caracterización inmunológica exhaustiva"
            " independientemente de las indicaciones preliminares de aplicabilidad terapéutica."
        )
    ]

    assert inflesz(easy) > 80
    assert inflesz(hard) < 10
    assert not is_easy(INFLESZ_MIN - 0.1, "es")
