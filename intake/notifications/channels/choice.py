"""Which ways out this installation has, by its settings."""

import sys
from urllib.parse import urlsplit

from intake.notifications.channels.apprise import AppriseChannel
from intake.notifications.channels.base import Channel
from intake.notifications.channels.console import ConsoleChannel
from intake.notifications.channels.email import EmailChannel
from intake.notifications.channels.mailbox import MailboxChannel
from intake.notifications.channels.mime import Sender
from intake.notifications.channels.texts import TEXTS, TextChannel
from intake.notifications.channels.tunnel import Proxy
from intake.notifications.channels.webhook import WebhookChannel
from intake.settings import Settings, WebhookSettings


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels by name; without a mail server the file mailbox serves ``email``."""
    sender = sender_of(settings)
    email: Channel
    if settings.smtp.host:
        email = EmailChannel(settings.smtp, sender)
    else:
        email = MailboxChannel(settings.mailbox_dir, sender)
    channels: dict[str, Channel] = {"email": email, "console": ConsoleChannel(sys.stdout)}
    if settings.texts_people:
        channels[TEXTS] = TextChannel(settings.texts.gateway.get_secret_value())
    return channels


def open_endpoint_channels(settings: Settings) -> dict[str, Channel]:
    """Return what serves the endpoints of each kind; an endpoint's address is in its letter."""
    return {
        "webhook": WebhookChannel(proxy=proxy_of(settings.webhooks)),
        "chat": AppriseChannel("chat"),
        "sms": AppriseChannel("sms"),
    }


def proxy_of(settings: WebhookSettings) -> Proxy | None:
    """Return the egress proxy, or ``None`` for the direct way."""
    parts = urlsplit(settings.proxy)
    return Proxy(parts.hostname, parts.port) if parts.hostname and parts.port else None


def sender_of(settings: Settings) -> Sender:
    """Return who messages come from; ``message_name`` is the clinic's neutral name."""
    address = settings.smtp.from_address or f"no-reply@{_domain(settings.host)}"
    return Sender(address, settings.clinic.message_name, settings.smtp.reply_to)


def _domain(host: str) -> str:
    is_name = host.replace(".", "").isalnum() and not host.replace(".", "").isdigit()
    return host if is_name or "-" in host else "intake.localhost"
