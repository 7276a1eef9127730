"""What is counted: a row for each day, how soon people heard from us, and pages of the form.

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


class AnswerTime(Base):
    """How soon people heard from us in the last ``days``, rounded up as it is told; one row.

    In clear, as every visitor reads it; no row where too few answers were given.
    """

    __tablename__ = "answer_times"
    __table_args__ = STRICT

    days: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    half_minutes: Mapped[int | None] = mapped_column(Integer)
    nine_minutes: Mapped[int | None] = mapped_column(Integer)
    counted_at: Mapped[datetime]


class FormVisit(Base):
    """How often a page of the form was reached on one day; nothing tells who reached it."""

    __tablename__ = "form_visits"
    __table_args__ = STRICT

    day: Mapped[str] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
