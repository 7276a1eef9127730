"""One running service with a real SMTP server beside it, and Chromium in every shape we promise."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.desk import open_the_desk
from tests.browser.patience import PATIENCE_MS
from tests.conftest import must_have
from tests.running import Running, free_port, running

NewPage = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MS)


class Inbox:
    """Keeps what a real SMTP conversation delivered."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd fixes the name
        del server, session
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.messages.append((list(envelope.rcpt_tos), raw))
        return "250 OK"

    def to(self, address: str) -> list[bytes]:
        """Return the messages for one address."""
        return [content for recipients, content in self.messages if address in recipients]


@pytest.fixture(scope="session")
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, inbox: Inbox) -> Iterator[Running]:
    """Run ``intake up`` as a new user would, with a mail relay on loopback."""
    port = free_port()
    relay = Controller(inbox, hostname="127.0.0.1", port=port)
    relay.start()
    folder = tmp_path_factory.mktemp("service") / "data"
    try:
        with running(
            folder,
            INTAKE_SMTP__HOST="127.0.0.1",
            INTAKE_SMTP__PORT=str(port),
            INTAKE_SMTP__SECURITY="none",
            INTAKE_SMTP__FROM_ADDRESS="no-reply@clinic.example",
            # All these people and members share one address.
            INTAKE_LIMITS__SENDS_PER_ADDRESS_PER_HOUR="1000",
            INTAKE_LIMITS__OTHER_POSTS_PER_MINUTE="1000",
        ) as up:
            yield up
    finally:
        relay.stop()


def chromium() -> str | None:
    """Return where Chromium is, if it is."""
    return (
        os.environ.get("INTAKE_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("google-chrome")
    )


@pytest.fixture(scope="session")
def playwright_here() -> Iterator[Playwright]:
    must_have("Chromium (apt install chromium)", present=chromium() is not None)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def real_browser(playwright_here: Playwright) -> Iterator[Browser]:
    browser = playwright_here.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def new_page(real_browser: Browser, service: Running) -> Iterator[NewPage]:
    """Open a page in a context of its own; every request elsewhere fails the test."""
    contexts: list[BrowserContext] = []
    elsewhere: list[str] = []
    errors: list[str] = []

    def open_page(
        *,
        javascript: bool = True,
        width: int = 1280,
        dark: bool = False,
        language: str = "en",
    ) -> Page:
        context = real_browser.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="es-US" if language == "es" else "en-US",
            base_url=service.base_url,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((service.base_url, "data:", "blob:"))
                else elsewhere.append(request.url)
            ),
        )
        page.on(
            "console",
            lambda message: (
                errors.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert elsewhere == [], "a page asked another site for something"
    assert errors == [], "a page wrote errors to the console"


@pytest.fixture(scope="session")
def signed_in(real_browser: Browser, service: Running) -> Any:  # noqa: ANN401 - playwright's own type
    """Sign in once without JavaScript and hand the cookies to every test."""
    context = real_browser.new_context(base_url=service.base_url, java_script_enabled=False)
    page = context.new_page()
    open_the_desk(page, service)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that ``-m 'not browser'`` leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
