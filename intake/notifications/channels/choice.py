"""Which ways out this installation has, by its settings."""

import sys

from intake.notifications.channels.base import Channel
from intake.notifications.channels.console import ConsoleChannel
from intake.notifications.channels.email import EmailChannel
from intake.notifications.channels.mailbox import MailboxChannel
from intake.notifications.channels.mime import Sender
from intake.settings import Settings


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels by name; without a mail server the file mailbox serves ``email``."""
    sender = sender_of(settings)
    email: Channel
    if settings.smtp.host:
        email = EmailChannel(settings.smtp, sender)
    else:
        email = MailboxChannel(settings.mailbox_dir, sender)
    return {"email": email, "console": ConsoleChannel(sys.stdout)}


def sender_of(settings: Settings) -> Sender:
    """Return who messages come from; ``message_name`` is the clinic's neutral name."""
    address = settings.smtp.from_address or f"no-reply@{_domain(settings.host)}"
    return Sender(address, settings.clinic.message_name, settings.smtp.reply_to)


def _domain(host: str) -> str:
    is_name = host.replace(".", "").isalnum() and not host.replace(".", "").isdigit()
    return host if is_name or "-" in host else "intake.localhost"
