"""What a checkpoint is made of: digests of events, their tree, and the link to the one before.

Pure arithmetic over bytes, so that a copy of the trail can be proved on another machine, years
later and without this program: the formulas below are all there is to it.
"""

import hashlib
from collections.abc import Sequence

from intake.crypto.sealed import associated

FIRST_PREVIOUS = bytes(32)


def event_digest(fields: Sequence[int | str | bytes]) -> bytes:
    """Return the leaf of one event: SHA-256 over zero and its fields, each behind its length.

    Args:
        fields: As stored, not as understood: numbers in decimal, text as UTF-8 (bytes where the
            database gives bytes). So a change that parses to the same value is a change too.
    """
    parts = (field if isinstance(field, bytes) else str(field).encode() for field in fields)
    return _sha256(b"\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts))


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the leaves in their order; one that has no partner moves up as it is.

    Source: RFC 6962 section 2.1; the same tree, built level by level.
    """
    level = list(leaves)
    while len(level) > 1:
        joined = [
            _sha256(b"\1" + left + right)
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = joined + level[len(joined) * 2 :]
    return level[0] if level else _sha256(b"")


def checkpoint_hash(
    *, previous: bytes, root: bytes, number: int, events: int, last_event_id: int, at: int
) -> bytes:
    """Return what is signed: every other column of the checkpoint, ``at`` in milliseconds."""
    facts = f"{number}|{events}|{last_event_id}|{at}"
    return _sha256(associated("audit checkpoint 1", facts) + previous + root)


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
