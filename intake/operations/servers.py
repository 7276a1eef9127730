"""Whether the mail server and the mailbox for bounces let us in; nothing is sent."""

from dataclasses import dataclass

from intake.errors import Unavailable
from intake.notifications.channels.choice import sender_of
from intake.notifications.channels.email import knock
from intake.notifications.channels.imap import ImapMailbox
from intake.notifications.outcome import Outcome
from intake.notifications.reasons import in_words, what_to_do
from intake.settings import ImapSettings, Settings

KNOCK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Shut:
    """A server that does not let us in: why, and what to do, in words for an operator."""

    reason: str
    to_do: str

    @property
    def sentence(self) -> str:
        """Both together, as one line."""
        return ". ".join(part for part in (self.reason, self.to_do) if part)


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
