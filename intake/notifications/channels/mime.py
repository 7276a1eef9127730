"""The e-mail message of a letter: the same for the mail server and for the file mailbox.

Nothing a visitor typed stands in a header but the address itself, and that only as one mailbox;
the library refuses line breaks in headers besides.
"""

import re
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from intake.notifications.channels.base import Letter

_MAILBOX = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+@[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+")
ADDRESS_MAX_CHARACTERS = 254


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail comes from: the clinic's neutral name and its address."""

    address: str
    name: str
    reply_to: str = ""

    @property
    def domain(self) -> str:
        """The domain that stands in Message-ID and in the greeting to the mail server."""
        return self.address.rpartition("@")[2]


def one_mailbox(address: str) -> str:
    """Return ``address`` with its domain in ASCII; ``ValueError`` unless it is just one mailbox."""
    if len(address) > ADDRESS_MAX_CHARACTERS or not _MAILBOX.fullmatch(address):
        raise ValueError("not one mailbox")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def compose(letter: Letter, sender: Sender) -> EmailMessage:
    """Return the message, text first and simple HTML as the alternative.

    ``ValueError`` when the address is not one mailbox or a header would hold a line break.
    """
    to = one_mailbox(letter.to)
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit", utf8=not to.isascii()))
    message["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    local, _, domain = to.rpartition("@")
    message["To"] = Address(username=local, domain=domain)
    if sender.reply_to:
        message["Reply-To"] = Address(addr_spec=sender.reply_to)
    message["Subject"] = letter.subject
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.key}@{sender.domain}>"
    # Some relays put a Message-ID of their own; a bounce then still carries this one.
    message["X-Entity-Ref-ID"] = message["Message-ID"]
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = letter.language
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
