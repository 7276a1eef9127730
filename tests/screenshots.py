"""Pictures of every page and state, to be looked at: ``python -m tests.screenshots``.

Fills ``screenshots/`` and lays everything out on one contact sheet, its ``index.html``: both
languages, phone and desk widths, by day, by night and on paper; the steps, their errors and the
receipt; what only a failing service shows; the desk with made-up people, and once more when much
has gone wrong. ``--only PATTERN`` keeps the pages whose name has it, ``--shape`` one shape,
``--rows`` draws each row of the sheet as a picture of its own.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import chromium
from tests.browser.desk import open_the_desk
from tests.browser.desk_answers import answer_pages
from tests.browser.desk_people import fill_the_desk
from tests.browser.desk_states import desk_states
from tests.browser.editing import edited_pages, let_edit
from tests.browser.private import open_private_page, privacy_pages
from tests.browser.private_page import private_pages
from tests.browser.test_every_page import DESK, SITE
from tests.browser.test_person import walk_to_check
from tests.browser.trouble import in_trouble, troubled_pages
from tests.pictures.drawn import Drawn, draw, shown
from tests.pictures.shapes import SHAPES, Shape, open_page
from tests.pictures.sheet import picture_rows, write_sheet
from tests.pictures.states import states, way
from tests.running import ROOT, Running, command, environment, running
from tests.visitor import ANA

FOLDER = ROOT / "screenshots"
LIMITS = {
    "INTAKE_LIMITS__SENDS_PER_ADDRESS_PER_HOUR": "1000",
    "INTAKE_LIMITS__OTHER_POSTS_PER_MINUTE": "1000",
}


def main() -> None:
    """Take the pictures, lay them out and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a pattern in the name of the page")
    parser.add_argument("--shape", default="", help="one of the shapes, such as 390-dark")
    parser.add_argument("--rows", action="store_true", help="each row as one picture too")
    asked = parser.parse_args()
    only, shapes = re.compile(asked.only), [s for s in SHAPES if asked.shape in s.name]
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="intake-pictures-") as folder,
        running(Path(folder) / "data", **LIMITS) as service,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        _take(browser, service, shapes, only)
        sheet = write_sheet(FOLDER)
        if asked.rows:
            picture_rows(browser, FOLDER)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures on {sheet.relative_to(ROOT)}")


def _take(
    browser: Browser, service: Running, shapes: Sequence[Shape], only: re.Pattern[str]
) -> None:
    drawn = draw()
    for shape in shapes:
        for language in ("en", "es"):
            page = open_page(browser, service, shape, language)
            for name in _public(page, language, drawn, only):
                _keep(page, f"{name}.{language}", shape)
            for name in _private(page, service, language, only):
                _keep(page, f"{name}.{language}", shape)
            page.context.close()
    if any(only.search(name) for name in _desk_names()):
        _take_desk(browser, service, shapes, only)


def _take_desk(
    browser: Browser, service: Running, shapes: Sequence[Shape], only: re.Pattern[str]
) -> None:
    command("demo", "--count", "60", env=environment(service.data_dir))
    cookies = _signed_in(browser, service)
    if only.search("staff-state"):
        _take_states(browser, service, shapes, cookies)
    reference = service.visitor.ask(ANA)
    alone = f"/staff/inquiries/{reference[:4]}-{reference[4:]}"
    for visit in (_desk, partial(_answers, path=alone), _trouble, _content):
        if visit is _trouble:
            in_trouble(service.data_dir)
        if visit is _content:
            let_edit(service)
        for shape in shapes:
            page = open_page(browser, service, shape)
            page.context.add_cookies(cookies)
            for name in visit(page, only):
                _keep(page, f"staff-{name}", shape)
            page.context.close()


def _take_states(
    browser: Browser,
    service: Running,
    shapes: Sequence[Shape],
    cookies: Any,  # noqa: ANN401 - as playwright gave it
) -> None:
    references = fill_the_desk(service)
    for shape in shapes:
        page = open_page(browser, service, shape)
        page.context.add_cookies(cookies)
        for name in desk_states(page, service, references):
            _keep(page, f"staff-state-{name}", shape)
        page.context.close()


def _signed_in(browser: Browser, service: Running) -> Any:  # noqa: ANN401 - as it is given back
    for shape in SHAPES:
        page = open_page(browser, service, shape)
        page.goto(service.welcome_url)
        _keep(page, "staff-welcome", shape)
        page.goto("/staff/login")
        _keep(page, "staff-login", shape)
        page.get_by_role("button", name="Go on").click()
        _keep(page, "staff-login-errors", shape)
        page.context.close()
    page = open_page(browser, service, SHAPES[0])
    open_the_desk(page, service, lambda name: _keep(page, f"staff-{name}", SHAPES[0]))
    cookies = page.context.cookies()
    page.context.close()
    return cookies


def _public(page: Page, language: str, drawn: Drawn, only: re.Pattern[str]) -> Iterator[str]:
    prefix = "/es" if language == "es" else ""
    for path in SITE:
        name = path.strip("/").replace("/", "-") or "home"
        if only.search(name):
            page.goto(prefix + path)
            yield name
    yield from states(page, language, only)
    yield from way(page, language, only)
    yield from shown(page, drawn, language, only)


def _private(page: Page, service: Running, language: str, only: re.Pattern[str]) -> Iterator[str]:
    """Walk a private page through its states, and another to the end of its erasure."""
    prefix = "/es" if language == "es" else ""
    if any(only.search(name) for name in ("status", "status-opened")):
        walk_to_check(page, language, email="maria@mail.example.org")
        page.locator("main form button.button").last.click()
        yield from private_pages(page, service.data_dir, language)
    if any(only.search(name) for name in ("private", "private-opened")):
        path = open_private_page(page, service, prefix)
        yield from (f"private-{name}" for name in privacy_pages(page, path))


def _desk_names() -> list[str]:
    return [f"staff-{path.removeprefix('/staff/')}" for path in DESK] + [
        "staff-inquiry",
        "staff-answers",
        "staff-trouble",
        "staff-content",
        "staff-state",
    ]


def _desk(page: Page, only: re.Pattern[str]) -> Iterator[str]:
    for path in DESK:
        name = path.removeprefix("/staff/").replace("/", "-")
        if only.search(f"staff-{name}"):
            page.goto(path)
            yield name
    if only.search("staff-inquiry"):
        page.goto("/staff/inquiries")
        page.locator(".queue a.open").first.click()
        yield "inquiry"


def _answers(page: Page, only: re.Pattern[str], *, path: str) -> Iterator[str]:
    if only.search("staff-answers"):
        for name in answer_pages(page, path):
            yield f"answers-{name}"


def _trouble(page: Page, only: re.Pattern[str]) -> Iterator[str]:
    if only.search("staff-trouble"):
        for name in troubled_pages(page):
            yield f"trouble-{name}"


def _content(page: Page, only: re.Pattern[str]) -> Iterator[str]:
    if only.search("staff-content"):
        for name in edited_pages(page):
            yield f"content-{name}"


def _keep(page: Page, name: str, shape: Shape) -> None:
    page.wait_for_load_state()
    if shape.paper:  # only for the picture: on paper there is no button to go on with
        page.emulate_media(media="print")
    page.screenshot(path=FOLDER / f"{name}.{shape.name}.png", full_page=True)
    if shape.paper:
        page.emulate_media(media="screen")


if __name__ == "__main__":
    main()
