"""An inquiry as it is stored, and the keyed words it can be found by.

Everything a person typed is sealed with the inquiry's own data key; what stands in clear are
instants, states and counts. Erasing drops ``data_key`` and the sealed columns.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, JsonText, quoted

TABLE = "inquiries"
UNASSIGNED = "closed_at IS NULL AND assignee_id IS NULL AND status != 'quarantined'"
UNANSWERED = "closed_at IS NULL AND first_responded_at IS NULL AND status != 'quarantined'"


class Status(StrEnum):
    """Where an inquiry stands in its lifecycle."""

    NEW = "new"
    QUARANTINED = "quarantined"
    CONTACTING = "contacting"
    IN_DISCUSSION = "in_discussion"
    WAITING_ON_PATIENT = "waiting_on_patient"
    CLINICAL_REVIEW = "clinical_review"
    SCHEDULED = "scheduled"
    CLOSED = "closed"
    ERASED = "erased"


class Outcome(StrEnum):
    """How a closed inquiry ended."""

    CONSULTATION_HELD = "consultation_held"
    HANDED_OVER = "handed_over"
    NOT_OFFERED = "not_offered"
    NOT_SUITABLE = "not_suitable"
    REFERRED_ELSEWHERE = "referred_elsewhere"
    NOT_REACHED = "not_reached"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    SPAM = "spam"
    TEST = "test"


class Inquiry(Base):
    """One request; ``answers``, ``label`` and ``access`` are sealed JSON (see ``submit``)."""

    __tablename__ = TABLE
    __table_args__ = (
        CheckConstraint(f"status IN ({quoted(Status)})", name="status"),
        CheckConstraint(f"outcome IS NULL OR outcome IN ({quoted(Outcome)})", name="outcome"),
        CheckConstraint(
            "(closed_at IS NULL) = (status NOT IN ('closed','erased'))", name="closed_when_final"
        ),
        CheckConstraint("source IN ('steps','one_page','phone','api')", name="source"),
        CheckConstraint("length(reference) = 8", name="reference"),
        Index(
            "inquiries_worklist",
            "due_at",
            "id",
            "status",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("inquiries_by_status", "status", "received_at", "id"),
        Index(
            "inquiries_of_member",
            "assignee_id",
            "due_at",
            "id",
            "status",
            "snoozed_until",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "inquiries_in_status",
            "status",
            "due_at",
            "id",
            "snoozed_until",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "inquiries_first_reply",
            "due_at",
            "id",
            "snoozed_until",
            sqlite_where=text(UNANSWERED),
            postgresql_where=text(UNANSWERED),
        ),
        Index(
            "inquiries_unassigned",
            "due_at",
            "id",
            "snoozed_until",
            sqlite_where=text(UNASSIGNED),
            postgresql_where=text(UNASSIGNED),
        ),
        Index(
            "inquiries_snoozed",
            "snoozed_until",
            "id",
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
        Index(
            "inquiries_answered",
            "first_responded_at",
            sqlite_where=text("first_responded_at IS NOT NULL"),
            postgresql_where=text("first_responded_at IS NOT NULL"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    submission_key: Mapped[str] = mapped_column(unique=True)
    receipt_hash: Mapped[bytes] = mapped_column(unique=True)
    link_hash: Mapped[bytes] = mapped_column(unique=True)
    code_hash: Mapped[bytes]
    status: Mapped[str]
    outcome: Mapped[str | None]
    urgent: Mapped[bool]
    language: Mapped[str]
    source: Mapped[str]
    form_version: Mapped[str]
    spam_score: Mapped[int] = mapped_column(Integer)
    spam_reasons: Mapped[Any] = mapped_column(JsonText)
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]  # what the work list sorts by; the first response at the beginning
    first_response_due_at: Mapped[datetime]
    new_promise_at: Mapped[datetime | None]  # what we said when we were late; the first one counts
    first_responded_at: Mapped[datetime | None]  # a bounce sets it back to NULL
    contact_made_at: Mapped[datetime | None]  # when we first talked with each other
    snoozed_until: Mapped[datetime | None]
    deceased_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    version: Mapped[int] = mapped_column(Integer)
    data_key: Mapped[bytes | None]
    answers: Mapped[bytes | None]
    label: Mapped[bytes | None]
    access: Mapped[bytes | None]
    # Keyed tokens, as those of a search: where they live, and what tells a likely duplicate.
    place: Mapped[bytes | None]
    like_phone: Mapped[bytes | None]
    like_email: Mapped[bytes | None]
    like_person: Mapped[bytes | None]


class SearchToken(Base):
    """A keyed word of an inquiry: part of a name, a phone number, an address, a condition."""

    __tablename__ = "search_tokens"
    __table_args__ = (
        Index("search_tokens_inquiry", "inquiry_id"),
        {"sqlite_with_rowid": False, **STRICT},
    )

    token: Mapped[bytes] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id"), primary_key=True)
