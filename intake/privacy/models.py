"""What privacy leaves behind: requests, holds, certificates, and keyed hashes of who is gone.

Nothing here is a word of the person. Reasons that staff type about a hold are sealed under the
inquiry's own key, so they go when it goes. Hashes are keyed: without the keys they name nobody.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from intake.storage.types import BIG, STRICT, Base, quoted

HOLDS = "legal_holds"


class AskedHow(StrEnum):
    """How somebody asked us to erase."""

    PRIVATE_PAGE = "private_page"  # behind the short code
    WITHDRAW_PAGE = "withdraw_page"  # reference and phone or e-mail: no proof of who it is
    BY_PHONE = "by_phone"  # the caller was checked
    IN_WRITING = "in_writing"


class EndedHow(StrEnum):
    """What became of a request to erase."""

    ERASED = "erased"
    TAKEN_BACK = "taken_back"


class ContactKind(StrEnum):
    """What a keyed hash stands for."""

    PHONE = "phone"
    EMAIL = "email"


_OPEN = text("ended_at IS NULL")


class ErasureRequest(Base):
    """Somebody asked us to erase; open until it was done or taken back. One open at a time."""

    __tablename__ = "erasure_requests"
    __table_args__ = (
        CheckConstraint(f"asked_how IN ({quoted(AskedHow)})", name="asked_how"),
        CheckConstraint(f"ended_how IS NULL OR ended_how IN ({quoted(EndedHow)})", name="how"),
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended"),
        Index(
            "erasure_requests_open",
            "inquiry_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("erasure_requests_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    asked_how: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]


_HELD = text("lifted_at IS NULL")


class LegalHold(Base):
    """The law makes us keep an inquiry: it cannot be erased until the hold is lifted."""

    __tablename__ = HOLDS
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted"),
        Index(
            "legal_holds_standing",
            "inquiry_id",
            unique=True,
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
        Index("legal_holds_inquiry", "inquiry_id", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    inquiry_id: Mapped[int] = mapped_column(BIG, ForeignKey("inquiries.id", ondelete="CASCADE"))
    reason: Mapped[bytes | None]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    lift_reason: Mapped[bytes | None]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("staff.id"))


class ErasureCertificate(Base):
    """The proof of one erasure: ``document`` is JSON, byte for byte what ``signature`` covers."""

    __tablename__ = "erasure_certificates"
    __table_args__ = STRICT

    inquiry_id: Mapped[int] = mapped_column(
        BIG,
        ForeignKey("inquiries.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    public_id: Mapped[str] = mapped_column(unique=True)
    document: Mapped[str]
    signature: Mapped[bytes]
    erased_at: Mapped[datetime]


class ErasureEntry(Base):
    """The ledger: the keyed hash of an erased inquiry's id, to erase it again after a restore."""

    __tablename__ = "erasure_ledger"
    __table_args__ = STRICT

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]


class DoNotContact(Base):
    """A phone or an address, as a keyed hash, of somebody who was erased."""

    __tablename__ = "do_not_contacts"
    __table_args__ = (CheckConstraint(f"kind IN ({quoted(ContactKind)})", name="kind"), STRICT)

    contact_hash: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    since: Mapped[datetime]


_MATCHED = text("inquiry_id IS NOT NULL AND done_at IS NULL")


class WithdrawalTry(Base):
    """One use of ``/withdraw``: counted for its reference, and carried out where it matched.

    A match and a mismatch are the same row, so that writing it takes the same time.
    """

    __tablename__ = "withdrawal_tries"
    __table_args__ = (
        Index("withdrawal_tries_reference", "reference_hash", "tried_at"),
        Index("withdrawal_tries_tried", "tried_at"),
        Index(
            "withdrawal_tries_matched",
            "id",
            sqlite_where=_MATCHED,
            postgresql_where=_MATCHED,
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    reference_hash: Mapped[bytes]
    tried_at: Mapped[datetime]
    inquiry_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("inquiries.id", ondelete="CASCADE")
    )
    wants_erasure: Mapped[bool]
    done_at: Mapped[datetime | None]
