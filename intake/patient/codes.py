"""The short code: six digits that open more of the private page than its link shows.

Six digits are few, so tries are counted in a row, exact across processes: five wrong ones close the
door for the rest of an hour, twenty in all until the clinic makes a new code. Whatever is wrong,
an unknown link, a wrong code, a closed door, costs the same statements and is answered alike.

The link and the reference are two doors, each with its own count: the reference stands in every
message, and whoever reads one over a shoulder must not be able to lock the person out.

The caller commits whatever :func:`check_code` says: a try that was rolled back was not counted.
Source: SAFETY.md T3.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import seal_json, unseal_json
from intake.crypto.tokens import hash_code, hash_secret, new_code
from intake.errors import NotFound
from intake.inquiries.conversation_models import CodeGuard
from intake.inquiries.models import TABLE as INQUIRIES
from intake.inquiries.references import inquiry_named
from intake.inquiries.unsealing import data_key
from intake.patient.status_page import by_link
from intake.storage.types import from_millis, to_millis
from intake.storage.upsert import insert_into

WRONG_HOURLY_MAX = 5
WRONG_MAX = 20
HOUR = timedelta(hours=1)
OPENED = "status.opened"
LOCKED = "status.code_locked"
RENEWED = "status.code_renewed"
CODE_DIGITS = 6
# Where tries on links that do not exist are counted, so that they cost what others cost.
NOBODY = bytes(32)
NO_HASH = bytes(32)

_GUARD = (
    select(
        CodeGuard.wrong_at,
        CodeGuard.wrong_total,
        CodeGuard.wrong_by_reference,
        CodeGuard.sent_hash,
        CodeGuard.sent_until,
        CodeGuard.asked_at,
    )
    .where(CodeGuard.link_hash == bindparam("of_link"))
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class _Lock:
    """What a code is compared with, at the door of the link or at that of the reference."""

    link_hash: bytes
    public_id: str
    code_hash: bytes = field(repr=False)
    by_reference: bool = False

    @property
    def is_real(self) -> bool:
        """Whether there is something behind it."""
        return self.link_hash != NOBODY


@dataclass(frozen=True, slots=True)
class _Count:
    """The wrong tries at one door: those of the last hour in milliseconds, and all of them."""

    recent: tuple[int, ...]
    total: int

    @property
    def is_open(self) -> bool:
        """Whether one more may be tried."""
        return len(self.recent) < WRONG_HOURLY_MAX and self.total < WRONG_MAX

    @property
    def closes_now(self) -> bool:
        """Whether the last try that was counted closed the door."""
        return self.total == WRONG_MAX or len(self.recent) == WRONG_HOURLY_MAX

    def with_one(self, at: datetime) -> "_Count":
        """Return the count with one more wrong try."""
        return _Count((*self.recent, to_millis(at)), self.total + 1)


def check_code(session: Session, keyring: Keyring, token: str, code: str, *, at: datetime) -> bool:
    """Say whether a code opens the page of a private link; a wrong one is counted.

    Args:
        session: A session of ``Database.write()``, to be committed whatever is said.
        keyring: Keys the comparison.
        token: Of the private link.
        code: As typed: spaces and hyphens do not matter.
        at: Now.
    """
    try:
        row = by_link(session, token, at=at)
    except NotFound:
        return _compare(session, keyring, _Lock(NOBODY, "nobody", NO_HASH), code, at=at)
    lock = _Lock(hash_secret(token), row.public_id, row.code_hash)
    return _compare(session, keyring, lock, code, at=at)


def check_code_of(
    session: Session,
    keyring: Keyring,
    reference: str,
    code: str,
    *,
    is_of_use: bool = True,
    at: datetime,
) -> bool:
    """Say whether a code is that of an inquiry by its reference; counted and answered alike.

    A code that was sent to the person opens the page of the link only. Where the code would be of
    no use the right one is a wrong one, so that nobody learns it by asking for what cannot be.
    """
    try:
        one = inquiry_named(session, reference)
    except NotFound:
        nobody = _Lock(NOBODY, "nobody", NO_HASH, by_reference=True)
        return _compare(session, keyring, nobody, code, at=at)
    fits = one.code_hash if is_of_use else NO_HASH
    lock = _Lock(one.link_hash, one.public_id, fits, by_reference=True)
    return _compare(session, keyring, lock, code, at=at)


def code_mark(session: Session, token: str, *, at: datetime) -> str:
    """Return what tells this code from the one before: an opened page closes when it is renewed.

    Raises:
        NotFound: ``link_unknown``.
    """
    row = by_link(session, token, at=at)
    return hash_secret(row.code_hash.hex()).hex()[:16]


def renew_code(
    session: Session, keyring: Keyring, reference: str, *, actor: Actor, at: datetime
) -> str:
    """Make a new code, forget every try, and return it to be read aloud; the old one is void.

    Raises:
        NotFound: ``inquiry_unknown``, or it is erased.
    """
    one = inquiry_named(session, reference, lock=True)
    key, code = data_key(keyring, one), new_code()
    cell = {"table": INQUIRIES, "column": "access", "record": one.public_id}
    access = unseal_json(key, cast(bytes, one.access), **cell)
    if not isinstance(access, dict):
        raise NotFound("inquiry_unknown")
    one.access = seal_json(key, {**access, "code": code}, **cell)
    one.code_hash = hash_code(keyring.secret("code"), one.public_id, code)
    session.execute(delete(CodeGuard).where(CodeGuard.link_hash == one.link_hash))
    trail.record(session, RENEWED, actor=actor, subject=one.public_id, at=at)
    session.flush()
    return code


def guard_of(session: Session, link_hash: bytes) -> Row[*tuple[Any, ...]]:
    """Return a link's row, made where there is none and held until the transaction ends."""
    connection = session.connection()
    row = insert_into(connection.dialect.name, CodeGuard).on_conflict_do_nothing()
    connection.execute(row, {"link_hash": link_hash, "wrong_at": [], "wrong_total": 0})
    return connection.execute(_GUARD, {"of_link": link_hash}).one()


def _compare(session: Session, keyring: Keyring, lock: _Lock, code: str, *, at: datetime) -> bool:
    guard = guard_of(session, lock.link_hash)
    count = _counted(guard, lock, at)
    given = hash_code(keyring.secret("code"), lock.public_id, _digits(code))
    is_own = hmac.compare_digest(given, lock.code_hash)
    lives = not lock.by_reference and guard.sent_until is not None and guard.sent_until > at
    is_sent = hmac.compare_digest(given, guard.sent_hash or NO_HASH) and lives
    is_right = count.is_open and (is_own or is_sent) and lock.is_real
    counts = not is_right and count.is_open and lock.is_real
    if counts:
        count = count.with_one(at)
    values = _values(count, lock)
    if is_right and is_sent:
        values |= {"sent_hash": None, "sent_code": None, "sent_until": None}
    session.execute(update(CodeGuard).where(CodeGuard.link_hash == lock.link_hash).values(**values))
    actor = Actor(ActorKind.PERSON, lock.public_id)
    if is_right:
        trail.record(session, OPENED, actor=actor, subject=lock.public_id, at=at)
    elif counts and count.closes_now:
        detail = {"wrong": count.total}
        trail.record(session, LOCKED, actor=actor, subject=lock.public_id, at=at, detail=detail)
    return is_right


def _counted(guard: Row[*tuple[Any, ...]], lock: _Lock, at: datetime) -> _Count:
    """Return the wrong tries at this door, without those of more than an hour ago."""
    when, total = guard.wrong_at, guard.wrong_total
    if lock.by_reference:
        when, total = guard.wrong_by_reference or ([], 0)
    return _Count(tuple(one for one in when if from_millis(one) > at - HOUR), total)


def _values(count: _Count, lock: _Lock) -> dict[str, Any]:
    """Return the columns that keep a count."""
    if lock.by_reference:
        return {"wrong_by_reference": [list(count.recent), count.total]}
    return {"wrong_at": list(count.recent), "wrong_total": count.total}


def _digits(code: str) -> str:
    return "".join(one for one in code[: CODE_DIGITS * 4] if one.isdecimal())[: CODE_DIGITS + 1]
