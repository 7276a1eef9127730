"""The public pages at their edges: enlarged, in forced colours, on paper, and by the wire."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NewPage
from tests.browser.test_every_page import SITE, sideways
from tests.running import Running

PAGES = tuple(path for path in SITE if not path.startswith(("/ask", "/no-such", "/withdraw")))
LONGEST = ("/", "/conditions/lupus?state=CA", "/es/conditions/type-1-diabetes", "/es/privacy")
PAPER = ("/conditions/lupus", "/questions-to-ask", "/emergency", "/es/conditions/als")
# BARS.md B16.
PAGE_MAX_BYTES = 40_000
WITH_FONTS_MAX_BYTES = 140_000
REQUESTS_MAX = 6
FONT = ".woff2"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_is_light_and_asks_nobody_else(
    new_page: NewPage, service: Running, language: str
) -> None:
    prefix = "/es" if language == "es" else ""
    found = {}

    for path in PAGES:
        page = new_page(language=language)  # a new context: nothing is kept from the page before
        log = Log(page)
        page.goto(prefix + path, wait_until="networkidle")
        elsewhere = [url for url in log.bytes_by_url if not url.startswith(service.base_url)]
        fonts = sum(size for url, size in log.bytes_by_url.items() if url.endswith(FONT))
        total = sum(log.bytes_by_url.values())
        if (
            elsewhere
            or len(log.bytes_by_url) > REQUESTS_MAX
            or total - fonts > PAGE_MAX_BYTES
            or total > WITH_FONTS_MAX_BYTES
        ):
            found[path] = (total - fonts, fonts, sorted(log.bytes_by_url))
        page.context.close()

    assert found == {}


class Log:
    """What went over the wire, headers and all, by address; the browser's own log of it."""

    def __init__(self, page: Page) -> None:
        self.bytes_by_url: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._loaded)

    def _asked(self, event: Any) -> None:  # noqa: ANN401 - as the browser tells it
        self._urls[event["requestId"]] = event["request"]["url"]
        self.bytes_by_url.setdefault(event["request"]["url"], 0)

    def _loaded(self, event: Any) -> None:  # noqa: ANN401 - as above
        if event["requestId"] in self._urls:
            url = self._urls[event["requestId"]]
            self.bytes_by_url[url] += int(event["encodedDataLength"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_scrolls_sideways_at_four_times_the_size(new_page: NewPage, language: str) -> None:
    prefix = "/es" if language == "es" else ""
    page = new_page(width=320, language=language)  # 1280 px at 400 %
    found = []

    for path in PAGES:
        page.goto(prefix + path)
        if sideways(page):
            found.append(path)

    assert found == []


@pytest.fixture
def forced(real_browser: Browser, service: Running) -> Iterator[Page]:
    """Give a page as people with a contrast theme see it, who also want no motion."""
    context = real_browser.new_context(
        base_url=service.base_url,
        forced_colors="active",
        reduced_motion="reduce",
        viewport={"width": 390, "height": 900},
    )
    yield context.new_page()
    context.close()


BOXES = (".evidence", ".panel", ".draft", ".emergency", ".today", ".approach", ".button")
UNSEEN = """selectors => selectors.filter(one => {
  const found = document.querySelector(one);
  return found && getComputedStyle(found).borderTopStyle === "none";
})"""
MOVING = """() => [...document.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one);
  return style.transitionDuration.split(",").some(time => parseFloat(time) > 0)
    || style.animationName !== "none";
}).length"""


def test_boxes_keep_an_edge_in_forced_colours_and_nothing_moves(forced: Page) -> None:
    for path in LONGEST:
        forced.goto(path)

        assert forced.evaluate(UNSEEN, list(BOXES)) == [], path
        assert forced.evaluate(MOVING) == 0, path


NOTICE_SMALLER = """() => {
  const size = one => parseFloat(getComputedStyle(one).fontSize);
  const notice = document.querySelector(".notice [lang=en]");
  return [...document.querySelectorAll("body *")]
    .filter(one => one.textContent.trim() && one.getClientRects().length)
    .filter(one => size(one) > size(notice) + 0.1)
    .map(one => one.className || one.tagName);
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_type_is_larger_than_the_notice(new_page: NewPage, width: int) -> None:
    page = new_page(width=width)
    for path in ("/", "/conditions", "/conditions/lupus", "/research", "/ask"):
        page.goto(path)

        assert page.evaluate(NOTICE_SMALLER) == [], path


ON_PAPER = """selectors => selectors.filter(one =>
  [...document.querySelectorAll(one)].some(found => found.getClientRects().length))"""


def test_paper_holds_what_is_read_and_not_what_is_pressed(new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(media="print")
    for path in PAPER:
        page.goto(path)
        shown = page.evaluate(ON_PAPER, [".site-nav", ".site-footer", ".button", ".contents"])

        assert shown == [], path
        assert page.locator(".print-only").first.is_visible(), path
        assert page.locator("h1").is_visible(), path


def test_the_structured_data_and_the_manifest_pass_the_strict_policy(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/conditions/lupus")  # a violation stands in the console, which fails the test
    session = page.context.new_cdp_session(page)

    manifest = session.send("Page.getAppManifest")

    assert manifest["errors"] == []
    assert manifest["url"].endswith("/site.webmanifest")
    assert '"start_url": "/"' in manifest["data"]
