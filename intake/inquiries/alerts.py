"""What an alert says, counted when it is sent and not when it was written.

An alert may wait for a broken mail server for days. So its row holds row ids only, and what is no
longer true by then (answered, read, well again) is not sent. Nothing here is health text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clinic.closures import hours_now
from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.inquiries.opening_models import EmergencyOpening
from intake.inquiries.promise import Promised, still_unanswered
from intake.notifications.alarms import DEAD, GLASS, is_about_queue, open_alarm, sentence_of
from intake.notifications.recipient import ClaimedMessage, Withheld
from intake.settings import ClinicSettings
from intake.staff.models import Staff

DUE_SOON = "inquiry.due_soon"
OVERDUE = "inquiry.overdue"
URGENT = "inquiry.urgent"
ALARM = "alarm.raised"
UNDELIVERED = "delivery.dead"
TRIAL = "staff.test"  # no alert, but it waits for nothing either
GLASS_BROKEN = "inquiry.glass_broken"
REVIEW_DUE = "page.review_due"

ANSWERED = Withheld("answered_meanwhile")
WELL_AGAIN = Withheld("well_again")
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A message that is about to be sent, and where and when."""

    session: Session
    message: ClaimedMessage
    clinic: ClinicSettings
    base_url: str
    at: datetime

    def word(self, name: str) -> str:
        """Return a text of the payload."""
        return str(self.message.payload.get(name, ""))


def is_alert(event: str) -> bool:
    """Whether :func:`alert_values` knows the event."""
    return event in _VALUES


def alert_values(
    session: Session,
    message: ClaimedMessage,
    *,
    clinic: ClinicSettings,
    base_url: str,
    at: datetime,
) -> Values | Withheld:
    """Return the values of an alert's words, the same for every reader, or why it is not sent."""
    occasion = Occasion(session, message, clinic, base_url, at)
    found = _VALUES[message.event](occasion)
    if isinstance(found, Withheld):
        return found
    return {"zone": clinic.zone, **found}


def _waiting(occasion: Occasion) -> list[Promised]:
    ids = [one for one in occasion.message.payload.get("inquiries", ()) if isinstance(one, int)]
    hours = hours_now(occasion.session, occasion.clinic)
    return list(still_unanswered(occasion.session, hours, ids).values())


def _due_soon(occasion: Occasion) -> Values | Withheld:
    left = [one for one in _waiting(occasion) if one.due_at > occasion.at]
    if not left:
        return ANSWERED
    hours = max(_hours(one.due_at - occasion.at) for one in left)
    return {"count": len(left), "hours": hours, "url": _queue(occasion)}


def _overdue(occasion: Occasion) -> Values | Withheld:
    late = [one for one in _waiting(occasion) if one.due_at <= occasion.at]
    if not late:
        return ANSWERED
    hours = int((occasion.at - min(one.due_at for one in late)).total_seconds() // 3600)
    promises = [one.new_promise_at for one in late if one.new_promise_at is not None]
    ahead = min((one for one in promises if one > occasion.at), default=None)
    return {"count": len(late), "hours": hours, "new_due_at": ahead, "url": _queue(occasion)}


def _urgent(occasion: Occasion) -> Values | Withheld:
    waiting = _waiting(occasion)
    if not waiting:
        return ANSWERED
    first = min(waiting, key=lambda one: (one.due_at, one.id))
    inquiry = occasion.session.get_one(Inquiry, first.id)
    shown = show_reference(first.reference)
    return {
        "count": len(waiting),
        "reference": shown,
        "language": inquiry.language,
        "received_at": first.received_at,
        "due_at": first.due_at,
        "url": f"{_queue(occasion)}/{shown}" if len(waiting) == 1 else _queue(occasion),
    }


def _alarm(occasion: Occasion) -> Values | Withheld:
    kind, subject = occasion.word("kind"), occasion.word("subject")
    alarm = open_alarm(occasion.session, kind, subject)
    if alarm is None:
        return WELL_AGAIN
    url = _queue(occasion) if is_about_queue(alarm) else _deliveries(occasion)
    if kind == GLASS:
        url = _openings(occasion)
    return {"sentence": sentence_of(alarm, occasion.clinic.zone), "url": url}


def _undelivered(occasion: Occasion) -> Values | Withheld:
    alarm = open_alarm(occasion.session, DEAD, occasion.word("subject"))
    if alarm is None:
        return WELL_AGAIN
    return {"count": alarm.detail.get("count", 1), "url": _deliveries(occasion)}


def _trial(occasion: Occasion) -> Values | Withheld:
    return {"url": _deliveries(occasion)}


def _glass_broken(occasion: Occasion) -> Values | Withheld:
    row = occasion.session.execute(
        select(Inquiry.reference, Staff.full_name, EmergencyOpening.opened_at)
        .join(EmergencyOpening, EmergencyOpening.inquiry_id == Inquiry.id)
        .join(Staff, Staff.id == EmergencyOpening.staff_id)
        .where(EmergencyOpening.public_id == occasion.word("opening"))
    ).one_or_none()
    if row is None:
        return Withheld("inquiry_gone")
    return {
        "reference": show_reference(row.reference),
        "who": row.full_name,
        "opened_at": row.opened_at,
        "url": _openings(occasion),
    }


def _review_due(occasion: Occasion) -> Values | Withheld:
    payload = occasion.message.payload
    url = f"{occasion.base_url}/staff/pages"
    return {"due_on": payload["due_on"], "pages": payload["pages"], "url": url}


def _hours(left: timedelta) -> int:
    return max(1, ceil(left.total_seconds() / 3600))


def _queue(occasion: Occasion) -> str:
    return f"{occasion.base_url}/staff/inquiries"


def _deliveries(occasion: Occasion) -> str:
    return f"{occasion.base_url}/staff/deliveries"


def _openings(occasion: Occasion) -> str:
    return f"{occasion.base_url}/staff/openings"


_VALUES: Mapping[str, Callable[[Occasion], Values | Withheld]] = MappingProxyType(
    {
        DUE_SOON: _due_soon,
        OVERDUE: _overdue,
        URGENT: _urgent,
        ALARM: _alarm,
        UNDELIVERED: _undelivered,
        TRIAL: _trial,
        GLASS_BROKEN: _glass_broken,
        REVIEW_DUE: _review_due,
    }
)
