"""Who did what to which record: rows that are written once and never changed.

Triggers in the first migration refuse UPDATE and DELETE on both databases.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, JsonText


class ActorKind(StrEnum):
    """Who can act."""

    VISITOR = "visitor"  # somebody on the public pages, known by nothing
    PERSON = "person"  # the holder of an inquiry's private link
    STAFF = "staff"
    SYSTEM = "system"
    OPERATOR = "operator"  # somebody with a shell


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; ``id`` is a public id for staff, a fixed word for the others, never a name."""

    kind: ActorKind
    id: str


VISITOR = Actor(ActorKind.VISITOR, "web")
SYSTEM = Actor(ActorKind.SYSTEM, "intake")
OPERATOR = Actor(ActorKind.OPERATOR, "shell")


class AuditEvent(Base):
    """One act or one reading of health text; ``detail`` holds names of fields, never their text."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("audit_events_subject", "subject", "id"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[Any] = mapped_column(JsonText)


class AuditCheckpoint(Base):
    """A signed summary of a batch of events, chained to the one before."""

    __tablename__ = "audit_checkpoints"
    __table_args__ = STRICT

    number: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    events: Mapped[int] = mapped_column(Integer)
    last_event_id: Mapped[int] = mapped_column(BIG)
    root: Mapped[bytes]
    previous: Mapped[bytes]
    hash: Mapped[bytes]
    signature: Mapped[bytes]
    at: Mapped[datetime]


class AuditSeal(Base):
    """Which checkpoint covers an event, and where in it the event stands (from 0)."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        Index("audit_seals_checkpoint", "checkpoint", "position", unique=True),
        STRICT,
    )

    event_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("audit_events.id"), primary_key=True, autoincrement=False
    )
    checkpoint: Mapped[int] = mapped_column(BIG, ForeignKey("audit_checkpoints.number"))
    position: Mapped[int] = mapped_column(Integer)
