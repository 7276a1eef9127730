"""The states of the public form, each reached as a person reaches it.

What cannot be reached by hand in a healthy service (a full disk, a locked database) is drawn by
:mod:`tests.pictures.drawn`.
"""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from tests.browser.steps import begin, choose, go_on, walked
from tests.browser.test_every_page import STEPS
from tests.browser.test_person import PREFIX

State = tuple[str, Callable[[Page, str], None]]


def start_errors(page: Page, language: str) -> None:
    """Go on without an answer to the safety question."""
    page.goto(f"{PREFIX[language]}/ask")
    go_on(page)


def emergency(page: Page, language: str) -> None:
    """Say that something is urgent."""
    begin(page, PREFIX[language], "yes")


def under_18(page: Page, language: str) -> None:
    """Ask as a child alone."""
    begin(page, PREFIX[language])
    choose(page, "asking_for", "me")
    go_on(page)
    page.locator('input[name="full_name"]').fill("Leo Park")
    choose(page, "age_band", "under_18")
    go_on(page)


def caregiver(page: Page, language: str) -> None:
    """Ask for somebody else, up to the page about the two of them."""
    begin(page, PREFIX[language])
    choose(page, "asking_for", "other")
    go_on(page)


def caregiver_about(page: Page, language: str) -> None:
    """Ask for somebody else, up to the page about them."""
    caregiver(page, language)
    choose(page, "relationship", "child")
    choose(page, "person_knows", "no")
    go_on(page)


def hints(page: Page, language: str) -> None:
    """Write an address with a typing error: a hint, and nothing is refused."""
    begin(page, PREFIX[language])
    page.goto(f"{PREFIX[language]}/ask/contact")
    choose(page, "contact_by", "email")
    page.locator('input[name="email"]').fill("maria@gmial.com")
    page.locator('select[name="country"]').select_option("US")
    go_on(page)


def idle_warning(page: Page, language: str) -> None:
    """Wait until the answers are about to be cleared."""
    begin(page, PREFIX[language])
    page.clock.install()
    page.goto(f"{PREFIX[language]}/ask/question")
    page.clock.run_for(56 * 60_000)


def cleared(page: Page, language: str) -> None:
    """Clear the answers by hand."""
    begin(page, PREFIX[language])
    page.locator('button[name="clear"]').click()


def not_kept(page: Page, language: str) -> None:
    """Go on in a browser that keeps no cookies: everything on one page."""
    begin(page, PREFIX[language])
    page.context.clear_cookies()
    choose(page, "asking_for", "me")
    go_on(page)


def one_page_errors(page: Page, language: str) -> None:
    """Send an empty one-page form."""
    page.goto(f"{PREFIX[language]}/ask/all")
    go_on(page)


STATES: tuple[State, ...] = (
    ("ask-start-errors", start_errors),
    ("ask-emergency", emergency),
    ("ask-under-18", under_18),
    ("ask-caregiver", caregiver),
    ("ask-caregiver-about", caregiver_about),
    ("ask-hints", hints),
    ("ask-idle-warning", idle_warning),
    ("ask-cleared", cleared),
    ("ask-not-kept", not_kept),
    ("ask-all-errors", one_page_errors),
)


def states(page: Page, language: str, only: re.Pattern[str]) -> Iterator[str]:
    """Bring the page into each state and give its name."""
    for name, reach in STATES:
        if only.search(name):
            page.context.clear_cookies()
            reach(page, language)
            yield name


def way(page: Page, language: str, only: re.Pattern[str]) -> Iterator[str]:
    """Walk from the first question to the receipt and back, and give each page's name."""
    if not any(only.search(name) for name in ("ask-steps", "ask-errors", *AFTER)):
        return
    prefix = PREFIX[language]
    page.context.clear_cookies()
    begin(page, prefix)
    for step in STEPS[:-1]:
        page.goto(f"{prefix}/ask/{step}")
        go_on(page)
        yield f"ask-errors-{step}"
    page.context.clear_cookies()
    for name in walked(page, prefix, "maria@mail.example.org"):
        yield "received" if name == "received" else f"ask-steps-{name}"
    link = page.locator('a[href*="/s/"]').first.get_attribute("href")
    page.reload()
    yield "received-again"
    page.goto(f"{prefix}/ask/check")
    yield "already-sent"
    page.goto(link or "/")
    yield "status"


AFTER = ("received", "received-again", "already-sent", "status")
