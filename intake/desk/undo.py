"""Taking an act back: status, owner and clocks become exactly what they were before it.

Only the last act can be taken back, by somebody who may do it, and soon; a merge for as long as it
is the last one. What the act wrote stays in the history, marked as void. Messages that left,
readings and permissions taken back do not come back.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.models import ActorKind
from intake.desk import acts
from intake.desk.done import Done, done
from intake.desk.lifecycle import Verb, may_ever
from intake.desk.models import InquiryMove
from intake.desk.office import By, Case, Office
from intake.desk.snapshots import put_back, void
from intake.desk.tries_told import take_try_back
from intake.errors import Conflict, NotFound, NotPermitted
from intake.inquiries.links import end_merge
from intake.inquiries.models import Status

UNDO_MINUTES = 10
WITHOUT_END = frozenset({Verb.CLOSE_AS_DUPLICATE})
# Acts of the system and the person are facts; nothing a member does unmakes them.
MEMBERS_ONLY = ActorKind.STAFF.value


def undo(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    move_id: int,
    by: By,
    at: datetime,
) -> Done:
    """Take the last act back.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs need.
        reference: Of the inquiry.
        version: What the caller read: that of the act itself.
        move_id: From the act's ``Done``.
        by: Somebody who may do the act that is undone.
        at: Now.

    Raises:
        NotFound: ``move_unknown``.
        NotPermitted: ``role``.
        Conflict: ``changed_since``: something happened after it; ``undo_over``: too long ago;
            ``already_undone``; ``not_undoable``: an undo, or not done by a member.
    """
    case = acts.begin(session, office, reference, version, verb=Verb.UNDO, by=by, at=at)
    move = session.scalars(
        select(InquiryMove).where(
            InquiryMove.id == move_id, InquiryMove.inquiry_id == case.inquiry.id
        )
    ).one_or_none()
    if move is None:
        raise NotFound("move_unknown")
    _check(case, move)
    written = acts.write(
        case,
        Verb.UNDO,
        target=Status(move.from_status),
        detail={"undone": move.verb},
        undoes_id=move.id,
    )
    put_back(case, move.before)
    void(case, move.id)
    take_try_back(case, move.id)
    session.flush()
    if move.verb == Verb.CLOSE_AS_DUPLICATE.value:
        end_merge(session, case.inquiry.id, at=at)
    return done(case, written)


def _check(case: Case, move: InquiryMove) -> None:
    undone = case.session.scalar(select(InquiryMove.id).where(InquiryMove.undoes_id == move.id))
    if undone is not None:
        raise Conflict("already_undone")
    verb = Verb(move.verb)
    if verb is Verb.UNDO or move.actor_kind != MEMBERS_ONLY:
        raise Conflict("not_undoable")
    if case.inquiry.version != move.version:
        raise Conflict("changed_since")
    if verb not in WITHOUT_END and case.at > move.at + timedelta(minutes=UNDO_MINUTES):
        raise Conflict("undo_over")
    if not may_ever(verb, case.by):
        raise NotPermitted("role")
