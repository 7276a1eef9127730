"""The one place that tells the story of a submission: screen, store, grant, enqueue, record.

Everything is one transaction of six statements; what costs on this path is their number, so they
are built once and run on the connection itself. Sealing happened before (``sealing``), so the
write lock is held for SQL alone.

Source: SAFETY.md 2.1 and 2.2, RECIPES.md 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Row, bindparam, insert, or_, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.consent.grant import grant_consents
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import unseal_json
from intake.errors import Conflict
from intake.inquiries.hearing import who_hears
from intake.inquiries.models import TABLE, Inquiry, Outcome, SearchToken, Status
from intake.inquiries.news import ACKNOWLEDGED, TEXT_FORMS
from intake.inquiries.sealing import SealedInquiry, Source
from intake.notifications.channels.texts import TEXTS
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON, SYNTHETIC
from intake.notifications.text_channel import texts_are_on
from intake.storage.upsert import insert_into, table_of

SUBMITTED = "inquiry.submitted"
PHONE: Source = "phone"
READ_ALOUD = "read_aloud"
# One in 110 billion references is taken for each inquiry stored, so three tries are many.
REFERENCE_TRIES = 3
# Somebody whose first inquiry came in with the same flood is not known by it yet.
KNOWN_AFTER_HOURS = 1

_inquiries = table_of(Inquiry)
_INSERT = {
    dialect: insert_into(dialect, Inquiry).on_conflict_do_nothing().returning(_inquiries.c.id)
    for dialect in ("sqlite", "postgresql")
}
_INSERT_TOKENS = insert(table_of(SearchToken))
_FIRST = select(
    Inquiry.public_id,
    Inquiry.reference,
    Inquiry.first_response_due_at,
    Inquiry.data_key,
    Inquiry.access,
).where(Inquiry.submission_key == bindparam("key"))
_KNOWN = (
    select(Inquiry.id)
    .join(SearchToken, SearchToken.inquiry_id == Inquiry.id)
    .where(
        SearchToken.token.in_(bindparam("tokens", expanding=True)),
        Inquiry.status != Status.QUARANTINED.value,
        or_(
            Inquiry.outcome.is_(None),
            Inquiry.outcome.not_in([Outcome.SPAM.value, Outcome.TEST.value]),
        ),
        or_(
            Inquiry.received_at <= bindparam("known_before", type_=Inquiry.received_at.type),
            Inquiry.status != Status.NEW.value,
        ),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person is shown; two receipts of one inquiry are equal, whichever came first.

    Attributes:
        reference: As stored, without hyphen.
        receipt_token: Opens the receipt page for a day.
        link_token: Opens the private status page.
        code: Six digits that reveal more there.
        due_at: The promised time.
        repeated: Whether this submission had been stored before.
    """

    reference: str
    receipt_token: str = field(repr=False)
    link_token: str = field(repr=False)
    code: str = field(repr=False)
    due_at: datetime
    repeated: bool = field(compare=False)


def submit_inquiry(
    session: Session, sealed: SealedInquiry, *, actor: Actor, at: datetime
) -> Receipt:
    """Store an inquiry, its permissions, its notifications and its audit event.

    Everything joins the caller's transaction: all of it exists or none does. Acknowledge only
    after the ``write()`` block has ended. The same submission key again returns the first receipt
    and writes nothing.

    Args:
        session: A session of ``Database.write()``.
        sealed: From ``seal_inquiry``.
        actor: Who sends: a visitor, or the member of staff who took the call.
        at: When it was received, the same instant as in ``sealed``.

    Raises:
        Conflict: ``inquiry_erased`` when the key belongs to an inquiry that was erased since.
    """
    connection = session.connection()
    sealed = _screened(connection, sealed, at)
    stored = _store(connection, sealed)
    if isinstance(stored, Receipt):
        return stored
    inquiry_id, sealed = stored
    connection.execute(
        _INSERT_TOKENS,
        [{"token": token, "inquiry_id": inquiry_id} for token in sorted(sealed.tokens)],
    )
    how = str(sealed.columns["source"])
    by_phone = how == PHONE
    grant_consents(
        session,
        inquiry_id,
        sealed.grants,
        how=READ_ALOUD if by_phone else how,
        at=at,
        heard_by=actor.id if by_phone else None,
    )
    enqueue(session, _messages(session, inquiry_id, sealed), at=at)
    trail.record(
        session,
        SUBMITTED,
        actor=actor,
        subject=sealed.public_id,
        at=at,
        detail={"source": how, "status": str(sealed.columns["status"])},
    )
    promised_at = sealed.columns["first_response_due_at"]
    return _receipt(sealed.reference, promised_at, sealed.access, repeated=False)


def _screened(connection: Connection, sealed: SealedInquiry, at: datetime) -> SealedInquiry:
    """Let a person the clinic knows through, whatever speaks against this one inquiry."""
    if sealed.columns["status"] != Status.QUARANTINED.value or not sealed.contact_tokens:
        return sealed
    asked = {
        "tokens": list(sealed.contact_tokens),
        "known_before": at - timedelta(hours=KNOWN_AFTER_HOURS),
    }
    if connection.execute(_KNOWN, asked).first() is None:
        return sealed
    return sealed.with_status(Status.NEW)


def _store(connection: Connection, sealed: SealedInquiry) -> Receipt | tuple[int, SealedInquiry]:
    """Insert the row, or find the one that was stored under the same submission key."""
    for _ in range(REFERENCE_TRIES):
        row = connection.execute(_INSERT[connection.dialect.name], dict(sealed.columns)).first()
        if row is not None:
            return row.id, sealed
        key = sealed.columns["submission_key"]
        first = connection.execute(_FIRST, {"key": key}).first()
        if first is not None:
            return _first_receipt(first, sealed.keyring)
        sealed = sealed.with_new_reference()
    raise Conflict("reference_taken")


def _messages(session: Session, inquiry_id: int, sealed: SealedInquiry) -> list[NewMessage]:
    if sealed.is_synthetic:
        return [_confirmation(inquiry_id, sealed, SYNTHETIC)] if sealed.is_acknowledged else []
    messages = [
        NewMessage(
            inquiry_id=inquiry_id,
            recipient=recipient,
            channel=channel,
            event=SUBMITTED,
            subject_id=sealed.public_id,
            payload={"version": sealed.columns["version"]},
        )
        for recipient, channel in who_hears(session, SUBMITTED, sealed.facts)
    ]
    if sealed.is_acknowledged:
        messages.append(_confirmation(inquiry_id, sealed, PERSON))
    if sealed.is_texted and texts_are_on(session):
        messages.append(_confirmation(inquiry_id, sealed, PERSON, TEXTS, TEXT_FORMS[ACKNOWLEDGED]))
    return messages


def _confirmation(
    inquiry_id: int,
    sealed: SealedInquiry,
    recipient: str,
    channel: str = "email",
    event: str = ACKNOWLEDGED,
) -> NewMessage:
    return NewMessage(
        inquiry_id=inquiry_id,
        recipient=recipient,
        channel=channel,
        event=event,
        subject_id=sealed.public_id,
    )


def _first_receipt(
    first: Row[str, str, datetime, bytes | None, bytes | None], keyring: Keyring
) -> Receipt:
    if first.data_key is None or first.access is None:
        raise Conflict("inquiry_erased")
    data_key = keyring.unwrap(first.data_key, record=first.public_id)
    access = cast(
        "Mapping[str, str]",
        unseal_json(data_key, first.access, table=TABLE, column="access", record=first.public_id),
    )
    return _receipt(first.reference, first.first_response_due_at, access, repeated=True)


def _receipt(
    reference: str, due_at: datetime, access: Mapping[str, str], *, repeated: bool
) -> Receipt:
    return Receipt(
        reference=reference,
        receipt_token=access["receipt"],
        link_token=access["link"],
        code=access["code"],
        due_at=due_at,
        repeated=repeated,
    )
