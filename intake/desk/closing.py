"""The ways an inquiry ends, each with its guard, and the ways it comes back.

What ran when it was closed is kept with the move, so that reopening lets exactly that run on: a
clock is never reset by closing.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from intake.consent.grant import withdraw_consents
from intake.consent.models import Purpose
from intake.crypto.sealed import JSON
from intake.desk import acts, clocks
from intake.desk.closing_letters import LEAVES_AFTER
from intake.desk.done import Done, done
from intake.desk.endings import end_everything, take_messages_back
from intake.desk.lifecycle import Verb
from intake.desk.models import DispositionCode, InquiryMove
from intake.desk.office import By, Case, DeskMember, Given, Office, that_goes_on
from intake.desk.reasons import ASKED_TO_STOP, DECEASED
from intake.desk.reviews import decide
from intake.desk.snapshots import open_again
from intake.desk.writing import tell_person, tell_withdrawn
from intake.errors import Conflict
from intake.inquiries.links import end_merge
from intake.inquiries.models import Outcome, Status
from intake.inquiries.news import CLOSING_NOTE

ANY_CONTACT = (Purpose.CONTACT, Purpose.TEXT, Purpose.NEWS)
BY_LINK = "by_link"


def close(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    outcome: Outcome,
    reason: str = "",
    message: str = "",
    no_message_because: str = "",
    by: By,
    at: datetime,
) -> Done:
    """Close with an outcome that staff choose; the table says from where and what it asks for.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs need.
        reference: Of the inquiry.
        version: What the caller read.
        outcome: ``consultation_held``, ``handed_over``, ``not_reached``, ``not_offered`` or
            ``referred_elsewhere``; the others have verbs of their own.
        reason: A class of ``reasons.REASONS``.
        message: The id and version of the template that is sent, by the caller, in this session.
        no_message_because: A class of ``reasons.NO_MESSAGE``; one of the two, never both.
        by: Who closes.
        at: Now.

    Raises:
        InvalidInput: ``reason``, ``message``; ``attempts``, ``days``, ``day_parts``, ``written``.
    """
    given = Given(reason=reason, message=message, no_message_because=no_message_because)
    case = acts.begin(
        session, office, reference, version, verb=Verb.CLOSE, by=by, at=at, given=given
    )
    acts.step(case, Verb.CLOSE, outcome=outcome)
    ended = _end(case, Verb.CLOSE, outcome, kept=outcome is Outcome.CONSULTATION_HELD)
    if outcome is Outcome.NOT_REACHED:  # no letter fits, and nobody has told them
        subject = f"{ended.public_id}:{ended.move_id}"
        tell_person(case, CLOSING_NOTE, subject, due_at=at + LEAVES_AFTER)
    return ended


def close_not_suitable(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    reason: str,
    words: str = "",
    message: str = "",
    no_message_because: str = "",
    fresh_sign_in: bool,
    by: By,
    at: datetime,
) -> Done:
    """Close for a medical reason: a clinician who has just signed in again.

    Raises:
        NotPermitted: ``role``, or ``fresh_sign_in_needed``.
        InvalidInput: ``reason`` or ``message``.
    """
    verb = Verb.CLOSE_NOT_SUITABLE
    given = Given(
        reason=reason,
        words=words,
        message=message,
        no_message_because=no_message_because,
        fresh_sign_in=fresh_sign_in,
    )
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    acts.step(case, verb)
    return _end(case, verb, Outcome.NOT_SUITABLE)


def close_as_duplicate(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    kept: str,
    by: By,
    at: datetime,
) -> Done:
    """Close one of two; ``kept`` is the public id of the other. ``undo`` restores everything."""
    verb, given = Verb.CLOSE_AS_DUPLICATE, Given(kept=kept)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    acts.step(case, verb)
    return _end(case, verb, Outcome.DUPLICATE, detail={"kept": kept})


def withdraw(
    session: Session,
    office: Office,
    reference: str,
    version: int | None,
    *,
    reason: str = BY_LINK,
    by: By,
    at: datetime,
) -> Done:
    """Stop at once because the person says so; what was on its way to them is cancelled.

    On the link of an inquiry that was joined they withdraw the one that goes on. The reason
    ``asked_to_stop`` takes their permission to be contacted back as well.
    """
    verb, given = Verb.WITHDRAW, Given(reason=reason)
    if not isinstance(by, DeskMember):
        reference, by = that_goes_on(session, reference, by)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    return withdraw_now(case)


def withdraw_now(case: Case) -> Done:
    """Withdraw an inquiry that is held already."""
    acts.step(case, Verb.WITHDRAW)
    if case.given.reason == ASKED_TO_STOP:
        _forget_permissions(case, ASKED_TO_STOP)
    return _end(case, Verb.WITHDRAW, Outcome.WITHDRAWN, cancels="withdrawn")


def mark_deceased(
    session: Session, office: Office, reference: str, version: int, *, by: By, at: datetime
) -> Done:
    """Stop everything in one step: messages, call-backs, clocks and permissions."""
    verb, given = Verb.MARK_DECEASED, Given(reason=DECEASED)
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at, given=given)
    acts.step(case, verb)
    _forget_permissions(case, DECEASED)
    ended = _end(case, verb, Outcome.WITHDRAWN, cancels=DECEASED)
    case.inquiry.deceased_at = at
    session.flush()
    return ended


def _forget_permissions(case: Case, how: str) -> None:
    withdraw_consents(case.session, case.inquiry.id, ANY_CONTACT, how=how, at=case.at)


def _end(
    case: Case,
    verb: Verb,
    outcome: Outcome,
    *,
    kept: bool = False,
    cancels: str = "",
    detail: dict[str, JSON] | None = None,
) -> Done:
    given = case.given
    told: dict[str, JSON] = dict(detail or {})
    told |= {"message": given.message} if given.message else {}
    told |= {"no_message_because": given.no_message_because} if given.no_message_because else {}
    move = acts.write(
        case, verb, target=Status.CLOSED, outcome=outcome, reason=given.reason, detail=told
    )
    if outcome is Outcome.NOT_SUITABLE:
        decide(case, move, DispositionCode.NOT_SUITABLE, given.words)
    end_everything(case, kept=kept)
    if cancels:
        take_messages_back(case, cancels)
        tell_withdrawn(case, move.id)
    clocks.settle(case)
    return done(case, move)


def reopen(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    reason: str,
    by: By,
    at: datetime,
) -> Done:
    """Open a closed inquiry again where it stood, with what ran then; never a withdrawn one.

    Raises:
        InvalidInput: ``reason``.
        Conflict: ``withdrawn_by_person``, ``retention_over``, ``never_open``.
    """
    given = Given(reason=reason)
    case = acts.begin(
        session, office, reference, version, verb=Verb.REOPEN, by=by, at=at, given=given
    )
    return reopen_now(case, Verb.REOPEN)


def take_back_withdrawal(
    session: Session, office: Office, reference: str, *, by: By, at: datetime
) -> Done:
    """Let the person undo their own withdrawal for 14 days; the caller has checked their code.

    Raises:
        Conflict: ``not_withdrawn``, ``take_back_over``, ``never_open``.
    """
    case = acts.begin(session, office, reference, None, verb=Verb.TAKE_BACK, by=by, at=at)
    return reopen_now(case, Verb.TAKE_BACK)


def reopen_now(case: Case, verb: Verb) -> Done:
    """Open an inquiry again that is held already."""
    acts.step(case, verb)
    closing = last_closing(case.session, case.inquiry.id)
    if closing is None:
        raise Conflict("never_open")
    previous = Status(closing.from_status)
    move = acts.write(case, verb, target=previous, reason=case.given.reason)
    open_again(case, closing.before)
    end_merge(case.session, case.inquiry.id, at=case.at)
    clocks.settle(case)
    return done(case, move)


def last_closing(session: Session, inquiry_id: int) -> InquiryMove | None:
    """Return the act that closed an open inquiry last, unless it was taken back."""
    undoing = aliased(InquiryMove)
    return session.scalars(
        select(InquiryMove)
        .where(
            InquiryMove.inquiry_id == inquiry_id,
            InquiryMove.to_status == Status.CLOSED.value,
            InquiryMove.from_status != Status.CLOSED.value,
            ~select(undoing.id).where(undoing.undoes_id == InquiryMove.id).exists(),
        )
        .order_by(InquiryMove.id.desc())
        .limit(1)
    ).one_or_none()
