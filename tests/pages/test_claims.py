import pytest

from intake.pages.claims import RULES, Claim, check_claims, find_claims
from tests.pages.a_page import CONDITION, line_of

PLANTED = {
    "en": {
        "cure": "This treatment can cure lupus.",
        "reverse": "It reversed the damage in weeks.",
        "heal": "The cells heal your joints.",
        "guarantee": "Results are guaranteed.",
        "breakthrough": "A breakthrough for families.",
        "miracle": "People call it a miracle.",
        "proven": "A proven method.",
        "safe": "The treatment is safe.",
        "natural": "We use natural cells.",
        "no side effects": "It has no side effects.",
        "no risk": "There is no risk for you.",
        "alternative to medication": "An alternative to long-term medication.",
        "stop medicine": "You can stop taking your medicine.",
        "new hope": "New hope for people with MS.",
        "get treated": "Get treated this week.",
    },
    "es": {
        "cure": "Este tratamiento puede curar el lupus.",
        "reverse": "Las células revierten el daño.",
        "heal": "Sanará sus articulaciones.",
        "guarantee": "Los resultados están garantizados.",
        "breakthrough": "Un tratamiento revolucionario.",
        "miracle": "Dicen que es un milagro.",
        "proven": "Un método comprobado.",
        "safe": "El tratamiento es seguro.",
        "natural": "Usamos células naturales.",
        "no side effects": "Funciona sin efectos secundarios.",
        "no risk": "No hay ningún riesgo.",
        "alternative to medication": "Una alternativa a los medicamentos.",
        "stop medicine": "Puede dejar de tomar sus medicinas.",
        "new hope": "Una nueva esperanza.",
        "get treated": "Empiece hoy su tratamiento.",
    },
}
HONEST = {
    "en": [
        "The immune system attacks healthy cells.",
        "Keep taking your medicine.",
        "Small studies looked at safety.",
        "We never promise a result.",
    ],
    "es": [
        "El sistema inmunitario ataca las células sanas.",
        "Siga tomando sus medicinas.",
        "¿Lo cubre el seguro? No envíe su número de Seguro Social.",
        "No se ha demostrado que funcione.",
        "Un estudio miró la seguridad a corto plazo.",
    ],
}
EACH = [(language, rule) for language, rules in RULES.items() for rule in rules]


def _page(sentence: str) -> str:
    return CONDITION + f"\nOne more paragraph,\nover two lines. {sentence}\n"


def _check(text: str, language: str = "en", *, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
    return check_claims(text, language=language, file_name="content/x.md", allowed=allowed)


def test_both_languages_have_the_same_rules() -> None:
    assert set(RULES["en"]) == set(RULES["es"])


@pytest.mark.parametrize(("language", "rule"), EACH)
def test_a_planted_claim_is_named_with_line_and_rule(language: str, rule: str) -> None:
    text = _page(PLANTED[language][rule])
    (fault,) = _check(text, language)

    assert fault.startswith(f"content/x.md:{line_of(text, 'over two')}: ")
    assert f'breaks rule "{rule}"' in fault


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_same_claim_is_found_in_capitals_and_without_accents(language: str) -> None:
    loud = {"en": "CURED for good!", "es": "Curacion total."}[language]

    assert [claim.rule for claim in find_claims(_page(loud), language=language)] == ["cure"]


@pytest.mark.parametrize(
    ("language", "sentence"), [(name, one) for name, many in HONEST.items() for one in many]
)
def test_an_honest_sentence_is_left_alone(language: str, sentence: str) -> None:
    assert _check(_page(sentence), language) == ()


@pytest.mark.parametrize(
    "field", ["title", "description", "in_short", "honest_line", "call_911", "name", "text"]
)
def test_the_head_of_a_page_is_read_too(field: str) -> None:
    row = next(r for r in CONDITION.splitlines() if r.startswith(f"{field} = "))
    text = CONDITION.replace(row, row.replace('"', '"A proven cure. ', 1))

    found = find_claims(text, language="en")

    assert {(claim.line, claim.rule) for claim in found} == {
        (line_of(text, field), "proven"),
        (line_of(text, field), "cure"),
    }


def test_a_claim_in_a_long_text_of_the_head_names_its_own_line() -> None:
    long = 'text = """\nFirst line. [R11]\n\nA miracle here.\n"""'
    text = CONDITION.replace('text = "A trial of 18 people was stopped. [R11]"', long)

    assert find_claims(text, language="en") == (
        Claim(line_of(text, "A miracle"), "miracle", "miracle"),
    )


def test_an_allowed_sentence_stands() -> None:
    sentence = "There is no cure for lupus."

    assert len(_check(_page(sentence))) == 1
    assert _check(_page(sentence), allowed=(sentence,)) == ()


def test_an_allowed_sentence_stands_with_its_source_and_over_two_lines() -> None:
    text = _page("There is **no\ncure** for lupus. [R11] More follows.")

    assert _check(text, allowed=("There is no cure for lupus.",)) == ()


@pytest.mark.parametrize(
    "other",
    [
        "There is no cure for lupus yet.",
        "There is no cure for lupus. We cure it.",
        "But we say: There is no cure for lupus.",
        "There is no Cure for lupus.",
    ],
)
def test_an_allowed_sentence_lets_no_other_sentence_stand(other: str) -> None:
    faults = _check(_page(other), allowed=("There is no cure for lupus.",))

    assert any('breaks rule "cure"' in fault for fault in faults)


def test_the_list_of_allowed_sentences_is_not_itself_a_claim() -> None:
    listed = 'allowed_sentences = [\n    "There is no cure.",\n    "It is not safe.",\n]\n'
    text = CONDITION.replace("\n[review]", f"{listed}\n[review]", 1)
    text += "\nThere is no cure. It is not safe.\n\nA miracle.\n"
    faults = _check(text, allowed=("There is no cure.", "It is not safe."))

    assert len(faults) == 1
    assert faults[0].startswith(f"content/x.md:{line_of(text, 'A miracle')}: ")


def test_an_allowed_sentence_that_is_not_on_the_page_is_a_fault() -> None:
    (fault,) = _check(CONDITION, allowed=("There is no cure for lupus.",))

    assert "is not on the page, word for word" in fault
