"""A made-up language, 40 per cent longer: no word was forgotten, and no layout breaks.

The language is :mod:`tests.pseudo`; it stands where Spanish does. What may stand outside its marks
is what was never a sentence: the clinic's own name, typed answers, dates and names of places, which
Babel writes, and the law's own words.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.steps import walked
from tests.browser.test_every_page import SITE, sideways
from tests.pictures.states import STATES
from tests.running import Running, running

PREFIX = "/es"
# Text nodes in the page's own language, and what is only said; one line for each.
WORDS = """() => {
  const lines = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const foreign = (one) => one.closest("[lang]").lang !== "es" || one.closest(
    "script, .notice, select, .sources, .reference, .code, .long-link, .long, code, kbd, dd");
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent;
    if (text.trim() && !foreign(walker.currentNode.parentElement)) lines.push(text);
  }
  for (const one of document.querySelectorAll("[aria-label], [alt], [title]")) {
    if (!foreign(one)) lines.push(one.ariaLabel || one.alt || one.title);
  }
  return lines.map(line => line.replace(/\\s+/g, " ")).join("\\n");
}"""
OUTSIDE = re.compile(
    r"Example Clinic|100 Harbor Lane, Miami, FL 33101|\+?1? ?\(?305\)? ?555[ -]01\d\d|ext 4"
    r"|maria@\S+|\b[2-9A-Z]{4}-[2-9A-Z]{4}\b|María de los Ángeles Núñez|English|Español|TTY 711"
    r"|https?://\S+|California|Florida|Utah|\bFuente\b"
    r"|\bhora del Este\b|12 del mediodía|12 de la noche"
)
DATES = re.compile(
    r"\b(de|a\.m\.|p\.m\.|lunes|martes|miércoles|jueves|viernes|sábado|domingo|enero|febrero|marzo"
    r"|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)(?!\w)"
)
# What is cut off: wider than its own box or than the screen, where it is not made to scroll.
CUT_OFF = """() => [...document.querySelectorAll("a, button, .button, .tile, label, legend, input"
    + ", select, h1, h2, h3, p, li, dt, dd:not(.act), .panel")]
  .filter(one => {
    if (one.closest(".trap, .skip, .quiet-text, [hidden], .scroll")) return false;
    const box = one.getBoundingClientRect();
    if (!box.width) return false;
    const style = getComputedStyle(one);
    const over = style.display !== "inline" && !one.matches("input, select")
      && (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
        || one.matches("button, .button, .tile") && one.scrollHeight > one.clientHeight + 2);
    return over || box.left < -1 || box.right > innerWidth + 1;
  })
  .map(one => `${one.tagName}.${one.className}: ${one.innerText.slice(0, 60)}`)"""


def untold(page: Page) -> set[str]:
    """Return the words that stand outside the marks of the made-up language."""
    text = str(page.evaluate(WORDS))
    before = ""
    while before != text:
        before, text = text, re.sub(r"«[^«»]*»", " ", text)
    rest = DATES.sub(" ", OUTSIDE.sub(" ", text))
    return set(re.findall(r"[^\W\d_]{2,}", rest))


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page at both narrow widths."""
    found = [f"not translated: {sorted(words)}"] if (words := untold(page)) else []
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: cut off: {one}" for one in page.evaluate(CUT_OFF)]
        if sideways(page):
            found.append(f"{width}: scrolls sideways")
    return found


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("pseudo") / "data", module="tests.pseudo") as service:
        yield service


@pytest.fixture
def page(real_browser: Browser, pseudo: Running) -> Iterator[Page]:
    context = real_browser.new_context(
        base_url=pseudo.base_url, viewport={"width": 390, "height": 900}
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_every_public_page_bears_a_longer_language(page: Page) -> None:
    found = {}

    for path in SITE:
        page.goto(PREFIX + path)
        found[path] = faults(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_every_step_of_the_form_bears_a_longer_language(page: Page) -> None:
    found = {}

    for name in walked(page, PREFIX, "maria@mail.example.org"):
        found[name] = faults(page)
    page.goto(page.locator('a[href*="/s/"]').first.get_attribute("href") or "")
    found["status"] = faults(page)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_state_of_the_form_bears_a_longer_language(page: Page) -> None:
    found = {}

    for name, reach in STATES:
        page.context.clear_cookies()
        reach(page, "es")
        found[name] = faults(page)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_forgotten_word_and_a_broken_layout_are_found(page: Page, tmp_path: Path) -> None:
    page.goto("/es/ask/who")
    page.evaluate("""() => {
      const line = document.createElement("p");
      line.textContent = "Forgotten " + "x".repeat(300);
      document.querySelector("main").append(line);
      document.body.style.overflowWrap = "normal";
    }""")

    wrong = faults(page)

    assert any("Forgotten" in one for one in wrong)
    assert "320: scrolls sideways" in wrong
