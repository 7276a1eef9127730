"""What an inquiry's person has permitted, word for word and as it stands now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from intake.consent.models import Answer, ConsentRecord, ConsentWording, Purpose

_OF_INQUIRY = (
    select(
        ConsentRecord.purpose,
        ConsentRecord.answer,
        ConsentRecord.how,
        ConsentRecord.heard_by,
        ConsentRecord.given_at,
        ConsentRecord.withdrawn_at,
        ConsentRecord.withdrawn_how,
        ConsentRecord.sha256,
        ConsentWording.language,
        ConsentWording.version,
        ConsentWording.text,
    )
    .join(ConsentWording, ConsentWording.id == ConsentRecord.wording_id)
    .where(ConsentRecord.inquiry_id == bindparam("inquiry_id"))
    .order_by(ConsentRecord.id)
)
_PERMITTED = select(ConsentRecord.id).where(
    ConsentRecord.inquiry_id == bindparam("inquiry_id"),
    ConsentRecord.purpose == bindparam("purpose"),
    ConsentRecord.answer == Answer.YES.value,
    ConsentRecord.withdrawn_at.is_(None),
)
_given_back = aliased(ConsentRecord)
_TAKEN_BACK = (
    select(ConsentRecord.inquiry_id, ConsentRecord.withdrawn_at)
    .where(
        ConsentRecord.inquiry_id.in_(bindparam("inquiry_ids", expanding=True)),
        ConsentRecord.purpose == bindparam("purpose"),
        ConsentRecord.withdrawn_at.is_not(None),
        ~select(_given_back.id)
        .where(
            _given_back.inquiry_id == ConsentRecord.inquiry_id,
            _given_back.purpose == ConsentRecord.purpose,
            _given_back.answer == Answer.YES.value,
            _given_back.withdrawn_at.is_(None),
        )
        .exists(),
    )
    .order_by(ConsentRecord.id)
)


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer to one wording, with the words themselves."""

    purpose: Purpose
    answer: Answer
    how: str
    heard_by: str | None
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_how: str | None
    sha256: str
    language: str
    version: str
    text: str

    @property
    def is_in_force(self) -> bool:
        """Whether the person said yes and has not taken it back."""
        return self.answer is Answer.YES and self.withdrawn_at is None


def consents_of(session: Session, inquiry_id: int) -> tuple[Consent, ...]:
    """Return every answer of an inquiry in the order they were given."""
    rows = session.connection().execute(_OF_INQUIRY, {"inquiry_id": inquiry_id})
    return tuple(
        Consent(
            purpose=Purpose(row.purpose),
            answer=Answer(row.answer),
            how=row.how,
            heard_by=row.heard_by,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
            withdrawn_how=row.withdrawn_how,
            sha256=row.sha256,
            language=row.language,
            version=row.version,
            text=row.text,
        )
        for row in rows
    )


def in_force(consents: Iterable[Consent], purpose: Purpose) -> bool:
    """Say whether the person said yes to this and has not taken it back."""
    return any(one.purpose is purpose and one.is_in_force for one in consents)


def is_permitted(session: Session, inquiry_id: int, purpose: Purpose) -> bool:
    """Whether the person has said yes to ``purpose`` and not taken it back."""
    asked = {"inquiry_id": inquiry_id, "purpose": purpose.value}
    return session.connection().execute(_PERMITTED, asked).first() is not None


def taken_back(
    session: Session, inquiry_ids: Collection[int], purpose: Purpose
) -> dict[int, datetime]:
    """Return which of these inquiries' persons have taken back ``purpose``, and when.

    Who gave it again since is not among them.
    """
    if not inquiry_ids:
        return {}
    asked = {"inquiry_ids": sorted(inquiry_ids), "purpose": purpose.value}
    rows = session.connection().execute(_TAKEN_BACK, asked)
    return {row.inquiry_id: row.withdrawn_at for row in rows}
