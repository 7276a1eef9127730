"""axe finds nothing on any page, in both languages, light and dark, on a phone and on a desk."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.desk_answers import answer_pages
from tests.browser.private_page import private_pages
from tests.browser.test_person import walk_to_check
from tests.running import Running
from tests.visitor import ANA

SITE = (
    "/",
    "/conditions",
    "/conditions/rheumatoid-arthritis",
    "/conditions/celiac-disease",
    "/conditions/lupus",
    "/conditions/lupus?state=CA",
    "/conditions/multiple-sclerosis",
    "/conditions/graves-disease",
    "/conditions/type-1-diabetes",
    "/conditions/als",
    "/autoimmune-diseases",
    "/stem-cells",
    "/research",
    "/what-is-approved",
    "/questions-to-ask",
    "/emergency",
    "/how-we-work",
    "/privacy",
    "/accessibility",
    "/language-help",
    "/nondiscrimination",
    "/withdraw",
    "/withdraw/done",
    "/withdraw/undo",
    "/ask",
    "/ask/who",
    "/ask/all",
    "/no-such-page",
)
DESK = (
    "/staff/inquiries",
    "/staff/deliveries",
    "/staff/numbers",
    "/staff/pages",
    "/staff/numbers?span=7d&language=es",
    "/staff/endpoints",
    "/staff/subscriptions",
    "/staff/account",
    "/staff/account/passkeys/new",
    "/staff/change",
    "/staff/verify",
    "/staff/no-such-page",
    "/staff/members",
    "/staff/openings",
    "/staff/closures",
    "/staff/routing",
    "/staff/letters",
    "/staff/proof",
    "/staff/style",
    "/staff/mf-recovery-codes",
)
STEPS = ("about", "condition", "question", "contact", "language", "permissions", "check")
# frame-tested is about iframes, of which there are none; every other rule of axe counts.
AXE = Axe()


def findings(page: Page) -> list[str]:
    """Return what axe found on the whole page, each with the element that it found it on."""
    page.wait_for_load_state()  # A click comes back as soon as the next page begins.
    results = AXE.run(page)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> bool:
    """Whether the page can be scrolled sideways, which nothing of ours may need."""
    page.wait_for_load_state()
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
        )
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_on_the_public_pages(
    new_page: NewPage, language: str, width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark, language=language)
    prefix = "/es" if language == "es" else ""
    found = {}

    for path in SITE:
        page.goto(prefix + path)
        if problems := findings(page) + (["scrolls sideways"] if sideways(page) else []):
            found[prefix + path] = problems

    assert found == {}


# WCAG 1.4.12: a person's own style sheet may space the text like this.
SPACED = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
SET_SPACED = """words => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(words);
  document.adoptedStyleSheets = [sheet];
}"""
SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea")]
  .map(one => [one, (one.closest(".tile") || one).getBoundingClientRect()])
  .filter(([one, box]) => box.width && !one.closest(".trap, .skip")
    && getComputedStyle(one).display !== "inline" && !one.closest(".sources") && box.height < 43.5)
  .map(([one, box]) => `${Math.round(box.height)} px: ${one.innerText || one.name}`)"""


def test_spanish_fits_320_pixels_with_spaced_text_and_full_targets(new_page: NewPage) -> None:
    page = new_page(width=320, language="es")
    found = {}

    for path in SITE:
        page.goto(f"/es{path}")
        problems = page.evaluate(SMALL)
        page.evaluate(SET_SPACED, SPACED)
        if problems := problems + (["scrolls sideways"] if sideways(page) else []):
            found[path] = problems

    assert found == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_on_the_steps_their_errors_and_the_receipt(
    new_page: NewPage, language: str
) -> None:
    page = new_page(width=390, language=language)
    prefix = "/es" if language == "es" else ""
    walk_to_check(page, language, email=f"axe.{language}@mail.example.org")
    found = {}

    for step in STEPS:
        page.goto(f"{prefix}/ask/{step}")
        if problems := findings(page):
            found[step] = problems
    page.goto(f"{prefix}/ask/check")
    page.locator("main form button.button").last.click()
    if problems := findings(page):
        found["receipt"] = problems
    page.goto(f"{prefix}/ask/all")
    page.locator("main form button.button").last.click()
    if problems := findings(page):
        found["errors"] = problems

    assert found == {}


@pytest.mark.usefixtures("signed_in")  # so that there is a member who can write to the person
@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_on_the_private_page_in_any_state(
    new_page: NewPage, service: Running, language: str, width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark, language=language)
    walk_to_check(page, language, email=f"private.{language}{width}@mail.example.org")
    page.locator("main form button.button").last.click()
    found = {}

    for name in private_pages(page, service.data_dir, language):
        problems = findings(page) + page.evaluate(SMALL)
        if problems := problems + (["scrolls sideways"] if sideways(page) else []):
            found[name] = problems

    assert found == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_at_the_desk(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
    service: Running,
    width: int,
    dark: bool,
) -> None:
    reference = service.visitor.ask({**ANA, "email": f"axe{width}{dark}@mail.example.org"})
    page = new_page(width=width, dark=dark)
    page.goto("/staff/login")
    found = {"/staff/login": findings(page)}
    page.context.add_cookies(signed_in["cookies"])

    alone = f"/staff/inquiries/{reference[:4]}-{reference[4:]}"
    for path in (*DESK, alone, f"{alone}?view=open"):
        page.goto(path)
        found[path] = findings(page) + (["scrolls sideways"] if sideways(page) else [])
    for name in answer_pages(page, alone):
        found[name] = findings(page) + (["scrolls sideways"] if sideways(page) else [])

    assert {path: problems for path, problems in found.items() if problems} == {}
