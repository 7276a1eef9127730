"""The privacy page says what is really on: each setting that is turned changes the page."""

from functools import cache

import pytest

from intake.bootstrap import load_pages, switches_on
from intake.errors import Misconfigured
from intake.i18n import LANGUAGES
from intake.pages.catalog import CONTENT, Catalog
from intake.pages.prose import SWITCHES
from intake.settings import Settings, load_settings
from intake.settings.parts import Processor
from intake.web.site.answers_cookie import IDLE
from tests.pages.a_page import BOTH

SECRET = "whsec_" + "a" * 32
# The setting that is turned on, and what the page then says and no longer says.
Sections = dict[str, dict[str, object]]
TURNED: dict[str, tuple[Sections, dict[str, tuple[str, str]]]] = {
    "mail": (
        {"smtp": {"host": "mail.example.org"}},
        {
            "en": ("We send email", "Email is switched off"),
            "es": ("correos si", "está desactivado"),
        },
    ),
    "texts": (
        {"form": {"texts": True}, "texts": {"hook_secret": SECRET}},
        {
            "en": ("Reply STOP", "We do not text you"),
            "es": ("Responda ALTO", "No le enviamos"),
        },
    ),
    "texts_sent": (
        {
            "form": {"texts": True},
            "texts": {"hook_secret": SECRET, "gateway": "twilio://a:b@+1/{to}"},
        },
        {"en": ("One short text", "We do not text you"), "es": ("texto corto", "No le enviamos n")},
    ),
    "news": (
        {"form": {"news": True}},
        {
            "en": ("We send news", "not send news"),
            "es": ("Le enviamos noticias", "No envia"),
        },
    ),
    "heard": (
        {"form": {"heard": True}},
        {"en": ("how you heard about us", ""), "es": ("cómo supo de nosotros", "")},
    ),
    "altcha": (
        {"form": {"altcha": True}},
        {"en": ("a small calculation", ""), "es": ("un pequeño cálculo", "")},
    ),
    "bounces": (
        {"imap": {"host": "mail.example.org"}},
        {"en": ("comes back to us", ""), "es": ("nos devuelven", "")},
    ),
    "processors": (
        {"clinic": {"processors": (Processor(name="Example Hosting", does="hosting"),)}},
        {
            "en": ("Example Hosting (runs the computers)", "has not listed"),
            "es": ("Example Hosting (opera las computadoras)", "no ha anotado"),
        },
    ),
}


@cache
def _plain() -> Settings:
    return load_settings()


def _settings(**sections: dict[str, object]) -> Settings:
    changed = {}
    for name, values in sections.items():
        section = getattr(_plain(), name)
        changed[name] = type(section).model_validate({**dict(section), **values})
    return _plain().model_copy(update=changed)


def _page(settings: Settings, language: str) -> str:
    page = load_pages(settings).page(language, "privacy")
    return "".join(section.html for section in page.sections)


@cache
def _before(language: str) -> str:
    return _page(_plain(), language)


def test_each_switch_of_the_pages_has_a_setting_here() -> None:
    assert set(TURNED) == SWITCHES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("switch", TURNED)
def test_turning_a_setting_on_changes_the_page(switch: str, language: str) -> None:
    sections, said = TURNED[switch]
    on_words, off_words = said[language]
    settings = _settings(**sections)

    before, after = _before(language), _page(settings, language)

    assert switch not in switches_on(_plain())
    assert switch in switches_on(settings)
    assert on_words in after
    assert on_words not in before
    assert not off_words or off_words not in after


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_the_retention_and_the_idle_time_that_hold(language: str) -> None:
    kept = _settings(clinic={"retention_months": 7})

    text = _page(kept, language)

    assert {"en": "7 months", "es": "7 meses"}[language] in text
    assert f"{int(IDLE.total_seconds() // 60)} minut" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_condition_of_a_line_is_left_on_the_page(language: str) -> None:
    for switches in (frozenset[str](), SWITCHES):
        page = Catalog.load(CONTENT, BOTH, switches).page(language, "privacy")

        assert not [
            part.id for part in page.sections if "{" in part.html or "<li></li>" in part.html
        ]


def test_a_processors_name_is_text_and_never_markup() -> None:
    named = Processor(name="A <b>& B", does="mail")

    assert "A &lt;b&gt;&amp; B (carries email)" in _page(
        _settings(clinic={"processors": (named,)}), "en"
    )


def test_an_unknown_switch_stops_the_start() -> None:
    with pytest.raises(Misconfigured) as wrong:
        Catalog.load(CONTENT, BOTH, frozenset({"carrier_pigeons"}))

    assert "carrier_pigeons" in wrong.value.faults[0]
