"""The form inside another site's page: shown where it was allowed, and it needs no cookie there.

Two origins on loopback: ``localhost`` shows a frame of ``127.0.0.1``, which is another site to a
browser, so that cookies with ``SameSite=Lax`` stay behind.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.steps import walked
from tests.running import Running, free_port, running


class Shows(BaseHTTPRequestHandler):
    """Another site of the clinic: one page around a frame, at the address it is asked for."""

    target = ""

    def do_GET(self) -> None:
        address = f"{self.target}{self.path}"
        body = f'<!doctype html><title>Clinic</title><iframe title="Ask" src="{address}"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def other_site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Shows)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def framed(
    tmp_path_factory: pytest.TempPathFactory, other_site: ThreadingHTTPServer
) -> Iterator[Running]:
    origin = f"http://localhost:{other_site.server_port}"
    folder: Path = tmp_path_factory.mktemp("framed") / "data"
    with running(folder, INTAKE_FORM__FRAMED_BY=f'["{origin}"]') as service:
        Shows.target = service.base_url
        yield service


@pytest.fixture
def page(real_browser: Browser, other_site: ThreadingHTTPServer, framed: Running) -> Iterator[Page]:
    context = real_browser.new_context(base_url=f"http://localhost:{other_site.server_port}")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def frame(page: Page, path: str) -> FrameLocator:
    page.goto(path)
    return page.frame_locator("iframe")


def test_the_one_page_form_is_sent_from_a_frame_of_another_site(page: Page) -> None:
    inside = frame(page, "/ask/all")
    for name, value in (
        ("safety", "none"),
        ("asking_for", "me"),
        ("age_band", "not_said"),
        ("conditions", "by_phone"),
        ("diagnosed", "not_sure"),
        ("contact_by", "call"),
        ("voicemail", "no"),
        ("language", "en"),
        ("interpreter", "no"),
        ("perm_contact", "yes"),
        ("perm_health", "yes"),
    ):
        inside.locator(f'input[name="{name}"][value="{value}"]').check()
    inside.locator('input[name="full_name"]').fill("李")
    inside.locator('input[name="phone"]').fill("305.555.0123")
    inside.locator('select[name="country"]').select_option("US")
    inside.locator('select[name="state"]').select_option("TX")

    inside.get_by_role("button", name="Send your inquiry").click()

    expect(inside.get_by_role("heading", name="We received your inquiry")).to_be_visible()
    assert page.context.cookies() == []


def test_the_steps_in_a_frame_lead_to_the_one_page_with_what_was_written(page: Page) -> None:
    inside = frame(page, "/es/ask")
    inside.locator('input[name="safety"][value="none"]').check()
    inside.get_by_role("button", name="Empezar").click()
    inside.locator('input[name="asking_for"][value="other"]').check()

    inside.get_by_role("button", name="Continuar").click()

    expect(inside.get_by_text("Su navegador no guardó sus respuestas")).to_be_visible()
    expect(inside.locator('input[name="asking_for"][value="other"]')).to_be_checked()
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["/withdraw", "/s/made-up", "/staff/login", "/no-such-page"])
def test_private_pages_and_the_desk_are_shown_in_no_frame(page: Page, path: str) -> None:
    inside = frame(page, path)

    page.wait_for_load_state("networkidle")

    expect(inside.locator("main#main, form")).to_have_count(0)


def test_another_site_than_the_listed_one_shows_nothing(
    page: Page, other_site: ThreadingHTTPServer
) -> None:
    page.goto(f"http://127.0.0.1:{other_site.server_port}/ask/all")
    page.wait_for_load_state("networkidle")

    expect(page.frame_locator("iframe").locator("main#main, form")).to_have_count(0)


def test_on_its_own_the_form_is_what_it_was(page: Page, framed: Running) -> None:
    page.context.clear_cookies()
    page.goto(framed.base_url + "/ask")

    names = list(walked_at(page, framed.base_url))

    assert names[-1] == "received"


def walked_at(page: Page, base_url: str) -> Iterator[str]:
    context = page.context.browser
    assert context
    own = context.new_context(base_url=base_url)
    yield from walked(own.new_page(), "", "ana@mail.example.org")
    own.close()
