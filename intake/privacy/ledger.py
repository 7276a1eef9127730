"""The ledger of erasures: which inquiries are gone, by a keyed hash of their id.

A backup still holds who was erased after it was made. After a restore the hashes are compared with
what came back, and what they name is destroyed again (SAFETY.md 2.12, T18). The hashes travel apart
from the database: :func:`entries` to write them out, :func:`replay` to go through them.
"""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.keyring import Keyring
from intake.inquiries.models import Inquiry
from intake.inquiries.shredding import ERASED
from intake.privacy.belongings import destroy
from intake.privacy.models import ErasureEntry
from intake.storage.upsert import insert_into

PURPOSE = "erasure ledger"
PAGE = 1000


def entry_of(keyring: Keyring, public_id: str) -> bytes:
    """Return what the ledger knows an inquiry by."""
    return hmac.digest(keyring.secret(PURPOSE), public_id.encode(), hashlib.sha256)


def enter(session: Session, keyring: Keyring, public_id: str, *, at: datetime) -> bytes:
    """Write an inquiry into the ledger, in the erasing transaction; return its entry."""
    entry = entry_of(keyring, public_id)
    row = insert_into(session.connection().dialect.name, ErasureEntry)
    session.execute(row.on_conflict_do_nothing(), {"id_hash": entry, "erased_at": at})
    return entry


def entries(session: Session) -> dict[bytes, datetime]:
    """Return the whole ledger: 32 bytes each, and when it was erased."""
    rows = session.execute(select(ErasureEntry.id_hash, ErasureEntry.erased_at))
    return {row.id_hash: row.erased_at for row in rows}


def replay(
    session: Session,
    keyring: Keyring,
    hashes: Collection[bytes],
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """Destroy again what came back and was erased before; return how many; harmless to repeat.

    No hold and no status is asked: the person was told that it is gone.

    Args:
        session: A session of ``Database.write()``.
        keyring: The keys that wrote the ledger.
        hashes: Of the ledger that was kept apart; those of this database are added.
        actor: Who restores.
        at: Now.
    """
    wanted = set(hashes) | set(entries(session))
    found, after = 0, 0
    while True:
        page = session.execute(
            select(Inquiry.id, Inquiry.public_id)
            .where(Inquiry.id > after, Inquiry.data_key.is_not(None))
            .order_by(Inquiry.id)
            .limit(PAGE)
        ).all()
        for row in page:
            if entry_of(keyring, row.public_id) in wanted:
                destroy(session, row.id, row.public_id, at=at)
                enter(session, keyring, row.public_id, at=at)
                detail = {"reason": "restored"}
                trail.record(
                    session, ERASED, actor=actor, subject=row.public_id, at=at, detail=detail
                )
                found += 1
        if len(page) < PAGE:
            return found
        after = page[-1].id
