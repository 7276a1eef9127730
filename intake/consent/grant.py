"""Keeps what a person answered to each wording, and takes permissions back.

Answers are written once. Taking one back adds when and how; nothing is deleted or changed, so the
whole story can be shown years later.
"""

import weakref
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.consent.models import Answer, ConsentRecord, ConsentWording, Purpose
from intake.consent.wordings import Wording
from intake.storage.database import after_commit
from intake.storage.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person answered to one wording."""

    wording: Wording
    answer: Answer


# inline(): nobody needs the new ids, so PostgreSQL is not asked to return them.
_INSERT_RECORDS = (
    insert(ConsentRecord)
    .values(
        wording_id=select(ConsentWording.id)
        .where(
            ConsentWording.purpose == bindparam("of_purpose"),
            ConsentWording.language == bindparam("of_language"),
            ConsentWording.sha256 == bindparam("of_sha256"),
        )
        .scalar_subquery()
    )
    .inline()
)
_ADD_WORDINGS = {
    dialect: insert_into(dialect, ConsentWording).on_conflict_do_nothing()
    for dialect in ("sqlite", "postgresql")
}
_WITHDRAW = (
    update(ConsentRecord)
    .where(
        ConsentRecord.inquiry_id == bindparam("of_inquiry"), ConsentRecord.withdrawn_at.is_(None)
    )
    .values(withdrawn_at=bindparam("at"), withdrawn_how=bindparam("how_withdrawn"))
)

# Which wordings are known to be committed, so that a submission does not ask each time. A wording
# is never deleted, so what was seen once stays true as long as the engine lives.
_stored: weakref.WeakKeyDictionary[Engine, set[str]] = weakref.WeakKeyDictionary()


def grant_consents(
    session: Session,
    inquiry_id: int,
    grants: Sequence[Grant],
    *,
    how: str,
    at: datetime,
    heard_by: str | None = None,
) -> None:
    """Write the answers to the wordings in the caller's transaction.

    Args:
        session: A session of ``Database.write()``.
        inquiry_id: The row the answers belong to.
        grants: One for each wording that was shown, the refused ones as well.
        how: How the person gave them: steps, one_page, read_aloud or api.
        at: When.
        heard_by: Public id of the member who read them aloud, where somebody did.
    """
    _store_wordings(session, [grant.wording for grant in grants], at)
    rows = [
        {
            "of_purpose": grant.wording.purpose.value,
            "of_language": grant.wording.language,
            "of_sha256": grant.wording.sha256,
            "inquiry_id": inquiry_id,
            "purpose": grant.wording.purpose.value,
            "sha256": grant.wording.sha256,
            "answer": grant.answer.value,
            "how": how,
            "heard_by": heard_by,
            "given_at": at,
        }
        for grant in grants
    ]
    connection = session.connection()
    try:
        connection.execute(_INSERT_RECORDS, rows)
    except IntegrityError:
        # Somebody put another database in place: what we knew of the old one is forgotten, so the
        # next try works.
        _stored.pop(connection.engine, None)
        raise


def withdraw_consents(
    session: Session, inquiry_id: int, purposes: Collection[Purpose], *, how: str, at: datetime
) -> int:
    """Take permissions back and return how many were; those taken back before keep their date."""
    chosen = _WITHDRAW.where(ConsentRecord.purpose.in_([purpose.value for purpose in purposes]))
    done = session.connection().execute(
        chosen, {"of_inquiry": inquiry_id, "at": at, "how_withdrawn": how}
    )
    return done.rowcount


def _store_wordings(session: Session, shown: Sequence[Wording], at: datetime) -> None:
    connection = session.connection()
    stored = _stored.setdefault(connection.engine, set())
    missing = [wording for wording in shown if _key(wording) not in stored]
    if not missing:
        return
    connection.execute(
        _ADD_WORDINGS[connection.dialect.name],
        [
            {
                "purpose": wording.purpose.value,
                "language": wording.language,
                "version": wording.version,
                "text": wording.text,
                "sha256": wording.sha256,
                "first_used_at": at,
            }
            for wording in missing
        ],
    )
    after_commit(session, lambda: stored.update(_key(wording) for wording in missing))


def _key(wording: Wording) -> str:
    return f"{wording.purpose}|{wording.language}|{wording.sha256}"
