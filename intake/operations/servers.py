"""Whether the mail server and the mailbox for bounces let us in; nothing is sent.

Also keeps how the mailbox fared at its last visit: nobody waits for a bounce, so a mailbox that has
been shut for a week would be noticed by nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.errors import Unavailable
from intake.notifications.channels.choice import sender_of
from intake.notifications.channels.email import knock
from intake.notifications.channels.imap import ImapMailbox
from intake.notifications.outcome import Outcome
from intake.notifications.reasons import in_words, what_to_do
from intake.operations.results import Found, keep_result, last_result
from intake.settings import ImapSettings, Settings
from intake.storage.database import Database

NAME = "imap"
KNOCK_SECONDS = 10.0
NOTED_EVERY = timedelta(minutes=15)  # a mailbox looked into each minute is not a write each minute


@dataclass(frozen=True, slots=True)
class Shut:
    """A server that does not let us in: why, and what to do, in words for an operator."""

    reason: str
    to_do: str

    @property
    def sentence(self) -> str:
        """Both together, as one line."""
        return ". ".join(part for part in (self.reason, self.to_do) if part)


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """How the mailbox for bounces fared at its last visit; ``shut`` is None while it is open."""

    is_on: bool
    checked_at: datetime | None = None
    shut: Shut | None = None


def shut(code: str | None) -> Shut:
    """Return why a server is shut, by the code of ours."""
    return Shut(in_words(code) or "", what_to_do(code))


def try_mail_server(settings: Settings) -> Shut | None:
    """Connect to the mail server and sign in; None when it would take our mail."""
    result = knock(settings.smtp, sender_of(settings), seconds=KNOCK_SECONDS)
    return None if result.outcome is Outcome.DELIVERED else shut(result.error)


def try_mailbox(settings: ImapSettings) -> Shut | None:
    """Sign in to the mailbox for bounces and open its folder; None when that went well."""
    try:
        ImapMailbox(settings, deadline_seconds=KNOCK_SECONDS).knock()
    except Unavailable as away:
        return shut(away.code)
    return None


def visit_mailbox(
    database: Database, settings: ImapSettings, take: Callable[[bytes], object], *, at: datetime
) -> None:
    """Take what came back, and keep for the health page whether the mailbox was open.

    Raises:
        Unavailable: The mailbox is shut, or a mail could not be stored.
    """
    code = None
    try:
        ImapMailbox(settings).empty(take)
    except Unavailable as away:
        code = away.code
        raise
    finally:
        if code is None or code.startswith(NAME):
            _note(database, code, at)


def _note(database: Database, code: str | None, at: datetime) -> None:
    with database.read() as session:
        last = last_result(session, NAME)
    if last is not None and _code(last) == code and at - last.checked_at < NOTED_EVERY:
        return
    with database.write() as session:
        keep_result(session, NAME, good=code is None, detail={"code": code or ""}, at=at)


def mailbox_health(session: Session, settings: ImapSettings) -> MailboxHealth:
    """Return how the last visit went."""
    if not settings.host:
        return MailboxHealth(is_on=False)
    last = last_result(session, NAME)
    if last is None:
        return MailboxHealth(is_on=True)
    code = _code(last)
    return MailboxHealth(True, last.checked_at, None if code is None else shut(code))


def _code(found: Found) -> str | None:
    return None if found.good else str(found.detail.get("code") or "imap_away")
