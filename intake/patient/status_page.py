"""What the holder of a private link may see and stop: where the inquiry stands, and our mail.

The link alone shows a sentence and dates: never an outcome, what we need, or a word they wrote.
It works while the inquiry is open and for 30 days after; a wrong, an old and a mistyped link are
answered alike (SAFETY.md T3).
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import hash_secret
from intake.errors import NotFound
from intake.inquiries.addresses import address_key, mail_proof
from intake.inquiries.hearing import who_hears
from intake.inquiries.links import kept_id_of
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.promise import first_promise
from intake.inquiries.unsealing import Cells, label_or_none, open_access
from intake.notifications.limits import suppress
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.subscriptions import Facts

OPEN_AFTER_CLOSING_DAYS = 30
NOT_ME = "inquiry.not_me"
NO_ID = 0

_BY_LINK = select(
    Inquiry.id,
    Inquiry.public_id,
    Inquiry.reference,
    Inquiry.status,
    Inquiry.urgent,
    Inquiry.language,
    Inquiry.received_at,
    Inquiry.first_response_due_at,
    Inquiry.new_promise_at,
    Inquiry.due_at,
    Inquiry.closed_at,
    Inquiry.code_hash,
    Inquiry.data_key,
    Inquiry.label,
    Inquiry.access,
).where(Inquiry.link_hash == bindparam("link_hash"))
_STANDING = select(
    Inquiry.id,
    Inquiry.status,
    Inquiry.first_response_due_at,
    Inquiry.new_promise_at,
    Inquiry.closed_at,
    Inquiry.deceased_at,
).where(Inquiry.id == bindparam("id"))


class Standing(StrEnum):
    """Where an inquiry stands, as the person reads it."""

    RECEIVED = "received"
    TRIED = "tried"
    CONTACTED = "contacted"
    WAITING = "waiting"
    IN_REVIEW = "in_review"
    BOOKED = "booked"
    CLOSED = "closed"
    ERASED = "erased"


STANDINGS = MappingProxyType(
    {
        Status.NEW: Standing.RECEIVED,
        Status.QUARANTINED: Standing.RECEIVED,
        Status.CONTACTING: Standing.TRIED,
        Status.IN_DISCUSSION: Standing.CONTACTED,
        Status.WAITING_ON_PATIENT: Standing.WAITING,
        Status.CLINICAL_REVIEW: Standing.IN_REVIEW,
        Status.SCHEDULED: Standing.BOOKED,
        Status.CLOSED: Standing.CLOSED,
        Status.ERASED: Standing.ERASED,
    }
)
# Until somebody has reached the person, the promise of the receipt can be late.
_PROMISE_RUNS = frozenset({Standing.RECEIVED, Standing.TRIED})


@dataclass(frozen=True, slots=True)
class StatusView:
    """One inquiry as its private link shows it.

    Attributes:
        reference: As stored.
        standing: Where it stands.
        promised_at: When we said we would be in touch.
        first_promised_at: What we had said before a closure moved it, if one did.
        is_late: Whether that has passed and nobody has reached them.
        new_promise_at: What we said then, once we said it.
        is_late_again: Whether that has passed, too.
        received_at: When it came in.
        closed_at: When it was closed or erased.
        zone: The person's zone, in which times are told; empty where it is not certain.
        is_final: Whether it cannot be opened again: whoever reads this may be the family.
    """

    reference: str
    standing: Standing
    promised_at: datetime
    is_late: bool
    new_promise_at: datetime | None
    is_late_again: bool
    received_at: datetime
    closed_at: datetime | None
    zone: str
    first_promised_at: datetime | None = None
    is_final: bool = False


def status_by_link(session: Session, keyring: Keyring, token: str, *, at: datetime) -> StatusView:
    """Return where the inquiry of a private link stands.

    One that staff joined with another of the person's stands where that one stands: "closed" would
    tell somebody who still waits that nobody will answer.

    Raises:
        NotFound: ``link_unknown``, whatever is wrong with the link.
    """
    row, goes_on = _found(session, hash_secret(token), at)
    label = label_or_none(Cells(row.public_id, row.data_key, label=row.label), keyring)
    standing = STANDINGS[Status(goes_on.status)]
    is_late = standing in _PROMISE_RUNS and at > goes_on.first_response_due_at
    again = goes_on.new_promise_at if is_late else None
    return StatusView(
        reference=row.reference,
        standing=standing,
        promised_at=goes_on.first_response_due_at,
        is_late=is_late,
        new_promise_at=again,
        is_late_again=again is not None and at > again,
        received_at=row.received_at,
        closed_at=goes_on.closed_at,
        zone=label.zone if label and label.zone_is_certain else "",
        first_promised_at=first_promise(session, goes_on.id, goes_on.first_response_due_at)
        if standing in _PROMISE_RUNS
        else None,
        is_final=goes_on.deceased_at is not None,
    )


def check_mail_link(
    session: Session, keyring: Keyring, token: str, proof: str, *, at: datetime
) -> None:
    """Make sure that a "not me" link came out of the mail, not only off the receipt.

    Raises:
        NotFound: ``link_unknown``, whatever is wrong with the link.
    """
    right = mail_proof(keyring, token).encode()  # first: it costs the same where there is no link
    by_link(session, token, at=at)
    if not hmac.compare_digest(right, proof.encode()):
        raise NotFound("link_unknown")


def stop_mail(session: Session, keyring: Keyring, token: str, proof: str, *, at: datetime) -> None:
    """Stop automatic mail to the address of an inquiry: "I did not send this".

    The address is kept as a keyed hash only. Staff are told; the inquiry itself stays as it is,
    because whoever reads the mail need not be the person who asked. Twice is once.

    Args:
        session: A session of ``Database.write()``.
        keyring: Opens the address.
        token: Of the private link.
        proof: What the mail carried beside it.
        at: Now.

    Raises:
        NotFound: ``link_unknown``, whatever is wrong with the link.
    """
    check_mail_link(session, keyring, token, proof, at=at)
    row = by_link(session, token, at=at)
    access = open_access(Cells(row.public_id, row.data_key, access=row.access), keyring)
    if access is None or any(entry.action == NOT_ME for entry in _history(session, row)):
        return
    if access.email:
        suppress(session, address_key(keyring, access.email), "not_me", at)
    facts = Facts(row.language, urgent=row.urgent)
    messages = [
        NewMessage(
            inquiry_id=row.id,
            recipient=recipient,
            channel=channel,
            event=NOT_ME,
            subject_id=row.public_id,
        )
        for recipient, channel in who_hears(session, NOT_ME, facts)
    ]
    enqueue(session, messages, at=at)
    actor = Actor(ActorKind.PERSON, row.public_id)
    trail.record(session, NOT_ME, actor=actor, subject=row.public_id, at=at)


def _history(session: Session, row: Row[*tuple[Any, ...]]) -> list[trail.AuditEntry]:
    return list(trail.history(session, row.public_id))


def by_link(session: Session, token: str, *, at: datetime) -> Row[*tuple[Any, ...]]:
    """Return the inquiry of a private link.

    Raises:
        NotFound: ``link_unknown``, whatever is wrong with the link.
    """
    return by_link_hash(session, hash_secret(token), at=at)


def by_link_hash(session: Session, link_hash: bytes, *, at: datetime) -> Row[*tuple[Any, ...]]:
    """Return the inquiry of a private link that is known by its hash alone.

    Raises:
        NotFound: ``link_unknown``.
    """
    return _found(session, link_hash, at)[0]


_Standing = Row[*tuple[int, str, datetime, datetime | None, datetime | None, datetime | None]]


def _found(
    session: Session, link_hash: bytes, at: datetime
) -> tuple[Row[*tuple[Any, ...]], _Standing]:
    """Return the inquiry of a link, and how the one stands that goes on for it.

    A link that is unknown or has ended costs the look-ups of one that works. Where the other has
    been erased, this one's own standing is what is left to tell.
    """
    connection = session.connection()
    row = connection.execute(_BY_LINK, {"link_hash": link_hash}).first()
    number = row.id if row is not None else NO_ID
    own = connection.execute(_STANDING, {"id": number}).first()
    kept = connection.execute(_STANDING, {"id": kept_id_of(session, number)}).first()
    if row is None or own is None or kept is None:
        raise NotFound("link_unknown")
    stands = own if _stands_alone(own, kept) else kept
    closed_at = stands.closed_at
    if closed_at is not None and at > closed_at + timedelta(days=OPEN_AFTER_CLOSING_DAYS):
        raise NotFound("link_unknown")
    return row, stands


def _stands_alone(own: _Standing, kept: _Standing) -> bool:
    """Whether a link tells of its own inquiry: it is open or erased, or the other is erased."""
    if own.closed_at is None or own.status == Status.ERASED:
        return True
    return bool(kept.status == Status.ERASED)
