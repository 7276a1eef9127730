"""The outbox: one row for each recipient, channel and event, written with the fact it tells of.

Rows hold references only; names and addresses are read from the inquiry at the moment of sending.
The states, the lease and the two counters are explained in ``intake/notifications/README.md``.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, JsonText


class State(StrEnum):
    """Where a message stands; the last three are final."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Channel(Base):
    """A way out, and whether it works just now; all workers and staff read the same row."""

    __tablename__ = "channels"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    enabled: Mapped[bool]
    failing_since: Mapped[datetime | None]
    failing_reason: Mapped[str | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    probe_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]


_LIVE = text("due_at IS NOT NULL")
_FINISHED = text("finished_at IS NOT NULL")
_GROUPED = text("group_key IS NOT NULL AND due_at IS NOT NULL")


class OutboxMessage(Base):
    """One message to one recipient; every write after a claim must match ``lease_token``."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending','sending','retry','delivered','dead','cancelled')", name="state"
        ),
        CheckConstraint(
            "(due_at IS NULL) = (state IN ('delivered','dead','cancelled'))", name="due_when_live"
        ),
        CheckConstraint("(lease_token IS NOT NULL) = (state = 'sending')", name="lease"),
        Index(
            "outbox_messages_due",
            "channel_id",
            "due_at",
            "id",
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("outbox_messages_inquiry", "inquiry_id", "id"),
        Index(
            "outbox_messages_finished",
            "state",
            "finished_at",
            sqlite_where=_FINISHED,
            postgresql_where=_FINISHED,
        ),
        Index(
            "outbox_messages_group",
            "group_key",
            "id",
            sqlite_where=_GROUPED,
            postgresql_where=_GROUPED,
        ),
        {
            "postgresql_with": {
                "fillfactor": 80,
                "autovacuum_vacuum_scale_factor": 0.02,
                "autovacuum_vacuum_threshold": 500,
            },
            **STRICT,
        },
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("inquiries.id", ondelete="CASCADE")
    )
    recipient: Mapped[str]  # person, staff:17, endpoint:3; never an address
    channel_id: Mapped[int] = mapped_column(BIG, ForeignKey("channels.id"))
    event: Mapped[str]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    generation: Mapped[int] = mapped_column(Integer)
    payload: Mapped[Any] = mapped_column(JsonText)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer)
    losses: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime | None]
    give_up_at: Mapped[datetime]
    lease_token: Mapped[str | None]
    lease_owner: Mapped[str | None]
    group_key: Mapped[str | None]
    remote_id: Mapped[str | None]
    last_error: Mapped[str | None]
    last_error_class: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """One try at one message, as staff open it; written once."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('delivered','retryable','permanent','channel','lease_lost','cancelled')",
            name="outcome",
        ),
        Index("delivery_attempts_message", "message_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    message_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("outbox_messages.id", ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    outcome: Mapped[str]
    status_code: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None]
    worker: Mapped[str | None]


class Endpoint(Base):
    """A webhook, chat or phone that is told of events; address and secrets are sealed."""

    __tablename__ = "endpoints"
    __table_args__ = (CheckConstraint("kind IN ('webhook','chat','sms')", name="kind"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    channel_id: Mapped[int] = mapped_column(BIG, ForeignKey("channels.id"), unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[bytes]
    secrets: Mapped[bytes | None]
    enabled: Mapped[bool]
    disabled_reason: Mapped[str | None]
    created_at: Mapped[datetime]


class Subscription(Base):
    """Who hears of which event and inquiries, how soon; a filter that is NULL lets all through."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (endpoint_id IS NULL)", name="one_reader"),
        CheckConstraint("pace IN ('now','hourly','daily')", name="pace"),
        Index("subscriptions_event", "event"),
        Index("subscriptions_staff", "staff_id", "event", "channel_id", unique=True),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))
    endpoint_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("endpoints.id"))
    channel_id: Mapped[int] = mapped_column(BIG, ForeignKey("channels.id"))
    event: Mapped[str]
    language: Mapped[str | None]
    condition: Mapped[str | None]
    state: Mapped[str | None]
    urgent_only: Mapped[bool] = mapped_column(server_default="0")
    pace: Mapped[str] = mapped_column(server_default="now")
    enabled: Mapped[bool]
    created_at: Mapped[datetime]


class Attendance(Base):
    """When a member is not to be disturbed or is away, and who stands in; minutes of the day."""

    __tablename__ = "attendances"
    __table_args__ = STRICT

    staff_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("staff.id"), primary_key=True, autoincrement=False
    )
    quiet_from_minute: Mapped[int | None] = mapped_column(Integer)
    quiet_until_minute: Mapped[int | None] = mapped_column(Integer)
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    backup_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))


class Escalation(Base):
    """A step of the ladder that was taken for an inquiry; each step once."""

    __tablename__ = "escalations"
    __table_args__ = STRICT

    inquiry_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    step: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]


class Alarm(Base):
    """Something that staff must see until it is well again; one open alarm for each subject."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "alarms_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[Any] = mapped_column(JsonText)
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class QueueSighting(Base):
    """When a member of staff last opened the work list: what the dead-man alarm watches."""

    __tablename__ = "queue_sightings"
    __table_args__ = STRICT

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class Bounce(Base):
    """What a mail system reported later about a message it had taken."""

    __tablename__ = "bounces"
    __table_args__ = (
        CheckConstraint("kind IN ('bounce','complaint','delayed')", name="kind"),
        Index("bounces_message", "message_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    message_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("outbox_messages.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    status_code: Mapped[str | None]
    received_at: Mapped[datetime]


class SyntheticRun(Base):
    """One made-up inquiry through the real path, to know that the path is open."""

    __tablename__ = "synthetic_runs"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    inquiry_public_id: Mapped[str | None]
    started_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    failed_reason: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class WorkerSeen(Base):
    """When a worker last said it is alive: for people and ``/readyz``, never for correctness."""

    __tablename__ = "workers_seen"
    __table_args__ = STRICT

    worker: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    version: Mapped[str]
    in_flight: Mapped[int] = mapped_column(Integer)
