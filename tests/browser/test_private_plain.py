"""Everything the private page offers is done without a script, by what stands on the page."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.private import open_private_page
from tests.running import Running
from tests.visitor import ANA

TEXT = "Could you call me after five?"


def follow(page: Page, noun: str) -> None:
    """Follow the link of the page that leads to a noun."""
    page.locator(f'main a[href$="/{noun}"]').first.click()
    page.wait_for_url(f"**/{noun}")


def send(page: Page, then: str) -> None:
    """Press the main button of the page's form."""
    page.locator("main form button.button").first.click()
    page.wait_for_url(then)


def inert(page: Page) -> list[str]:
    """Return controls that show and can do nothing: buttons and fields outside of any form."""
    controls = page.locator("main button:visible, main input:visible, main textarea:visible")
    return [
        one.inner_text()
        for one in controls.all()
        if one.locator("xpath=ancestor::form").count() == 0
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_everything_behind_the_code_is_done_without_a_script(
    new_page: NewPage, service: Running, language: str, tmp_path: Path
) -> None:
    page = new_page(javascript=False, width=390, language=language)
    prefix = "/es" if language == "es" else ""
    answers = {**ANA, "email": f"plain.{language}@mail.example.org"}
    path = open_private_page(page, service, prefix, answers)
    assert inert(page) == []

    page.locator("textarea").fill(TEXT)
    page.locator('form[action$="/messages"] button').click()
    expect(page.locator("section[aria-labelledby=messages]")).to_contain_text(TEXT)

    follow(page, "corrections")
    assert inert(page) == []
    page.locator("#f-called").fill("Anita")
    send(page, f"**{path}?done=corrected")
    expect(page.locator("section[aria-labelledby=sent]")).to_contain_text("Anita")

    follow(page, "contact-times")
    page.locator('input[name="contact_by"][value="call"]').uncheck()
    send(page, f"**{path}?done=corrected")

    follow(page, "permissions")
    switches = page.locator("main section .switch > p")
    before = switches.all_inner_texts()
    page.locator("main section form button").last.click()
    expect(switches).not_to_have_text(before)
    page.goto(path)

    follow(page, "copy")
    with page.expect_download() as download:
        page.locator('main a[href$="copy.json"]').click()
    download.value.save_as(tmp_path / "copy.json")
    assert json.loads((tmp_path / "copy.json").read_text("utf-8"))["answers"]["called"] == "Anita"
    page.goto(path)

    follow(page, "withdrawal")
    page.locator("main form button.button").first.click()
    expect(page.locator("main")).not_to_contain_text(TEXT)
    page.goto(path)
    follow(page, "erasure")
    page.locator("main form button.button").first.click()
    page.locator("#f-sure").check()
    page.locator("main form button.button").first.click()
    page.wait_for_url("**/certificate")
