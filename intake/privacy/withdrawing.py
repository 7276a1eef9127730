"""Stopping contact because somebody says so, on their page or on ``/withdraw``, and undoing it.

``/withdraw`` asks for the reference and the phone or address: a partner knows both, so it stops
contact and can do nothing else. For 14 days the person takes it back with the short code, and what
it asked to erase waits for that code or for staff.

A match and a mismatch do the same work before they are answered: one row is written. What matched
is carried out a moment after the answer (:func:`carry_out`), so that no clock tells the two apart;
the worker looks again, in case the process died between.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic_core import PydanticCustomError
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens, parse_reference
from intake.desk.closing import BY_LINK, take_back_withdrawal, withdraw
from intake.desk.guards import TAKE_BACK_DAYS
from intake.desk.lifecycle import OPEN
from intake.desk.office import Office
from intake.desk.reasons import BY_FORM
from intake.errors import Conflict, IntakeError, InvalidInput, NotPermitted, Problem, Unavailable
from intake.inquiries.links import kept_id_of
from intake.inquiries.models import Inquiry, Outcome, SearchToken, Status
from intake.inquiries.news import WITHDRAWAL_CONFIRMED
from intake.inquiries.phone import read_phone
from intake.inquiries.unsealing import Cells, label_or_none
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON
from intake.notifications.replay import cancel_for_inquiry
from intake.patient.codes import check_code_of
from intake.patient.status_page import NO_ID
from intake.privacy.models import AskedHow, WithdrawalTry
from intake.privacy.requests import ask_for_erasure, take_request_back
from intake.storage.database import Database
from intake.storage.turns import one_at_a_time
from intake.storage.types import to_millis
from intake.storage.upsert import table_of

STOPPED = "inquiry.contact_stopped"
TRIES_PER_HOUR = 5
HOUR = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
TYPED_MAX_CHARACTERS = 254
REGIONS = ("US", "MX")  # where a number without a country code may be from; Canada is as the US

log = structlog.get_logger()

# On the table and not on the model: the ORM leaves out a column that is NULL, and the two differ.
_NOTE_TRY = insert(table_of(WithdrawalTry)).inline()


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed on ``/withdraw``; never stored."""

    reference: str = field(repr=False)
    contact: str = field(repr=False)  # phone or e-mail
    wants_erasure: bool = False


def problems_of(typed: Typed) -> tuple[Problem, ...]:
    """Return what is missing, whatever it may match."""
    found = []
    for name, text in (("reference", typed.reference), ("contact", typed.contact)):
        if not text.strip():
            found.append(Problem(name, "missing"))
        elif len(text) > TYPED_MAX_CHARACTERS:
            found.append(Problem(name, "too_long"))
    if not found and parse_reference(typed.reference) is None:
        found.append(Problem("reference", "format"))
    return tuple(found)


def note_try(
    session: Session, keyring: Keyring, search: SearchTokens, typed: Typed, *, at: datetime
) -> None:
    """Note one use of ``/withdraw``, and which inquiry it matched, if any; tells nobody which.

    Commit, answer, and then :func:`carry_out`.

    Args:
        session: A session of ``Database.write()``.
        keyring: Hashes the reference.
        search: The tokens of the purpose "search".
        typed: What somebody typed.
        at: Now.

    Raises:
        InvalidInput: ``reference`` or ``contact``: missing, too long, not the form of a reference.
        NotPermitted: ``withdraw_limit``: five in an hour for this reference, whatever they were.
    """
    if problems := problems_of(typed):
        raise InvalidInput(problems)
    reference = parse_reference(typed.reference) or ""
    secret = keyring.secret("withdraw")
    reference_hash = hmac.digest(secret, reference.encode(), hashlib.sha256)
    one_at_a_time(session, reference_hash)
    session.execute(delete(WithdrawalTry).where(WithdrawalTry.tried_at < at - FORGOTTEN_AFTER))
    tries = session.scalar(
        select(func.count()).where(
            WithdrawalTry.reference_hash == reference_hash, WithdrawalTry.tried_at > at - HOUR
        )
    )
    if (tries or 0) >= TRIES_PER_HOUR:
        raise NotPermitted("withdraw_limit")
    matched = session.scalar(
        select(Inquiry.id)
        .join(SearchToken, SearchToken.inquiry_id == Inquiry.id)
        .where(Inquiry.reference == reference, SearchToken.token.in_(_tokens(search, typed)))
        .limit(1)
    )
    session.connection().execute(
        _NOTE_TRY,
        {
            "reference_hash": reference_hash,
            "tried_at": at,
            "inquiry_id": matched,
            "wants_erasure": typed.wants_erasure,
            "done_at": None,
        },
    )


def carry_out(database: Database, office: Office, *, at: datetime) -> int:
    """Stop contact for everybody whose withdrawal matched and is not done; return how many.

    Writes nothing when nothing waits. Each is a transaction of its own, so twice is once, and one
    that cannot be carried out holds up no other.
    """
    with database.read() as session:
        waiting = session.scalars(
            select(WithdrawalTry.id)
            .where(WithdrawalTry.inquiry_id.is_not(None), WithdrawalTry.done_at.is_(None))
            .order_by(WithdrawalTry.id)
        ).all()
    done = 0
    for number in waiting:
        try:
            with database.write() as session:
                done += _carry_out(session, office, number, at)
        except Unavailable:
            raise
        except IntakeError as failed:
            log.warning("withdrawal_waits", error=failed.code)
    return done


def stop_contact(
    session: Session, office: Office, inquiry: Inquiry, *, reason: str = BY_LINK, at: datetime
) -> bool:
    """Stop contact at once for a person, and confirm it to them; say whether anything was open.

    What was joined counts: the one that goes on is withdrawn, and the joined one remembers that it
    came through its link. Where nothing is open, what still waits to be sent is cancelled. Nothing
    is erased.
    """
    kept = session.get_one(Inquiry, kept_id_of(session, inquiry.id))
    if Status(kept.status) is Status.ERASED or kept.outcome == Outcome.WITHDRAWN.value:
        return False
    person = Actor(ActorKind.PERSON, kept.public_id)
    if Status(kept.status) not in OPEN:
        cancel_for_inquiry(session, kept.id, reason="permission_withdrawn", at=at)
        trail.record(session, STOPPED, actor=person, subject=kept.public_id, at=at)
        return False
    done = withdraw(session, office, kept.reference, None, reason=reason, by=person, at=at)
    if kept.id != inquiry.id:
        own = Actor(ActorKind.PERSON, inquiry.public_id)
        trail.record(session, STOPPED, actor=own, subject=inquiry.public_id, at=at)
    label = label_or_none(Cells(kept.public_id, kept.data_key, label=kept.label), office.keyring)
    if label is not None and "email" in label.ways:
        subject = f"{kept.public_id}:{done.move_id}"
        confirmation = NewMessage(kept.id, PERSON, "email", WITHDRAWAL_CONFIRMED, subject)
        enqueue(session, [confirmation], at=at)
    return True


def take_back(session: Session, office: Office, inquiry: Inquiry, *, at: datetime) -> None:
    """Undo a withdrawal for the holder of the short code, and their request to erase with it.

    Raises:
        Conflict: ``not_withdrawn``, ``take_back_over``, ``never_open``.
    """
    kept = session.get_one(Inquiry, kept_id_of(session, inquiry.id))
    if not withdrew(session, inquiry, kept):
        raise Conflict("not_withdrawn")
    person = Actor(ActorKind.PERSON, kept.public_id)
    take_back_withdrawal(session, office, kept.reference, by=person, at=at)
    actor = Actor(ActorKind.PERSON, inquiry.public_id)
    take_request_back(session, inquiry, actor=actor, at=at)


def undo_with_code(
    session: Session, office: Office, reference: str, code: str, *, at: datetime
) -> bool:
    """Take a withdrawal back by reference and short code; say whether that was done.

    A wrong reference, a wrong code, and a right one where there is nothing to undo cost the same
    and count the same.

    Args:
        session: A session of ``Database.write()``, to be committed whatever is said.
        office: The keys.
        reference: As typed.
        code: As typed.
        at: Now.
    """
    own = _row(session, Inquiry.reference == parse_reference(reference))
    kept = _row(session, Inquiry.id == kept_id_of(session, own.id if own else NO_ID))
    may = own is not None and kept is not None and undo_until(session, own, kept, at) is not None
    is_right = check_code_of(session, office.keyring, reference, code, is_of_use=may, at=at)
    if is_right and own is not None:
        take_back(session, office, own, at=at)
    return is_right


def undo_until(session: Session, own: Inquiry, kept: Inquiry, at: datetime) -> datetime | None:
    """Return until when the holder of a link can undo the withdrawal; None where they cannot."""
    is_withdrawn = kept.status == Status.CLOSED.value and kept.outcome == Outcome.WITHDRAWN.value
    if not is_withdrawn or kept.deceased_at is not None or kept.closed_at is None:
        return None
    until = kept.closed_at + timedelta(days=TAKE_BACK_DAYS)
    return until if at <= until and withdrew(session, own, kept) else None


def withdrew(session: Session, own: Inquiry, kept: Inquiry) -> bool:
    """Say whether a withdrawal is this link's to undo: its own inquiry's, or made through it.

    Staff join what looks alike. Whoever sent a form with somebody else's name and number may stop
    contact through it, as with the reference, and must not be able to begin it again.
    """
    if own.id == kept.id:
        return True
    closed_at = kept.closed_at and to_millis(kept.closed_at)
    return any(
        one.action == STOPPED and to_millis(one.at) == closed_at
        for one in trail.history(session, own.public_id)
    )


def _carry_out(session: Session, office: Office, number: int, at: datetime) -> int:
    claimed = session.execute(
        update(WithdrawalTry)
        .where(WithdrawalTry.id == number, WithdrawalTry.done_at.is_(None))
        .values(done_at=at)
        .returning(WithdrawalTry.inquiry_id, WithdrawalTry.wants_erasure)
    ).first()
    if claimed is None or claimed.inquiry_id is None:
        return 0
    inquiry = session.get_one(Inquiry, claimed.inquiry_id, with_for_update=True)
    if inquiry.status == Status.ERASED.value:
        return 0
    stop_contact(session, office, inquiry, reason=BY_FORM, at=at)
    if claimed.wants_erasure:
        person = Actor(ActorKind.PERSON, inquiry.public_id)
        ask_for_erasure(session, inquiry, how=AskedHow.WITHDRAW_PAGE, actor=person, at=at)
    return 1


def _row(session: Session, which: ColumnElement[bool]) -> Inquiry | None:
    found = select(Inquiry).where(which).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def _tokens(search: SearchTokens, typed: Typed) -> Sequence[bytes]:
    """Return what a phone or an address is found by; always three, so that all look alike."""
    text = typed.contact.strip()
    numbers = [_phone(text, region) for region in REGIONS]
    found = [search.phone(number) for number in dict.fromkeys(numbers) if number]
    found.append(search.email(text))
    return [*found, *(secrets.token_bytes(len(found[0])) for _ in range(3 - len(found)))]


def _phone(text: str, region: str) -> str:
    try:
        return read_phone(text, region).e164
    except PydanticCustomError:
        return ""
