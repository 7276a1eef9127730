"""Write the pages as readers see them into files, so that nobody's words are locked in here.

The files are what ``intake/pages/content`` holds, letter for letter, so their SHA-256 is still the
one that was signed; the names stand beside them in ``signoffs.json``.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake.pages.catalog import Catalog
from intake.publishing.drafting import hash_of
from intake.publishing.live import Shown, live_pages
from intake.publishing.queries import PageKey
from intake.storage.database import Database


@dataclass(frozen=True, slots=True)
class Written:
    """How many pages were written, and how many of them do not show their file."""

    pages: int
    edited: int


def export_pages(catalog: Catalog, database: Database, folder: Path, *, at: datetime) -> Written:
    """Write every page as it is shown at a moment; return how many."""
    live = live_pages(catalog, database, at)
    for key in catalog.pages:
        language, slug = key
        file = folder / language / f"{slug}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(live.text(key), "utf-8", newline="\n")
    names = [_names(key, shown) for key, shown in sorted(live.shown.items())]
    listed = json.dumps(names, indent=2, ensure_ascii=False)
    (folder / "signoffs.json").write_text(f"{listed}\n", "utf-8")
    return Written(len(catalog.pages), len(live.shown))


def _names(key: PageKey, shown: Shown) -> dict[str, object]:
    return {
        "file": f"{key[0]}/{key[1]}.md",
        "revision": shown.revision.number,
        "sha256": hash_of(shown.revision.text),
        "signoffs": [
            {
                "kind": one.kind.value,
                "about": one.about,
                "full_name": one.full_name,
                "credentials": one.credentials,
                "signed_on": one.signed_on.isoformat(),
                "is_own": one.is_own,
                "recorded_at": one.recorded_at.isoformat(),
            }
            for one in shown.signoffs
            if one.withdrawn_at is None
        ],
    }
