"""What the desk writes about an inquiry: moves, attempts, clocks, appointments and sealed texts.

Moves are never changed: taking one back is another move that names it (``undoes_id``). What is open
(a clock, a request, an appointment, a clinician's review) has no end yet, so that undoing and
reopening know exactly what ran. Texts are sealed with the inquiry's own data key: erasing the key
erases them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, JsonText, quoted


class Channel(StrEnum):
    """How somebody was tried, or how they came to us."""

    CALL = "call"
    TEXT = "text"
    EMAIL = "email"
    MESSAGE = "message"  # on the private page
    IN_PERSON = "in_person"


class Result(StrEnum):
    """How a try ended; the first five are the keys 1 to 5 of the desk."""

    REACHED = "reached"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    ASKED_TO_STOP = "asked_to_stop"
    BUSY = "busy"
    SENT = "sent"  # something written is on its way


class DayPart(StrEnum):
    """A part of the day where the person lives."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class ClockKind(StrEnum):
    """What is promised; the first two stand in the inquiry's own columns."""

    FIRST_RESPONSE = "first_response"
    CONTACT_MADE = "contact_made"
    CLINICIAN_ANSWER = "clinician_answer"
    REPLY = "reply"


class AppointmentKind(StrEnum):
    """What was agreed: a call-back, or what ``scheduled`` means."""

    CALLBACK = "callback"
    CALL = "call"
    CONSULTATION = "consultation"


class DispositionCode(StrEnum):
    """What the clinician decided; ``not_suitable`` closes."""

    OFFER = "offer"
    ASK_MORE = "ask_more"
    ANSWERED = "answered"
    NOT_SUITABLE = "not_suitable"


def _inquiry() -> Mapped[int]:
    return mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))


def _member() -> Mapped[int | None]:
    return mapped_column(BIG, ForeignKey("staff.id"))


class InquiryMove(Base):
    """One act on an inquiry, and everything as it was before (``before``), in milliseconds."""

    __tablename__ = "inquiry_moves"
    __table_args__ = (Index("inquiry_moves_inquiry", "inquiry_id", "id"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    inquiry_id: Mapped[int] = _inquiry()
    verb: Mapped[str]
    from_status: Mapped[str]
    to_status: Mapped[str]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]  # a class, never what somebody wrote
    detail: Mapped[Any] = mapped_column(JsonText)
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)  # of the inquiry, after this
    before: Mapped[Any] = mapped_column(JsonText)
    undoes_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("inquiry_moves.id", ondelete="CASCADE"), unique=True
    )


class ContactAttempt(Base):
    """One try to reach the person, or their call to us; ``voided_at`` when it was taken back."""

    __tablename__ = "contact_attempts"
    __table_args__ = (
        CheckConstraint(f"channel IN ({quoted(Channel)})", name="channel"),
        CheckConstraint(f"result IN ({quoted(Result)})", name="result"),
        CheckConstraint(f"day_part IN ({quoted(DayPart)})", name="day_part"),
        Index("contact_attempts_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = _inquiry()
    move_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiry_moves.id", ondelete="CASCADE"))
    channel: Mapped[str]
    result: Mapped[str]
    incoming: Mapped[bool]
    at: Mapped[datetime]
    local_on: Mapped[str]  # the date where the person lives, 2026-11-23
    day_part: Mapped[str]
    staff_id: Mapped[int | None] = _member()
    message_public_id: Mapped[str | None]  # of the outbox, where one was sent
    note: Mapped[bytes | None]
    voided_at: Mapped[datetime | None]


_RUNS = text("stopped_at IS NULL")


class Clock(Base):
    """A promise that runs, stands still or has ended."""

    __tablename__ = "clocks"
    __table_args__ = (
        CheckConstraint("kind IN ('clinician_answer','reply')", name="kind"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_how IS NULL)", name="stopped"),
        Index(
            "clocks_running",
            "inquiry_id",
            "kind",
            unique=True,
            sqlite_where=_RUNS,
            postgresql_where=_RUNS,
        ),
        Index("clocks_inquiry", "inquiry_id", "id"),
        Index(
            "clocks_due",
            "kind",
            "due_at",
            "inquiry_id",
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    inquiry_id: Mapped[int] = _inquiry()
    kind: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stopped_how: Mapped[str | None]  # kept, closed, undone
    paused_since: Mapped[datetime | None]
    paused_ms: Mapped[int] = mapped_column(BIG)  # business time spent waiting for the person


_OPEN = text("ended_at IS NULL")


class Appointment(Base):
    """A call-back or what was booked, in the zone it was agreed in."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(f"kind IN ({quoted(AppointmentKind)})", name="kind"),
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended"),
        Index(
            "appointments_open",
            "starts_at",
            "inquiry_id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("appointments_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = _inquiry()
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    zone: Mapped[str]
    booked_by: Mapped[int | None] = _member()
    booked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # kept, missed, cancelled, replaced, closed, undone


class InformationRequest(Base):
    """What we asked the person for; open while we wait."""

    __tablename__ = "information_requests"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended"),
        Index(
            "information_requests_open",
            "ends_at",
            "inquiry_id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("information_requests_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = _inquiry()
    body: Mapped[bytes]
    asked_by: Mapped[int | None] = _member()
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # 30 days later
    reminders: Mapped[int] = mapped_column(Integer)  # told so far, of day 3 and 7
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # answered, expired, stopped, closed, undone


class ClinicalReview(Base):
    """What a clinician is asked: both texts are sealed."""

    __tablename__ = "clinical_reviews"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended"),
        Index("clinical_reviews_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = _inquiry()
    summary: Mapped[bytes]
    question: Mapped[bytes]
    clinician_id: Mapped[int | None] = _member()  # whom it was meant for; None is any
    asked_by: Mapped[int | None] = _member()
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # decided, closed, scheduled, undone


class Disposition(Base):
    """What a clinician decided; the words are sealed."""

    __tablename__ = "dispositions"
    __table_args__ = (
        CheckConstraint(f"code IN ({quoted(DispositionCode)})", name="code"),
        Index("dispositions_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = _inquiry()
    review_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("clinical_reviews.id", ondelete="CASCADE")
    )
    move_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiry_moves.id", ondelete="CASCADE"))
    code: Mapped[str]
    body: Mapped[bytes | None]
    staff_id: Mapped[int | None] = _member()
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class Note(Base):
    """What a member wrote down for colleagues; the person never reads it here."""

    __tablename__ = "inquiry_notes"
    __table_args__ = (Index("inquiry_notes_inquiry", "inquiry_id", "id"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = _inquiry()
    body: Mapped[bytes]
    staff_id: Mapped[int | None] = _member()
    at: Mapped[datetime]


class NoteDraft(Base):
    """A half-written note of one member, kept until it is saved or emptied."""

    __tablename__ = "note_drafts"
    __table_args__ = STRICT

    inquiry_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"), primary_key=True)
    body: Mapped[bytes]
    saved_at: Mapped[datetime]
