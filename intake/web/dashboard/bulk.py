"""Several inquiries at once: given to somebody, put off, closed as spam; and taken back.

Fifty at most. Each is judged by itself with the version that the list showed: what somebody changed
meanwhile is refused and told, the others are done.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.desk.assignment import BULK_MAX, Bulk, assign, claim, each
from intake.desk.office import DeskMember
from intake.desk.snooze import snooze
from intake.desk.spam import close_as_spam
from intake.desk.undo import undo
from intake.inquiries.models import Status
from intake.staff.permissions import Permission
from intake.staff.queries import colleagues
from intake.web.context import current, now
from intake.web.dashboard.asked import KEPT
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.bulk_results import opened_outcome, sealed_outcome
from intake.web.dashboard.policies import acting, member_here, needs
from intake.web.dashboard.sent import NOTHING, number_in

NONE_CHOSEN = "Choose at least one inquiry with its box first. Nothing was changed."
TOO_MANY = f"Choose {BULK_MAX} inquiries at most. Nothing was changed."
NO_SUCH_MEMBER = "Choose who takes them. Nothing was changed."
NO_TIME = "Choose until when. Nothing was changed."
UNDO_OVER = "This cannot be taken back any more."


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was ticked, by whom; ``fault`` says why it cannot be acted on."""

    rows: list[tuple[str, int]]
    by: DeskMember
    at: datetime

    @property
    def fault(self) -> str:
        """Why nothing can be done, or an empty text."""
        if not self.rows:
            return NONE_CHOSEN
        return TOO_MANY if len(self.rows) > BULK_MAX else ""


@dashboard.post("/inquiries/assignments")
@needs(Permission.ACT_ON_INQUIRIES)
def bulk_assign() -> ResponseReturnValue:
    """Give the chosen inquiries to a member, or take them oneself."""
    intake, chosen = current(), _chosen()
    is_claim, wanted = request.form.get("act") == "claim", request.form.get("assignee", "")
    with intake.database.read() as session:
        to = next((one.id for one in colleagues(session) if one.public_id == wanted), None)
    if fault := chosen.fault or ("" if is_claim or to is not None else NO_SUCH_MEMBER):
        return _back(fault)
    with intake.database.write() as session:
        bulk = each(
            chosen.rows,
            lambda reference, version: (
                claim(session, intake.office, reference, version, by=chosen.by, at=chosen.at)
                if is_claim or to is None
                else assign(
                    session, intake.office, reference, version, to=to, by=chosen.by, at=chosen.at
                )
            ),
        )
    return _told(bulk, _counted(bulk, "assigned"))


@dashboard.post("/inquiries/snoozes")
@needs(Permission.ACT_ON_INQUIRIES)
def bulk_snooze() -> ResponseReturnValue:
    """Put the chosen inquiries off until a time."""
    intake, chosen, until = current(), _chosen(), _until()
    if until is None or chosen.fault:
        return _back(chosen.fault or NO_TIME)
    with intake.database.write() as session:
        bulk = each(
            chosen.rows,
            lambda reference, version: snooze(
                session,
                intake.office,
                reference,
                version,
                until=until,
                by=chosen.by,
                at=chosen.at,
            ),
        )
    return _told(bulk, _counted(bulk, "snoozed"))


@dashboard.post("/inquiries/spam")
@needs(Permission.COORDINATE_INQUIRIES)
def bulk_spam() -> ResponseReturnValue:
    """Close the chosen inquiries as spam, or propose it where a person may be behind them."""
    intake, chosen = current(), _chosen()
    reason = request.form.get("reason", "")
    if chosen.fault:
        return _back(chosen.fault)
    with intake.database.write() as session:
        bulk = each(
            chosen.rows,
            lambda reference, version: close_as_spam(
                session,
                intake.office,
                reference,
                version,
                reason=reason,
                by=chosen.by,
                at=chosen.at,
            ),
        )
    kinds = ("spam" if one.status is Status.CLOSED else "proposed" for one in bulk.done)
    return _told(bulk, Counter(kinds))


@dashboard.post("/inquiries/undoings")
@needs(Permission.ACT_ON_INQUIRIES)
def bulk_undo() -> ResponseReturnValue:
    """Take back what was just done to several inquiries."""
    intake, member, at = current(), member_here(), now()
    acts = opened_outcome(request.form.get("done", ""), member)
    if acts is None or not acts.moves:
        return _back(UNDO_OVER)
    move_of = {reference: move for reference, _, move in acts.moves}
    by = acting()
    with intake.database.write() as session:
        bulk = each(
            [(reference, version) for reference, version, _ in acts.moves],
            lambda reference, version: undo(
                session,
                intake.office,
                reference,
                version,
                move_id=move_of[reference],
                by=by,
                at=at,
            ),
        )
    return _told(bulk, Counter(undone=len(bulk.done)))


def _chosen() -> Chosen:
    """Return the boxes that were ticked: ``REFERENCE.version`` each; what is no box is no box."""
    pairs = (box.rpartition(".") for box in request.form.getlist("chosen"))
    rows = {
        reference: number_in(version)
        for reference, _, version in pairs
        if reference and number_in(version) != NOTHING
    }
    return Chosen(list(rows.items()), acting(), now())


def _counted(bulk: Bulk, kind: str) -> Counter[str]:
    """Return how many were changed, and how many stood so already."""
    return Counter(kind if one.move_id is not None else "same" for one in bulk.done)


def _until() -> datetime | None:
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        return None
    return until.astimezone(UTC) if until.tzinfo is not None else None


def _told(bulk: Bulk, what: Counter[str]) -> ResponseReturnValue:
    return _back("", done=sealed_outcome(bulk, what, member_here()))


def _back(fault: str, **extra: str) -> ResponseReturnValue:
    """Lead back to the list that was looked at."""
    if fault:
        flash(fault, "error")
    kept: dict[str, Any] = {name: value for name in KEPT if (value := request.form.get(name, ""))}
    return redirect(url_for("dashboard.work_list", **{**kept, **extra}), 303)
