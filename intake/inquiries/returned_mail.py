"""What a bounce or a complaint means for the inquiry that the mail was about.

The person never got the mail, so as long as nobody has talked with them the first-response clock
runs again from where it began, and staff are told. Once they answered us, a bounce is no silence;
nor is it where a voicemail was left, which whoever calls here knows and this room does not.
Whoever complains gets no automatic mail any more. Source: PRODUCT.md 2 and 38.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.errors import IntakeError
from intake.inquiries.addresses import address_key
from intake.inquiries.alerts import ALARM
from intake.inquiries.hearing import who_hears
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.unsealing import Cells, open_access
from intake.notifications.alarms import MAIL_RETURNED, raise_alarm
from intake.notifications.bounces import Returned, note_report
from intake.notifications.limits import suppress
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON, STAFF, SYNTHETIC
from intake.notifications.reports import BOUNCE, COMPLAINT, DELAYED, read_report
from intake.notifications.subscriptions import Facts
from intake.notifications.ways import MAIL, ways_besides
from intake.staff.queries import last_resort

EVENT = "message.bounced"
# Two-way contact was made in every other open status: the first response did reach them.
NOT_REACHED_YET = (Status.NEW.value, Status.QUARANTINED.value, Status.CONTACTING.value)


ReachedOtherwise = Callable[[Session, int], datetime | None]


def take_mail(
    session: Session,
    keyring: Keyring,
    raw: bytes,
    *,
    reached_otherwise: ReachedOtherwise,
    at: datetime,
) -> str | None:
    """Take one mail that came back; return what it was, or ``None`` when it says nothing new.

    Args:
        session: A session of ``Database.write()``.
        keyring: Opens the address of whoever complains.
        raw: The mail, from anybody.
        reached_otherwise: When something that did not come back reached the person of an inquiry,
            by its row id, or None.
        at: Now.
    """
    report = read_report(raw)
    returned = note_report(session, report, at=at) if report is not None else None
    if report is None or returned is None:
        return None
    inquiry = _inquiry(session, returned.inquiry_id)
    if inquiry is None:
        _alarm(session, returned, at)
    else:
        _act(session, keyring, returned, inquiry, at)
        if returned.recipient == PERSON and returned.kind == BOUNCE:
            run_clock_again(session, inquiry.id, reached_otherwise(session, inquiry.id))
            _come_up(session, inquiry.id, at)
        detail = {"message": returned.public_id, "code": report.status_code or ""}
        action = f"message.{'bounced' if report.kind == BOUNCE else report.kind}"
        trail.record(session, action, actor=SYSTEM, subject=inquiry.public_id, at=at, detail=detail)
    return report.kind


def _alarm(session: Session, returned: Returned, at: datetime) -> None:
    """Tell administrators of our own mail that came back: digests, alarms, accounts, tests.

    On another way than mail, and by mail to the other administrators. One alarm for each reader, so
    that the mail about it cannot come back for ever.
    """
    if returned.kind == DELAYED:
        return
    detail: dict[str, JSON] = {"kind": returned.kind, "event": returned.event}
    if not raise_alarm(session, MAIL_RETURNED, returned.recipient, at=at, detail=detail):
        return
    others = [(f"{STAFF}{number}", MAIL) for number in last_resort(session)]
    ways = ways_besides(session, MAIL, ()) + [way for way in others if way[0] != returned.recipient]
    payload = {"kind": MAIL_RETURNED, "subject": returned.recipient}
    subject = f"alarm:{MAIL_RETURNED}:{returned.public_id}:{returned.kind}"
    enqueue(
        session,
        [NewMessage(None, reader, channel, ALARM, subject, payload) for reader, channel in ways],
        at=at,
    )


def _inquiry(session: Session, inquiry_id: int | None) -> Row[*tuple[Any, ...]] | None:
    if inquiry_id is None:
        return None
    return session.execute(
        select(
            Inquiry.id, Inquiry.public_id, Inquiry.language, Inquiry.data_key, Inquiry.access
        ).where(Inquiry.id == inquiry_id)
    ).one_or_none()


def _act(
    session: Session,
    keyring: Keyring,
    returned: Returned,
    inquiry: Row[*tuple[Any, ...]],
    at: datetime,
) -> None:
    if returned.kind == DELAYED:
        return  # the mail system still tries, and will say how that ended
    if returned.recipient == PERSON and returned.kind != BOUNCE:
        _stop_mail(session, keyring, inquiry, at)
    _tell_staff(session, returned, inquiry, at)


def run_clock_again(session: Session, inquiry_id: int, reached_at: datetime | None) -> bool:
    """Let the first response run again, or count it from what reached them after the mail.

    Returns:
        Whether that changed anything.
    """
    waits = update(Inquiry).where(Inquiry.id == inquiry_id, Inquiry.status.in_(NOT_REACHED_YET))
    if reached_at is None:
        again = waits.where(Inquiry.first_responded_at.is_not(None)).values(
            first_responded_at=None,
            due_at=Inquiry.first_response_due_at,
            version=Inquiry.version + 1,
        )
    else:
        again = waits.where(Inquiry.first_responded_at < reached_at).values(
            first_responded_at=reached_at, version=Inquiry.version + 1
        )
    changed = again.returning(Inquiry.id).execution_options(synchronize_session=False)
    return session.execute(changed).first() is not None


def _come_up(session: Session, inquiry_id: int, at: datetime) -> None:
    """Bring up what waits for a person who was never told that we wait; the next act settles it."""
    waits = update(Inquiry).where(
        Inquiry.id == inquiry_id,
        Inquiry.status == Status.WAITING_ON_PATIENT.value,
        Inquiry.due_at > at,
    )
    now = waits.values(due_at=at, version=Inquiry.version + 1)
    session.execute(now.execution_options(synchronize_session=False))


def _stop_mail(
    session: Session, keyring: Keyring, inquiry: Row[*tuple[Any, ...]], at: datetime
) -> None:
    cells = Cells(inquiry.public_id, inquiry.data_key, access=inquiry.access)
    try:
        access = open_access(cells, keyring)
    except IntakeError:
        return  # a row that does not open is for the audit of the keys, and no reason to lose this
    if access is not None and access.email:
        suppress(session, address_key(keyring, access.email), COMPLAINT, at)


def _tell_staff(
    session: Session, returned: Returned, inquiry: Row[*tuple[Any, ...]], at: datetime
) -> None:
    """Tell everybody but whose own address failed; a bounce of this very message ends here."""
    if returned.recipient == SYNTHETIC:
        _alarm(session, returned, at)
    if returned.event == EVENT or returned.recipient == SYNTHETIC:
        return
    whose = "person" if returned.recipient == PERSON else "staff"
    messages = [
        NewMessage(
            inquiry_id=inquiry.id,
            recipient=recipient,
            channel=channel,
            event=EVENT,
            subject_id=f"{returned.public_id}:{returned.kind}",
            payload={"kind": returned.kind, "whose": whose},
        )
        for recipient, channel in who_hears(session, EVENT, facts=Facts(inquiry.language))
        if recipient != returned.recipient
    ]
    enqueue(session, messages, at=at)
    if not messages:
        _alarm(session, returned, at)  # the only one who would hear is the one who cannot
