"""A shared computer: what was typed is cleared, by hand or by idling, and Back shows none of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.steps import begin, choose, go_on

TYPED = "Only for the clinic"
MINUTES = 60_000
SHOWS = """words => document.documentElement.outerHTML.includes(words)
  || [...document.querySelectorAll("input, textarea")].some(one => one.value.includes(words))"""


def shows(page: Page, words: str) -> bool:
    """Say whether the words stand anywhere on the page, in a field or out of sight."""
    return bool(page.evaluate(SHOWS, words))


def at_the_question(page: Page) -> None:
    begin(page, "")
    page.goto("/ask/question")
    page.locator('textarea[name="story"]').fill(TYPED)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_back_after_clearing_shows_nothing(new_page: NewPage, javascript: bool) -> None:
    page = new_page(javascript=javascript)
    at_the_question(page)
    go_on(page)
    page.goto("/ask/question")

    page.get_by_role("button", name="Clear my answers now").click()

    expect(page.get_by_role("heading", name="Your answers are cleared")).to_be_visible()
    assert page.context.cookies() == []
    for _ in range(2):
        page.go_back()
        assert TYPED not in page.content()
        field = page.locator('textarea[name="story"]')
        assert not field.count() or field.input_value() == ""


def test_what_was_typed_and_not_sent_is_not_restored_by_back(new_page: NewPage) -> None:
    page = new_page()
    at_the_question(page)

    page.get_by_role("button", name="Clear my answers now").click()
    expect(page.get_by_role("heading", name="Your answers are cleared")).to_be_visible()
    page.go_back()

    assert not shows(page, TYPED)


def test_an_idle_page_warns_in_time_and_clears_itself(new_page: NewPage) -> None:
    page = new_page()
    page.clock.install()
    page.goto("/ask/all")
    page.locator('textarea[name="story"]').fill(TYPED)

    page.clock.run_for(54 * MINUTES)
    warning = page.locator(".idle")
    expect(warning).to_be_hidden()
    page.clock.run_for(90_000)
    expect(warning).to_be_visible()
    expect(warning).to_have_text(re.compile(r"cleared in 5 minutes"))
    page.clock.run_for(5 * MINUTES)

    expect(page.get_by_text("because the page was idle. Nothing was sent.")).to_be_visible()
    page.go_back()
    assert not shows(page, TYPED)


def test_typing_and_keep_going_put_the_clearing_off(new_page: NewPage) -> None:
    page = new_page()
    page.clock.install()
    page.goto("/ask/all")
    page.clock.run_for(56 * MINUTES)

    page.locator('textarea[name="story"]').fill(TYPED)
    expect(page.locator(".idle")).to_be_hidden()
    page.clock.run_for(56 * MINUTES)
    page.get_by_role("button", name="Keep going").click()

    expect(page.locator('textarea[name="story"]')).to_have_value(TYPED)
    expect(page.get_by_text("There is a problem")).to_have_count(0)


def test_keep_going_on_the_check_page_sends_nothing(new_page: NewPage) -> None:
    page = new_page()
    begin(page, "")
    for step, answers in (
        ("who", {"asking_for": "me"}),
        ("about", {"age_band": "not_said", "full_name": "李"}),
        ("condition", {"conditions": "by_phone", "diagnosed": "not_sure"}),
        ("contact", {"contact_by": "call", "phone": "305 555 0123", "country": "US"}),
        ("contact/more", {"voicemail": "no", "state": "FL"}),
        ("language", {"language": "en", "interpreter": "no"}),
        ("permissions", {"perm_contact": "yes", "perm_health": "yes"}),
    ):
        page.goto(f"/ask/{step}")
        for name, value in answers.items():
            _answer(page, name, value)
        go_on(page)
    page.clock.install()
    page.goto("/ask/check")
    page.clock.run_for(56 * MINUTES)

    page.get_by_role("button", name="Keep going").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Check your answers before you send them"
    )
    expect(page.get_by_role("button", name="Send your inquiry")).to_be_visible()


def _answer(page: Page, name: str, value: str) -> None:
    control = page.locator(f'[name="{name}"]').first
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    elif control.get_attribute("type") in {"radio", "checkbox"}:
        choose(page, name, value)
    else:
        control.fill(value)


def test_a_forgotten_tab_clears_nothing_that_another_still_uses(new_page: NewPage) -> None:
    page = new_page()
    at_the_question(page)
    go_on(page)
    page.clock.install()
    page.goto("/ask/question")

    page.clock.run_for(61 * MINUTES)

    expect(page.get_by_role("heading", level=1)).to_have_text("Ask about a consultation")
    page.goto("/ask/question")
    expect(page.locator('textarea[name="story"]')).to_have_value(TYPED)
