"""The key file on disk: for its owner only, always whole, never overwritten by accident.

Apart from the keyring because these are facts of files, and not of keys.
"""

import os
import stat
import tempfile
from pathlib import Path

from intake.errors import Misconfigured


def read_private(path: Path) -> str:
    """Return the text of a file that nobody but its owner may read.

    Raises:
        Misconfigured: It is missing, unreadable, or open to other users; the fault says what to do.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:
        fault = (
            f"The key file {path} does not exist. On a new installation run `intake keys create`. "
            "If this installation has data, put the file back from your copy or run `intake keys "
            "restore` with the recovery kit; new keys cannot open the data."
        )
        raise Misconfigured((fault,)) from None
    except OSError as error:
        fault = (
            f"The key file {path} cannot be read ({error.strerror}). "
            "Make it a file that belongs to the user who runs this program."
        )
        raise Misconfigured((fault,)) from None
    if stat.S_IMODE(mode) & 0o077:
        fault = f"The key file {path} is open to other users. Run: chmod 600 {path}"
        raise Misconfigured((fault,))
    return text


def write_private(path: Path, text: str, *, replace: bool) -> None:
    """Write the whole file beside its place, then put it there in one step, on disk for good.

    A directory that has to be made is open to its owner only.

    Raises:
        FileExistsError: There is a file already and ``replace`` is false.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            beside.replace(path)
        else:
            # A link, unlike a rename, fails when somebody else has just made the file.
            path.hardlink_to(beside)
    finally:
        beside.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
