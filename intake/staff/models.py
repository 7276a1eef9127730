"""Members of staff, their roles, their open sessions and their one-time invitations.

``intake.staff.accounts`` gives :class:`Staff` the behaviour Flask-Security asks for; the columns it
reads keep the names that library fixed (``fs_uniquifier``, ``tf_totp_secret``, ...).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Identity, Index, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.storage.types import BIG, STRICT, Base, JsonText


class RoleName(StrEnum):
    """The roles of PRODUCT.md 75; a member may hold several."""

    COORDINATOR = "coordinator"
    CLINICIAN = "clinician"
    EDITOR = "editor"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


staff_roles = Table(
    "staff_roles",
    Base.metadata,
    Column("staff_id", BIG, ForeignKey("staff.id"), primary_key=True),
    Column("role_id", BIG, ForeignKey("roles.id"), primary_key=True),
    sqlite_strict=True,
)


class Role(Base):
    """One role; what it may do stands in ``staff/permissions.py``, not in the database."""

    __tablename__ = "roles"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]


class Staff(Base):
    """One member of staff; e-mail is lower-cased, second factors are sealed by the library."""

    __tablename__ = "staff"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    totp_last_counter: Mapped[int | None] = mapped_column(BIG)
    mf_recovery_codes: Mapped[Any] = mapped_column(JsonText, nullable=True)
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int | None] = mapped_column(Integer)
    failed_sign_ins: Mapped[int] = mapped_column(Integer, server_default="0")
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    roles: Mapped[list[Role]] = relationship(secondary=staff_roles, lazy="joined")


class StaffSession(Base):
    """One sign-in on one device; the cookie holds the secret, the row only its SHA-256."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index("staff_sessions_staff", "staff_id", "ended_at"), STRICT)

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    device: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]  # when they last proved again who they are
    ended_at: Mapped[datetime | None]


class StaffInvitation(Base):
    """A link that lets one member choose a password once; the row holds the link's SHA-256."""

    __tablename__ = "staff_invitations"
    __table_args__ = STRICT

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key that one member's device or security key holds; ours is only the public half."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("passkeys_staff", "staff_id"), STRICT)

    id: Mapped[int] = mapped_column(BIG, Identity(always=True), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(BIG, ForeignKey("staff.id"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BIG)
    name: Mapped[str]
    transports: Mapped[Any] = mapped_column(JsonText)
    is_synced: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]  # its counter went back: there may be a copy of it


class SpentChallenge(Base):
    """A challenge that was answered with a passkey; kept as long as it could be answered again."""

    __tablename__ = "spent_challenges"
    __table_args__ = (Index("spent_challenges_until", "until"), STRICT)

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    until: Mapped[datetime]
