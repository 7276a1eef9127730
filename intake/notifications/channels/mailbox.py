"""Messages as files in a folder, for a first run without a mail server and for tests.

The very message that would be mailed, in a file that mail programs open. A repeat overwrites
itself: the name holds the message's key.
"""

import os
import tempfile
from pathlib import Path

from intake.notifications.channels.base import Letter
from intake.notifications.channels.mime import Sender, compose
from intake.notifications.outcome import Outcome, Result


class MailboxChannel:
    """Writes ``<folder>/<time>-<key>.eml``, readable by the owner only."""

    kind = "mailbox"
    deadline_seconds = 25.0

    def __init__(self, folder: Path, sender: Sender) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, letter: Letter) -> Result:
        """Write the file whole or not at all."""
        try:
            content = compose(letter, self._sender).as_bytes()
        except ValueError:
            return Result(Outcome.PERMANENT, "bad_address")
        try:
            self._write(self._name(letter), content)
        except OSError as failure:
            return Result(Outcome.CHANNEL, "disk", type(failure).__name__)
        return Result(Outcome.DELIVERED)

    def _name(self, letter: Letter) -> str:
        earlier = sorted(self._folder.glob(f"*-{letter.key}.eml"))
        return earlier[0].name if earlier else f"{letter.at:%Y%m%dT%H%M%SZ}-{letter.key}.eml"

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self._folder, prefix=".")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(self._folder / name)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
