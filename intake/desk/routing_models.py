"""Rules that give new inquiries to members, and what became of each inquiry they looked at."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base


class RoutingRule(Base):
    """One rule; an empty condition holds for everybody. ``removed_at`` keeps it for the record."""

    __tablename__ = "routing_rules"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    place: Mapped[int] = mapped_column(Integer)  # rules are asked in this order
    language: Mapped[str]  # en, es, other, or empty
    # The keyed token, as in search: rule and inquiry stand side by side in ``routings``, so a name
    # here would tell of each inquiry what it is about.
    condition_token: Mapped[bytes | None]
    country: Mapped[str]  # US, or empty
    state: Mapped[str]  # FL, or empty
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class RoutingMember(Base):
    """A member whom a rule may give an inquiry to."""

    __tablename__ = "routing_members"
    __table_args__ = STRICT

    rule_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("routing_rules.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)


class Routing(Base):
    """An inquiry that the rules have looked at, once; without ``staff_id`` nobody fitted."""

    __tablename__ = "routings"
    __table_args__ = (Index("routings_rule", "rule_id"), STRICT)

    inquiry_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True
    )
    rule_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("routing_rules.id"))
    staff_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    at: Mapped[datetime]
