"""No disguise of a promise gets past the claim check: planted lines, in both languages."""

from pathlib import Path

import pytest

from intake.errors import Misconfigured
from intake.pages.catalog import Catalog
from intake.pages.claims import seen_claims
from intake.pages.disguise import faces, seen_paragraphs
from tests.pages.a_page import BOTH, CONDITION, content, line_of

# What stands in the file, and the rule that it breaks as a reader sees it.
PLANTED = {
    "en": [
        ("The cells CURE lupus.", "cure"),
        ("The cells cu\u00adre lupus.", "cure"),
        ("The cells cu\u200bre lupus.", "cure"),
        ("The cells c\u2060u\u2060r\u2060e lupus.", "cure"),
        ("The cells cu&shy;re lupus.", "cure"),
        ("The cells c&#117;re lupus.", "cure"),
        ("The cells &#x63;ure lupus.", "cure"),
        ("The cells cu**re** lupus.", "cure"),
        ("The cells *cu*re lupus.", "cure"),
        ("The cells cu[re](/research) lupus.", "cure"),
        ("The cells [cu](/research)[re](/research) lupus.", "cure"),
        ("The cells `cu`re lupus.", "cure"),
        ("The cells c\u00fcr\u00e9 lupus.", "cure"),
        ("The cells \u0441ur\u0435 lupus.", "cure"),
        ("The cells \uff43\uff55\uff52\uff45 lupus.", "cure"),
        ("The cells \U0001d41c\U0001d42e\U0001d42b\U0001d41e lupus.", "cure"),
        ("The cells cur3 lupus.", "cure"),
        ("The cells c u r e lupus.", "cure"),
        ("The cells c.u.r.e lupus.", "cure"),
        ("The cells cu-\nre lupus.", "cure"),
        ("The cells cu<b>re</b> lupus.", "cure"),
        ("### A cure for lupus", "cure"),
        ("- a cure", "cure"),
        ("1. a cure", "cure"),
        ("> a cure", "cure"),
        ("| Result | Cells |\n|---|---|\n| lasting | cured |", "cure"),
        ("![A cure](https://x.example/a.png)", "cure"),
        ("[A cure][one]\n\n[one]: /research", "cure"),
        ("Brea\u00adkthrough cells.", "breakthrough"),
        ("G\u00b7u\u00b7a\u00b7r\u00b7a\u00b7n\u00b7t\u00b7e\u00b7e\u00b7d.", "guarantee"),
        ("A mir\u0430cle.", "miracle"),
        ("Re\u00advers\u00ading lupus.", "reverse"),
        ("It h\u0435als joints.", "heal"),
        ("It has no side\u2011effects.", "no side effects"),
        ("New\u00a0hope for you.", "new hope"),
        ("Clinically proved cells.", "proven"),
        ("It is 100% s\u0430fe.", "safe"),
        ("St\u00adop your medicine.", "stop medicine"),
    ],
    "es": [
        ("Las c\u00e9lulas CURAN el lupus.", "cure"),
        ("Las c\u00e9lulas cu\u00adran el lupus.", "cure"),
        ("Las c\u00e9lulas c\u00faran el lupus.", "cure"),
        ("Una curaci\u00f3n total.", "cure"),
        ("Una curacio\u0301n total.", "cure"),
        ("Una c&uacute;ra total.", "cure"),
        ("Una cu**raci\u00f3n** total.", "cure"),
        ("Una \u0441uraci\u00f3n total.", "cure"),
        ("### La cura del lupus", "cure"),
        ("| Resultado |\n|---|\n| curados |", "cure"),
        ("![La cura](https://x.example/a.png)", "cure"),
        ("Resultados garan\u200btizados.", "guarantee"),
        ("Un mil\u00adagro.", "miracle"),
        ("Un m i l a g r o.", "miracle"),
        ("C\u00e9lulas comprob\u0430das.", "proven"),
        ("Clínicamente demostrado.", "proven"),
        ("Revi\u00aderte el lupus.", "reverse"),
        ("Sus articulaciones se sanan: se sana el lupus.", "heal"),
        ("Sin efectos&nbsp;secundarios.", "no side effects"),
        ("Es segur\u043e.", "safe"),
        ("Una nueva\u00a0esperanza.", "new hope"),
        ("De\u00adje de tomar sus medicinas.", "stop medicine"),
        ("Sin ri\u00e9sgos.", "no risk"),
    ],
}
EACH = [(language, *one) for language, many in PLANTED.items() for one in many]


def _faults(folder: Path, language: str, text: str) -> tuple[str, ...]:
    pages = {"en_lupus": CONDITION, "es_lupus": CONDITION, f"{language}_lupus": text}
    try:
        Catalog.load(content(folder, **pages), BOTH)
    except Misconfigured as wrong:
        return wrong.faults
    return ()


@pytest.mark.parametrize(("language", "words", "rule"), EACH)
def test_a_planted_line_stops_the_start_with_its_line_and_rule(
    tmp_path: Path, language: str, words: str, rule: str
) -> None:
    text = f"{CONDITION}\nOne honest line.\n\n{words}\n"
    first = line_of(text, "One honest") + 2

    found = [one for one in _faults(tmp_path, language, text) if f'breaks rule "{rule}"' in one]

    assert found
    lines = {int(one.split(":")[1]) for one in found}
    assert min(lines) >= first
    assert max(lines) <= first + words.count("\n")


@pytest.mark.parametrize(
    "field", ["title", "description", "in_short", "honest_line", "call_911", "name"]
)
@pytest.mark.parametrize("word", ["c\\u00adure", "c\\u0075re", "cu\\u200Bre", "&#99;ure", "cur3"])
def test_a_disguise_in_the_head_of_a_page_is_seen_too(
    tmp_path: Path, field: str, word: str
) -> None:
    row = next(r for r in CONDITION.splitlines() if r.startswith(f"{field} = "))
    text = CONDITION.replace(row, row.replace('"', f'"A {word} ', 1))

    found = _faults(tmp_path, "en", text)

    assert any(
        one.startswith(f"content/en/lupus.md:{line_of(text, field)}: ") and 'rule "cure"' in one
        for one in found
    )


@pytest.mark.parametrize("place", ["heading", "who"])
@pytest.mark.parametrize("word", ["Cured", "C\\u00adured", "\\u0421ur\\u0435d"])
def test_the_table_of_numbers_promises_nothing(tmp_path: Path, place: str, word: str) -> None:
    text = CONDITION.replace(f'{place} = "', f'{place} = "{word} ', 1)

    found = _faults(tmp_path, "en", text)

    assert any(f":{line_of(text, 'numbers')}: " in one and 'rule "cure"' in one for one in found)


def test_a_promise_split_over_heading_and_group_is_seen(tmp_path: Path) -> None:
    text = CONDITION.replace('heading = "Remission", who = "with', 'heading = "No", who = "risk', 1)

    assert any('rule "no risk"' in one for one in _faults(tmp_path, "en", text))


def test_a_long_text_of_an_approach_names_its_own_line(tmp_path: Path) -> None:
    long = 'text = """\nFirst line. [R11]\n\nA mir\u0430cle here.\n"""'
    text = CONDITION.replace('text = "A trial of 18 people was stopped. [R11]"', long)

    (fault,) = [one for one in _faults(tmp_path, "en", text) if "as a reader sees it" in one]

    assert fault.startswith(f"content/en/lupus.md:{line_of(text, 'A mir')}: ")
    assert 'breaks rule "miracle"' in fault


def test_an_allowed_sentence_stands_as_it_is_drawn_too(tmp_path: Path) -> None:
    head = 'about_treatment = true\nallowed_sentences = ["There is no cure for lupus."]'
    text = CONDITION.replace("about_treatment = true", head)
    text += "\nThere is **no\ncure** for lupus. [R11] More follows.\n"

    Catalog.load(content(tmp_path, en_lupus=text, es_lupus=text), BOTH)


@pytest.mark.parametrize(
    "other",
    ["There is no c\u00adure for lupus.", "There is no cure for lupus&#33; We cu**re** it."],
)
def test_an_allowed_sentence_lets_no_disguised_sister_stand(tmp_path: Path, other: str) -> None:
    head = 'about_treatment = true\nallowed_sentences = ["There is no cure for lupus."]'
    text = CONDITION.replace("about_treatment = true", head)
    text += f"\nThere is no cure for lupus.\n\n{other}\n"

    assert any('breaks rule "cure"' in one for one in _faults(tmp_path, "en", text))


@pytest.mark.parametrize(
    "honest",
    [
        "Low-dose steroids, CD19 CAR T cells, type 1 diabetes, 5 of 6 people.",
        "The rate ratio was 0.94 (0.58 to 1.50), p = 0.78.",
        "We used B C D E cells.",
        "El sistema inmunitario ataca las c\u00e9lulas sanas.",
    ],
)
def test_an_honest_line_has_no_face_that_promises(honest: str) -> None:
    for language in ("en", "es"):
        assert seen_claims(honest, language=language) == ()


def test_what_cannot_be_seen_is_no_text() -> None:
    assert list(seen_paragraphs('<p>One <a href="/cure">two</a>.</p><li>Three</li>')) == [
        "One two.",
        "Three",
    ]


def test_a_word_has_a_face_without_signs_of_no_width() -> None:
    assert "cure" in faces("C\u00adU\u200br\u0435")
