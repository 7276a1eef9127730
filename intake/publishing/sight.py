"""One text of one page with everything known about it: faults, names, checklist, other language.

Every screen and every act on a page begins here, so that what is shown and what is judged are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from intake.clinic.notices import Notice
from intake.errors import NotFound
from intake.i18n import LANGUAGES
from intake.pages.catalog import Catalog
from intake.pages.judging import Judged, differences, judge, signed
from intake.pages.models import Page
from intake.publishing.checklist import Checked, checklist, confirmed_by, review_of
from intake.publishing.models import SHIPPED
from intake.publishing.queries import (
    PageKey,
    Revision,
    Signoff,
    newest_number,
    revision_of,
    signoffs_of,
)

NUMBER_MAX = 1_000_000  # what an address may name; the databases have limits of their own


@dataclass(frozen=True, slots=True)
class Sight:
    """A text as staff see it; number 0 is the file, which has no names and no checklist.

    ``page`` is what readers would be shown, with its names; None while the text has a fault.
    """

    key: PageKey
    number: int
    newest: int
    text: str
    revision: Revision | None
    judged: Judged
    page: Page | None
    signoffs: tuple[Signoff, ...]
    points: tuple[Checked, ...]
    differs: tuple[str, ...]
    notices: tuple[Notice, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing that blocks is missing."""
        return all(one.is_met or not one.blocks for one in self.points)


def look_at(
    session: Session,
    catalog: Catalog,
    key: PageKey,
    number: int,
    *,
    notices: Sequence[Notice],
    today: date,
) -> Sight:
    """Return one text of a page with everything known about it.

    Args:
        session: of either door.
        catalog: the pages that shipped.
        key: language and slug.
        number: of a revision; 0 for the file.
        notices: those of the clinic; a page that is not about treatment carries none.
        today: the day at the clinic.

    Raises:
        NotFound: there is no such page or no such revision.
    """
    demand_page(catalog, key)
    if not SHIPPED <= number <= NUMBER_MAX:
        raise NotFound("revision_unknown")
    revision = None if number == SHIPPED else revision_of(session, key, number)
    text = revision.text if revision else catalog.texts[key]
    judged = judge(catalog, *key, text)
    newest = newest_number(session, key)
    if revision is None:
        file = catalog.pages[key]
        carried = tuple(notices) if file.about_treatment else ()
        return Sight(key, SHIPPED, newest, text, None, judged, file, (), (), (), carried)
    signoffs = signoffs_of(session, key, revision.text_sha256)
    carried = tuple(notices) if judged.page is None or judged.page.about_treatment else ()
    differs = language_differences(session, catalog, key, text)
    return Sight(
        key=key,
        number=number,
        newest=newest,
        text=text,
        revision=revision,
        judged=judged,
        page=signed(judged.page, review_of(judged.page, signoffs)) if judged.page else None,
        signoffs=signoffs,
        points=checklist(
            key, judged, signoffs, differs=bool(differs), notices=carried, today=today
        ),
        differs=differs,
        notices=confirmed_by(carried, signoffs),
    )


def language_differences(
    session: Session, catalog: Catalog, key: PageKey, text: str
) -> tuple[str, ...]:
    """Name what a text and the newest one of the page in the other language do not share."""
    language, slug = key
    texts = {one: newest_text(session, catalog, (one, slug)) for one in LANGUAGES}
    return differences(catalog, slug, {**texts, language: text})


def newest_text(session: Session, catalog: Catalog, key: PageKey) -> str:
    """Return the text that was written last: the newest revision, or the file."""
    newest = newest_number(session, key)
    return catalog.texts[key] if newest == SHIPPED else revision_of(session, key, newest).text


def demand_page(catalog: Catalog, key: PageKey) -> None:
    """Refuse a page that does not exist: pages are made in the code, never at the desk.

    Raises:
        NotFound: there is no such page.
    """
    if key not in catalog.pages:
        raise NotFound("page_unknown")
