"""Messages that an act writes into the outbox: to the person that there is news, to the new owner.

No words of anybody are in them: what was asked stands on the private page, behind the code. The
person is told by mail where they chose mail, else by text where they chose and permitted texts;
by text too where mail to them comes back.
"""

from collections.abc import Mapping
from datetime import datetime

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.desk.failing_mail import failing_mail
from intake.desk.office import Case, actor_of
from intake.inquiries.hearing import who_hears
from intake.inquiries.news import TEXT_FORMS
from intake.notifications.channels.texts import TEXTS
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON, STAFF
from intake.notifications.subscriptions import Facts
from intake.notifications.text_channel import texts_are_on
from intake.notifications.ways import MAIL

ASSIGNED = "inquiry.assigned"
WITHDRAWN = "inquiry.withdrawn"


def written_way(case: Case) -> str:
    """Return the channel by which the person may be written to; empty where there is none."""
    label = case.label
    if label is None:
        return ""
    may_mail = MAIL in label.ways
    may_text = "text" in label.ways and is_permitted(case.session, case.inquiry.id, Purpose.TEXT)
    if not may_text or not texts_are_on(case.session):
        return MAIL if may_mail else ""
    comes_back = may_mail and bool(failing_mail(case.session, [case.inquiry.id]))
    return MAIL if may_mail and not comes_back else TEXTS


def tell_person(
    case: Case,
    event: str,
    subject_id: str,
    *,
    payload: Mapping[str, int] | None = None,
    due_at: datetime | None = None,
) -> str:
    """Write a message to the person, and return by which channel; empty where none is permitted.

    Permission is asked again when it is sent, and whether it is still true (``inquiries/news``).

    Args:
        case: The act that it tells of.
        event: One of ``news``, in its form for mail.
        subject_id: What it happened to; the same subject and event are one message for ever.
        payload: Instants only.
        due_at: When it leaves; at once unless given.
    """
    way = written_way(case)
    if not way:
        return ""
    message = NewMessage(
        inquiry_id=case.inquiry.id,
        recipient=PERSON,
        channel=way,
        event=event if way == MAIL else TEXT_FORMS[event],
        subject_id=subject_id,
        payload=dict(payload or {}),
        due_at=due_at,
    )
    enqueue(case.session, [message], at=case.at)
    return way


def tell_assignee(case: Case, member_id: int, move_id: int) -> None:
    """Tell a member that an inquiry is theirs now."""
    message = NewMessage(
        inquiry_id=case.inquiry.id,
        recipient=f"{STAFF}{member_id}",
        channel="email",
        event=ASSIGNED,
        subject_id=f"{case.inquiry.public_id}:{move_id}",
        payload={"by": actor_of(case.by).id},
    )
    enqueue(case.session, [message], at=case.at)


def tell_withdrawn(case: Case, move_id: int) -> None:
    """Tell the owner, or those who hear of it, that nobody may contact the person any more."""
    one = case.inquiry
    readers = [(f"{STAFF}{one.assignee_id}", "email")] if one.assignee_id else []
    readers = readers or who_hears(case.session, WITHDRAWN, Facts(one.language, urgent=one.urgent))
    messages = [
        NewMessage(one.id, recipient, channel, WITHDRAWN, f"{one.public_id}:{move_id}")
        for recipient, channel in readers
    ]
    enqueue(case.session, messages, at=case.at)
