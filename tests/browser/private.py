"""The private page in a browser: opened with the code, then each page of privacy, to its end."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.running import Running
from tests.visitor import ANA, Answers


def open_private_page(
    page: Page, service: Running, prefix: str = "", answers: Answers = ANA
) -> str:
    """Send an inquiry without a browser, open its page with the code, and return its path."""
    visitor = service.visitor
    receipt = visitor.get(visitor.send(answers, visitor.form()).location).body
    link = re.search(r'href="(/s/[^"]+)"', receipt)
    code = re.search(r'class="code">([\d ]+)<', receipt)
    assert link, "no link on the receipt"
    assert code, "no code on the receipt"
    path = prefix + link[1]
    page.goto(path)
    page.fill("#f-code", code[1])
    page.locator(".keep button.button").first.click()
    page.wait_for_url(f"**{path}")
    return path


def privacy_pages(page: Page, path: str) -> Iterator[str]:
    """Go through the pages behind the code, to the certificate, and name each on its way."""
    yield "opened"
    for noun in ("withdrawal", "permissions", "copy", "erasure"):
        page.goto(f"{path}/{noun}")
        yield noun
    page.locator("main form button.button").first.click()
    yield "erasure-asked"
    page.locator("main form button.button").first.click()
    yield "erasure-unsure"
    page.goto(f"{path}/withdrawal")
    yield "withdrawn"
    page.goto(f"{path}/erasure")
    page.locator("#f-sure").check()
    page.locator("main form button.button").first.click()
    page.wait_for_url("**/certificate")
    yield "certificate"
    page.goto(path)
    yield "erased"
