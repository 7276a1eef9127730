"""The exact words a person was shown, and what they answered to each.

A wording is stored once for each language and text; it holds no personal data, so its hash proves
the text without giving anybody away.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, quoted


class Purpose(StrEnum):
    """What a permission is for; ``notice`` records a legal notice that was shown."""

    CONTACT = "contact"
    HEALTH = "health"
    TEXT = "text"
    NEWS = "news"
    NOTICE = "notice"
    CALL = "call"  # the two last are asked on the private page only, one channel each
    EMAIL = "email"


class Answer(StrEnum):
    """What the person said to a wording."""

    YES = "yes"
    NO = "no"
    SHOWN = "shown"


class ConsentWording(Base):
    """One text, in one language, word for word; never changed, only followed by another."""

    __tablename__ = "consent_wordings"
    __table_args__ = (UniqueConstraint("purpose", "language", "sha256"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    purpose: Mapped[str]
    language: Mapped[str]
    version: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    first_used_at: Mapped[datetime]


class ConsentRecord(Base):
    """What one person answered to one wording, when and how; withdrawing adds the two last."""

    __tablename__ = "consent_records"
    __table_args__ = (
        CheckConstraint("answer IN ('yes','no','shown')", name="answer"),
        CheckConstraint(f"purpose IN ({quoted(Purpose)})", name="purpose"),
        Index("consent_records_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id"))
    wording_id: Mapped[int] = mapped_column(BIG, ForeignKey("consent_wordings.id"))
    purpose: Mapped[str]
    sha256: Mapped[str]
    answer: Mapped[str]
    how: Mapped[str]  # steps, one_page, read_aloud, api, private_page: how the person gave it
    heard_by: Mapped[str | None]  # public id of the member who read it aloud and heard the answer
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_how: Mapped[str | None]
