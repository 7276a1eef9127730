"""One page from an editor's hands to its readers and back, on a phone and without a script."""

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.editing import LUPUS, NEW, edited_pages, let_edit, sign, write
from tests.browser.test_every_page import findings, sideways
from tests.running import ROOT, Running, environment, free_port

WITHIN_SECONDS = 60


@pytest.fixture
def second_process(service: Running) -> Iterator[str]:
    """Serve the same clinic from a process of its own, as a second machine would."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "intake", "serve", "--port", str(port), "--processes", "1"],
        env=environment(service.data_dir),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: "Lupus" in read(address))
        yield address
    finally:
        process.terminate()
        process.wait(60)


def read(address: str) -> str:
    try:
        with urllib.request.urlopen(f"{address}/conditions/lupus", timeout=10) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def wait_for(is_so: Any) -> None:  # noqa: ANN401 - anything to be asked
    until = time.monotonic() + WITHIN_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it did not come about within a minute"
        time.sleep(1)


def test_a_page_is_mended_signed_published_and_taken_back(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
    service: Running,
    second_process: str,
) -> None:
    let_edit(service)
    page = new_page(javascript=False, width=390)
    page.context.add_cookies(signed_in["cookies"])

    write(page, "This is a miracle. [R30b]")
    expect(page.locator("main")).to_contain_text('breaks rule "miracle"')
    mend(page)
    expect(page.locator("main")).to_contain_text("No clinical sign-off yet")
    sign(page, "Clinical")
    sign(page, "Legal", "Kim Stone")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("main")).to_contain_text("is published")

    wait_for(lambda: NEW in read(second_process) and NEW in read(service.base_url))
    assert "Medically reviewed by Pat Lane, MD" in read(second_process)

    page.goto(f"{LUPUS}/revisions/0")
    page.get_by_role("button", name="Publish", exact=True).click()
    wait_for(lambda: NEW not in read(second_process) and NEW not in read(service.base_url))
    assert "Draft: not yet medically reviewed." in read(second_process)


def mend(page: Page) -> None:
    """Change the faulty words where they stand, in the text that came back."""
    field = page.get_by_label("The whole text, head included")
    text = field.input_value()
    assert "This is a miracle." in text
    field.fill(text.replace("This is a miracle.", NEW))
    page.get_by_role("button", name="Save as a revision").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"revision \d+"))


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_screens_of_the_pages(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
    service: Running,
    width: int,
) -> None:
    let_edit(service)
    page = new_page(width=width, dark=width == 390)
    page.context.add_cookies(signed_in["cookies"])

    found = {
        name: problems
        for name in edited_pages(page)
        if (problems := findings(page) + (["scrolls sideways"] if sideways(page) else []))
    }

    assert found == {}
