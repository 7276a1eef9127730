"""What a break-glass opening leaves behind."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base

TABLE = "emergency_openings"


class EmergencyOpening(Base):
    """An administrator's reading of one inquiry; ``reason`` is sealed under the inquiry's key."""

    __tablename__ = TABLE
    __table_args__ = (
        Index("emergency_openings_of", "inquiry_id", "staff_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    reason: Mapped[bytes]
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
