"""Questions about edited pages: which texts there are, who answers for them, what is shown when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from intake.errors import NotFound
from intake.publishing.models import (
    SHIPPED,
    PagePublication,
    PageRevision,
    PageSignoff,
    SignoffKind,
)

PageKey = tuple[str, str]  # language and slug, as the catalog knows a page


@dataclass(frozen=True, slots=True)
class Revision:
    """One edited text; ``made_by`` is the row id of a member."""

    id: int
    number: int
    text: str
    text_sha256: str
    made_by: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Signoff:
    """One name under one text; a withdrawn one counts no more and stays readable."""

    public_id: str
    kind: SignoffKind
    about: str
    full_name: str
    credentials: str
    signed_on: date
    is_own: bool
    recorded_by: int
    recorded_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Publication:
    """What is shown from ``publish_at``: a revision, or number 0, the text that shipped."""

    id: int
    number: int
    publish_at: datetime
    made_by: int
    made_at: datetime
    withdrawn_at: datetime | None


def newest_number(session: Session, key: PageKey) -> int:
    """Return the number of the newest revision; 0 while nobody has edited the page."""
    return session.scalar(select(func.max(PageRevision.number)).where(_of(key))) or SHIPPED


def revisions_of(session: Session, key: PageKey) -> tuple[Revision, ...]:
    """Return every revision of a page, the newest first."""
    rows = session.scalars(
        select(PageRevision).where(_of(key)).order_by(PageRevision.number.desc())
    )
    return tuple(_revision(row) for row in rows)


def revision_of(session: Session, key: PageKey, number: int) -> Revision:
    """Return one revision.

    Raises:
        NotFound: the page has no revision of this number.
    """
    row = session.scalar(select(PageRevision).where(_of(key), PageRevision.number == number))
    if row is None:
        raise NotFound("revision_unknown")
    return _revision(row)


def newest_revisions(session: Session) -> Mapping[PageKey, Revision]:
    """Return the newest revision of each page that has one."""
    newest = (
        select(
            PageRevision.language, PageRevision.slug, func.max(PageRevision.number).label("number")
        )
        .group_by(PageRevision.language, PageRevision.slug)
        .subquery()
    )
    rows = session.scalars(
        select(PageRevision).join(
            newest,
            and_(
                PageRevision.language == newest.c.language,
                PageRevision.slug == newest.c.slug,
                PageRevision.number == newest.c.number,
            ),
        )
    )
    return {(row.language, row.slug): _revision(row) for row in rows}


def revisions_by_id(session: Session, ids: set[int]) -> Mapping[int, Revision]:
    """Return these revisions by their row ids."""
    rows = session.scalars(select(PageRevision).where(PageRevision.id.in_(ids)))
    return {row.id: _revision(row) for row in rows}


def signoffs_of(session: Session, key: PageKey, text_sha256: str) -> tuple[Signoff, ...]:
    """Return the names under one exact text of a page, whichever revision holds it."""
    rows = session.scalars(
        select(PageSignoff)
        .join(PageRevision, PageRevision.id == PageSignoff.revision_id)
        .where(_of(key), PageSignoff.text_sha256 == text_sha256)
        .order_by(PageSignoff.id)
    )
    return tuple(_signoff(row) for row in rows)


def publications_of(session: Session, key: PageKey) -> tuple[Publication, ...]:
    """Return when which text of a page was or will be published, the latest first."""
    rows = session.execute(
        _publications()
        .where(PagePublication.language == key[0], PagePublication.slug == key[1])
        .order_by(PagePublication.publish_at.desc(), PagePublication.id.desc())
    )
    return tuple(_publication(row) for row in rows)


def planned(session: Session, at: datetime) -> Mapping[PageKey, Publication]:
    """Return what is to be published later, by page."""
    rows = session.execute(
        _publications().where(
            PagePublication.publish_at > at, PagePublication.withdrawn_at.is_(None)
        )
    )
    return {(row.language, row.slug): _publication(row) for row in rows}


def live_revisions(session: Session, at: datetime) -> Mapping[PageKey, int]:
    """Return the row id of the revision readers see, for each page that does not show its file."""
    rows = session.execute(
        select(PagePublication.language, PagePublication.slug, PagePublication.revision_id)
        .where(_has_begun(at))
        .order_by(PagePublication.publish_at, PagePublication.id)
    )
    latest = {(row.language, row.slug): row.revision_id for row in rows}
    return {key: found for key, found in latest.items() if found is not None}


def stamp(session: Session, at: datetime) -> tuple[int, ...]:
    """Return what changes whenever readers must see something else; cheap enough to ask often."""
    begun = select(func.count(), func.coalesce(func.max(PagePublication.id), 0)).where(
        _has_begun(at)
    )
    names = select(func.count(), func.count(PageSignoff.withdrawn_at))
    return (
        *session.execute(begun.select_from(PagePublication)).one(),
        *session.execute(names.select_from(PageSignoff)).one(),
    )


def _of(key: PageKey) -> ColumnElement[bool]:
    return and_(PageRevision.language == key[0], PageRevision.slug == key[1])


def _has_begun(at: datetime) -> ColumnElement[bool]:
    """Say which rows count: begun, and not taken back before they began."""
    return and_(PagePublication.publish_at <= at, PagePublication.withdrawn_at.is_(None))


def _publications() -> Select[int, str, str, int, datetime, int, datetime, datetime | None]:
    return select(
        PagePublication.id,
        PagePublication.language,
        PagePublication.slug,
        func.coalesce(PageRevision.number, SHIPPED).label("number"),
        PagePublication.publish_at,
        PagePublication.made_by,
        PagePublication.made_at,
        PagePublication.withdrawn_at,
    ).outerjoin(PageRevision, PageRevision.id == PagePublication.revision_id)


def _publication(row: Any) -> Publication:  # noqa: ANN401 - a row of _publications
    return Publication(
        row.id, row.number, row.publish_at, row.made_by, row.made_at, row.withdrawn_at
    )


def _revision(row: PageRevision) -> Revision:
    return Revision(row.id, row.number, row.text, row.text_sha256, row.made_by, row.made_at)


def _signoff(row: PageSignoff) -> Signoff:
    return Signoff(
        public_id=row.public_id,
        kind=SignoffKind(row.kind),
        about=row.about,
        full_name=row.full_name,
        credentials=row.credentials,
        signed_on=date.fromisoformat(row.signed_on),
        is_own=row.is_own,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
    )
