"""Passkeys of members: kept, named, used, stopped and removed.

A passkey counts as both factors, so only one whose holder was verified (PIN, finger, face) is ever
kept. Its counter must rise at each use, where it has one: the same or a lower number means that a
copy exists, and the passkey is stopped for good. A challenge is spent in the transaction that
accepts its answer, so the same answer sent twice signs in once.

Source: WebAuthn Level 3, sections 6.1.1, 7.1, 7.2.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.tokens import new_public_id
from intake.errors import Conflict, InvalidInput, NotFound, Problem
from intake.staff.models import Passkey, SpentChallenge, Staff
from intake.storage.upsert import insert_into

NAME_MAX_CHARACTERS = 60
PASSKEYS_MAX = 10


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a device made and proved."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    is_synced: bool


@dataclass(frozen=True, slots=True)
class PasskeySight:
    """One passkey as its owner sees it."""

    public_id: str
    credential_id: bytes
    transports: tuple[str, ...]
    name: str
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose passkey it is, and what its answer is checked by."""

    passkey_id: int
    staff_id: int
    staff_public_id: str
    uniquifier: str
    is_active: bool
    public_key: bytes
    is_stopped: bool


def keep_passkey(
    session: Session, staff_id: int, made: NewPasskey, *, name: str, actor: Actor, at: datetime
) -> None:
    """Keep a new passkey of a member.

    Raises:
        InvalidInput: Field ``name``: see :func:`judged_name`; ``passkey_known``: it is kept
            already.
    """
    plain = judged_name(session, staff_id, name)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
        raise InvalidInput((Problem("name", "passkey_known"),))
    row = Passkey(
        public_id=new_public_id(),
        staff_id=staff_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=plain,
        transports=list(made.transports),
        is_synced=made.is_synced,
        created_at=at,
        last_used_at=None,
        stopped_at=None,
    )
    session.add(row)
    session.flush()
    detail = {"passkey": row.public_id}
    trail.record(
        session, "staff.passkey_added", actor=actor, subject=actor.id, at=at, detail=detail
    )


def judged_name(session: Session, staff_id: int, name: str) -> str:
    """Return the name for a new passkey, tidied.

    Raises:
        InvalidInput: Field ``name``: ``name_missing``, ``name_long``, ``name_taken`` or
            ``passkeys_many``.
    """
    plain = " ".join(name.split())
    known = [one.name.casefold() for one in passkeys_of(session, staff_id)]
    faults = (
        (not plain.isprintable() or not plain, "name_missing"),
        (len(plain) > NAME_MAX_CHARACTERS, "name_long"),
        (plain.casefold() in known, "name_taken"),
        (len(known) >= PASSKEYS_MAX, "passkeys_many"),
    )
    code = next((code for wrong, code in faults if wrong), None)
    if code is not None:
        raise InvalidInput((Problem("name", code),))
    return plain


def passkeys_of(session: Session, staff_id: int) -> Sequence[PasskeySight]:
    """Return a member's passkeys, the oldest first."""
    rows = session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id))
    return [
        PasskeySight(
            row.public_id,
            row.credential_id,
            tuple(row.transports),
            row.name,
            row.is_synced,
            row.created_at,
            row.last_used_at,
            row.stopped_at is not None,
        )
        for row in rows
    ]


def holder_of(session: Session, credential_id: bytes) -> Holder | None:
    """Return whose passkey this is, or None."""
    row = session.execute(
        select(
            Passkey.id,
            Passkey.staff_id,
            Staff.public_id,
            Staff.fs_uniquifier,
            Staff.active,
            Passkey.public_key,
            Passkey.stopped_at.is_not(None),
        )
        .join(Staff, Staff.id == Passkey.staff_id)
        .where(Passkey.credential_id == credential_id)
    ).one_or_none()
    return None if row is None else Holder(*row)


def use_passkey(session: Session, passkey_id: int, counted: int, *, at: datetime) -> bool:
    """Raise the counter of a passkey whose answer was right; False stops it for good.

    Many devices, and all synced passkeys, count nothing and say 0 for ever.
    """
    raised = session.execute(
        update(Passkey)
        .where(
            Passkey.id == passkey_id,
            Passkey.stopped_at.is_(None),
            or_(Passkey.sign_count < counted, (Passkey.sign_count == 0) & (counted == 0)),
        )
        .values(sign_count=counted, last_used_at=at)
        .returning(Passkey.id)
    ).first()
    if raised is None:
        session.execute(
            update(Passkey)
            .where(Passkey.id == passkey_id, Passkey.stopped_at.is_(None))
            .values(stopped_at=at)
        )
    return raised is not None


def remove_passkey(
    session: Session, staff_id: int, public_id: str, *, actor: Actor, at: datetime
) -> str:
    """Forget one passkey of a member; return its name.

    Raises:
        NotFound: ``passkey_unknown``: there is none, or it is somebody else's.
    """
    name = session.scalar(
        delete(Passkey)
        .where(Passkey.staff_id == staff_id, Passkey.public_id == public_id)
        .returning(Passkey.name)
    )
    if name is None:
        raise NotFound("passkey_unknown")
    detail = {"passkey": public_id}
    trail.record(
        session, "staff.passkey_removed", actor=actor, subject=actor.id, at=at, detail=detail
    )
    return str(name)


def forget_passkeys(session: Session, staff_id: int) -> None:
    """Forget all passkeys of a member whose second factor is reset."""
    session.execute(delete(Passkey).where(Passkey.staff_id == staff_id))


def spend_challenge(session: Session, challenge: bytes, *, until: datetime, at: datetime) -> None:
    """Spend a challenge that was answered rightly, and forget those that nobody can answer.

    Raises:
        Conflict: ``challenge_spent``: it was answered before.
    """
    session.execute(delete(SpentChallenge).where(SpentChallenge.until <= at))
    spent = session.execute(
        insert_into(session.connection().dialect.name, SpentChallenge)
        .values(challenge_hash=hashlib.sha256(challenge).digest(), until=until)
        .on_conflict_do_nothing()
        .returning(SpentChallenge.until)
    ).first()
    if spent is None:
        raise Conflict("challenge_spent")
