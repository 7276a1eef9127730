"""Words in two languages: nothing missing, nothing twice, placeholders alike."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from intake.i18n import LOCALE_DIR, clock_time, dated_moment, day_and_time, long_date, moment, words

ROOT = Path(__file__).parents[1]
KEYWORDS = {"N_": None, "N2_": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def _marked() -> set[str]:
    """Every English sentence that code or a template marks for translation."""
    found: set[str] = set()
    for folder, methods in ((ROOT / "intake", "python"), (ROOT / "templates", "jinja2")):
        pattern = "**.py" if methods == "python" else "**"
        options = {"**": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
        for _, _, message, _, _ in extract_from_dir(
            str(folder), [(pattern, methods)], options, keywords=KEYWORDS
        ):
            found.add(message if isinstance(message, str) else message[0])
    return {message for message in found if message}


def _messages() -> list[tuple[Path, Message]]:
    found = []
    for path in sorted((LOCALE_DIR / "es").glob("*.po")):
        with path.open("rb") as file:
            found += [(path, message) for message in read_po(file, locale="es") if message.id]
    return found


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def test_every_marked_sentence_exists_in_spanish() -> None:
    translated = {_forms(m.id)[0] for _, m in _messages() if all(_forms(m.string))}

    assert sorted(_marked() - translated) == []


def test_no_translation_is_left_over() -> None:
    marked = _marked()

    left_over = [
        (path.name, _forms(m.id)[0]) for path, m in _messages() if _forms(m.id)[0] not in marked
    ]

    assert left_over == []


def test_a_sentence_is_translated_in_one_place_only() -> None:
    counts = Counter(_forms(message.id)[0] for _, message in _messages())

    assert [sentence for sentence, count in counts.items() if count > 1] == []


def test_no_translation_is_uncertain() -> None:
    assert [message.id for _, message in _messages() if message.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    unlike = [
        message.id
        for _, message in _messages()
        if any(
            set(PLACEHOLDER.findall(form)) != set(PLACEHOLDER.findall(_forms(message.id)[-1]))
            for form in _forms(message.string)
        )
    ]

    assert unlike == []


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "Tue, Nov 24, 5 pm"), ("es", "martes 24 de noviembre, 5 p.m.")]
)
def test_a_promise_is_shown_in_the_clinics_wall_time(language: str, shown: str) -> None:
    due = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)

    assert day_and_time(due, "America/New_York", language) == shown


def test_minutes_show_only_when_there_are_any() -> None:
    assert (
        clock_time(datetime(2026, 7, 1, 20, 20, tzinfo=UTC), "America/New_York", "en") == "4:20 pm"
    )


@pytest.mark.parametrize(
    ("language", "hour", "shown"),
    [
        ("en", 22, "Tue, Nov 24, 5 pm ET"),
        ("es", 22, "martes 24 de noviembre, 5 p.m., hora del Este"),
        ("es", 17, "martes 24 de noviembre, 12 del mediodía, hora del Este"),
        ("es", 5, "martes 24 de noviembre, 12 de la noche, hora del Este"),
    ],
)
def test_a_moment_names_its_zone_in_words_a_voice_can_say(
    language: str, hour: int, shown: str
) -> None:
    at = datetime(2026, 11, 24, hour, 0, tzinfo=UTC)

    assert moment(at, "America/New_York", language) == shown


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_moment_ends_with_a_full_stop_of_its_own(language: str) -> None:
    zones = ("America/New_York", "America/Chicago", "Pacific/Honolulu", "Europe/Madrid", "UTC")
    for hour in range(24):
        at = datetime(2026, 11, 24, hour, 0, tzinfo=UTC)
        told = [show(at, zone, language) for zone in zones for show in (moment, dated_moment)]
        assert [words for words in told if words.endswith(".")] == []


def test_a_long_date_follows_the_language() -> None:
    instant = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)

    assert long_date(instant, "America/New_York", "es") == "24 de noviembre de 2026"


def test_an_unknown_language_is_answered_in_english() -> None:
    assert words("fr").gettext("Continue") == "Continue"
