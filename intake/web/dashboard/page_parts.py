"""What all screens of the information pages share: the key in the address, the day, who acts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request, url_for

from intake.clinic.notices import Notice, notices_for
from intake.errors import NotFound
from intake.i18n import LANGUAGES
from intake.pages.models import Kind
from intake.publishing.live import Live
from intake.publishing.queries import PageKey
from intake.publishing.sight import Sight, look_at
from intake.publishing.signing import Signer
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, today
from intake.web.dashboard.policies import member_here
from intake.web.dashboard.sent import number_in
from intake.web.dashboard.times import clock_time

SOON = timedelta(days=30)


def key_of(language: str, slug: str) -> PageKey:
    """Return the page an address means.

    Raises:
        NotFound: there is no such page.
    """
    if language not in LANGUAGES or (language, slug) not in current().catalog.pages:
        raise NotFound("page_unknown")
    return language, slug


def clinic_notices() -> tuple[Notice, ...]:
    """Return the notices of the clinic's state, as the settings confirm them."""
    return notices_for(current().settings.clinic)


def sight(key: PageKey, number: int) -> Sight:
    """Return one text of a page with everything known about it."""
    intake = current()
    with intake.database.read() as session:
        return look_at(
            session, intake.catalog, key, number, notices=clinic_notices(), today=today()
        )


def signer() -> Signer:
    """Return the member as the sign-off's verbs know them."""
    member = member_here()
    return Signer(
        id=member.id,
        full_name=member.full_name,
        is_clinician=member.may(Permission.DECIDE_CLINICALLY),
        may_record_for_others=member.may(Permission.EDIT_PAGES),
        actor=member.actor,
    )


def overdue_count(shown: Live) -> int:
    """Return how many pages tell their readers that their review is overdue."""
    return sum(page.is_overdue(today()) for page in shown.catalog.pages.values())


def public_path(key: PageKey) -> str:
    """Return where readers find a page."""
    language, slug = key
    is_condition = current().catalog.pages[key].kind is Kind.CONDITION
    address = f"/conditions/{slug}" if is_condition else f"/{slug}"
    return f"/es{address}" if language == "es" else address


def number_here(name: str) -> int:
    """Return a number from a hidden field; what is none fits nothing."""
    return number_in(request.form.get(name, ""))


def at(endpoint: str, key: PageKey, **values: object) -> str:
    """Return the address of a screen about a page."""
    return url_for(f"dashboard.{endpoint}", language=key[0], slug=key[1], **values)  # type: ignore[arg-type]


def moment(instant: datetime) -> str:
    """Return ``Nov 24, 2026, 9:00 am`` by the clinic's clock: pages live for years."""
    zone = clinic().zone
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local.year}, {clock_time(instant, zone)}"
