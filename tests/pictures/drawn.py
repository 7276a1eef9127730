"""Pages that a healthy service does not show, drawn from the samples of the templates' test.

They are shown at an address of the running service, so that its style sheets and fonts dress them.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flask import render_template
from playwright.sync_api import Page, Route

from intake.web.app import create_app
from intake.web.messages import error_words
from tests.web.conftest import made_intake, made_settings
from tests.web.samples import SAMPLES

Drawn = dict[tuple[str, str], str]
FAILURES = (400, 404, 405, 413, 415, 429, 500, 503)
ADDRESS = "**/made-up"


def draw() -> Drawn:
    """Return the HTML of each sample and each error page by name and language."""
    found: Drawn = {}
    with tempfile.TemporaryDirectory(prefix="intake-drawn-") as folder:
        intake = made_intake(made_settings(Path(folder)))
        app = create_app(intake)
        for language in ("en", "es"):
            for name, template, values in _wanted(language, intake.settings.clinic.phone):
                with app.test_request_context(_address(language)):
                    found[name, language] = render_template(template, **values)
        intake.close()
    return found


def _wanted(language: str, phone: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    seen: Counter[str] = Counter()
    for template, values in SAMPLES:
        slug = template.removesuffix(".html").replace("/", "-")
        seen[slug] += 1
        if language == "en" or not slug.startswith("dashboard"):
            yield f"sample-{slug}-{seen[slug]}", template, values
    for status in FAILURES:
        title, sentence = error_words(status, language, phone, sending=status != 404)
        words = {"title": title, "sentence": sentence}
        yield f"error-{status}", f"errors/{status}.html", words


def shown(page: Page, drawn: Drawn, language: str, only: re.Pattern[str]) -> Iterator[str]:
    """Show each drawn page of one language and give its name."""
    wanted = {name: html for (name, own), html in drawn.items() if own == language}
    for name, html in wanted.items():
        if only.search(name):
            page.route(ADDRESS, partial(_give, html=html))
            page.goto(_address(language))
            page.unroute(ADDRESS)
            yield name


def _give(route: Route, *, html: str) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def _address(language: str) -> str:
    return "/es/made-up" if language == "es" else "/made-up"
