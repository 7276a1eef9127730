"""Who has an inquiry open just now: a sign for colleagues, no record."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base


class InquiryViewer(Base):
    """One member before one inquiry; rows older than two minutes mean nothing."""

    __tablename__ = "inquiry_viewers"
    __table_args__ = (Index("inquiry_viewers_seen", "seen_at"), STRICT)

    inquiry_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"), primary_key=True)
    seen_at: Mapped[datetime]
