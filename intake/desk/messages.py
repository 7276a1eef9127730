"""What a member writes to the person: it stands on their private page, and mail says only so.

Writing is an attempt that left something with them: it stops the first response and our reply. It
cannot be taken back, so a page asks before it calls this.
"""

from datetime import datetime

from pydantic_core import PydanticCustomError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.desk.attempts import log_attempt
from intake.desk.done import Done, done
from intake.desk.models import Channel, ContactAttempt, InquiryMove, Result
from intake.desk.office import By, Case, Office, actor_of, member_id
from intake.desk.queries import Move
from intake.desk.refusals import refuse
from intake.desk.writing import tell_person
from intake.inquiries.conversation import (
    MESSAGE_MAX_CHARACTERS,
    SENT,
    is_kept,
    keep_message,
)
from intake.inquiries.news import TEXT_FORMS, WAITING
from intake.inquiries.references import inquiry_named
from intake.inquiries.text import several_lines
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import PERSON

FIELD = "body"


def check_words(text: str) -> str:
    """Return a message cleaned.

    Raises:
        InvalidInput: ``body``: missing, too long, or with signs that cannot be read.
    """
    try:
        cleaned = several_lines(text, max_characters=MESSAGE_MAX_CHARACTERS)
    except PydanticCustomError as refused:
        raise refuse(FIELD, refused.type) from None
    if not cleaned:
        raise refuse(FIELD, "missing")
    return cleaned


def write_to_person(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    text: str,
    form_key: str,
    by: By,
    at: datetime,
) -> Done:
    """Keep a message to the person and tell them, where they chose mail, that one waits.

    The same form sent twice is one message, whatever version it names.

    Raises:
        InvalidInput: ``body``; ``not_permitted`` where they took back that we contact them.
        NotPermitted, NotFromHere, Stale: As every act of the desk.
    """
    cleaned = check_words(text)
    inquiry = inquiry_named(session, reference, lock=True)
    if is_kept(session, inquiry.id, form_key):
        return done(Case(session, office, inquiry, by, at), None)
    if not is_permitted(session, inquiry.id, Purpose.CONTACT):
        raise refuse(FIELD, "not_permitted")
    logged = log_attempt(
        session,
        office,
        reference,
        version,
        channel=Channel.MESSAGE,
        result=Result.SENT,
        by=by,
        at=at,
    )
    inquiry = inquiry_named(session, reference, lock=True)
    case = Case(session, office, inquiry, by, at)
    public_id = keep_message(
        session,
        office.keyring,
        inquiry,
        text=cleaned,
        form_key=form_key,
        from_person=False,
        staff_id=member_id(by),
        at=at,
    )
    if public_id is not None:
        if tell_person(case, WAITING, public_id):
            _tie(case, logged)
        trail.record(
            session,
            SENT,
            actor=actor_of(by),
            subject=inquiry.public_id,
            at=at,
            detail={"message": public_id},
        )
    return logged


def _tie(case: Case, logged: Done) -> None:
    """Let the try stand and fall with the mail or text that tells of it, written just now."""
    told = case.session.scalar(
        select(OutboxMessage.public_id)
        .where(
            OutboxMessage.inquiry_id == case.inquiry.id,
            OutboxMessage.recipient == PERSON,
            OutboxMessage.event.in_((WAITING, TEXT_FORMS[WAITING])),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
    case.session.execute(
        update(ContactAttempt)
        .where(ContactAttempt.move_id == logged.move_id)
        .values(message_public_id=told)
        .execution_options(synchronize_session=False)
    )


def is_message(move: InquiryMove | Move) -> bool:
    """Say whether an act was a message that the person may have read: it cannot be taken back."""
    told = dict(move.detail or {})
    return told.get("channel") == Channel.MESSAGE.value and told.get("result") == Result.SENT.value
