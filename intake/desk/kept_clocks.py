"""Between the rows and ``clock_chain``: what an inquiry that stays has, and what another brings."""

from collections.abc import Mapping
from dataclasses import asdict

from intake.desk.clock_chain import DUE, FIELDS, FIRST_DUE, OWNER, URGENT, Clocks, Joining
from intake.inquiries.models import Inquiry, Outcome
from intake.storage.types import from_millis, to_millis

PARTS = ("found", "brought", "left")


def clocks_of(inquiry: Inquiry) -> Clocks:
    """Return what a merge may change on the inquiry that stays."""
    return {
        FIRST_DUE: to_millis(inquiry.first_response_due_at),
        DUE: to_millis(inquiry.due_at),
        URGENT: int(inquiry.urgent),
        OWNER: inquiry.assignee_id,
    }


def set_clocks(inquiry: Inquiry, clocks: Clocks) -> None:
    """Write them back into the row."""
    inquiry.first_response_due_at = from_millis(clocks[FIRST_DUE] or 0)
    inquiry.due_at = from_millis(clocks[DUE] or 0)
    inquiry.urgent = bool(clocks[URGENT])
    inquiry.assignee_id = clocks[OWNER]


def brought_by(kept: Inquiry, ended: Inquiry) -> Clocks:
    """Return what the duplicate brings: a promise that nobody has kept runs on.

    One that was closed as spam counts as well: if it is the same person's, they still wait. Where
    the kept inquiry has had its answer, the duplicate's promise is when the next one is due.
    """
    clocks = clocks_of(ended)
    is_open = ended.closed_at is None
    waits = ended.first_responded_at is None and (is_open or ended.outcome == Outcome.SPAM)
    promised = clocks[FIRST_DUE] if waits else None
    return {
        FIRST_DUE: promised if kept.first_responded_at is None else None,
        DUE: clocks[DUE] if is_open else promised,
        URGENT: clocks[URGENT],
        OWNER: clocks[OWNER],
    }


def written(joining: Joining) -> dict[str, object]:
    """Return a merge as JSON, for ``InquiryLink.before``."""
    return asdict(joining)


def read(before: Mapping[str, Mapping[str, int | None]]) -> Joining:
    """Return the merge that :func:`written` wrote."""
    parts = {part: {name: before[part][name] for name in FIELDS} for part in PARTS}
    return Joining(parts["found"], parts["brought"], parts["left"])
