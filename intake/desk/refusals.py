"""How the desk says no: too late, not from here, not by you; each carries what a page can show.

Missing or wrong input is ``InvalidInput`` with every problem at once; these are about the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.errors import Conflict, InvalidInput, Problem
from intake.inquiries.models import Status

STALE = "inquiry_changed"
NOT_FROM_HERE = "not_from_this_status"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did meanwhile."""

    verb: str
    from_status: str
    to_status: str
    actor_kind: str
    actor_id: str
    at: datetime


class Stale(Conflict):
    """Somebody changed the inquiry since the caller read it; nothing was done."""

    def __init__(self, version: int, changes: Sequence[Change]) -> None:
        super().__init__(STALE)
        self.version = version
        self.changes = tuple(changes)


class NotFromHere(Conflict):
    """The lifecycle has no such step from where the inquiry stands."""

    def __init__(self, verb: str, status: Status) -> None:
        super().__init__(NOT_FROM_HERE)
        self.verb = verb
        self.status = status


def refuse(field: str, code: str) -> InvalidInput:
    """Return one problem as an error to raise."""
    return InvalidInput((Problem(field, code),))
