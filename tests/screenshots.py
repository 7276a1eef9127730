"""Pictures of every page, to be looked at: ``python -m tests.screenshots`` fills ``screenshots/``.

Both languages, phone and desk widths, light and dark; the steps, their errors and the receipt; the
desk with made-up people, and once more when much has gone wrong. ``--only WORD`` keeps the pages
whose name has that word.
"""

import argparse
import itertools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import chromium
from tests.browser.desk import open_the_desk
from tests.browser.editing import edited_pages, let_edit
from tests.browser.private import open_private_page, privacy_pages
from tests.browser.private_page import private_pages
from tests.browser.test_every_page import DESK, SITE, STEPS
from tests.browser.test_person import walk_to_check
from tests.browser.trouble import in_trouble, troubled_pages
from tests.running import ROOT, Running, command, environment, running

WIDTHS = (390, 1280)
FOLDER = ROOT / "screenshots"


def main() -> None:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a word in the name of the page")
    only = parser.parse_args().only
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="intake-pictures-") as folder,
        running(Path(folder) / "data") as service,
        sync_playwright() as playwright,
    ):
        command("demo", "--count", "60", env=environment(service.data_dir))
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        cookies = _signed_in(browser, service)
        for width, dark in itertools.product(WIDTHS, (False, True)):
            shape = f"{width}{'d' if dark else 'l'}"
            for language in ("en", "es"):
                page = _page(browser, service, width, dark)
                for name in _public(page, language, only, service):
                    _keep(page, f"{name}.{language}.{shape}")
                for name in _private(page, service, language, only):
                    _keep(page, f"private-{name}.{language}.{shape}")
                page.context.close()
            page = _page(browser, service, width, dark)
            page.context.add_cookies(cookies)
            for name in _desk(page, only):
                _keep(page, f"staff-{name}.{shape}")
            page.context.close()
        if only in "staff-content":
            _content(browser, service, cookies)
        if only in "staff-trouble":
            _trouble(browser, service, cookies)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")


def _page(browser: Browser, service: Running, width: int, dark: bool) -> Page:
    context = browser.new_context(
        base_url=service.base_url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(10_000)
    return context.new_page()


def _signed_in(browser: Browser, service: Running) -> Any:  # noqa: ANN401 - as it is given back
    page = _page(browser, service, 1280, dark=False)
    page.goto(service.welcome_url)
    _keep(page, "staff-welcome.1280l")
    open_the_desk(page, service)
    cookies = page.context.cookies()
    page.context.close()
    return cookies


def _public(page: Page, language: str, only: str, service: Running) -> Iterator[str]:
    prefix = "/es" if language == "es" else ""
    for path in SITE:
        name = re.sub(r"[/?=]", "-", path.strip("/")) or "home"
        if only in name:
            page.goto(prefix + path)
            yield name
    if not any(only in name for name in ("ask-steps", "ask-errors", "received", "status")):
        return
    page.goto(f"{prefix}/ask/all")
    page.locator("main form button.button").last.click()
    yield "ask-errors"
    walk_to_check(page, language, email="maria@mail.example.org")
    for step in STEPS:
        page.goto(f"{prefix}/ask/{step}")
        yield f"ask-steps-{step}"
    page.locator("main form button.button").last.click()
    yield "received"
    for name in private_pages(page, service.data_dir, language):
        yield name
        if name == "status-opened":
            page.emulate_media(media="print")
            yield "status-print"
            page.emulate_media(media="screen")


def _private(page: Page, service: Running, language: str, only: str) -> Iterator[str]:
    if only not in "private-":
        return
    prefix = "/es" if language == "es" else ""
    yield from privacy_pages(page, open_private_page(page, service, prefix))


def _desk(page: Page, only: str) -> Iterator[str]:
    for path in DESK:
        name = path.removeprefix("/staff/")
        if only in f"staff-{name}":
            page.goto(path)
            yield name
    if only in "staff-inquiry":
        page.goto("/staff/inquiries")
        page.locator(".queue a.open").first.click()
        yield "inquiry"


def _trouble(browser: Browser, service: Running, cookies: Any) -> None:  # noqa: ANN401
    in_trouble(service.data_dir)
    for width, dark in itertools.product(WIDTHS, (False, True)):
        page = _page(browser, service, width, dark)
        page.context.add_cookies(cookies)
        for name in troubled_pages(page):
            _keep(page, f"staff-trouble-{name}.{width}{'d' if dark else 'l'}")
        page.context.close()


def _content(browser: Browser, service: Running, cookies: Any) -> None:  # noqa: ANN401
    let_edit(service)
    for width, dark in itertools.product(WIDTHS, (False, True)):
        page = _page(browser, service, width, dark)
        page.context.add_cookies(cookies)
        for name in edited_pages(page):
            _keep(page, f"staff-content-{name}.{width}{'d' if dark else 'l'}")
        page.context.close()


def _keep(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


if __name__ == "__main__":
    main()
