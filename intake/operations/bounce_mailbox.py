"""Looks into the mailbox that bounces go to, and says so when it cannot be read any more.

One failure says nothing: mail servers restart. After several in a row bounces would go unnoticed,
so staff are told; the next time that works ends it. Nothing is written while all is well.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from intake.crypto.sealed import JSON
from intake.errors import Unavailable
from intake.notifications.alarms import MAILBOX_FAILING, clear_alarm, open_alarm
from intake.notifications.channels.imap import CODES, ImapMailbox
from intake.operations.results import keep_result, last_result
from intake.operations.telling import raise_and_tell
from intake.settings import Settings
from intake.storage.database import Database
from intake.storage.types import to_millis

NAME = "mailbox"
FAILURES_UNTIL_ALARM = 5

log = structlog.get_logger(__name__)


def read_mailbox(
    database: Database, settings: Settings, take: Callable[[bytes], object], *, at: datetime
) -> None:
    """Give each new mail to ``take``; without a mailbox in the settings, only end its alarm.

    Raises:
        Unavailable: What ``take`` raised; the mailbox itself is well then.
    """
    if settings.imap.host:
        try:
            ImapMailbox(settings.imap).empty(take)
        except Unavailable as failure:
            if not failure.code.startswith(CODES):
                raise
            log.warning("mailbox_not_read", reason=failure.code)
            _note_failure(database, settings, failure.code, at)
            return
    _note_success(database, at)


def _note_failure(database: Database, settings: Settings, reason: str, at: datetime) -> None:
    with database.write() as session:
        last = last_result(session, NAME)
        since, failures = to_millis(at), 1
        if last is not None and not last.good:
            since, failures = int(last.detail["since"]), int(last.detail["failures"]) + 1
        detail: dict[str, JSON] = {"since": since, "reason": reason, "failures": failures}
        keep_result(session, NAME, good=False, detail=detail, at=at)
        if failures >= FAILURES_UNTIL_ALARM:
            raise_and_tell(session, MAILBOX_FAILING, settings.escalation, detail=detail, at=at)


def _note_success(database: Database, at: datetime) -> None:
    with database.read() as session:
        if not _is_to_be_ended(session):
            return
    with database.write() as session:
        keep_result(session, NAME, good=True, detail={}, at=at)
        clear_alarm(session, MAILBOX_FAILING, at=at)


def _is_to_be_ended(session: Session) -> bool:
    last = last_result(session, NAME)
    return (last is not None and not last.good) or open_alarm(session, MAILBOX_FAILING) is not None
