"""The catalog as readers see it at one moment: the files that shipped, and what took their place.

A published text that no longer passes (a source left ``sources.toml`` with an update) must not
take the site down nor go out with a fault: the file is shown in its place, and the doctor and the
editors' list say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.clinic.notices import Notice
from intake.pages.catalog import Catalog
from intake.pages.judging import judge, signed
from intake.publishing.checklist import confirmed_by, review_of
from intake.publishing.models import SHIPPED
from intake.publishing.queries import (
    PageKey,
    Revision,
    Signoff,
    live_revisions,
    revisions_by_id,
    signoffs_of,
)
from intake.storage.database import Database


@dataclass(frozen=True, slots=True)
class Shown:
    """A revision that took a page's place, and the names under it."""

    revision: Revision
    signoffs: tuple[Signoff, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """What readers see; ``broken`` are published texts that cannot be shown any more."""

    catalog: Catalog
    shown: Mapping[PageKey, Shown] = field(default_factory=dict)
    broken: tuple[PageKey, ...] = ()

    def number(self, key: PageKey) -> int:
        """Return which revision a page shows; 0 is its file."""
        return self.shown[key].revision.number if key in self.shown else SHIPPED

    def text(self, key: PageKey) -> str:
        """Return the text a page is made of."""
        return self.shown[key].revision.text if key in self.shown else self.catalog.texts[key]

    def notices(self, key: PageKey, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """Return notices as this page carries them: confirmed also by a name under its text."""
        return confirmed_by(notices, self.shown[key].signoffs) if key in self.shown else notices


def live_pages(catalog: Catalog, database: Database, at: datetime) -> Live:
    """Return the pages as they are to be shown at a moment."""
    with database.read() as session:
        begun = {
            key: found for key, found in live_revisions(session, at).items() if key in catalog.pages
        }
        revisions = revisions_by_id(session, set(begun.values()))
        shown = {
            key: Shown(revisions[found], signoffs_of(session, key, revisions[found].text_sha256))
            for key, found in begun.items()
        }
    pages, broken = dict(catalog.pages), []
    for key, one in list(shown.items()):
        page = judge(catalog, *key, one.revision.text).page
        if page is None:
            broken.append(key)
            del shown[key]
        else:
            pages[key] = signed(page, review_of(page, one.signoffs))
    return Live(replace(catalog, pages=pages), shown, tuple(broken))
