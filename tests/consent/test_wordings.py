import hashlib

from intake.consent.models import Purpose
from intake.consent.wordings import current_wordings
from intake.i18n import LANGUAGES
from intake.settings import FormSettings
from tests.factories import a_form

ALL_OFFERED = FormSettings(conditions=("lupus",), texts=True, news=True)


def test_only_what_the_form_offers_is_asked() -> None:
    few = current_wordings("C", "en", a_form(), retention="12 months")
    all_of_them = current_wordings("C", "en", ALL_OFFERED, retention="12 months")

    assert [one.purpose for one in few] == [Purpose.CONTACT, Purpose.HEALTH]
    assert [one.purpose for one in all_of_them] == [
        Purpose.CONTACT,
        Purpose.HEALTH,
        Purpose.TEXT,
        Purpose.NEWS,
    ]


def test_both_languages_say_it_in_their_own_words() -> None:
    english, spanish = (
        current_wordings("C", language, ALL_OFFERED, retention="12 months")
        for language in LANGUAGES
    )

    for ours, theirs in zip(english, spanish, strict=True):
        assert ours.purpose == theirs.purpose
        assert ours.text != theirs.text
        assert "%(" not in ours.text + theirs.text


def test_the_hash_covers_what_stands_above_the_box_too() -> None:
    _, health = current_wordings("C", "en", a_form(), retention="12 months")
    _, other = current_wordings("C", "en", a_form(), retention="24 months")

    assert health.text == f"{health.before}\n\n{health.label}"
    assert health.sha256 == hashlib.sha256(health.text.encode()).hexdigest()
    assert health.label == other.label
    assert health.sha256 != other.sha256
