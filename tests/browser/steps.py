"""The form walked by the names of its fields, whatever language its words are in."""

from collections.abc import Iterator

from playwright.sync_api import Page

MAIN = "main form#answers .actions button.button"


def choose(page: Page, name: str, value: str) -> None:
    """Choose one answer of a group."""
    page.locator(f'input[name="{name}"][value="{value}"]').check()


def go_on(page: Page) -> None:
    """Select the main button of the page."""
    page.locator(MAIN).first.click()


def begin(page: Page, prefix: str, safety: str = "none") -> None:
    """Take the start page."""
    page.goto(f"{prefix}/ask")
    choose(page, "safety", safety)
    go_on(page)


def walked(page: Page, prefix: str, email: str, *, sends: bool = True) -> Iterator[str]:
    """Walk the form to its receipt, and give each page's name once it is there and filled in.

    A click comes back before the page it leads to does; a page without anything to fill in is
    waited for by its address.
    """
    begin(page, prefix)
    choose(page, "asking_for", "me")
    yield "who"
    go_on(page)
    page.locator('input[name="full_name"]').fill("María de los Ángeles Núñez")
    choose(page, "age_band", "65_79")
    yield "about"
    go_on(page)
    choose(page, "conditions", "lupus")
    choose(page, "diagnosed", "yes")
    yield "condition"
    go_on(page)
    page.locator('textarea[name="story"]').fill("What is known? ¿Qué se sabe?")
    yield "question"
    go_on(page)
    choose(page, "contact_by", "call")
    choose(page, "contact_by", "email")
    page.locator('input[name="phone"]').fill("(305) 555-0123 ext 4")
    page.locator('input[name="email"]').fill(email)
    page.locator('input[name="best_times"]').first.check()
    page.locator('select[name="country"]').select_option("US")
    yield "contact"
    go_on(page)
    choose(page, "voicemail", "name_only")
    page.locator('select[name="state"]').select_option("FL")
    yield "contact-more"
    go_on(page)
    choose(page, "language", "es" if prefix else "en")
    choose(page, "interpreter", "no")
    yield "language"
    go_on(page)
    choose(page, "perm_contact", "yes")
    choose(page, "perm_health", "yes")
    yield "permissions"
    go_on(page)
    page.wait_for_url("**/ask/check*")
    yield "check"
    if sends:
        go_on(page)
        page.wait_for_url("**/ask/received/*")
        yield "received"
