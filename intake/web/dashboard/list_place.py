"""One's place in the work list travels in the address of everything about an inquiry.

Whoever opens an inquiry out of a list goes on in that list: the view, the filters and the page are
words of the address, on the inquiry's page, on each of its forms and on where an act leads back
to. They are added here, so that no form has to know of them. Nothing in them names a person or a
condition (``asked``).
"""

from typing import Any

from flask import current_app, request, url_for

from intake.web.dashboard.asked import KEPT, Asked, Words
from intake.web.dashboard.blueprint import dashboard

ABOUT = "reference"  # what the address of everything about one inquiry has


def words_here() -> Words:
    """Return the list that the address names, as words; empty where it names none."""
    return {name: value for name in KEPT if (value := request.args.get(name, ""))}


def place_of(asked: Asked) -> Words:
    """Return the words by which an inquiry is opened beside this list."""
    words = {name: value for name, value in asked.words.items() if name in KEPT}
    return words if {"view", "saved", "found"} & set(words) else {**words, "view": asked.view.value}


def list_url() -> str:
    """Return the address of the list that one came out of, or of the work list."""
    return url_for("dashboard.work_list", **dict[str, Any](words_here()))


def about(reference: str, noun: str) -> str:
    """Return the address of something about an inquiry, such as its ``attempts``."""
    address, mark, words = url_for("dashboard.inquiry", reference=reference).partition("?")
    return f"{address}/{noun}{mark}{words}"


@dashboard.url_defaults
def _keep(endpoint: str, values: dict[str, Any]) -> None:
    is_here = ABOUT in (request.view_args or {})
    if is_here and current_app.url_map.is_endpoint_expecting(endpoint, ABOUT):
        for name, value in words_here().items():
            values.setdefault(name, value)
