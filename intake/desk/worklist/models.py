"""What each member keeps for themselves at the desk: own views, and whether single keys act."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base

OWN_VIEWS_MAX = 5


class SavedView(Base):
    """Filters under a name of the member's own; both sealed, as either may name a condition."""

    __tablename__ = "saved_views"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 1 AND {OWN_VIEWS_MAX}", name="place"),
        UniqueConstraint("staff_id", "place"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    place: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes]
    saved_at: Mapped[datetime]


class DeskPreference(Base):
    """How a member works the desk; without a row, as it is shipped."""

    __tablename__ = "desk_preferences"
    __table_args__ = STRICT

    staff_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("staff.id"), primary_key=True, autoincrement=False
    )
    single_keys: Mapped[bool]
