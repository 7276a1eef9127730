"""A short code on its way to the person: to the address or number on record, for minutes.

It goes where the private link goes too, so it opens once and not for long (SAFETY.md T3, T4).

Asking writes the same row for every link, one that does not exist included; what comes of it is
done after the answer, so that no clock tells whether there is a link, an address, or a code on its
way already.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import seal
from intake.crypto.tokens import hash_code, hash_secret, new_code
from intake.errors import IntakeError, NotFound, Unavailable
from intake.inquiries.addresses import address_key
from intake.inquiries.code_readers import CODE, CODE_TEXTED, TABLE
from intake.inquiries.conversation_models import CodeGuard
from intake.inquiries.references import inquiry_named
from intake.inquiries.text_readers import phone_key
from intake.inquiries.unsealing import Access, Cells, open_access
from intake.notifications.channels.texts import TEXTS
from intake.notifications.limits import free_at
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON
from intake.notifications.text_channel import texts_are_on
from intake.patient.codes import NOBODY, guard_of, renew_code
from intake.patient.status_page import by_link_hash
from intake.storage.database import Database
from intake.storage.types import to_millis

LIVES = timedelta(minutes=15)
REQUESTED = "status.code_requested"

log = structlog.get_logger()


def ask_for_code(session: Session, token: str, *, at: datetime) -> None:
    """Note that a code is wanted on a link, whatever becomes of it; :func:`send_asked` sends it.

    Args:
        session: A session of ``Database.write()``.
        token: Of the private link.
        at: Now.
    """
    link_hash = hash_secret(token)
    try:
        by_link_hash(session, link_hash, at=at)
    except NotFound:
        link_hash = NOBODY
    guard_of(session, link_hash)
    session.execute(update(CodeGuard).where(CodeGuard.link_hash == link_hash).values(asked_at=at))


def send_asked(database: Database, keyring: Keyring, *, at: datetime) -> int:
    """Send every code that was asked for and is not on its way; return how many are now.

    Writes nothing when none was asked for. Each is a transaction of its own, so twice is once, and
    one that cannot be sent holds up no other.
    """
    with database.read() as session:
        wanted = session.scalars(
            select(CodeGuard.link_hash).where(CodeGuard.asked_at.is_not(None))
        ).all()
    sent = 0
    for link_hash in wanted:
        try:
            with database.write() as session:
                sent += _send_asked(session, keyring, link_hash, at)
        except Unavailable:
            raise
        except IntakeError as failed:
            log.warning("code_not_sent", error=failed.code)
    return sent


def _send_asked(session: Session, keyring: Keyring, link_hash: bytes, at: datetime) -> bool:
    asked_at = guard_of(session, link_hash).asked_at
    session.execute(update(CodeGuard).where(CodeGuard.link_hash == link_hash).values(asked_at=None))
    is_wanted = asked_at is not None and at < asked_at + LIVES and link_hash != NOBODY
    return is_wanted and send_code(session, keyring, link_hash, at=at)


def send_code(
    session: Session,
    keyring: Keyring,
    link_hash: bytes,
    *,
    actor: Actor | None = None,
    at: datetime,
) -> bool:
    """Send a code to the address or number on record; the person is not told whether there is one.

    It lives a quarter of an hour from when it can leave and opens once. While one is on its way no
    other is made. Permission and limits are asked again when it is sent.

    Args:
        session: A session of ``Database.write()``.
        keyring: Opens the address and seals the code.
        link_hash: Of the private link.
        actor: The member who asks for the person; None where the person does.
        at: Now.
    """
    try:
        row = by_link_hash(session, link_hash, at=at)
    except NotFound:
        return False
    access = open_access(Cells(row.public_id, row.data_key, access=row.access), keyring)
    way = _way(session, row.id, access) if access else None
    if access is None or way is None:
        return False
    guard = guard_of(session, link_hash)
    if guard.sent_until is not None and guard.sent_until > at:
        return True
    channel, event = way
    is_mail = channel != TEXTS
    address = address_key(keyring, access.email) if is_mail else phone_key(keyring, access.phone)
    leaves_at, code = free_at(session, address, at), new_code()
    _keep_sent(session, keyring, row, link_hash, code, until=leaves_at + LIVES)
    message = NewMessage(
        inquiry_id=row.id,
        recipient=PERSON,
        channel=channel,
        event=event,
        subject_id=f"{row.public_id}:{to_millis(at)}",
        due_at=leaves_at,
    )
    enqueue(session, [message], at=at)
    actor = actor or Actor(ActorKind.PERSON, row.public_id)
    detail = {"channel": channel}
    trail.record(session, REQUESTED, actor=actor, subject=row.public_id, at=at, detail=detail)
    return True


def send_new_code(
    session: Session, keyring: Keyring, reference: str, *, actor: Actor, at: datetime
) -> bool:
    """Make a new code, which frees a closed door, and send one that opens once.

    Returns:
        Whether there is an address or a number to send it to; without one nothing is changed.

    Raises:
        NotFound: ``inquiry_unknown``, ``link_unknown``, or it is erased.
    """
    one = inquiry_named(session, reference)
    cells = Cells(one.public_id, one.data_key, access=one.access)
    access = open_access(cells, keyring)
    if access is None:
        raise NotFound("inquiry_unknown")
    if _way(session, one.id, access) is None:
        return False
    renew_code(session, keyring, reference, actor=actor, at=at)
    return send_code(session, keyring, hash_secret(access.link), actor=actor, at=at)


def _way(session: Session, inquiry_id: int, access: Access) -> tuple[str, str] | None:
    if access.email:
        return "email", CODE
    may_text = access.phone and texts_are_on(session)
    if may_text and is_permitted(session, inquiry_id, Purpose.TEXT):
        return TEXTS, CODE_TEXTED
    return None


def _keep_sent(
    session: Session,
    keyring: Keyring,
    row: Row[*tuple[Any, ...]],
    link_hash: bytes,
    code: str,
    *,
    until: datetime,
) -> None:
    key = keyring.unwrap(row.data_key, record=row.public_id)
    session.execute(
        update(CodeGuard)
        .where(CodeGuard.link_hash == link_hash)
        .values(
            sent_hash=hash_code(keyring.secret("code"), row.public_id, code),
            sent_code=seal(
                key, code.encode(), table=TABLE, column="sent_code", record=row.public_id
            ),
            sent_until=until,
        )
    )
