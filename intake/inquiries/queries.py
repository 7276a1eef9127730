"""Questions about inquiries: one inquiry, its receipt, and its health text.

Everything comes back as frozen values. Health text comes out through :func:`read_inquiry` and
:func:`read_receipt` alone, and only after the reading was recorded and committed: no record, no
text (RECIPES.md 3). They take the database, not a session, because they need both doors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.crypto.tokens import hash_secret, parse_reference
from intake.errors import NotFound
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.readings import READ, note_reading
from intake.inquiries.summaries import SUMMARY, InquirySummary, summary_of
from intake.inquiries.unsealing import Cells, label_or_none, open_access, open_answers
from intake.storage.database import Database

RECEIPT_READ = "receipt.read"
STATUS_READ = "status.read"
RECEIPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class OpenedInquiry:
    """An inquiry with everything the person wrote; ``answers`` is empty once it is erased."""

    summary: InquirySummary
    answers: Mapping[str, JSON] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody can be reached, and nothing else of what they wrote; empty where not given."""

    phone_e164: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What the receipt page shows again within a day; ``answers`` only through read_receipt.

    ``zone`` is the person's: promised times are told in their time. ``language`` is the one
    messages are written in.
    """

    public_id: str
    inquiry_id: int
    reference: str
    received_at: datetime
    due_at: datetime
    language: str
    zone: str
    ways: tuple[str, ...]
    has_email: bool
    link_token: str = field(repr=False)
    code: str = field(repr=False)
    answers: Mapping[str, JSON] = field(repr=False, default_factory=dict)


Noting = Callable[[Session, int], None]


def note_nothing(_session: Session, _inquiry_id: int) -> None:
    """Write nothing beside the record of a reading."""


_BY_REFERENCE = SUMMARY.where(Inquiry.reference == bindparam("reference"))
_ANSWERS = select(Inquiry.public_id, Inquiry.data_key, Inquiry.answers).where(
    Inquiry.id == bindparam("id")
)
_BY_RECEIPT = select(
    Inquiry.id,
    Inquiry.public_id,
    Inquiry.reference,
    Inquiry.received_at,
    Inquiry.first_response_due_at,
    Inquiry.data_key,
    Inquiry.label,
    Inquiry.access,
).where(Inquiry.receipt_hash == bindparam("receipt_hash"))

_COUNTS = (
    select(Inquiry.status, func.count()).where(Inquiry.closed_at.is_(None)).group_by(Inquiry.status)
)


def open_counts(session: Session) -> dict[Status, int]:
    """Return how many inquiries wait in each open status."""
    return {Status(status): number for status, number in session.connection().execute(_COUNTS)}


def inquiry_by_reference(session: Session, keyring: Keyring, reference: str) -> InquirySummary:
    """Return one inquiry without its health text.

    Args:
        session: A session of either door.
        keyring: Opens the label.
        reference: As stored or in any way people type it.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    stored = parse_reference(reference)
    row = session.connection().execute(_BY_REFERENCE, {"reference": stored}).first()
    if stored is None or row is None:
        raise NotFound("inquiry_unknown")
    return summary_of(row, keyring)


def read_inquiry(
    database: Database,
    keyring: Keyring,
    reference: str,
    *,
    actor: Actor,
    at: datetime,
    noting: Noting = note_nothing,
) -> OpenedInquiry:
    """Record that somebody reads an inquiry, and then give them what the person wrote.

    The record is committed before the text is fetched: if it cannot be written, nothing is shown.
    Whether the actor may read it is the caller's to decide, before this.

    Args:
        database: Both doors are needed.
        keyring: Opens what is sealed.
        reference: As stored or in any way people type it.
        actor: Who reads.
        at: Now.
        noting: What else is written of the opening, in the transaction of the record.

    Raises:
        NotFound: ``inquiry_unknown``; then nothing is recorded.
        SealBroken: The row was changed, or the keys are others; the reading stays recorded.
    """
    with database.read() as session:
        summary = inquiry_by_reference(session, keyring, reference)
    answers = _read_answers(
        database, keyring, summary.id, summary.public_id, READ, actor=actor, at=at, noting=noting
    )
    return OpenedInquiry(summary, answers)


def read_contact(
    database: Database, keyring: Keyring, reference: str, *, actor: Actor, at: datetime
) -> Contact:
    """Record a reading, as :func:`read_inquiry`, and return phone and address alone.

    Raises:
        NotFound: ``inquiry_unknown``; then nothing is recorded.
        SealBroken: The row was changed, or the keys are others; the reading stays recorded.
    """
    answers = read_inquiry(database, keyring, reference, actor=actor, at=at).answers
    phone, email = (answers.get(name) for name in ("phone_e164", "email"))
    return Contact(str(phone or ""), str(email or ""))


def receipt_by_token(
    session: Session, keyring: Keyring, token: str, *, at: datetime
) -> ReceiptView:
    """Return the receipt that a token opens, without the answers.

    Raises:
        NotFound: ``receipt_unknown``: no such token, older than a day, or erased; all the same.
    """
    row = session.connection().execute(_BY_RECEIPT, {"receipt_hash": hash_secret(token)}).first()
    if row is None or at >= row.received_at + timedelta(hours=RECEIPT_HOURS):
        raise NotFound("receipt_unknown")
    cells = Cells(row.public_id, row.data_key, label=row.label, access=row.access)
    access, label = open_access(cells, keyring), label_or_none(cells, keyring)
    if access is None or label is None:
        raise NotFound("receipt_unknown")
    return ReceiptView(
        public_id=row.public_id,
        inquiry_id=row.id,
        reference=row.reference,
        received_at=row.received_at,
        due_at=row.first_response_due_at,
        language=access.language,
        zone=label.zone,
        ways=label.ways,
        has_email=bool(access.email),
        link_token=access.link,
        code=access.code,
    )


def read_receipt(database: Database, keyring: Keyring, token: str, *, at: datetime) -> ReceiptView:
    """Return the receipt with the answers, once the person's own reading is recorded.

    Raises:
        NotFound: As :func:`receipt_by_token`.
    """
    with database.read() as session:
        receipt = receipt_by_token(session, keyring, token, at=at)
    answers = _read_answers(
        database,
        keyring,
        receipt.inquiry_id,
        receipt.public_id,
        RECEIPT_READ,
        actor=Actor(ActorKind.PERSON, receipt.public_id),
        at=at,
    )
    return replace(receipt, answers=answers)


def read_as_person(
    database: Database, keyring: Keyring, inquiry_id: int, public_id: str, *, at: datetime
) -> Mapping[str, JSON]:
    """Record that the person reads their own answers on their page, and return them.

    Whether it is the person is the caller's to know: they entered the code.
    """
    actor = Actor(ActorKind.PERSON, public_id)
    return _read_answers(database, keyring, inquiry_id, public_id, STATUS_READ, actor=actor, at=at)


def answers_to_change(keyring: Keyring, inquiry: Inquiry) -> Mapping[str, JSON]:
    """Return the answers of a row that is held for a change by the person; shown to nobody.

    The change records itself in the same transaction.
    """
    cells = Cells(inquiry.public_id, inquiry.data_key, answers=inquiry.answers)
    return open_answers(cells, keyring) or {}


def _read_answers(
    database: Database,
    keyring: Keyring,
    inquiry_id: int,
    public_id: str,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    noting: Noting = note_nothing,
) -> Mapping[str, JSON]:
    """Record the reading, commit it, and only then fetch and open the text."""
    with database.write() as session:
        note_reading(session, public_id, action=action, actor=actor, at=at)
        noting(session, inquiry_id)
    with database.read() as session:
        row = session.connection().execute(_ANSWERS, {"id": inquiry_id}).one()
    cells = Cells(row.public_id, row.data_key, answers=row.answers)
    return open_answers(cells, keyring) or {}
