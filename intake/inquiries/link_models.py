"""What staff have found out about two inquiries: from one person, joined, or not the same person.

A row is never deleted: undoing it writes ``undone_at``, so the story of a merge can be told. Below
``desk`` because the person's private page follows a merge as well.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, JsonText


class Relation(StrEnum):
    """What two inquiries are to each other."""

    RELATED = "related"  # read together, answered apart
    MERGED = "merged"  # ``kept_id`` goes on for both
    DISTINCT = "distinct"  # two persons: not to be proposed again


_HOLDS = text("undone_at IS NULL")


class InquiryLink(Base):
    """One finding about a pair; the lower id comes first, and one finding at a time holds."""

    __tablename__ = "inquiry_links"
    __table_args__ = (
        CheckConstraint("relation IN ('related','merged','distinct')", name="relation"),
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint(
            "(relation = 'merged') = (kept_id IS NOT NULL)", name="one_is_kept_when_merged"
        ),
        CheckConstraint(
            "kept_id IS NULL OR kept_id IN (first_id, second_id)", name="kept_is_of_the_pair"
        ),
        Index(
            "inquiry_links_pair",
            "first_id",
            "second_id",
            unique=True,
            sqlite_where=_HOLDS,
            postgresql_where=_HOLDS,
        ),
        Index("inquiry_links_second", "second_id", sqlite_where=_HOLDS, postgresql_where=_HOLDS),
        Index("inquiry_links_kept", "kept_id", sqlite_where=_HOLDS, postgresql_where=_HOLDS),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    first_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    relation: Mapped[str]
    kept_id: Mapped[int | None] = mapped_column(BIG)
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    before: Mapped[Any] = mapped_column(JsonText, nullable=True)  # how a merge found both
