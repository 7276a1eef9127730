"""Sealing the trail: batches of events under a signed checkpoint, chained to the one before.

Writers never queue for the head of a chain: they only insert, and a sealer in the worker calls
``seal`` every few seconds. Events are taken by "has no seal", never by "id above the last": on
PostgreSQL an id is given at INSERT and seen at COMMIT, so a late commit shows up behind ids that
are sealed already. Gaps between ids are normal there (rollbacks); what proves that nothing is
missing is the count and the root in each checkpoint.

What this cannot show: an event taken away before it was sealed, and the newest checkpoint taken
away together with its seals. Against the second, ``export`` regularly and ``verify`` with it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from intake.audit.digests import FIRST_PREVIOUS, checkpoint_hash, event_digest, tree_root
from intake.audit.models import AuditCheckpoint, AuditEvent, AuditSeal
from intake.audit.stored import EVENT_FIELDS, StoredRow, pages, sealed_events
from intake.crypto.keyring import Keyring
from intake.storage.types import to_millis

BATCH_EVENTS = 1000  # 20 to 70 ms of work while the write lock is held, measured
LONGEST_TRANSACTION = timedelta(minutes=10)
# Any fixed number: it keeps two sealers on one PostgreSQL database from numbering alike.
SEALING_LOCK = 7_061_402_212


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What ``verify`` found.

    Attributes:
        problems: One sentence each, naming the checkpoint; empty if everything is proved.
        events: Events in the trail.
        unsealed: Those no checkpoint covers yet. A few are normal; a growing number means that
            the sealer stands still.
        checkpoints: Checkpoints in the trail.
    """

    problems: tuple[str, ...]
    events: int
    unsealed: int
    checkpoints: int

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the trail."""
        return not self.problems


def seal(session: Session, keyring: Keyring, at: datetime, *, everything: bool = False) -> int:
    """Put events that have no seal yet under a new checkpoint; return how many.

    At most ``BATCH_EVENTS`` at a time: call again while it returns that many. With nothing to
    seal, nothing is written.

    Args:
        session: A session of the write door; nothing else should be in its transaction.
        keyring: Signs the checkpoint.
        at: The instant, aware.
        everything: Look at the whole trail. Otherwise the search starts where a checkpoint older
            than ten minutes ended, which would miss the event of a transaction that lived longer;
            so look at everything once a night.
    """
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(SEALING_LOCK)))
    floor = 0 if everything else _settled_event_id(session, at)
    events = session.execute(
        select(*EVENT_FIELDS[dialect])
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(AuditSeal.event_id.is_(None), AuditEvent.id > floor)
        .order_by(AuditEvent.id)
        .limit(BATCH_EVENTS)
    ).all()
    if events:
        _write_checkpoint(session, keyring, at, events)
    return len(events)


def export(session: Session) -> str:
    """Return each checkpoint as a line of JSON, to be kept where this database's keepers cannot go.

    Bytes are hexadecimal, ``at`` is in milliseconds. Half a kilobyte for each checkpoint.
    """
    return "".join(_line(checkpoint) for page in pages(session) for checkpoint in page)


def verify(
    session: Session, verify_key: Ed25519PublicKey, *, exported: str | None = None
) -> VerifyReport:
    """Prove the whole trail, from the first checkpoint to the last.

    Finds every changed byte and order of sealed events, every missing, added or doubled event,
    seal and checkpoint, a broken chain and a signature of another key. Safe beside writers and
    the sealer.

    Args:
        session: A session of the read door.
        verify_key: The public half of the key that signs.
        exported: The text of an earlier ``export``. Only with it is a missing or re-made end found.
    """
    problems: list[str] = []
    copied = _read_copy(exported or "", problems)
    number, previous = 0, FIRST_PREVIOUS
    checkpoints = 0
    for page in pages(session):
        sealed = sealed_events(session, page[0].number, page[-1].number)
        for checkpoint in page:
            faults = [
                *_chain_faults(checkpoint, number, previous, verify_key),
                *_event_faults(checkpoint, sealed.get(checkpoint.number, ())),
                *_copy_faults(checkpoint, copied.pop(checkpoint.number, None)),
            ]
            problems.extend(f"Checkpoint {checkpoint.number}: {fault}" for fault in faults)
            number, previous = checkpoint.number, checkpoint.hash
        checkpoints += len(page)
    problems.extend(
        f"Checkpoint {gone}: it is in the exported copy and no longer in the trail."
        for gone in sorted(copied)
    )
    problems.extend(_strays(session))
    events, covered = session.execute(
        select(func.count(AuditEvent.id), func.count(AuditSeal.event_id)).outerjoin(
            AuditSeal, AuditSeal.event_id == AuditEvent.id
        )
    ).one()
    return VerifyReport(tuple(problems), events, events - covered, checkpoints)


def _settled_event_id(session: Session, at: datetime) -> int:
    """Return an event id below which no transaction can still be open."""
    return (
        session.scalar(
            select(AuditCheckpoint.last_event_id)
            .where(AuditCheckpoint.at < at - LONGEST_TRANSACTION)
            .order_by(AuditCheckpoint.number.desc())
            .limit(1)
        )
        or 0
    )


def _write_checkpoint(
    session: Session, keyring: Keyring, at: datetime, events: Sequence[StoredRow]
) -> None:
    newest = session.execute(
        select(AuditCheckpoint.number, AuditCheckpoint.hash)
        .order_by(AuditCheckpoint.number.desc())
        .limit(1)
    ).first()
    number, previous = (newest.number + 1, newest.hash) if newest else (1, FIRST_PREVIOUS)
    root = tree_root([event_digest(event) for event in events])
    hashed = checkpoint_hash(
        previous=previous,
        root=root,
        number=number,
        events=len(events),
        last_event_id=events[-1].id,
        at=to_millis(at),
    )
    connection = session.connection()
    connection.execute(
        insert(AuditCheckpoint),
        {
            "number": number,
            "events": len(events),
            "last_event_id": events[-1].id,
            "root": root,
            "previous": previous,
            "hash": hashed,
            "signature": keyring.signing_key().sign(hashed),
            "at": at,
        },
    )
    connection.execute(
        insert(AuditSeal),
        [
            {"event_id": event.id, "checkpoint": number, "position": position}
            for position, event in enumerate(events)
        ],
    )


def _line(checkpoint: StoredRow) -> str:
    facts = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in checkpoint._mapping.items()  # noqa: SLF001 - SQLAlchemy's public name
    }
    return json.dumps(facts) + "\n"


def _chain_faults(
    checkpoint: StoredRow, number: int, previous: bytes, verify_key: Ed25519PublicKey
) -> Iterator[str]:
    if checkpoint.number != number + 1:
        yield f"the one before it should be {checkpoint.number - 1}, and is {number}."
    if checkpoint.previous != previous:
        yield "it does not follow from the one before it."
    facts = {"previous", "root", "number", "events", "last_event_id", "at"}
    hashed = checkpoint_hash(**{name: getattr(checkpoint, name) for name in facts})
    if checkpoint.hash != hashed:
        yield "its own facts were changed."
    try:
        verify_key.verify(checkpoint.signature, checkpoint.hash)
    except InvalidSignature:
        yield "its signature is not by this key."


def _event_faults(checkpoint: StoredRow, rows: Sequence[StoredRow]) -> Iterator[str]:
    gone = [row.event_id for row in rows if row.id is None]
    yield from (f"event {event_id} is gone." for event_id in gone)
    if len(rows) != checkpoint.events:
        yield f"it covers {checkpoint.events} events, and {len(rows)} have its seal."
    if [row.position for row in rows] != list(range(len(rows))):
        yield "the positions of its events have gaps or repeats."
    if not gone and tree_root([event_digest(row[3:]) for row in rows]) != checkpoint.root:
        yield "its events were changed, moved, added or taken away since they were sealed."


def _copy_faults(checkpoint: StoredRow, copied: str | None) -> Iterator[str]:
    if copied is not None and copied != checkpoint.hash.hex():
        yield "it is not the one that was exported."


def _read_copy(exported: str, problems: list[str]) -> dict[int, str]:
    """Return the hash of each exported checkpoint; what cannot be read becomes a problem."""
    copied: dict[int, str] = {}
    for at, line in enumerate(exported.splitlines(), start=1):
        try:
            facts = json.loads(line)
            copied[int(facts["number"])] = str(facts["hash"])
        except (ValueError, LookupError, TypeError):
            problems.append(f"Line {at} of the exported copy cannot be read.")
    return copied


def _strays(session: Session) -> Iterator[str]:
    """Name checkpoints that seals speak of and that are not there."""
    rows = session.execute(
        select(AuditSeal.checkpoint, func.count())
        .outerjoin(AuditCheckpoint, AuditCheckpoint.number == AuditSeal.checkpoint)
        .where(AuditCheckpoint.number.is_(None))
        .group_by(AuditSeal.checkpoint)
        .order_by(AuditSeal.checkpoint)
    )
    for number, count in rows:
        yield f"Checkpoint {number}: it is gone; events with its seal: {count}."
