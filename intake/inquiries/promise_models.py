"""A promise that a closure moved: what it was, what it is now; the first one is never forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base


class MovedPromise(Base):
    """One move of one promise; without ``ended_at`` it is how things stand."""

    __tablename__ = "moved_promises"
    __table_args__ = (Index("moved_promises_inquiry", "inquiry_id", "id"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    # A running clock of the desk; None for the promise of the first answer.
    clock_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("clocks.id", ondelete="CASCADE"))
    promised_at: Mapped[datetime]  # before any closure
    moved_to: Mapped[datetime]
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # moved on, put back, or set by an act since
