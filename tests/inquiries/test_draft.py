"""The draft accepts what people answer and names every problem at once."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.errors import InvalidInput
from intake.inquiries import choices, rules
from intake.inquiries.asking import Kind
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import all_questions, by_name
from tests.inquiries.answers import (
    FULL_OFFER,
    OFFER,
    Given,
    for_myself,
    for_someone_else,
    parse,
    problems,
    without,
)

ALWAYS_NEEDED = [
    "safety",
    "asking_for",
    "full_name",
    "age_band",
    "conditions",
    "diagnosed",
    "contact_by",
    "country",
    "language",
    "perm_contact",
    "perm_health",
]


def test_answers_for_myself_make_a_draft() -> None:
    draft = parse(for_myself())

    assert draft.full_name == "Ana Díaz"
    assert draft.phone == "(305) 555-0123"
    assert draft.phone_e164 == "+13055550123"
    assert draft.conditions == ("lupus",)
    assert draft.perm_text is False


def test_answers_for_someone_else_make_a_draft() -> None:
    draft = parse(for_someone_else())

    assert draft.asking_for == choices.AskingFor.OTHER
    assert draft.requester_name == "Ana Díaz"
    assert draft.caregiver_authority is True


def test_a_draft_cannot_be_changed() -> None:
    draft = parse(for_myself())

    with pytest.raises(Exception, match="frozen"):
        draft.full_name = "Somebody Else"


def test_what_is_sealed_is_plain_json_of_everything_typed() -> None:
    answers = parse(for_someone_else(story="¿Ayuda?", best_times=["any"])).answers()

    assert json.loads(json.dumps(answers, ensure_ascii=False)) == answers
    assert answers["story"] == "¿Ayuda?"
    assert answers["asking_for"] == "other"


def test_an_empty_form_names_every_needed_field_in_the_order_of_the_form() -> None:
    assert problems({}) == [(name, "missing") for name in ALWAYS_NEEDED]


@pytest.mark.parametrize("name", ALWAYS_NEEDED)
@pytest.mark.parametrize("empty", [None, "", [], [""]])
def test_a_needed_answer_that_is_empty_is_missing(name: str, empty: Given | None) -> None:
    needed: dict[str, Given | None] = {**for_myself(), name: empty}

    assert (name, "missing") in problems(needed)


@pytest.mark.parametrize("name", ["relationship", "person_knows", "requester_name"])
def test_a_caregiver_is_asked_more(name: str) -> None:
    assert problems(without(for_someone_else(), name)) == [(name, "missing")]


def test_the_legal_right_is_a_box_nobody_must_tick() -> None:
    assert parse(without(for_someone_else(), "caregiver_authority")).caregiver_authority is False


def test_a_caregiver_branch_left_behind_does_not_count() -> None:
    draft = parse(for_someone_else(asking_for="me", relationship="nonsense"))

    assert draft.relationship is None
    assert draft.requester_name is None


@pytest.mark.parametrize("knows", ["no", "cannot_decide"])
def test_somebody_who_does_not_know_of_it_is_no_mistake(knows: str) -> None:
    assert parse(for_someone_else(person_knows=knows)).person_knows == knows


@pytest.mark.parametrize("way", ["call", "text"])
def test_a_call_or_a_text_needs_a_phone(way: str) -> None:
    answers = without(for_myself(contact_by=[way]), "phone")

    assert problems(answers, FULL_OFFER) == [("phone", "mismatch")]


def test_an_email_needs_an_address_and_no_phone() -> None:
    answers = without(for_myself(contact_by=["email"]), "phone", "voicemail")

    assert problems(answers) == [("email", "mismatch")]
    assert parse(answers | {"email": "ana@example.com"}).phone_e164 is None


def test_a_call_needs_to_know_about_voicemail_and_a_text_does_not() -> None:
    assert problems(without(for_myself(), "voicemail")) == [("voicemail", "missing")]
    assert parse(for_myself(contact_by="text"), FULL_OFFER).voicemail is None


@pytest.mark.parametrize("country", ["US", "CA", "MX"])
def test_three_countries_need_a_state(country: str) -> None:
    assert problems(without(for_myself(country=country), "state")) == [("state", "missing")]


def test_other_countries_have_no_state() -> None:
    assert parse(for_myself(country="ES", phone="+34 612 34 56 78")).state is None


@pytest.mark.parametrize(
    ("country", "state"), [("US", "QC"), ("CA", "FL"), ("MX", "TX"), ("US", "florida")]
)
def test_a_state_belongs_to_its_country(country: str, state: str) -> None:
    assert problems(for_myself(country=country, state=state)) == [("state", "choice")]


def test_a_text_permission_needs_a_number() -> None:
    answers = without(for_myself(contact_by="email", email="a@example.com"), "phone")

    assert problems(answers | {"perm_text": "yes"}, FULL_OFFER) == [("perm_text", "need_phone")]


def test_another_condition_and_another_language_are_named() -> None:
    answers = for_myself(conditions=["lupus", "other"], language="other")

    assert problems(answers) == [("condition_other", "missing"), ("language_other", "missing")]
    named = parse(answers | {"condition_other": "Vasculitis", "language_other": "Kreyòl"})
    assert (named.condition_other, named.language_other) == ("Vasculitis", "Kreyòl")


def test_a_child_alone_is_told_apart_and_a_child_of_somebody_is_fine() -> None:
    assert problems(for_myself(age_band="under_18")) == [("age_band", "under_18_alone")]
    assert parse(for_someone_else(age_band="under_18")).age_band == "under_18"


def test_joined_rules_speak_although_single_fields_are_wrong() -> None:
    answers = without(for_someone_else(full_name="x" * 121, country="Narnia"), "phone", "voicemail")

    assert problems(without(answers, "requester_name")) == [
        ("full_name", "too_long"),
        ("requester_name", "missing"),
        ("phone", "mismatch"),
        ("voicemail", "missing"),
        ("country", "choice"),
    ]


LISTS = {q.name: q for q in all_questions(FULL_OFFER) if q.choices or q.kind is Kind.SELECT}


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("wrong", ["nonsense", "Yes, please", "'; --", "{{7*7}}"])
def test_an_answer_that_was_not_offered_is_refused(name: str, wrong: str) -> None:
    answers = for_someone_else()

    assert (name, "choice") in problems(answers | {name: wrong}, FULL_OFFER)


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"country", "state"}))
def test_every_answer_that_is_offered_is_accepted(name: str) -> None:
    base = for_someone_else(
        email="ana@example.com", condition_other="Vasculitis", language_other="Kreyòl"
    )
    for choice in LISTS[name].choices:
        answer = parse(base | {name: choice.value}, FULL_OFFER)

        assert choice.value in str(answer.answers().get(name, "none-asked")) or name in {
            "interpreter",
            "relationship",
            "person_knows",
            "voicemail",
        }


@pytest.mark.parametrize("name", ["caregiver_authority", "perm_contact", "perm_health"])
@pytest.mark.parametrize("odd", ["maybe", "2", "yes please"])
def test_a_box_is_ticked_or_not(name: str, odd: str) -> None:
    assert problems(for_someone_else(**{name: odd})) == [(name, "choice")]


@pytest.mark.parametrize("name", ["perm_contact", "perm_health"])
def test_the_two_permissions_we_need_must_be_ticked(name: str) -> None:
    assert problems(for_myself(**{name: "no"})) == [(name, "missing")]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("full_name", rules.NAME_MAX_CHARACTERS),
        ("called", rules.NAME_MAX_CHARACTERS),
        ("requester_name", rules.NAME_MAX_CHARACTERS),
        ("condition_other", rules.CONDITION_MAX_CHARACTERS),
        ("language_other", rules.LANGUAGE_MAX_CHARACTERS),
        ("story", rules.STORY_MAX_CHARACTERS),
    ],
)
@pytest.mark.parametrize("letter", ["x", "ñ", "漢", "🙂"])
def test_limits_count_characters_of_every_script_alike(name: str, most: int, letter: str) -> None:
    asked: dict[str, Given] = {"conditions": "other", "condition_other": "Vasculitis"}
    answers = for_someone_else(**asked, language="other", language_other="Kreyòl")

    assert parse(answers | {name: letter * most}).answers()[name] == letter * most
    assert problems(answers | {name: letter * (most + 1)}) == [(name, "too_long")]


def test_a_phone_and_an_email_have_limits_too() -> None:
    assert problems(for_myself(phone="3" * 61)) == [("phone", "too_long")]
    long_email = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".example"
    assert problems(for_myself(email=long_email)) == [("email", "too_long")]


def test_several_answers_where_one_is_asked_are_refused() -> None:
    assert problems(for_myself(full_name=["Ana", "Eve"])) == [("full_name", "repeated")]
    assert parse(for_myself(full_name=["Ana", "Ana"])).full_name == "Ana"


def test_boxes_come_back_once_each_in_the_order_of_the_form() -> None:
    draft = parse(for_myself(conditions=["by_phone", "lupus", "als", "lupus"]))

    assert draft.conditions == ("als", "lupus", "by_phone")


def test_a_hundred_boxes_are_refused_in_short() -> None:
    assert problems(for_myself(conditions=[str(n) for n in range(100)])) == [
        ("conditions", "repeated")
    ]


def test_a_field_that_does_not_exist_is_refused_and_never_repeated() -> None:
    invented = for_myself(**{"<script>status</script>": "closed"})

    assert problems(invented) == [("", "unknown_field")]


@pytest.mark.parametrize(
    "field", ["phone_e164", "phone_extension", "status", "reference", "urgent", "id"]
)
def test_what_the_server_sets_cannot_be_given(field: str) -> None:
    assert problems(for_myself(**{field: "+13055550199"})) == [("", "unknown_field")]


def test_a_channel_that_is_off_cannot_be_chosen() -> None:
    assert problems(for_myself(contact_by="text")) == [("contact_by", "choice")]
    assert problems(for_myself(perm_news="yes")) == [("", "unknown_field")]


def test_no_problem_repeats_what_was_typed() -> None:
    secret = "canary-7731@@"
    answers = dict.fromkeys(by_name(FULL_OFFER), secret)
    with pytest.raises(InvalidInput) as refused:
        InquiryDraft.parse(answers, offer=FULL_OFFER)

    assert "canary" not in repr(refused.value.problems) + str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_questions_and_draft_have_the_same_fields_and_closed_lists() -> None:
    derived = {"phone_e164", "phone_extension"}
    assert list(by_name(FULL_OFFER)) == [f for f in InquiryDraft.model_fields if f not in derived]
    for name, kind in {
        "safety": choices.Safety,
        "asking_for": choices.AskingFor,
        "relationship": choices.Relationship,
        "person_knows": choices.PersonKnows,
        "age_band": choices.AgeBand,
        "diagnosed": choices.Diagnosed,
        "voicemail": choices.Voicemail,
        "heard": choices.Heard,
    }.items():
        assert [c.value for c in by_name(FULL_OFFER)[name].choices] == [str(k) for k in kind]


def test_the_model_gives_the_api_a_schema() -> None:
    schema = InquiryDraft.model_json_schema()

    assert schema["properties"]["safety"]["$ref"].endswith("Safety")
    assert set(ALWAYS_NEEDED) == set(schema["required"])


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
surrogates = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


@settings(max_examples=300, deadline=None)
@given(
    junk
    | st.dictionaries(st.sampled_from(list(by_name(FULL_OFFER))), junk | surrogates | st.text())
)
def test_junk_of_any_shape_raises_nothing_but_invalid_input(raw: object) -> None:
    with pytest.raises(InvalidInput):
        InquiryDraft.parse(raw, offer=FULL_OFFER)  # type: ignore[arg-type]  # junk


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["full_name", "called", "story", "phone", "email", "condition_other", "language_other"]
    ),
    surrogates,
)
def test_any_text_in_a_good_form_is_taken_or_refused_by_its_own_name(name: str, text: str) -> None:
    answers = for_myself(
        conditions="other", condition_other="Vasculitis", language="other", language_other="Kreyòl"
    )
    fields: list[str] = []
    try:
        json.dumps(parse(answers | {name: text}).answers(), ensure_ascii=False).encode()
    except InvalidInput as refused:
        fields = [problem.field for problem in refused.problems]

    assert fields in ([], [name])


def test_the_offer_of_the_clinic_decides_the_fields() -> None:
    assert "perm_text" not in by_name(OFFER)
    assert "perm_text" in by_name(FULL_OFFER)
