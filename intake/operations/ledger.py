"""The receipt ledger: every reference that was ever shown has a stored inquiry.

When a receipt is shown, a keyed hash of its reference is appended to a file outside the database.
Every night the hashes are looked up: one without an inquiry means that the database lost something
it had acknowledged (a bad restore, a disk that lied). The hash tells nothing without the keys.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from intake.crypto.sealed import JSON
from intake.inquiries.models import Inquiry
from intake.notifications.alarms import RECEIPTS_MISSING, clear_alarm
from intake.operations.results import keep_result, last_result
from intake.operations.telling import raise_and_tell
from intake.settings import EscalationSettings
from intake.storage.database import Database
from intake.storage.types import from_millis, to_millis

NAME = "ledger"
HASH_BYTES = 16
ROWS_A_PAGE = 5_000
EVERY = timedelta(hours=24)
AROUND = timedelta(days=2)  # a receipt is shown within a day of its inquiry

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What the check found.

    Attributes:
        shown: References in the ledger, each once.
        missing: Those without an inquiry.
        damaged: Lines that cannot be read, such as one cut off by a power failure.
        first_missing_at: When the earliest missing one was shown.
    """

    shown: int = 0
    missing: int = 0
    damaged: int = 0
    first_missing_at: datetime | None = None


class Ledger:
    """The files of one machine: ``<folder>/2026-11.log``, one line for each receipt shown."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret

    @property
    def exists(self) -> bool:
        """Whether anything was ever written on this machine."""
        return any(self._folder.glob("*.log"))

    def note(self, reference: str, *, at: datetime) -> None:
        """Write that a reference is being shown; a full disk must not take the receipt away."""
        line = f"{to_millis(at)} {self.hash_of(reference)}\n".encode()
        try:
            self._append(self._folder / f"{at.astimezone(UTC):%Y-%m}.log", line)
        except OSError as failure:
            log.warning("ledger_not_written", error_class=type(failure).__name__)

    def hash_of(self, reference: str) -> str:
        """Return the keyed hash of a stored reference."""
        mac = hmac.digest(self._secret, reference.encode(), hashlib.sha256)
        return mac[:HASH_BYTES].hex()

    def months(self) -> Iterator[tuple[dict[str, datetime], int]]:
        """Yield each file's hashes with the first time each was shown, and the damaged lines."""
        for path in sorted(self._folder.glob("*.log")):
            yield _read(path)

    def _append(self, path: Path, line: bytes) -> None:
        """Append in one write, so that lines of several processes never mix, and keep it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)


def check_ledger(database: Database, ledger: Ledger) -> LedgerReport:
    """Look up every reference of the ledger; one month is in memory at a time."""
    shown = missing = damaged = 0
    first: datetime | None = None
    for hashes, broken in ledger.months():
        lost = _without_inquiry(database, ledger, hashes)
        shown, missing, damaged = shown + len(hashes), missing + len(lost), damaged + broken
        first = min((at for at in (first, *lost.values()) if at is not None), default=None)
    return LedgerReport(shown, missing, damaged, first)


def keep_check(
    database: Database, ledger: Ledger, contacts: EscalationSettings, *, at: datetime
) -> LedgerReport:
    """Check, keep what was found for the health page, and raise or clear the alarm."""
    report = check_ledger(database, ledger)
    first = report.first_missing_at
    detail: dict[str, JSON] = {
        "shown": report.shown,
        "missing": report.missing,
        "damaged": report.damaged,
        "first_missing_at": first.isoformat() if first else None,
    }
    with database.write() as session:
        keep_result(session, NAME, good=not report.missing, detail=detail, at=at)
        if report.missing:
            raise_and_tell(session, RECEIPTS_MISSING, contacts, detail=detail, at=at)
        else:
            clear_alarm(session, RECEIPTS_MISSING, at=at)
    return report


def check_nightly(
    database: Database, ledger: Ledger, contacts: EscalationSettings, *, at: datetime
) -> None:
    """Check when the last time was a day ago; a machine that showed nothing has nothing to say."""
    with database.read() as session:
        last = last_result(session, NAME)
    if ledger.exists and (last is None or at - last.checked_at >= EVERY):
        keep_check(database, ledger, contacts, at=at)


def _read(path: Path) -> tuple[dict[str, datetime], int]:
    hashes: dict[str, datetime] = {}
    damaged = 0
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            millis, _, digest = line.rstrip("\n").partition(" ")
            if millis.isdigit() and len(millis) <= 15 and len(digest) == 2 * HASH_BYTES:
                hashes.setdefault(digest, from_millis(int(millis)))
            else:
                damaged += 1
    return hashes, damaged


def _without_inquiry(
    database: Database, ledger: Ledger, hashes: dict[str, datetime]
) -> dict[str, datetime]:
    """Return what has no inquiry: first among those of the time, then among all."""
    left = dict(hashes)
    if not left:
        return left
    span = (min(left.values()) - AROUND, max(left.values()) + AROUND)
    for reference in _references(database, span):
        left.pop(ledger.hash_of(reference), None)
    if left:  # a clock was wrong, or it is really gone
        for reference in _references(database, None):
            left.pop(ledger.hash_of(reference), None)
    return left


def _references(database: Database, span: tuple[datetime, datetime] | None) -> Iterator[str]:
    """Yield stored references page by page; a long read would hold up the database's cleaning."""
    after = 0
    while True:
        statement = select(Inquiry.id, Inquiry.reference).where(Inquiry.id > after)
        if span is not None:
            statement = statement.where(Inquiry.received_at.between(*span))
        with database.read() as session:
            rows = session.execute(statement.order_by(Inquiry.id).limit(ROWS_A_PAGE)).all()
        yield from (row.reference for row in rows)
        if len(rows) < ROWS_A_PAGE:
            return
        after = rows[-1].id
