"""Taking turns at something that is no row yet, so that what is counted or looked at first holds.

On PostgreSQL two transactions that look before they write see the same and both write. A name is
locked until the transaction ends; on SQLite the write door does this already.
"""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def one_at_a_time(session: Session, *name: str | bytes) -> None:
    """Hold a name until the transaction ends; whoever wants the same one waits.

    Args:
        session: A session of ``Database.write()``.
        name: What the turn is about, in parts; never shown nor stored.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return
    parts = (part.encode() if isinstance(part, str) else part for part in name)
    digest = hashlib.sha256(b"\0".join(parts)).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    connection.execute(select(func.pg_advisory_xact_lock(number)))
