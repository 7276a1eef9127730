"""Opens what the desk wrote about somebody: notes, requests, summaries, decisions, attempt notes.

All of it is health text. A page gets it from :func:`read_desk`, which records the reading and
commits before it opens anything: no record, no text (RECIPES.md 3).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.models import Actor
from intake.crypto.keyring import Keyring
from intake.desk.models import (
    ClinicalReview,
    ContactAttempt,
    Disposition,
    InformationRequest,
    Note,
)
from intake.desk.office import data_key, opened
from intake.inquiries.models import Inquiry
from intake.inquiries.readings import note_reading
from intake.inquiries.references import inquiry_named
from intake.storage.database import Database


@dataclass(frozen=True, slots=True)
class DeskText:
    """One text: ``kind`` is note, attempt, request, summary, question or disposition."""

    kind: str
    public_id: str
    at: datetime
    staff_id: int | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Requested:
    """What we asked the person for, and whether we still wait for it."""

    at: datetime
    is_open: bool
    text: str = field(repr=False)


# model, its column, the kind, and the columns of author and time.
_TEXTS: tuple[tuple[Any, str, str, str, str], ...] = (
    (Note, "body", "note", "staff_id", "at"),
    (ContactAttempt, "note", "attempt", "staff_id", "at"),
    (InformationRequest, "body", "request", "asked_by", "asked_at"),
    (ClinicalReview, "summary", "summary", "asked_by", "asked_at"),
    (ClinicalReview, "question", "question", "asked_by", "asked_at"),
    (Disposition, "body", "disposition", "staff_id", "at"),
)


def read_desk(
    database: Database, keyring: Keyring, reference: str, *, actor: Actor, at: datetime
) -> tuple[DeskText, ...]:
    """Record that somebody reads what the desk wrote, and then give it to them, oldest first.

    Whether the actor may read it is the caller's to decide, before this. A page that shows the
    person's answers too has recorded that reading already and may call :func:`texts_of`.

    Raises:
        NotFound: ``inquiry_unknown``; then nothing is recorded.
    """
    with database.read() as session:
        public_id = inquiry_named(session, reference).public_id
    with database.write() as session:
        note_reading(session, public_id, actor=actor, at=at, part="desk")
    with database.read() as session:
        return texts_of(session, keyring, reference)


def texts_of(session: Session, keyring: Keyring, reference: str) -> tuple[DeskText, ...]:
    """Return the texts; only after the reading of this inquiry was recorded and committed."""
    inquiry = inquiry_named(session, reference)
    if inquiry.data_key is None:
        return ()
    return tuple(sorted(_texts(session, keyring, inquiry), key=lambda text: text.at))


def requests_of(session: Session, keyring: Keyring, inquiry: Inquiry) -> tuple[Requested, ...]:
    """Return what we asked the person, for the person, oldest first; nothing else the desk wrote.

    Their reading was recorded and committed before. What was taken back is left out.
    """
    if inquiry.data_key is None:
        return ()
    key = data_key(keyring, inquiry)
    rows = session.scalars(
        select(InformationRequest)
        .where(
            InformationRequest.inquiry_id == inquiry.id,
            InformationRequest.ended_how.is_distinct_from("undone"),
        )
        .order_by(InformationRequest.id)
    )
    table = InformationRequest.__tablename__
    return tuple(
        Requested(
            row.asked_at,
            row.ended_at is None,
            opened(key, row.body, table=table, column="body", record=row.public_id),
        )
        for row in rows
    )


def _texts(session: Session, keyring: Keyring, inquiry: Inquiry) -> Iterator[DeskText]:
    key = data_key(keyring, inquiry)
    for model, column, kind, author, when in _TEXTS:
        rows = session.scalars(
            select(model).where(model.inquiry_id == inquiry.id).order_by(model.id)
        )
        for row in rows:
            sealed = getattr(row, column)
            if sealed is None:
                continue
            text = opened(
                key, sealed, table=model.__tablename__, column=column, record=row.public_id
            )
            yield DeskText(kind, row.public_id, getattr(row, when), getattr(row, author), text)
