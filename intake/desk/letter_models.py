"""Who of the clinic read a letter in both languages and agreed with its words."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base


class LetterApproval(Base):
    """One approval of one version; it holds for these very words, by their hash."""

    __tablename__ = "letter_approvals"
    __table_args__ = (Index("letter_approvals_letter", "letter", "id"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    letter: Mapped[str]  # name and version, not_offered-general.1
    words_sha256: Mapped[str]  # of both languages
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    approved_by: Mapped[str]  # the name as it was then
    approved_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
