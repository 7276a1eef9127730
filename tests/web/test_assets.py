"""Files of others are unchanged, names carry hashes, colours keep their contrast."""

import hashlib
import re
import tomllib
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from intake.bootstrap import Intake
from intake.settings import BrandSettings
from intake.settings.palette import DARK, LIGHT
from intake.web.app import create_app
from intake.web.assets import FOLDER, Assets
from intake.web.context import language_of
from intake.web.pictures import INNER, OUTER, chunks, recoloured

CSS = (FOLDER / "css" / "site.css").read_text("utf-8")
ADDRESS = re.compile(r'url\("([^"]+)"\)')


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", block))


def test_the_style_sheet_has_the_colours_of_the_palette() -> None:
    by_day = CSS.partition("color-scheme: light dark;")[2].partition("}")[0]
    by_night = CSS.partition("@media screen and (prefers-color-scheme: dark) {")[2].partition("}")[
        0
    ]

    assert tokens(by_day) == LIGHT
    assert tokens(by_night) == DARK


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


BRAND = BrandSettings.model_validate({"light": {"primary": "#7a1f5c"}, "dark": {"link": "#FFC9E8"}})


def test_a_brand_stands_in_the_style_sheet_and_the_icon(intake: Intake) -> None:
    settings = intake.settings.model_copy(update={"brand": BRAND})
    client = create_app(replace(intake, settings=settings)).test_client()
    page = client.get("/").text

    sheet, icon = (
        client.get(next(iter(re.findall(rf'href="(/static/{name}[^"]+)"', page)))).text
        for name in ("css/site", r"img/icon\.")
    )

    light, _, dark = sheet.rpartition("\n@layer tokens{")[2].partition("@media screen")
    assert "--primary:#7A1F5C;" in light
    assert f"--primary:{DARK['primary']};" in dark
    assert "--link:#FFC9E8;" in dark
    assert "#7A1F5C" in icon
    assert LIGHT["primary"] not in icon


def test_without_a_brand_files_are_served_as_they_are() -> None:
    assert Assets().url("css/site.css") == Assets(brand=BrandSettings()).url("css/site.css")
    assert Assets().url("css/site.css") != Assets(brand=BRAND).url("css/site.css")
    assert Assets().url("css/staff.css") == Assets(brand=BRAND).url("css/staff.css")


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


PICTURES = sorted(path.name for path in (FOLDER / "img").glob("*.png"))
PLUM = BrandSettings.model_validate({"light": {"primary": "#5B1E5E", "on_primary": "#FFF6D6"}})


def table_of(picture: bytes) -> list[str]:
    """Return the colours of an indexed picture."""
    (colours,) = (content for kind, content in chunks(picture) if kind == b"PLTE")
    return [f"#{colours[at : at + 3].hex().upper()}" for at in range(0, len(colours), 3)]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_drawn_in_the_colours_of_the_house(name: str) -> None:
    picture = (FOLDER / "img" / name).read_bytes()

    assert recoloured(picture, LIGHT) == picture
    assert table_of(picture)[0] == LIGHT["primary"]


@pytest.mark.parametrize("name", PICTURES)
def test_a_brand_is_in_every_picture_and_leaves_no_colour_of_the_house(
    intake: Intake, name: str
) -> None:
    brand = PLUM.palettes["light"]
    house = (FOLDER / "img" / name).read_bytes()
    settings = intake.settings.model_copy(update={"brand": PLUM})
    client = create_app(replace(intake, settings=settings)).test_client()

    picture = client.get(Assets(brand=PLUM).url(f"img/{name}")).data

    colours = table_of(picture)
    assert colours[0] == brand["primary"]
    assert colours[INNER - 1] == brand["on-primary"]
    assert LIGHT["primary"] not in colours
    assert table_of(house)[INNER + OUTER :] == colours[INNER + OUTER :]
    assert [part for part in chunks(picture) if part[0] != b"PLTE"] == [
        part for part in chunks(house) if part[0] != b"PLTE"
    ]
    assert Assets(brand=PLUM).url(f"img/{name}") != Assets().url(f"img/{name}")
