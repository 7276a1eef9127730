"""Whether the test mail really arrived: looked for by its own id in the mailbox it was sent to.

That a mail server took a mail says little: it may keep it, lose it or file it as spam. Where the
mailbox of ``synthetic.address`` is the one of ``imap``, we look. Where not, that is what is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from intake.errors import Unavailable
from intake.notifications.channels.choice import sender_of
from intake.notifications.channels.imap import ImapMailbox
from intake.notifications.models import OutboxMessage
from intake.operations.results import keep_result, last_result
from intake.settings import Settings

NAME = "round_trip"
LOOK_SECONDS = 20.0  # other chores wait meanwhile


class Sight(StrEnum):
    """What a look into the mailbox came to."""

    NOT_LOOKED = "not_looked"
    TOO_EARLY = "too_early"  # it had not been delivered yet
    FOUND = "found"
    NOT_THERE = "not_there"
    AWAY = "away"  # the mailbox could not be read, which has an alarm of its own


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """How the last test mail fared that was looked for; ``seconds`` from sending to seeing."""

    sight: Sight
    seconds: int
    checked_at: datetime


def can_look(settings: Settings) -> bool:
    """Whether test mail goes out by a mail server, to an address of ours, and can be looked for."""
    return bool(settings.smtp.host and settings.synthetic.address and settings.imap.host)


def look_for(settings: Settings, messages: Sequence[OutboxMessage]) -> Sight:
    """Look for mails that were delivered; no transaction may be open, as this talks to a server."""
    if not can_look(settings):
        return Sight.NOT_LOOKED
    if not messages:
        return Sight.TOO_EARLY
    mailbox = ImapMailbox(settings.imap, deadline_seconds=LOOK_SECONDS)
    domain = sender_of(settings).domain
    try:
        found = [mailbox.holds(f"{one.public_id}-{one.generation}@{domain}") for one in messages]
    except Unavailable:
        return Sight.AWAY
    return Sight.FOUND if all(found) else Sight.NOT_THERE


def keep_sight(
    session: Session, sight: Sight, messages: Sequence[OutboxMessage], *, at: datetime
) -> None:
    """Keep what a look came to, for the health page and the preflight."""
    if sight is Sight.NOT_LOOKED:
        return
    sent_at = max((one.finished_at for one in messages if one.finished_at), default=at)
    seconds = max(0, round((at - sent_at).total_seconds()))
    detail = {"sight": sight.value, "seconds": seconds}
    keep_result(session, NAME, good=sight is Sight.FOUND, detail=detail, at=at)


def last_round_trip(session: Session) -> RoundTrip | None:
    """Return how the last test mail fared that was looked for, None where none was yet."""
    found = last_result(session, NAME)
    if found is None:
        return None
    return RoundTrip(Sight(found.detail["sight"]), int(found.detail["seconds"]), found.checked_at)
