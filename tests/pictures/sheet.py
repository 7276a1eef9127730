"""The contact sheet: one HTML page with every picture, a row for each page and a column a shape."""

from collections import defaultdict
from collections.abc import Mapping
from html import escape
from pathlib import Path

from playwright.sync_api import Browser

from tests.pictures.shapes import SHAPES

STYLE = """
body { margin: 24px; background: #777; color: #fff; font: 15px/1.4 system-ui, sans-serif; }
section { margin-block-end: 40px; }
h1 { font-size: 22px; } h2 { font-size: 17px; margin: 0 0 8px; }
.row { display: flex; gap: 12px; align-items: flex-start; }
figure { margin: 0; } figcaption { font-size: 12px; }
img { display: block; max-height: 1400px; object-fit: cover; object-position: top; }
nav { columns: 5; margin-block-end: 24px; } nav a { color: #fff; display: block; font-size: 13px; }
"""
SHOWN_WIDTHS = {390: 215, 1280: 430, 720: 300}


def pictures_by_page(folder: Path) -> dict[str, dict[str, Path]]:
    """Return the pictures by page and language, each by its shape, as their names say."""
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in sorted(folder.glob("*.png")):
        page, _, shape = path.stem.rpartition(".")
        found[page][shape] = path
    return dict(found)


def write_sheet(folder: Path) -> Path:
    """Write ``index.html`` over the pictures that lie in the folder."""
    rows = pictures_by_page(folder)
    links = "".join(f'<a href="#{escape(page)}">{escape(page)}</a>' for page in rows)
    sections = "".join(_row(page, by_shape) for page, by_shape in rows.items())
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>'
        f"<style>{STYLE}</style><h1>{len(rows)} pages and states</h1><nav>{links}</nav>{sections}"
    )
    sheet = folder / "index.html"
    sheet.write_text(html + "\n", "utf-8")
    return sheet


def _row(page: str, by_shape: Mapping[str, Path]) -> str:
    figures = "".join(
        f'<figure><a href="{by_shape[shape.name].name}"><img loading="lazy" alt=""'
        f' src="{by_shape[shape.name].name}" width="{SHOWN_WIDTHS[shape.width]}"></a>'
        f"<figcaption>{shape.name}</figcaption></figure>"
        for shape in SHAPES
        if shape.name in by_shape
    )
    name = escape(page)
    return f'<section id="{name}"><h2>{name}</h2><div class="row">{figures}</div></section>\n'


def picture_rows(browser: Browser, folder: Path) -> None:
    """Draw each row of the sheet as one picture of its own, in ``sheets/``."""
    (folder / "sheets").mkdir(exist_ok=True)
    page = browser.new_page(viewport={"width": 1700, "height": 1000})
    page.goto((folder / "index.html").as_uri())
    page.evaluate("document.querySelectorAll('img').forEach(one => one.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    for name in pictures_by_page(folder):
        row = page.locator(f'section[id="{name}"]')
        row.screenshot(path=folder / "sheets" / f"{name}.png")
    page.close()
