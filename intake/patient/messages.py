"""What the person writes to us on their private page: kept at once, told to staff by ids alone.

The lifecycle follows in the same transaction; the edge calls ``desk.replies.information_came``
with what :func:`write_message` returns, because this room and the desk do not know each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import show_reference
from intake.errors import InvalidInput, NotFound, Problem
from intake.inquiries.conversation import (
    MESSAGE_MAX_CHARACTERS,
    RECEIVED,
    count_since,
    is_kept,
    keep_message,
)
from intake.inquiries.hearing import who_hears
from intake.inquiries.links import kept_id_of
from intake.inquiries.models import Inquiry
from intake.inquiries.text import several_lines
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import STAFF
from intake.notifications.subscriptions import Facts
from intake.patient.status_page import by_link

FORM_KEY_MAX_CHARACTERS = 60
HOURLY_MAX = 10
DAILY_MAX = 30
FIELD = "text"
PASSED_ON = "message.passed_on"


@dataclass(frozen=True, slots=True)
class Wrote:
    """What was kept: about which inquiry, by whom, and whether it is new."""

    reference: str
    actor: Actor
    is_new: bool


def write_message(
    session: Session,
    keyring: Keyring,
    token: str,
    *,
    text: str,
    form_key: str,
    at: datetime,
) -> Wrote:
    """Keep what the person wrote and tell staff; the same form sent twice is one message.

    It belongs to the inquiry that goes on where this one was joined with another; the joined one
    remembers which messages came through its link, because it shows no others of that one.

    Args:
        session: A session of ``Database.write()``.
        keyring: Seals the text.
        token: Of the private link; the caller has checked the code.
        text: 2000 characters at most.
        form_key: Drawn with the form.
        at: Now.

    Raises:
        InvalidInput: ``text``: missing, too long, unreadable, or ``too_many`` for now.
        NotFound: ``link_unknown``.
    """
    cleaned = _judged(text)
    own = by_link(session, token, at=at)
    inquiry = going_on(session, token, at=at)
    actor = Actor(ActorKind.PERSON, inquiry.public_id)
    key = form_key[:FORM_KEY_MAX_CHARACTERS]
    if is_kept(session, inquiry.id, key):
        return Wrote(inquiry.reference, actor, is_new=False)
    check_pace(partial(count_since, session, inquiry.id), FIELD, at)
    public_id = keep_message(
        session, keyring, inquiry, text=cleaned, form_key=key, from_person=True, at=at
    )
    if public_id is None:
        return Wrote(inquiry.reference, actor, is_new=False)
    detail = {"message": public_id}
    if own.id != inquiry.id:
        sender = Actor(ActorKind.PERSON, own.public_id)
        trail.record(session, PASSED_ON, actor=sender, subject=own.public_id, at=at, detail=detail)
        detail["through"] = show_reference(own.reference)
    trail.record(session, RECEIVED, actor=actor, subject=inquiry.public_id, at=at, detail=detail)
    tell_staff(session, inquiry, public_id, at=at)
    return Wrote(inquiry.reference, actor, is_new=True)


def going_on(session: Session, token: str, *, at: datetime) -> Inquiry:
    """Return the inquiry that goes on for a link, held until the transaction ends.

    Raises:
        NotFound: ``link_unknown``: also where it is erased.
    """
    row = by_link(session, token, at=at)
    kept = select(Inquiry).where(Inquiry.id == kept_id_of(session, row.id)).with_for_update()
    inquiry = session.scalars(kept.execution_options(populate_existing=True)).one()
    if inquiry.data_key is None:
        raise NotFound("link_unknown")
    return inquiry


def tell_staff(session: Session, inquiry: Inquiry, subject_id: str, *, at: datetime) -> None:
    """Tell the owner and whoever hears of it that the person wrote, by ids alone."""
    readers = who_hears(session, RECEIVED, Facts(inquiry.language, urgent=inquiry.urgent))
    owner = (f"{STAFF}{inquiry.assignee_id}", "email")
    if inquiry.assignee_id is not None and owner not in readers:
        readers = [owner, *readers]
    messages = [
        NewMessage(inquiry.id, recipient, channel, RECEIVED, subject_id)
        for recipient, channel in readers
    ]
    enqueue(session, messages, at=at)


def _judged(text: str) -> str:
    try:
        cleaned = several_lines(text, max_characters=MESSAGE_MAX_CHARACTERS)
    except PydanticCustomError as refused:
        raise InvalidInput((Problem(FIELD, refused.type),)) from None
    if not cleaned:
        raise InvalidInput((Problem(FIELD, "missing"),))
    return cleaned


def check_pace(count_from: Callable[[datetime], int], field: str, at: datetime) -> None:
    """Refuse one more where there were many: each is a row, a record, and mail to staff.

    Raises:
        InvalidInput: ``field``: ``too_many`` for now.
    """
    for span, most in ((timedelta(hours=1), HOURLY_MAX), (timedelta(days=1), DAILY_MAX)):
        if count_from(at - span) >= most:
            raise InvalidInput((Problem(field, "too_many"),))
