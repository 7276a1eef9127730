"""Tells who looks after the pages that the review of some is due: one mail for each day that came.

Pages written together are due together, so a mail names all that were due on a day; each page is
told of once for each of its days. The outbox remembers what was told. Who opens the desk sees the
same in the list of the pages, weeks before.

Source: PRODUCT.md 3.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from intake.clinic.closures import hours_now
from intake.inquiries.alerts import REVIEW_DUE
from intake.notifications.outbox import NewMessage, enqueue, unwritten
from intake.notifications.ways import CONTACT, MAIL
from intake.pages.catalog import Catalog
from intake.pages.models import Page
from intake.publishing.live import live_pages
from intake.settings import Settings
from intake.staff.models import RoleName
from intake.staff.queries import active_by_role, last_resort
from intake.storage.database import Database

LANGUAGES = {"en": "English", "es": "Spanish"}  # staff read English


def tell_of_reviews(
    database: Database, catalog: Catalog, settings: Settings, *, at: datetime
) -> int:
    """Write the mails whose day has come, while we are open; return how many are new.

    Writes nothing where nothing is new. Safe in several workers at once.
    """
    today = at.astimezone(ZoneInfo(settings.clinic.zone)).date()
    due = _due(live_pages(catalog, database, at).catalog, today)
    if not due:
        return 0
    with database.read() as session:
        if hours_now(session, settings.clinic).next_open(at) > at:
            return 0
        readers = _readers(session, settings)
        news = unwritten(
            session,
            [_message(reader, day, pages) for day, pages in due.items() for reader in readers],
        )
    if news:
        with database.write() as session:
            enqueue(session, news, at=at)
    return len(news)


def _due(catalog: Catalog, today: date) -> Mapping[date, Sequence[Page]]:
    """Return the pages whose day has come, by that day, the oldest first."""
    pages = [page for page in catalog.pages.values() if page.next_review_on <= today]
    found: dict[date, list[Page]] = {}
    for page in sorted(pages, key=lambda one: (one.next_review_on, one.title, one.language)):
        found.setdefault(page.next_review_on, []).append(page)
    return found


def _readers(session: Session, settings: Settings) -> list[str]:
    """Return the editors and the clinic's owner; where there is neither, who keeps things going."""
    members: Sequence[int] = active_by_role(session).get(RoleName.EDITOR.value, ())
    owner = [f"{CONTACT}owner"] if "@" in settings.escalation.owner else []
    if not members and not owner:
        members = last_resort(session)
    return [*(f"staff:{number}" for number in members), *owner]


def _message(reader: str, day: date, pages: Sequence[Page]) -> NewMessage:
    names = [f"{page.title} ({LANGUAGES[page.language]})" for page in pages]
    payload = {"due_on": day.isoformat(), "pages": names}
    subject = f"page_reviews:{day.isoformat()}"
    return NewMessage(None, reader, MAIL, REVIEW_DUE, subject, payload)
