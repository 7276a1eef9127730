"""What every way out can do: take a letter, and say how that ended."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from intake.notifications.outcome import Result


@dataclass(frozen=True, slots=True)
class Letter:
    """Words for one reader; ``key`` is the same at every try of the same message.

    For a webhook ``text`` is the body, signed with each of ``secrets``.
    """

    key: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    at: datetime
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Channel(Protocol):
    """A way out. ``send`` never raises for what the other side did, and always ends in time."""

    @property
    def kind(self) -> str:
        """What serves the channel, as staff read it: ``email``, ``mailbox``, ``console``."""

    @property
    def deadline_seconds(self) -> float:
        """The longest that one ``send`` may take."""

    def send(self, letter: Letter) -> Result:
        """Hand the letter over; no database session may be open meanwhile."""
