"""Two pages of the desk that stand at no address: a message before it is sent, and a new code."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.visitor import ANA


def answer_pages(page: Page, path: str) -> Iterator[str]:
    """Reach both from the page of an inquiry that Ana sent; yield the name of each."""
    page.goto(path)
    form = page.locator("#act-messages")
    page.locator("details:has(#act-messages) > summary").click()
    form.locator('[name="body"]').fill("We read your message and have one question.")
    form.locator("button.button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Send this message?")
    yield "message-confirm"
    page.goto(f"{path}/caller-check")
    page.locator('input[name="way"]').first.check()
    page.locator('input[name="said_reference"]').fill(path.rpartition("/")[2])
    page.locator('input[name="said_name"]').fill(str(ANA["full_name"]))
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator("details:has(button[value=aloud]) > summary").click()
    page.locator("button[value=aloud]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New code for their private page")
    yield "new-code"
