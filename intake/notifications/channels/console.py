"""Messages on the terminal, to watch the queue work; the address is not shown."""

from typing import TextIO

from intake.notifications.channels.base import Letter
from intake.notifications.outcome import Outcome, Result


class ConsoleChannel:
    """Prints subject and text to a stream."""

    kind = "console"
    deadline_seconds = 25.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, letter: Letter) -> Result:
        """Print the letter."""
        try:
            self._stream.write(f"--- {letter.subject}\n{letter.text}\n")
            self._stream.flush()
        except (OSError, ValueError) as closed:
            return Result(Outcome.CHANNEL, "console", type(closed).__name__)
        return Result(Outcome.DELIVERED)
