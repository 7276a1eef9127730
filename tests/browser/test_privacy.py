"""From the code to the certificate in a browser; axe finds nothing."""

import pytest

from tests.browser.conftest import NewPage
from tests.browser.private import open_private_page, privacy_pages
from tests.browser.test_every_page import findings, sideways
from tests.running import Running
from tests.visitor import ANA


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("en", 390, True), ("es", 320, False), ("es", 1280, True)]
)
def test_the_pages_behind_the_code_are_sound_to_the_certificate(
    new_page: NewPage, service: Running, language: str, width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark, language=language)
    answers = {**ANA, "email": f"private{width}{language}@mail.example.org"}
    prefix = "/es" if language == "es" else ""
    path = open_private_page(page, service, prefix, answers)
    found, seen = {}, []

    for name in privacy_pages(page, path):
        seen.append(name)
        if problems := findings(page) + (["scrolls sideways"] if sideways(page) else []):
            found[name] = problems

    assert found == {}
    assert seen[-2:] == ["certificate", "erased"]
    assert "Díaz" not in page.content()
