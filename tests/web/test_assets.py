"""Files of others are unchanged, names carry hashes, colours keep their contrast."""

import hashlib
import re
import tomllib

import pytest
from flask.testing import FlaskClient

from intake.web.assets import FOLDER, Assets
from intake.web.context import language_of

CSS = (FOLDER / "css" / "site.css").read_text("utf-8")
ADDRESS = re.compile(r'url\("([^"]+)"\)')

# content/ux.md section 4: text or shape, on, needs, light, dark (rounded down).
CONTRAST = """
ink page 4.5 14.16 15.56
ink surface 4.5 14.78 14.04
ink sunken 4.5 12.97 16.37
ink sel 4.5 12.35 10.18
muted page 4.5 6.55 9.20
muted surface 4.5 6.83 8.29
muted sunken 4.5 6.00 9.68
muted sel 4.5 5.71 6.02
link page 4.5 7.19 10.01
link surface 4.5 7.51 9.03
link sunken 4.5 6.59 10.53
visited page 4.5 8.04 9.07
on-primary primary 4.5 7.95 8.05
on-primary primary-hover 4.5 11.18 10.14
primary surface 4.5 7.95 8.28
err surface 4.5 7.27 8.09
err page 4.5 6.97 8.97
err err-bg 4.5 6.34 8.05
warn warn-bg 4.5 6.78 9.05
ok ok-bg 4.5 5.76 8.12
info info-bg 4.5 7.24 8.18
note note-bg 4.5 7.35 8.56
ink err-bg 4.5 12.90 13.97
ink warn-bg 4.5 13.53 12.88
ink ok-bg 4.5 13.08 12.49
ink info-bg 4.5 13.00 13.05
ink note-bg 4.5 12.75 13.61
link info-bg 4.5 6.60 8.39
link warn-bg 4.5 6.87 8.29
link err-bg 4.5 6.55 8.99
on-emergency emergency-bg 4.5 9.59 9.59
focus-ink focus 4.5 9.65 11.63
control surface 3 4.79 5.57
control page 3 4.59 6.18
control sunken 3 4.20 6.50
c1 surface 3 7.95 8.28
c2 surface 3 4.89 7.88
c3 surface 3 8.52 8.83
c4 surface 3 6.83 8.29
"""


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", block))


LIGHT = tokens(CSS.partition("color-scheme: light dark;")[2].partition("}")[0])
DARK = tokens(CSS.partition("@media (prefers-color-scheme: dark) {")[2].partition("}")[0])


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("row", CONTRAST.strip().splitlines())
def test_every_pair_of_colours_keeps_its_contrast(row: str) -> None:
    shape, ground, needed, light, dark = row.split()

    for palette, told in ((LIGHT, light), (DARK, dark)):
        found = ratio(palette[shape], palette[ground])
        assert found >= float(needed)
        assert int(found * 100) / 100 == float(told)


def test_both_palettes_name_the_same_colours() -> None:
    assert set(LIGHT) == set(DARK)
    assert len(LIGHT) == 31


@pytest.mark.parametrize("sheet", ["site.css", "staff.css"])
def test_no_rule_below_the_tokens_has_a_colour_of_its_own(sheet: str) -> None:
    text = (FOLDER / "css" / sheet).read_text("utf-8")
    below = text.partition("@layer base {")[2].partition("@layer print {")[0]

    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(", below) == []


def test_a_browser_that_does_not_know_has_still_shows_the_focus() -> None:
    for sheet in ("site.css", "staff.css"):
        text = (FOLDER / "css" / sheet).read_text("utf-8")
        removed = [line for line in text.splitlines() if re.search(r":focus.*outline: 0", line)]

        for line in removed:
            assert "@supports selector(:has(*))" in line or ":not(:focus-visible)" in line


def test_vendored_files_are_what_their_makers_sent() -> None:
    listed: dict[str, str] = {}
    table = tomllib.loads((FOLDER / "vendor" / "VENDORED.toml").read_text("utf-8"))
    for entry in table["vendored"]:
        assert entry["version"]
        assert entry["licence"]
        listed |= entry["files"]

    found = {
        path.relative_to(FOLDER / "vendor").as_posix(): hashlib.sha256(path.read_bytes())
        for path in (FOLDER / "vendor").rglob("*")
        if path.is_file() and path.name != "VENDORED.toml"
    }

    assert {name: digest.hexdigest() for name, digest in found.items()} == listed
    folders = {name.split("/")[0] for name in listed}
    assert all(f"{folder}/LICENSE.txt" in listed for folder in folders)


def test_style_sheets_and_scripts_are_small(client: FlaskClient) -> None:
    assets = Assets()
    packed = {"Accept-Encoding": "gzip"}

    for name in ("css/site.css", "css/staff.css", "js/site.js"):
        answer = client.get(assets.url(name), headers=packed)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.data) <= 8192


def test_a_style_sheet_loads_its_fonts_by_their_hashed_names(client: FlaskClient) -> None:
    answer = client.get(Assets().url("css/site.css"))

    fonts = ADDRESS.findall(answer.get_data(as_text=True))
    assert len(fonts) == 3
    for font in fonts:
        loaded = client.get(font.replace("../", "/static/"))
        assert loaded.status_code == 200
        assert loaded.mimetype == "font/woff2"
        assert "immutable" in loaded.headers["Cache-Control"]


def test_fonts_and_page_stay_within_the_budget() -> None:
    fonts = sum(path.stat().st_size for path in FOLDER.rglob("*.woff2"))

    assert fonts <= 100_000


@pytest.mark.parametrize("name", ["css/site.css", "vendor/VENDORED.toml", "../app.py", "x"])
def test_only_hashed_names_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("address", "language"),
    [
        ("/", "en"),
        ("/es", "es"),
        ("/es/", "es"),
        ("/es/ask", "es"),
        ("/essay", "en"),
        ("/s/es", "en"),
    ],
)
def test_the_first_part_of_the_path_is_the_language(address: str, language: str) -> None:
    assert language_of(address) == language
