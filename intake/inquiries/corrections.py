"""What the person changed in their answers: what it was and what it is, for as long as it is kept.

The answers themselves hold the newest values only; who asks what somebody wrote first finds it
here. Making a change is ``patient.corrections``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, seal_json, unseal_json
from intake.crypto.tokens import new_public_id
from intake.inquiries.conversation_models import AnswerCorrection
from intake.inquiries.models import Inquiry
from intake.inquiries.unsealing import data_key
from intake.storage.upsert import insert_into

CORRECTED = "answers.corrected"
TABLE = AnswerCorrection.__tablename__

_ALL = (
    select(AnswerCorrection)
    .where(AnswerCorrection.inquiry_id == bindparam("of_inquiry"))
    .order_by(AnswerCorrection.id)
)


@dataclass(frozen=True, slots=True)
class Change:
    """One answer; an answer that was or is not given is None."""

    name: str
    was: JSON = field(repr=False)
    now: JSON = field(repr=False)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was changed at one time."""

    public_id: str
    at: datetime
    changes: tuple[Change, ...]


def changes_between(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> tuple[Change, ...]:
    """Return what differs, in the order of the answers that are new or were before."""
    names = dict.fromkeys([*after, *before])
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def keep_changes(
    session: Session,
    key: bytes,
    inquiry: Inquiry,
    changes: tuple[Change, ...],
    *,
    form_key: str,
    at: datetime,
) -> str | None:
    """Seal and store what was changed and return its public id; None where this was sent before."""
    public_id = new_public_id()
    told: dict[str, JSON] = {one.name: {"was": one.was, "now": one.now} for one in changes}
    connection = session.connection()
    row = insert_into(connection.dialect.name, AnswerCorrection)
    stored = connection.execute(
        row.on_conflict_do_nothing().returning(AnswerCorrection.id),
        {
            "public_id": public_id,
            "inquiry_id": inquiry.id,
            "form_key": form_key,
            "changes": seal_json(key, told, table=TABLE, column="changes", record=public_id),
            "at": at,
        },
    )
    return None if stored.first() is None else public_id


def count_since(session: Session, inquiry_id: int, since: datetime) -> int:
    """Return how many times the person changed something after an instant."""
    changed = select(func.count()).where(
        AnswerCorrection.inquiry_id == inquiry_id, AnswerCorrection.at > since
    )
    return session.scalar(changed) or 0


def corrections_of(session: Session, keyring: Keyring, inquiry: Inquiry) -> tuple[Corrected, ...]:
    """Return every change, oldest first; only after the reading was recorded and committed."""
    if inquiry.data_key is None:
        return ()
    key = data_key(keyring, inquiry)
    return tuple(_opened(row, key) for row in session.scalars(_ALL, {"of_inquiry": inquiry.id}))


def _opened(row: AnswerCorrection, key: bytes) -> Corrected:
    told = unseal_json(key, row.changes, table=TABLE, column="changes", record=row.public_id)
    changes = []
    if isinstance(told, Mapping):
        for name, one in told.items():
            both = one if isinstance(one, Mapping) else {}
            changes.append(Change(name, both.get("was"), both.get("now")))
    return Corrected(row.public_id, row.at, tuple(changes))
