"""Style sheets, scripts, fonts and pictures, read once and served under names that never change.

A file's name carries the hash of its bytes, so a browser may keep it for a year and a new version
is a new name. Everything is some 100 kB, so it stays in memory; a view serves it, and with it go
the same headers, log and route list as for every page.
"""

import hashlib
import re
from pathlib import Path

from flask import Flask, Response
from werkzeug.exceptions import NotFound

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
_ADDRESS = re.compile(rb'url\("([^"]+)"\)')


class Assets:
    """The files of one folder by their hashed names."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, Prepared] = {}
        found = [path for path in sorted(folder.rglob("*")) if path.suffix in TYPES]
        # Style sheets last: the names of the fonts they load must be known.
        for path in sorted(found, key=lambda one: one.suffix == ".css"):
            self._add(path.relative_to(folder).as_posix(), path.read_bytes())

    def _add(self, name: str, body: bytes) -> None:
        place = Path(name)
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


def install(app: Flask) -> Assets:
    """Read the files and serve them under ``/static/``."""
    assets = Assets()
    app.add_url_rule("/static/<path:name>", "static", assets.view)
    return assets
