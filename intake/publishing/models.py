"""Revisions of the information pages, the names under them, and what is shown from when.

The Markdown files that ship with the code are number 0 of each page and stand in no table. All
three tables only grow: what was signed and what was shown stays readable for as long as anybody
may ask who answered for it.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, quoted

SHIPPED = 0


class SignoffKind(StrEnum):
    """What somebody answers for with their name."""

    CLINICAL = "clinical"
    LEGAL = "legal"
    SPANISH = "spanish"
    NOTICE = "notice"


class PageRevision(Base):
    """One edited text of one page in one language; ``number`` counts from 1 and is never reused."""

    __tablename__ = "page_revisions"
    __table_args__ = (UniqueConstraint("language", "slug", "number"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    language: Mapped[str]
    slug: Mapped[str]
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str]
    text_sha256: Mapped[str]
    made_by: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    made_at: Mapped[datetime]


class PageSignoff(Base):
    """A named person's yes to one exact text; ``recorded_by`` is the member who wrote it down."""

    __tablename__ = "page_signoffs"
    __table_args__ = (
        CheckConstraint(f"kind IN ({quoted(SignoffKind)})", name="kind"),
        Index("page_signoffs_revision", "revision_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    revision_id: Mapped[int] = mapped_column(BIG, ForeignKey("page_revisions.id"))
    text_sha256: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str]  # the version of the notice; empty for the other kinds
    full_name: Mapped[str]
    credentials: Mapped[str]
    signed_on: Mapped[str]  # 2026-11-23, as the person gave it
    is_own: Mapped[bool]  # the member who recorded it is the person
    recorded_by: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]


class PagePublication(Base):
    """From ``publish_at`` readers see this text, until a later row; no revision means number 0."""

    __tablename__ = "page_publications"
    __table_args__ = (
        Index("page_publications_page", "language", "slug", "publish_at"),
        Index("page_publications_at", "publish_at"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    language: Mapped[str]
    slug: Mapped[str]
    revision_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("page_revisions.id"))
    publish_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
