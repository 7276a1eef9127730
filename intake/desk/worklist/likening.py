"""Gives inquiries from before 0014 what tells likely duplicates, so that the list counts them too.

A migration has no keys. The name and the age are in the answers, so those are opened here, by the
program and for nobody's eyes; each inquiry has a record of it in the same transaction. Only what
the list may count is touched. Once through for each worker, a few at a time.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens
from intake.desk.duplicates import IS_OF_INTEREST, LOOKS_BACK
from intake.errors import IntakeError
from intake.inquiries.likeness import likeness_of
from intake.inquiries.models import Inquiry, SearchToken
from intake.inquiries.queries import answers_to_change
from intake.storage.database import Database
from intake.storage.upsert import insert_into

log = structlog.get_logger()
LIKENED = "inquiry.likeness_stored"
AT_ONCE = 50

_IS_WITHOUT = (
    Inquiry.like_phone.is_(None),
    Inquiry.like_email.is_(None),
    Inquiry.like_person.is_(None),
    Inquiry.answers.is_not(None),
)
_WITHOUT = (
    select(Inquiry.id)
    .where(*_IS_WITHOUT, *IS_OF_INTEREST, Inquiry.id > bindparam("after"))
    .order_by(Inquiry.id)
    .limit(AT_ONCE)
)


@dataclass(slots=True)
class Likening:
    """One worker's way through the older inquiries; ``after`` is None once it has been through."""

    database: Database
    keyring: Keyring
    tokens: SearchTokens
    after: int | None = 0

    def go_on(self, at: datetime) -> int:
        """Do the next few; return how many got their tokens, and write nothing where none does."""
        if self.after is None:
            return 0
        asked = {"after": self.after, "since": at - LOOKS_BACK}
        with self.database.read() as session:
            ids = session.scalars(_WITHOUT, asked).all()
        self.after = ids[-1] if ids else None
        count = 0
        for number in ids:
            with self.database.write() as session:
                count += self._liken(session, number, at)
        return count

    def _liken(self, session: Session, number: int, at: datetime) -> bool:
        row = session.scalars(
            select(Inquiry).where(Inquiry.id == number, *_IS_WITHOUT).with_for_update()
        ).one_or_none()
        if row is None:
            return False  # another worker was faster, or it was erased since
        try:
            likeness = likeness_of(answers_to_change(self.keyring, row), self.tokens)
        except IntakeError as broken:
            # A row that does not open is for the audit of the keys; the others go on.
            log.warning("not_likened", code=broken.code)
            return False
        for column, token in likeness.telling.items():
            setattr(row, column, token)
        session.flush()
        connection = session.connection()
        connection.execute(
            insert_into(connection.dialect.name, SearchToken).on_conflict_do_nothing(),
            [{"token": token, "inquiry_id": number} for token in sorted(likeness.stored)],
        )
        trail.record(session, LIKENED, actor=SYSTEM, subject=row.public_id, at=at)
        return True
