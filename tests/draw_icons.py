"""Draw the icons and the card of shared links anew: ``python -m tests.draw_icons``.

They are pictures of our own shapes and fonts, made once and kept beside the icon they come from;
nothing draws while the service runs. The clinic's name is no part of them: it is a setting. Their
table of colours is as ``intake/web/pictures`` wants it, so that a clinic's colours can be put in.
"""

import base64
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from intake.i18n import words
from intake.web.assets import FOLDER
from intake.web.site.pages import HOME_TITLE
from tests.browser.conftest import chromium
from tests.indexed_png import indexed

ICON = (FOLDER / "img" / "icon.svg").read_text("utf-8")
SIZES = (32, 180, 192, 512)
FULL = ICON.replace(' rx="7"', "")  # phones cut the corners themselves
LEDE = "What is known, what is not, and how to ask."
SERIF = FOLDER / "vendor/source-serif-4/source-serif-4-latin-600-normal.woff2"
SANS = FOLDER / "vendor/atkinson-hyperlegible/atkinson-hyperlegible-latin-400-normal.woff2"
CARD = """<!doctype html><style>
@font-face {{ font-family: Headline; src: url(data:font/woff2;base64,{serif}); }}
@font-face {{ font-family: Plain; src: url(data:font/woff2;base64,{sans}); }}
body {{ margin: 0; inline-size: 1200px; block-size: 630px; box-sizing: border-box; padding: 0 96px;
  display: grid; align-content: center; background: #FBFAF7;
  border-block-start: 16px solid #0B5A5E; color: #1C2A2E; }}
svg {{ inline-size: 88px; block-size: 88px; display: block; }}
h1 {{ font: 72px/1.15 Headline; letter-spacing: -.01em; margin: 52px 0 28px; text-wrap: balance; }}
p {{ font: 36px/1.4 Plain; color: #4F5D61; margin: 0; }}
</style>{icon}<h1>{title}</h1><p>{lede}</p>"""


def main() -> None:
    """Write every picture into the folder of the icon."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for size in SIZES:
            drawn = FULL if size > min(SIZES) else ICON
            sheet = "<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>"
            _keep(browser, sheet + drawn, size, size, FOLDER / f"img/icon-{size}.png")
        for language in ("en", "es"):
            say = words(language).gettext
            card = CARD.format(
                serif=_packed(SERIF),
                sans=_packed(SANS),
                icon=ICON,
                title=say(HOME_TITLE),
                lede=say(LEDE),
            )
            _keep(browser, card, 1200, 630, FOLDER / f"img/card-{language}.png")
        browser.close()


def _keep(browser: Browser, page_html: str, width: int, height: int, file: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content(page_html)
    page.evaluate("document.fonts.ready")
    file.write_bytes(indexed(page.screenshot(omit_background=True)))
    page.close()


def _packed(font: Path) -> str:
    return base64.b64encode(font.read_bytes()).decode()


if __name__ == "__main__":
    main()
