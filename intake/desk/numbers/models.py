"""One row for each day of the clinic's calendar: how many came in, and the sealed tally of them.

On a quiet day a count of one by condition would name somebody's illness, so tallies are sealed
with a key of their own; the day, its count and its times can be read off the inquiries anyway.
"""

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base


class NumberDay(Base):
    """What came in on one day; to be counted again while ``marks`` differs from ``counted``.

    ``next_due_at`` is when the next unanswered inquiry of that day becomes late: nobody writes an
    event of it, so the day is counted again then.
    """

    __tablename__ = "number_days"
    __table_args__ = STRICT

    day: Mapped[str] = mapped_column(primary_key=True)  # 2026-11-23, by the clinic's clock
    marks: Mapped[int] = mapped_column(Integer)
    counted: Mapped[int] = mapped_column(Integer)
    received: Mapped[int] = mapped_column(Integer)
    next_due_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    tally: Mapped[bytes | None]


class NumberMark(Base):
    """Up to which audit event the days were marked; one row."""

    __tablename__ = "number_marks"
    __table_args__ = STRICT

    name: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(BIG)
