"""Style sheets, scripts, fonts and pictures, read once and served under names that never change.

A file's name carries the hash of its bytes, so a browser may keep it for a year and a new version
is a new name. Everything is some 100 kB, so it stays in memory; a view serves it, and with it go
the same headers, log and route list as for every page. A clinic's own colours are written into the
style sheet, the icons and the card of shared links here: a page may hold no style, and one request
more would cost everybody.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response
from werkzeug.exceptions import NotFound

from intake.settings import BrandSettings
from intake.settings.palette import LIGHT
from intake.web.pictures import recoloured
from intake.web.prepared import Prepared, answer, prepare

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
TOKENS = "css/site.css"  # loaded by every page, public and staff
ICON = "img/icon.svg"
DRAWN = re.compile(r"img/(icon|card)-\w+\.png")  # by tests/draw_icons
_ADDRESS = re.compile(rb'url\("([^"]+)"\)')


def declarations(colours: Mapping[str, str]) -> str:
    """Return colours as a style sheet declares them."""
    return "".join(f"--{token}:{colour};" for token, colour in colours.items())


def branded(name: str, body: bytes, brand: BrandSettings) -> bytes:
    """Return a file with the clinic's colours in place of the house's; most have none in them."""
    if name == TOKENS and (tokens := brand.tokens):
        light, dark = (
            declarations({token: brand.palettes[scheme][token] for token in tokens})
            for scheme in ("light", "dark")
        )
        at_night = f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        return body + f"@layer tokens{{:root{{{light}}}{at_night}}}\n".encode()
    if name == ICON:
        for token in ("primary", "on-primary"):
            body = body.replace(LIGHT[token].encode(), brand.palettes["light"][token].encode())
    if DRAWN.fullmatch(name):
        body = recoloured(body, brand.palettes["light"])
    return body


def schemes(brand: BrandSettings) -> bytes:
    """Return the style sheet that shows one scheme whatever the device says, for the style page."""
    edges = {"light": "emergency-bg", "dark": "err"}
    return "".join(
        f".scheme-{scheme},html:has(.scheme-{scheme}){{color-scheme:{scheme};{declarations(palette)}"
        f"--emergency-edge:var(--{edges[scheme]})}}"
        for scheme, palette in brand.palettes.items()
    ).encode()


class Assets:
    """The files of one folder by their hashed names.

    Args:
        folder: what to serve.
        brand: the clinic's colours.
    """

    def __init__(self, folder: Path = FOLDER, brand: BrandSettings | None = None) -> None:
        self._brand = brand or BrandSettings()
        self._names: dict[str, str] = {}
        self._files: dict[str, Prepared] = {}
        found = [path for path in sorted(folder.rglob("*")) if path.suffix in TYPES]
        # Style sheets last: the names of the fonts they load must be known.
        for path in sorted(found, key=lambda one: one.suffix == ".css"):
            self._add(path.relative_to(folder).as_posix(), path.read_bytes())
        self._add("css/schemes.css", schemes(self._brand))

    def _add(self, name: str, body: bytes) -> None:
        place = Path(name)
        body = branded(name, body, self._brand)
        if place.suffix == ".css":
            body = _ADDRESS.sub(lambda found: self._renamed(place, found), body)
        digest = hashlib.sha256(body).hexdigest()[:12]
        hashed = f"{place.parent.as_posix()}/{place.stem}.{digest}{place.suffix}"
        self._names[name] = hashed
        self._files[hashed] = prepare(body, TYPES[place.suffix])

    def _renamed(self, sheet: Path, found: re.Match[bytes]) -> bytes:
        wanted = found.group(1).decode()
        name = (sheet.parent / wanted).as_posix().replace(f"{sheet.parent.as_posix()}/../", "")
        return f'url("../{self._names[name]}")'.encode()

    def url(self, name: str) -> str:
        """Return the address of ``css/site.css`` and the like; KeyError for a file we lack."""
        return f"/static/{self._names[name]}"

    def view(self, name: str) -> Response:
        """Answer with a file by its hashed name."""
        try:
            return answer(self._files[name], FOREVER)
        except KeyError:
            raise NotFound from None


def install(app: Flask, brand: BrandSettings) -> Assets:
    """Read the files and serve them under ``/static/``, in the clinic's colours."""
    assets = Assets(brand=brand)
    app.add_url_rule("/static/<path:name>", "static", assets.view)
    return assets
