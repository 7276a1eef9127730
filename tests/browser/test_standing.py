"""What must hold on every page, public and staff, whoever adds the next one."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.sight import SHOWS, unnamed
from tests.browser.test_every_page import DESK, SITE, sideways

STOPS = 40  # as many tab stops of each page are looked at
# WCAG 2.5.8 at the desk: 24 by 24 px, or so far from the next that a circle of 24 px fits around
# each; words in a line of text are free. Public pages keep 44 px: test_every_page.py.
CROWDED = """() => {
  const targets = [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter(one => one.getClientRects().length && one.type !== "hidden"
      && !one.closest(".skip, .trap, .quiet-text, [hidden]")
      && getComputedStyle(one).display !== "inline")
    .map(one => [one, (one.closest("label") || one).getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height);
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const near = (mine, box) => {
    const [x, y] = middle(mine);
    const across = Math.max(box.left - x, 0, x - box.right);
    const down = Math.max(box.top - y, 0, y - box.bottom);
    return Math.hypot(across, down) < 12;
  };
  return targets
    .filter(([one, box]) => (box.height < 23.5 || box.width < 23.5)
      && targets.some(([other, theirs]) => other !== one && !one.contains(other)
        && !other.contains(one) && near(box, theirs)))
    .map(([one, box]) => `${Math.round(box.width)} by ${Math.round(box.height)}: `
      + (one.innerText || one.name));
}"""
HEADS = """() => ({
  lang: document.documentElement.lang,
  title: document.title.trim(),
  h1: document.querySelectorAll("h1").length,
  heading: document.querySelector("h1")?.innerText.trim() || "",
})"""


def unseen_stops(page: Page) -> list[str]:
    """Tab through the page, and return the stops where nobody could see the focus."""
    page.evaluate("document.body.focus(); scrollTo(0, 0)")
    found, seen = [], set()
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.outerHTML.slice(0, 300)")
        if here in seen or page.evaluate("document.activeElement === document.body"):
            break
        seen.add(here)
        if told := page.evaluate(SHOWS):
            found.append(f"the focus does not show: {told}")
    return found


def faults(page: Page, language: str) -> list[str]:
    head = page.evaluate(HEADS)
    found = [] if head["h1"] == 1 and head["heading"] else ["not one heading"]
    found += [] if head["lang"] == language else [f"lang is {head['lang']!r}"]
    found += [] if head["title"] else ["no title"]
    found += [f"a {role} without a name" for role in unnamed(page)]
    found += ["scrolls sideways"] if sideways(page) else []
    return [*found, *unseen_stops(page)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_public_page_keeps_the_standing_promises(new_page: NewPage, language: str) -> None:
    page = new_page(width=390, language=language)
    prefix = "/es" if language == "es" else ""
    found, titles = {}, []

    for path in SITE:
        page.goto(prefix + path)
        if "?" not in path:  # the same page with another notice bears the same title
            titles.append(page.title())
        found[path] = faults(page, language)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(set(titles)) == len(titles), "two pages have one title"


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_of_the_desk_keeps_the_standing_promises(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
    width: int,
) -> None:
    page = new_page(width=width)
    page.context.add_cookies(signed_in["cookies"])
    found = {}

    for path in DESK:
        page.goto(path)
        found[path] = [*faults(page, "en"), *page.evaluate(CROWDED)]

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_focus_that_nobody_sees_and_a_crowded_target_are_found(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/staff/login")
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(":focus-visible { outline: 0 !important; box-shadow: none !important }"
        + ".planted { display: inline-block; padding: 0; border: 0; height: 12px; width: 12px }");
      document.adoptedStyleSheets = [sheet];
      const crowd = document.createElement("p");
      for (const name of ["one", "two"]) {
        const button = document.createElement("button");
        button.className = "planted";
        button.name = name;
        crowd.append(button);
      }
      document.querySelector("main").append(crowd);
    }""")

    assert unseen_stops(page)
    assert page.evaluate(CROWDED) == ["12 by 12: one", "12 by 12: two"]
    assert "button" in unnamed(page)
