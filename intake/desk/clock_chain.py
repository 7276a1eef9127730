"""What a merge does to the inquiry that goes on, and how it is taken back in any order.

The earlier clock goes on, urgency is never lost, an inquiry without an owner takes the other's, and
one that was put off is looked at again. Several may be joined into one and come out again in
another order than they went in, while people work on it. So each merge notes what it found and what
it left. Taking one back hands its place to the next merge; a value that an act has changed since
stays as that act set it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

Value = int | None
# Instants in milliseconds, urgency as 0 or 1, the owner's id.
Clocks = Mapping[str, Value]

FIRST_DUE = "first_response_due_at"
DUE = "due_at"
REPLY = "reply_due_at"  # of the clock that runs; None where none does
PAUSED = "reply_paused_since"
SNOOZED = "snoozed_until"
URGENT = "urgent"
OWNER = "assignee_id"
FIELDS = (FIRST_DUE, DUE, REPLY, PAUSED, SNOOZED, URGENT, OWNER)
WOKEN = frozenset({PAUSED, SNOOZED})


@dataclass(frozen=True, slots=True)
class Joining:
    """One merge as the kept inquiry met it: how it was, what the other brought, how it became."""

    found: Clocks
    brought: Clocks
    left: Clocks


def joined(found: Clocks, brought: Clocks) -> Joining:
    """Return what a merge leaves; None among ``brought`` is nothing to bring."""
    left = {name: _together(name, found[name], brought[name]) for name in FIELDS}
    return Joining(found, brought, left)


def taken_back(
    now: Clocks, joining: Joining, later: Sequence[Joining]
) -> tuple[dict[str, Value], list[Joining]]:
    """Return how the kept inquiry stands without one merge, and the later merges as they now are.

    Args:
        now: How it stands.
        joining: The merge that is taken back.
        later: Those that came after it and still hold, in their order.
    """
    values: dict[str, Value] = {}
    kept = list(later)
    for name in FIELDS:
        values[name], kept = _field_taken_back(name, now[name], joining, kept)
    return values, kept


def _field_taken_back(
    name: str, now: Value, joining: Joining, later: Sequence[Joining]
) -> tuple[Value, list[Joining]]:
    was, becomes = joining.left[name], joining.found[name]
    changed: list[Joining] = []
    for place, one in enumerate(later):
        if one.found[name] != was:  # an act set it in between: from here on it stays
            return now, [*changed, *later[place:]]
        left = _together(name, becomes, one.brought[name])
        changed.append(
            replace(one, found={**one.found, name: becomes}, left={**one.left, name: left})
        )
        was, becomes = one.left[name], left
    return (becomes if now == was else now), changed


def _together(name: str, found: Value, brought: Value) -> Value:
    if brought is None:
        return found
    if name in WOKEN:
        return None
    if found is None:
        return brought
    if name == OWNER:
        return found
    return max(found, brought) if name == URGENT else min(found, brought)
