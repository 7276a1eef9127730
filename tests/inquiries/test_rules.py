"""Hints are given and never block; the form's definition hangs together."""

import pytest

from intake.i18n import words
from intake.inquiries import rules
from intake.inquiries.form import all_questions, by_name, choices_of, form_version, steps
from intake.inquiries.places import countries, states
from tests.inquiries.answers import FULL_OFFER, OFFER, for_myself, parse


@pytest.mark.parametrize(
    "text",
    [
        "my ssn is 123-45-6789",
        "123 45 6789",
        "SSN: 123456789",
        "mi seguro social es 123456789",
        "card 4111 1111 1111 1111 thanks",
        "5500-0000-0000-0004",
        "378282246310005",
    ],
)
def test_a_secret_number_brings_a_hint_and_blocks_nothing(text: str) -> None:
    answers = for_myself(story=text)

    assert rules.Notice("story", "looks_like_ssn") in rules.notices(answers)
    assert parse(answers).story == text


@pytest.mark.parametrize(
    "text",
    [
        "call 305 555 0123",
        "+52 55 5555 0123",
        "diagnosed 2019-05-12",
        "ANA 1:640",
        "4111 1111 1111 1112",
        "",
        "12345",
    ],
)
def test_other_numbers_bring_none(text: str) -> None:
    assert not rules.has_secret_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "I have CHEST PAIN now",
        "I can’t breathe",
        "cannot   breathe",
        "thinking of suicide",
        "he took an overdose",
        "No puedo respirar",
        "tengo dolor de pecho",
        "quiero quitarme la vida",
        "me desmayé",
    ],
)
def test_emergency_words_bring_help_in_both_languages(text: str) -> None:
    assert rules.Notice("story", "emergency_words") in rules.notices(for_myself(story=text))
    assert parse(for_myself(story=text))


def test_plain_words_bring_no_hint() -> None:
    assert rules.notices(for_myself(story="Can cells help lupus? ¿Ayudan?")) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@yaho.com", "ana@yahoo.com"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@clinic.con", "ana@clinic.com"),
        ("ana@gmail.com", ""),
        ("ana@mail.com", ""),
        ("ana@ymail.com", ""),
        ("ana@example.org", ""),
        ("ana@university.edu", ""),
        ("ana@yahoo.com.mx", ""),
        ("ana@yahoo.co.uk", ""),
        ("ana@gmx.com", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_likely_typo_is_suggested(typed: str, meant: str) -> None:
    assert rules.email_suggestion(typed) == meant


def test_there_are_a_start_page_and_seven_steps_in_the_order_of_the_urls() -> None:
    assert [step.slug for step in steps(OFFER)] == [
        "start",
        "who",
        "about",
        "condition",
        "question",
        "contact",
        "language",
        "permissions",
    ]
    assert [step.number for step in steps(OFFER)] == list(range(8))


def test_follow_ups_come_on_a_page_of_their_own() -> None:
    follow_ups = {step.slug: [q.name for q in step.follow_ups] for step in steps(OFFER)}

    assert {slug: names for slug, names in follow_ups.items() if names} == {
        "who": ["relationship", "person_knows", "caregiver_authority"],
        "condition": ["condition_other"],
        "contact": ["voicemail", "state"],
        "language": ["language_other"],
    }


def test_the_phone_is_asked_for_texts_only_where_texts_are_offered() -> None:
    told = {offer.texts: by_name(offer)["phone"].invites for offer in (OFFER, FULL_OFFER)}

    assert told == {
        False: "We need it if you chose a call",
        True: "We need it if you chose a call or a text",
    }


def test_the_version_follows_the_words_the_language_and_the_offer() -> None:
    versions = {
        form_version(language, offer) for language in ("en", "es") for offer in (OFFER, FULL_OFFER)
    }

    assert len(versions) == 4
    assert all(len(version) == 16 for version in versions)
    assert form_version("en", OFFER) == form_version("en", OFFER.model_copy())


@pytest.mark.parametrize("language", ["en", "es"])
def test_conditions_are_in_the_alphabet_of_the_language_with_the_rest_last(language: str) -> None:
    question = next(q for q in all_questions(OFFER) if q.name == "conditions")
    labels = [choice.label for choice in choices_of(question, language)]

    assert labels[:-3] == sorted(labels[:-3], key=str.casefold)
    assert [c.value for c in choices_of(question, language)][-3:] == [
        "other",
        "not_diagnosed",
        "by_phone",
    ]


def test_countries_and_states_are_complete_and_no_code_stands_for_two() -> None:
    codes = [choice.value for country in ("US", "CA", "MX") for choice in states(country, "en")]

    assert (len(states("US", "en")), len(states("CA", "en")), len(states("MX", "es"))) == (
        56,
        13,
        32,
    )
    assert len(set(codes)) == len(codes)
    assert len(countries("en")) == len(countries("es")) > 230
    assert states("ES", "en") == ()
    assert "Nueva York" in [choice.label for choice in states("US", "es")]


def test_a_condition_without_a_label_of_ours_is_shown_as_it_is_written() -> None:
    offer = OFFER.model_copy(update={"conditions": ("crohns-disease",)})
    question = next(q for q in all_questions(offer) if q.name == "conditions")

    assert choices_of(question, "en")[0].label == "Crohns disease"


def test_every_word_of_the_form_exists_in_spanish() -> None:
    spanish = words("es").messages
    for step in steps(FULL_OFFER):
        for question in step.questions:
            texts = [step.title, step.title_other, question.label, question.label_other]
            texts += [question.short, question.hint, question.reason, question.invites]
            texts += [text for choice in question.choices for text in (choice.label, choice.hint)]
            is_worded = bool(question.wording)
            assert [t for t in texts if t and t not in spanish and not is_worded] == []
