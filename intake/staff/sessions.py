"""Open sign-ins, one row for each: found by the cookie's secret, limited in time, ended at once.

The cookie carries a random secret and the row only its SHA-256, so a stolen database opens no
session. Idle time counts from ``seen_at``, which is written at most once a minute; the absolute
limit counts from ``created_at``. A session without a row, or one from the future, is no session.

Source: SAFETY.md T16; 45 CFR 164.312(a)(2)(iii); ASVS 5.0.0 7.2.1, 7.3.1, 7.3.2, 7.4.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.crypto.tokens import hash_secret, new_secret
from intake.settings import StaffSettings
from intake.staff.models import StaffSession

SEEN_EVERY = timedelta(minutes=1)
# A clock may be set back this far without signing everybody out.
CLOCK_TOLERANCE = timedelta(minutes=5)
DEVICE_MAX_CHARACTERS = 120
KEY_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One open sign-in as its owner sees it; ``key`` names it in a form and opens nothing."""

    key: str
    device: str
    created_at: datetime
    seen_at: datetime


def begin_session(session: Session, staff_id: int, *, device: str, at: datetime) -> str:
    """Store a new sign-in and return the secret for its cookie; nothing else ever shows it."""
    secret = new_secret()
    session.add(
        StaffSession(
            id_hash=hash_secret(secret),
            staff_id=staff_id,
            device=device[:DEVICE_MAX_CHARACTERS],
            created_at=at,
            seen_at=at,
            proved_at=at,
            ended_at=None,
        )
    )
    return secret


def find_session(
    session: Session, secret: str, staff_id: int, *, limits: StaffSettings, at: datetime
) -> StaffSession | None:
    """Return the row of a sign-in that counts now, or None.

    Args:
        session: Either door; nothing is written.
        secret: What the cookie carried.
        staff_id: Whom the cookie claims to be; the row of somebody else does not count.
        limits: How long a session may be idle and may last.
        at: The present.
    """
    row = session.scalar(
        select(StaffSession).where(
            StaffSession.id_hash == hash_secret(secret),
            StaffSession.staff_id == staff_id,
            StaffSession.ended_at.is_(None),
        )
    )
    return row if row is not None and is_open(row, limits=limits, at=at) else None


def is_open(row: StaffSession, *, limits: StaffSettings, at: datetime) -> bool:
    """Say whether neither limit has passed, and the row is not from the future."""
    idle, age = at - row.seen_at, at - row.created_at
    return (
        row.ended_at is None
        and -CLOCK_TOLERANCE <= idle < timedelta(minutes=limits.idle_minutes)
        and -CLOCK_TOLERANCE <= age < timedelta(hours=limits.absolute_hours)
    )


def must_be_noted(row: StaffSession, *, at: datetime) -> bool:
    """Say whether ``seen_at`` is old enough to be worth a write."""
    return at - row.seen_at >= SEEN_EVERY


def note_seen(session: Session, id_hash: bytes, *, at: datetime) -> None:
    """Move the idle limit on; a session that was ended meanwhile stays ended."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id_hash == id_hash, StaffSession.ended_at.is_(None))
        .values(seen_at=at)
    )


def note_proof(session: Session, id_hash: bytes, *, at: datetime) -> None:
    """Remember that the member proved again who they are."""
    session.execute(
        update(StaffSession).where(StaffSession.id_hash == id_hash).values(proved_at=at)
    )


def open_sessions(
    session: Session, staff_id: int, *, limits: StaffSettings, at: datetime
) -> Sequence[OpenSession]:
    """Return the member's open sign-ins, the last used first."""
    rows = session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .order_by(StaffSession.seen_at.desc(), StaffSession.id_hash)
    )
    return [
        OpenSession(session_key(row.id_hash), row.device, row.created_at, row.seen_at)
        for row in rows
        if is_open(row, limits=limits, at=at)
    ]


def session_key(id_hash: bytes) -> str:
    """Return the name of a session in a form: part of the hash, from which nobody can sign in."""
    return id_hash.hex()[:KEY_CHARACTERS]


def end_session(session: Session, id_hash: bytes, *, at: datetime) -> bool:
    """End one sign-in; False when it was ended before."""
    ended = session.execute(
        update(StaffSession)
        .where(StaffSession.id_hash == id_hash, StaffSession.ended_at.is_(None))
        .values(ended_at=at)
        .returning(StaffSession.id_hash)
    )
    return ended.first() is not None


def end_session_named(session: Session, staff_id: int, key: str, *, at: datetime) -> bool:
    """End the member's own sign-in of this key; False for anybody else's and for none."""
    rows = session.scalars(
        select(StaffSession.id_hash).where(
            StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
        )
    )
    found = next((id_hash for id_hash in rows if session_key(id_hash) == key), None)
    return found is not None and end_session(session, found, at=at)


def end_all_sessions(session: Session, staff_id: int, *, at: datetime) -> int:
    """Sign the member out everywhere; return how many sign-ins ended."""
    ended = session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .values(ended_at=at)
        .returning(StaffSession.id_hash)
    )
    return len(ended.all())
