"""The information pages as readers see them now, kept until ``changing`` says that they changed."""

from typing import cast

from flask import Flask, current_app

from intake.errors import Unavailable
from intake.publishing.live import Live, live_pages
from intake.web.changing import changing
from intake.web.context import current, now

Stamp = tuple[int, ...]


def live() -> Live:
    """Return what readers see; the last known while the database is away, else what shipped."""
    wanted = changing().published
    kept = cast(tuple[Stamp, Live] | None, current_app.extensions["intake_live"])
    if kept is not None and kept[0] == wanted:
        return kept[1]
    intake = current()
    try:
        found = live_pages(intake.catalog, intake.database, now())
    except Unavailable:
        return kept[1] if kept is not None else Live(intake.catalog)
    current_app.extensions["intake_live"] = (wanted, found)
    return found


def install(app: Flask) -> None:
    """Give the application its place to keep them."""
    app.extensions["intake_live"] = None
