"""Reports as mail systems write them; ``@ID@`` stands for the Message-ID they are about."""

from pathlib import Path

FOLDER = Path(__file__).parent


def sample(name: str, message_id: str) -> bytes:
    """Return a report about the message with this Message-ID."""
    return (FOLDER / name).read_bytes().replace(b"@ID@", message_id.encode())
