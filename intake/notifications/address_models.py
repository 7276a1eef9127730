"""What is remembered of addresses and numbers that others typed: keyed hashes, never themselves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base


class AddressSending(Base):
    """One automatic message to one typed address, so that nobody can be bombed through our form."""

    __tablename__ = "address_sendings"
    __table_args__ = (Index("address_sendings_address", "address_hash", "sent_at"), STRICT)

    message_id: Mapped[int] = mapped_column(
        BIG,
        ForeignKey("outbox_messages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    address_hash: Mapped[bytes]
    sent_at: Mapped[datetime]


class Suppression(Base):
    """An address or number, as a keyed hash, that gets no automatic messages any more."""

    __tablename__ = "suppressions"
    __table_args__ = STRICT

    address_hash: Mapped[bytes] = mapped_column(primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]


class InboundMessage(Base):
    """A text that a gateway handed over, by hashes alone: its id counts once, answers are few."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        CheckConstraint("meaning IN ('stop','help','other')", name="meaning"),
        Index("inbound_messages_address", "address_hash", "received_at"),
        Index("inbound_messages_received", "received_at"),
        STRICT,
    )

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    address_hash: Mapped[bytes]
    meaning: Mapped[str]
    received_at: Mapped[datetime]
