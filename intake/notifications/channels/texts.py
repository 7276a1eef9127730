"""Texts to people, through the SMS gateway of the settings; the number is put in at each try.

The gateway's address has ``{to}`` where the number belongs, so one setting serves every person and
no number is ever stored in it. The whole text is the letter's subject: no link, no second line.

Promise: at least once. Apprise passes no idempotency key on.
"""

from dataclasses import replace

from intake.notifications.channels.apprise import AppriseChannel
from intake.notifications.channels.base import Letter
from intake.notifications.outcome import Result

TEXTS = "texts"  # the channel's name; a room above decides whether there is one
PLACE = "{to}"


class TextChannel:
    """Serves ``texts``: letters whose address is a number such as ``+13055550142``."""

    kind = TEXTS

    def __init__(self, gateway: str, *, sms: AppriseChannel | None = None) -> None:
        self._gateway = gateway
        self._sms = sms or AppriseChannel("sms")
        self.deadline_seconds = self._sms.deadline_seconds

    def send(self, letter: Letter) -> Result:
        """Hand the text over; ends within ``deadline_seconds``."""
        address = address_for(self._gateway, letter.to)
        return self._sms.send(replace(letter, to=address, text="", html=""))


def address_for(gateway: str, number: str) -> str:
    """Return where a text to a number goes; services take digits without the plus."""
    return gateway.replace(PLACE, number.removeprefix("+"))
