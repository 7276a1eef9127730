"""The shapes each page is looked at in: phone and desk, by day and by night, and on paper."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.browser.patience import PATIENCE_MS
from tests.running import Running

PAPER_WIDTH = 720  # US Letter at 96 dots an inch, less its margins


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to look at a page."""

    name: str
    width: int
    dark: bool = False
    paper: bool = False


SHAPES = (
    Shape("390-light", 390),
    Shape("390-dark", 390, dark=True),
    Shape("1280-light", 1280),
    Shape("1280-dark", 1280, dark=True),
    Shape("print", PAPER_WIDTH, paper=True),
)


def open_page(browser: Browser, service: Running, shape: Shape, language: str = "en") -> Page:
    """Return a page of its own context in this shape."""
    context = browser.new_context(
        base_url=service.base_url,
        viewport={"width": shape.width, "height": 900},
        color_scheme="dark" if shape.dark else "light",
        locale="es-US" if language == "es" else "en-US",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()
