"""The short code: six digits that open more of the private page than its link shows.

Six digits are few, so tries are counted in a row, exact across processes: five wrong ones close the
door for the rest of an hour, twenty in all until the clinic makes a new code. Whatever is wrong,
an unknown link, a wrong code, a closed door, costs the same statements and is answered alike.

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
        CodeGuard.sent_hash,
        CodeGuard.sent_until,
    )
    .where(CodeGuard.link_hash == bindparam("of_link"))
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class _Lock:
    """What a code is compared with."""

    link_hash: bytes
    public_id: str
    code_hash: bytes = field(repr=False)


_NO_LOCK = _Lock(NOBODY, "nobody", NO_HASH)


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
        return _compare(session, keyring, _NO_LOCK, code, at=at)
    lock = _Lock(hash_secret(token), row.public_id, row.code_hash)
    return _compare(session, keyring, lock, code, at=at)


def check_code_of(
    session: Session, keyring: Keyring, reference: str, code: str, *, at: datetime
) -> bool:
    """Say whether a code is that of an inquiry by its reference; counted and answered alike.

    A code that was sent to the person opens the page of the link only.
    """
    try:
        one = inquiry_named(session, reference)
    except NotFound:
        return _compare(session, keyring, _NO_LOCK, code, at=at, takes_sent=False)
    lock = _Lock(one.link_hash, one.public_id, one.code_hash)
    return _compare(session, keyring, lock, code, at=at, takes_sent=False)


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


def _compare(
    session: Session,
    keyring: Keyring,
    lock: _Lock,
    code: str,
    *,
    at: datetime,
    takes_sent: bool = True,
) -> bool:
    guard = guard_of(session, lock.link_hash)
    recent = [one for one in guard.wrong_at if from_millis(one) > at - HOUR]
    is_open = len(recent) < WRONG_HOURLY_MAX and guard.wrong_total < WRONG_MAX
    given = hash_code(keyring.secret("code"), lock.public_id, _digits(code))
    is_own = hmac.compare_digest(given, lock.code_hash)
    lives = takes_sent and guard.sent_until is not None and guard.sent_until > at
    is_sent = hmac.compare_digest(given, guard.sent_hash or NO_HASH) and lives
    is_right = is_open and (is_own or is_sent) and lock is not _NO_LOCK
    values: dict[str, Any] = {"wrong_at": recent, "wrong_total": guard.wrong_total}
    if is_right and is_sent:
        values |= {"sent_hash": None, "sent_code": None, "sent_until": None}
    counts = not is_right and is_open and lock is not _NO_LOCK
    if counts:
        values = {"wrong_at": [*recent, to_millis(at)], "wrong_total": guard.wrong_total + 1}
    session.execute(update(CodeGuard).where(CodeGuard.link_hash == lock.link_hash).values(**values))
    actor = Actor(ActorKind.PERSON, lock.public_id)
    if is_right:
        trail.record(session, OPENED, actor=actor, subject=lock.public_id, at=at)
    elif counts and _closes_now(values):
        detail = {"wrong": values["wrong_total"]}
        trail.record(session, LOCKED, actor=actor, subject=lock.public_id, at=at, detail=detail)
    return is_right


def _closes_now(values: dict[str, Any]) -> bool:
    """Whether the try that was just counted closed the door."""
    is_last = values["wrong_total"] == WRONG_MAX
    return is_last or len(values["wrong_at"]) == WRONG_HOURLY_MAX


def _digits(code: str) -> str:
    return "".join(one for one in code[: CODE_DIGITS * 4] if one.isdecimal())[: CODE_DIGITS + 1]
