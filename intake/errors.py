"""The few families of errors, and the codes they carry.

The domain says what is wrong with a code; ``web/errors.py`` picks the HTTP status and
``web/messages.py`` the translated sentence. Nothing personal is ever put in an error: an error
travels through logs, and what a person typed must not.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field: ``field`` as in the form, ``code`` as in the catalogue."""

    field: str
    code: str


class IntakeError(Exception):
    """An error of ours; ``code`` is a short constant such as ``"inquiry_unknown"``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InvalidInput(IntakeError):
    """What was sent cannot be used; every problem is listed, in the form's order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("invalid_input")
        self.problems = problems


class NotFound(IntakeError):
    """The thing asked for does not exist, or the asker may not know that it does."""


class NotPermitted(IntakeError):
    """The actor's roles do not allow this."""


class Conflict(IntakeError):
    """Somebody was faster, or the state does not allow this any more."""


class Unavailable(IntakeError):
    """Not now: the database is locked, full or away. Trying again later may work."""


class Misconfigured(IntakeError):
    """Settings, keys or content are wrong; every fault is listed, each saying what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("misconfigured")
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(self.faults)
