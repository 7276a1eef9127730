"""What became of several inquiries at once, told above the list, with the way to take it back.

It travels sealed in the address that the browser is led to: references, codes and the acts
themselves, good for who acted, and for as long as an act can be taken back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, cast

from flask import request

from intake.crypto.sealed import JSON, open_cookie, seal_cookie
from intake.crypto.tokens import show_reference
from intake.desk.assignment import Bulk
from intake.desk.undo import UNDO_MINUTES
from intake.errors import IntakeError, InvalidInput
from intake.staff.accounts import Member
from intake.web.context import current, now

PURPOSE = "staff bulk"
LASTS = timedelta(minutes=UNDO_MINUTES)
WHY: Mapping[str, str] = MappingProxyType(
    {
        "inquiry_changed": "somebody changed it meanwhile",
        "not_from_this_status": "not possible from where it stands",
        "owned_by_other": "it is somebody else's",
        "second_person_needed": "you proposed it already; a second person has to agree",
        "inquiry_unknown": "there is no such inquiry any more",
        "role": "your roles do not allow it",
        "changed_since": "something happened after it",
        "undo_over": "it is too long ago",
        "already_undone": "it was taken back already",
        "assignee.unknown": "this member cannot take inquiries",
        "until.past": "the time has passed",
        "until.far": "no longer than 90 days",
        "reason.missing": "a reason is needed",
    }
)
DONE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "assigned": ("1 inquiry is assigned.", "{n} inquiries are assigned."),
        "same": ("1 inquiry stood so already.", "{n} inquiries stood so already."),
        "snoozed": ("1 inquiry is snoozed.", "{n} inquiries are snoozed."),
        "spam": ("1 inquiry is closed as spam.", "{n} inquiries are closed as spam."),
        "proposed": (
            "1 inquiry may be from a person: a second one has to agree that it is spam.",
            "{n} inquiries may be from people: a second one has to agree that they are spam.",
        ),
        "undone": ("1 act is taken back.", "{n} acts are taken back."),
    }
)


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What is told: sentences, what was refused and why, and the sealed acts to take back."""

    lines: list[str]
    refused: list[tuple[str, str]]
    undo: str


@dataclass(frozen=True, slots=True)
class Acts:
    """What was done and refused, as it was sealed."""

    what: Mapping[str, int]
    refused: Sequence[tuple[str, str]]
    moves: Sequence[tuple[str, int, int]]


def sealed_outcome(bulk: Bulk, what: Mapping[str, int], member: Member) -> str:
    """Return the result as an address may carry it.

    Args:
        bulk: What became of each.
        what: How many of which kind (``DONE``) were done.
        member: Who acted.
    """
    value: JSON = {
        "what": {kind: number for kind, number in what.items() if number},
        "refused": [[reference, code_of(error)] for reference, error in bulk.refused.items()],
        "moves": [
            [one.reference, one.version, one.move_id]
            for one in bulk.done
            if one.move_id is not None and "undone" not in what
        ],
        "until": (now() + LASTS).timestamp(),
        "by": member.public_id,
    }
    return seal_cookie(current().keyring.secret(PURPOSE), PURPOSE, value)


def code_of(error: IntakeError) -> str:
    """Return the code of a refusal; of wrong input the first field with its code."""
    if isinstance(error, InvalidInput):
        return f"{error.problems[0].field}.{error.problems[0].code}"
    return error.code


def outcome_here(member: Member) -> BulkOutcome | None:
    """Return what the address tells of an act just done, if it does."""
    sealed = request.args.get("done", "")
    acts = opened_outcome(sealed, member)
    if acts is None:
        return None
    refused = [
        (show_reference(reference), WHY.get(code, code.replace("_", " ").replace(".", ": ")))
        for reference, code in acts.refused
    ]
    lines = [_line(kind, number) for kind, number in acts.what.items()]
    return BulkOutcome(lines, refused, sealed if acts.moves else "")


def opened_outcome(sealed: str, member: Member) -> Acts | None:
    """Return what was sealed, for who acted and in time."""
    value = open_cookie(current().keyring.secret(PURPOSE), PURPOSE, sealed) if sealed else None
    if not isinstance(value, Mapping) or value.get("by") != member.public_id:
        return None
    acts = cast("Mapping[str, Any]", value)  # sealed by us: it has the shape that we gave it
    if now().timestamp() >= acts["until"]:
        return None
    return Acts(
        what=dict(acts["what"]),
        refused=[(str(reference), str(code)) for reference, code in acts["refused"]],
        moves=[(str(one), int(version), int(move)) for one, version, move in acts["moves"]],
    )


def _line(kind: str, number: int) -> str:
    one, many = DONE[kind]
    return one if number == 1 else many.format(n=number)
