"""What the person and the clinic write to each other, and who tried which code on which link.

Below ``desk`` and ``patient``, because both rooms read and write it. Texts are sealed with the
inquiry's own data key: erasing the key erases them. Codes stand here as keyed hashes; one that is
on its way to the person is sealed besides, so that the mail can carry it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, JsonText


class ConversationMessage(Base):
    """One message; ``staff_id`` is empty where the person wrote it.

    ``form_key`` was drawn with the form, so the same form sent twice is one message. ``seen_at`` is
    when the other side first had it before them.
    """

    __tablename__ = "conversation_messages"
    __table_args__ = (
        CheckConstraint("kind IN ('message','answer')", name="kind"),
        UniqueConstraint("inquiry_id", "form_key"),
        Index("conversation_messages_inquiry", "inquiry_id", "id"),
        Index(
            "conversation_messages_unseen",
            "inquiry_id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    form_key: Mapped[str]
    from_person: Mapped[bool]
    kind: Mapped[str]
    body: Mapped[bytes]
    staff_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class AnswerCorrection(Base):
    """What the person changed in their answers at one time; the old values are kept, sealed."""

    __tablename__ = "answer_corrections"
    __table_args__ = (
        UniqueConstraint("inquiry_id", "form_key"),
        Index("answer_corrections_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    form_key: Mapped[str]
    changes: Mapped[bytes]  # sealed JSON: {"phone": {"was": ..., "now": ...}}
    at: Mapped[datetime]


class CodeGuard(Base):
    """Who tried codes on one link, and the code that was sent for it last.

    ``wrong_at`` are the wrong tries of the last hour in milliseconds, oldest first; those made with
    the reference stand apart in ``wrong_by_reference``: their times, and how many in all. A code
    that was asked for and is not on its way yet has ``asked_at``. One row of zeros takes what is
    tried on links that do not exist: it must cost what a real one costs.
    """

    __tablename__ = "code_guards"
    __table_args__ = (
        CheckConstraint("(sent_hash IS NULL) = (sent_until IS NULL)", name="sent"),
        Index(
            "code_guards_asked",
            "asked_at",
            sqlite_where=text("asked_at IS NOT NULL"),
            postgresql_where=text("asked_at IS NOT NULL"),
        ),
        STRICT,
    )

    link_hash: Mapped[bytes] = mapped_column(primary_key=True)
    wrong_at: Mapped[Any] = mapped_column(JsonText)
    wrong_total: Mapped[int] = mapped_column(Integer)
    sent_hash: Mapped[bytes | None]
    sent_code: Mapped[bytes | None]
    sent_until: Mapped[datetime | None]
    wrong_by_reference: Mapped[Any] = mapped_column(JsonText, nullable=True)
    asked_at: Mapped[datetime | None]
