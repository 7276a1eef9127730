"""A time in which the clinic is closed although its week says otherwise."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, quoted


class ClosureReason(StrEnum):
    """Why we are closed, as the public is told; ``none`` is told without a reason."""

    NONE = "none"
    HOLIDAY = "holiday"
    WEATHER = "weather"
    TRAINING = "training"
    TECHNICAL = "technical"


class ClinicClosure(Base):
    """Closed from .. until .., as it was said; ``ended_at`` when it was taken back early."""

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint(f"reason IN ({quoted(ClosureReason)})", name="reason"),
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    set_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
