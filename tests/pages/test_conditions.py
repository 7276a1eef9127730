"""Hold the seven condition pages to the fact sheet: labels, numbers, honest lines and tone.

The parser and the claim check know nothing about lupus; what may be said about each condition is
written down here, so that an edit which makes an approach look better than it is fails at once.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import intake.pages
from intake.pages.front_matter import ApproachMatter, Head, read_head

CONTENT = Path(intake.pages.__file__).parent / "content"
LANGUAGES = ("en", "es")
MARK = re.compile(r"\[(R\d+[a-z]?)\]")
FIGURE = re.compile(r"\d+(?:\.\d+)?")


class Row(NamedTuple):
    """One line of the at-a-glance table of the fact sheet, section 1."""

    slug: str
    name: str
    cell_kind: str
    evidence: str
    approval: str
    sources: frozenset[str]


# Lupus has two rows for MSC infusion, because the fact sheet gives it two labels.
TABLE = """
rheumatoid-arthritis | MSC infusion | msc | early | fda_no | R5 R6
rheumatoid-arthritis | Own blood stem cell transplant (aHSCT) | ahsct | specialist | fda_na | R7 R8
celiac-disease | MSC infusion | msc | none | fda_no |
celiac-disease | Own blood stem cell transplant (aHSCT), refractory type II celiac disease \
    | ahsct | early | fda_na | R7
lupus | MSC infusion, lupus kidney disease (lupus nephritis) | msc | no-benefit | fda_no | R11
lupus | MSC infusion, other lupus | msc | early | fda_no | R12
lupus | Own blood stem cell transplant (aHSCT) | ahsct | specialist | fda_na | R7 R8
lupus | CD19 CAR T cells (not stem cells) | car_t | early | fda_no | R13
multiple-sclerosis | Own blood stem cell transplant (aHSCT), relapsing and very active MS \
    | ahsct | specialist | fda_na | R15 R16 R17
multiple-sclerosis | MSC infusion | msc | no-benefit | fda_no | R18 R24
graves-disease | Any stem cell treatment | any | none | fda_no |
type-1-diabetes | Donor islets, Lantidra (donated cells, not stem cells) \
    | islets | standard | fda_yes | R21
type-1-diabetes | Stem-cell-derived islets (zimislecel) | islets_stem | early | fda_no | R20
type-1-diabetes | Own blood stem cell transplant (aHSCT) | ahsct | early | fda_na | R7
als | MSC-based product (NurOwn) | msc | no-benefit | fda_no | R23 R24
"""


def _row(line: str) -> Row:
    slug, name, cell_kind, evidence, approval, sources = (part.strip() for part in line.split("|"))
    return Row(slug, name, cell_kind, evidence, approval, frozenset(sources.split()))


AT_A_GLANCE = tuple(_row(line) for line in TABLE.strip().splitlines())
SLUGS = tuple(dict.fromkeys(row.slug for row in AT_A_GLANCE))

# Pages that are not named here show no row of counts.
COUNTS = {
    "lupus": [(9, 12), (5, 6), (8, 8)],
    "type-1-diabetes": [(21, 30), (10, 12)],
}

# Figures of the fact sheet that a page must show, each as often as it is written here.
FIGURES = {
    "rheumatoid-arthritis": "1 100 2024",
    "celiac-disease": "30 100",
    "lupus": "18 9 12 5 6 40 15 8 2 100.5",
    "multiple-sclerosis": "110 0.07 2021 50 10 2019 144 0.94 0.58 1.50 0.78",
    "graves-disease": "2024",
    "type-1-diabetes": "28 2023 21 30 9 10 14 12 10 2025 2026 76 2",
    "als": "27 2023 17 1 1 5 10 100 2021",
}

TITLES = {
    "rheumatoid-arthritis": ("Rheumatoid arthritis", "Artritis reumatoide"),
    "celiac-disease": ("Celiac disease", "Enfermedad celíaca"),
    "lupus": ("Lupus", "Lupus"),
    "multiple-sclerosis": ("Multiple sclerosis (MS)", "Esclerosis múltiple (EM)"),
    "graves-disease": ("Graves' disease", "Enfermedad de Graves"),
    "type-1-diabetes": ("Type 1 diabetes", "Diabetes tipo 1"),
    "als": ("ALS", "Esclerosis lateral amiotrófica (ELA)"),
}

HONEST_LINES = {
    "rheumatoid-arthritis": (
        "Stem cell treatment is not part of standard care for RA. "
        "Effective drugs exist, and starting them early protects joints."
    ),
    "celiac-disease": (
        "The gluten-free diet is the treatment. "
        "There is no good evidence that stem cells help ordinary celiac disease."
    ),
    "lupus": (
        "The one placebo-controlled trial of these cells for lupus kidney disease "
        "found no added benefit. Research goes on."
    ),
    "multiple-sclerosis": (
        "Transplant with chemotherapy can help some people with very active relapsing MS, "
        "at expert hospitals. MSC infusions have not been shown to work."
    ),
    "graves-disease": (
        "Graves' disease has three well-tested treatments. "
        "There is no good evidence for stem cells."
    ),
    "type-1-diabetes": (
        "Cell research in type 1 diabetes is moving. For now it is for a small group, "
        "at specialist centers, with strong immune-lowering drugs."
    ),
    "als": (
        "No stem cell treatment is approved for ALS, and the best-tested one did not show that "
        "it works. If you are interested in research, ask your ALS clinic about trials."
    ),
}

NOT_AUTOIMMUNE = {
    "en": "ALS is not classed as an autoimmune disease.",
    "es": "La ELA no se clasifica como enfermedad autoinmune.",
}
KEEP_INSULIN = {
    "en": "Do not lower, skip or stop insulin because of anything you read here.",
    "es": "No baje, no se salte ni suspenda la insulina por nada que lea aquí.",
}
LESS_INSULIN = {
    "en": r"\b(lower|skip|stop|reduce|cut|wean|quit|replace|come off|go off|less|fewer|free)",
    "es": r"\b(baj[ae]|sal(t|tars)e|suspend|redu[cz]|dej[ae]|quit|reemplaz|(?<!al )menos|libre)",
}
KEPT_APART = {
    "en": "Results from one do not apply to the other.",
    "es": "Los resultados de uno no se aplican al otro.",
}
NONE_FOUND = {"en": "We found no controlled human trial", "es": "No encontramos ningún estudio"}
AS_REPORTED = {"en": r"\breport(s|ed)?\b", "es": r"\binform(a|an|es?|adas?)\b"}
# Sources whose facts the fact sheet has seen at second hand only.
SECOND_HAND = {"R4", "R20b", "R21", "R22", "R23", "R32", "R35", "R38", "R40", "R43", "R44"}
RISKS_OF_A_TRANSPLANT = {"en": ("chemotherapy", "death"), "es": ("quimioterapia", "muerte")}
STRUGGLE = r"\b(fight|battl|war\b|weapon|countdown|victim|lucha|batall|guerra|combat|víctima)"
# What the fact sheet marks as not verified: tofersen, the effect in 36 pooled trials, and which
# drugs the other group of the MIST trial was given.
UNVERIFIED = r"tofersen|\b36\b|newest|más nuevas"

each_page = pytest.mark.parametrize("slug", SLUGS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def _head(language: str, slug: str) -> Head:
    path = CONTENT / language / f"{slug}.md"
    head, faults = read_head(path.read_text(encoding="utf-8"), f"{language}/{slug}.md")
    assert head is not None, faults
    return head


def _approaches(language: str) -> list[tuple[str, ApproachMatter]]:
    return [(slug, one) for slug in SLUGS for one in _head(language, slug).matter.approach]


def _texts(language: str, slug: str) -> Iterator[str]:
    """Give everything a reader sees, in order, still with its citation marks."""
    head = _head(language, slug)
    matter = head.matter
    yield from (matter.title, matter.description, matter.in_short, matter.honest_line)
    for approach in matter.approach:
        yield approach.name
        yield approach.text
        for numbers in approach.numbers:
            yield f"{numbers.heading}: {numbers.who}, {numbers.count} / {numbers.of}"
    assert matter.emergency is not None
    yield from matter.emergency.call_911
    yield from matter.emergency.call_doctor_today
    yield head.body


def _whole(language: str, slug: str) -> str:
    return "\n".join(_texts(language, slug))


def _without_marks(text: str) -> str:
    return re.sub(r"\s*\[R\d+[a-z]?\]|\{#[a-z0-9-]+\}|\*\*", "", text)


def _sentences(language: str, slug: str) -> list[str]:
    rows = _without_marks(_whole(language, slug)).splitlines()
    return [part for row in rows for part in re.split(r"(?<=[.?!:])\s+", row.strip("- ")) if part]


def _figures(language: str, slug: str) -> Counter[str]:
    return Counter(FIGURE.findall(_without_marks(_whole(language, slug))))


@each_language
def test_the_approaches_are_the_at_a_glance_table_and_nothing_else(language: str) -> None:
    shown = [
        (slug, one.cell_kind.value, one.evidence.value, one.approval.value)
        for slug, one in _approaches(language)
    ]

    assert shown == [(row.slug, row.cell_kind, row.evidence, row.approval) for row in AT_A_GLANCE]


def test_the_english_approaches_are_named_as_in_the_table() -> None:
    shown = [(slug, one.name) for slug, one in _approaches("en")]

    assert shown == [(row.slug, row.name) for row in AT_A_GLANCE]


@each_language
def test_each_approach_cites_the_sources_of_its_row(language: str) -> None:
    lacking = [
        (row.slug, row.name)
        for row, (_, one) in zip(AT_A_GLANCE, _approaches(language), strict=True)
        if not row.sources <= set(MARK.findall(one.text))
    ]

    assert lacking == []


@each_language
def test_an_approach_without_a_trial_says_so_and_cites_nothing(language: str) -> None:
    without = [one.text for _, one in _approaches(language) if one.evidence == "none"]

    assert len(without) == 2
    for text in without:
        assert NONE_FOUND[language] in text
        assert MARK.findall(text) == []


@each_page
def test_each_english_honest_line_is_the_one_of_the_fact_sheet(slug: str) -> None:
    assert _head("en", slug).matter.honest_line == HONEST_LINES[slug]


@each_page
def test_the_titles_are_the_names_used_in_the_form(slug: str) -> None:
    assert (_head("en", slug).matter.title, _head("es", slug).matter.title) == TITLES[slug]


@each_language
@each_page
def test_the_counts_are_those_of_the_fact_sheet(language: str, slug: str) -> None:
    shown = [
        (numbers.count, numbers.of)
        for approach in _head(language, slug).matter.approach
        for numbers in approach.numbers
    ]

    assert shown == COUNTS.get(slug, [])


@each_language
@each_page
def test_the_figures_of_the_fact_sheet_stand_on_the_page(language: str, slug: str) -> None:
    missing = Counter(FIGURES[slug].split()) - _figures(language, slug)

    assert missing == Counter()


@each_language
@each_page
def test_people_are_counted_and_not_given_as_percentages(language: str, slug: str) -> None:
    assert "%" not in _whole(language, slug)


@each_page
def test_the_spanish_page_has_the_same_figures(slug: str) -> None:
    assert _figures("es", slug) == _figures("en", slug)


@each_language
@each_page
def test_every_page_keeps_transplant_and_infusion_apart(language: str, slug: str) -> None:
    assert KEPT_APART[language] in _sentences(language, slug)


@each_language
def test_a_card_about_one_kind_of_cells_never_speaks_of_the_other(language: str) -> None:
    other = {"ahsct": "MSC", "msc": "aHSCT"}

    mixed = [
        slug for slug, one in _approaches(language) if other.get(one.cell_kind, "\0") in one.text
    ]

    assert mixed == []


@each_language
def test_every_transplant_card_names_chemotherapy_and_the_risk_of_death(language: str) -> None:
    cards = [one.text.lower() for _, one in _approaches(language) if one.cell_kind == "ahsct"]

    assert len(cards) == 5
    for text in cards:
        assert all(word in text for word in RISKS_OF_A_TRANSPLANT[language])


@each_page
def test_only_als_stands_in_the_nerve_group(slug: str) -> None:
    groups = {_head(language, slug).matter.group for language in LANGUAGES}

    assert groups == {"nerve" if slug == "als" else "autoimmune"}


@each_language
def test_the_als_page_says_autoimmune_only_to_say_that_als_is_not(language: str) -> None:
    saying = [s for s in _sentences(language, "als") if "autoi" in s.lower().replace("-", "")]

    assert saying == [NOT_AUTOIMMUNE[language]]


@each_language
def test_the_als_page_has_no_words_of_war(language: str) -> None:
    assert re.search(STRUGGLE, _whole(language, "als"), re.IGNORECASE) is None


@each_language
def test_the_als_page_points_to_support_and_to_the_als_clinic(language: str) -> None:
    text = _whole(language, "als")

    assert "{#support}" in text
    assert {"en": "support groups", "es": "grupos de apoyo"}[language] in text


@each_language
def test_less_insulin_is_named_only_to_say_do_not(language: str) -> None:
    saying = [
        sentence
        for sentence in _sentences(language, "type-1-diabetes")
        if "insulin" in sentence.lower()
        and re.search(LESS_INSULIN[language], sentence, re.IGNORECASE)
    ]

    assert saying == [KEEP_INSULIN[language]]


@each_language
def test_the_approval_of_zimislecel_is_said_to_need_a_fresh_check(language: str) -> None:
    said = {"en": "must be checked again", "es": "debe revisarse otra vez"}[language]

    assert said in _head(language, "type-1-diabetes").matter.approach[1].text


@each_language
@each_page
def test_what_was_seen_at_second_hand_is_worded_as_a_report(language: str, slug: str) -> None:
    head = _head(language, slug)
    parts = [approach.text for approach in head.matter.approach]
    parts += re.split(r"^## ", head.body, flags=re.MULTILINE)

    unhedged = [
        part
        for part in parts
        if SECOND_HAND & set(MARK.findall(part)) and not re.search(AS_REPORTED[language], part)
    ]

    assert unhedged == []


@each_language
@each_page
def test_nothing_unverified_stands_on_a_page(language: str, slug: str) -> None:
    assert re.search(UNVERIFIED, _without_marks(_whole(language, slug)), re.IGNORECASE) is None


@each_language
@each_page
def test_a_condition_page_shows_the_state_notice(language: str, slug: str) -> None:
    assert _head(language, slug).matter.about_treatment
