"""A made-up inquiry through the real path, to know that the path is open before a person finds out.

Every hour one goes in through the form (over HTTP where we are on loopback, else from the draft on)
and its confirmation through the outbox. It is born closed as ``test``: no list, no count and no
member of staff ever meets it. What does not arrive raises an alarm; the next that does clears it.
Where its mailbox can be read, arriving means being there. A day later it is shredded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.audit.models import SYSTEM
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.crypto.tokens import SearchTokens, hash_secret, new_secret
from intake.errors import IntakeError, NotFound
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import form_version
from intake.inquiries.models import Inquiry
from intake.inquiries.own_proof import HEADER, PURPOSE, own_mark
from intake.inquiries.sealing import Circumstances, seal_inquiry
from intake.inquiries.shredding import shred
from intake.inquiries.submit import submit_inquiry
from intake.notifications.alarms import SYNTHETIC_FAILED, clear_alarm
from intake.notifications.models import Channel, OutboxMessage, State, SyntheticRun
from intake.notifications.recipient import SYNTHETIC
from intake.notifications.replay import cancel_all_for_inquiry
from intake.operations.form_visit import FormFailed, send_form
from intake.operations.mail_round_trip import Sight, keep_sight, look_for
from intake.operations.telling import raise_and_tell
from intake.settings import EscalationSettings, Settings
from intake.storage.database import Database

ARRIVES_WITHIN = timedelta(minutes=15)
ERASED_AFTER = timedelta(days=1)
# The file mailbox writes it to a file of ours; no mail server ever sees this address.
FILE_ADDRESS = "made-up@mail.example.org"
NO_ANSWER = "interrupted"  # the worker stopped in the middle; nothing is wrong with the path
NOT_IN_MAILBOX = "not_in_mailbox"
SEEN = frozenset({Sight.FOUND, Sight.NOT_LOOKED})
BATCH = 50

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Proving:
    """What a proof is made with."""

    database: Database
    keyring: Keyring
    tokens: SearchTokens
    settings: Settings

    @property
    def address(self) -> str:
        """Where the confirmation goes; empty where none can be sent."""
        if self.settings.synthetic.address:
            return self.settings.synthetic.address
        return "" if self.settings.smtp.host else FILE_ADDRESS


def look_after(proving: Proving, *, at: datetime) -> None:
    """Do what is due: judge the runs on their way, shred yesterday's, send the next."""
    settle(proving, at=at)
    erase_old(proving, at=at)
    run = _begin(proving, at=at)
    if run is not None:
        _send(proving, run, at=at)
        settle(proving, at=at)


def settle(proving: Proving, *, at: datetime) -> None:
    """See which runs have arrived, and give up those that should have by now.

    A mail is looked for in its mailbox before the write begins: that talks to a server.
    """
    with proving.database.read() as session:
        open_runs = session.scalars(
            select(SyntheticRun)
            .where(SyntheticRun.arrived_at.is_(None), SyntheticRun.failed_reason.is_(None))
            .order_by(SyntheticRun.id)
            .limit(BATCH)
        ).all()
        sent = {run.id: _delivered(session, run) for run in open_runs}
    for run in open_runs:
        sight = look_for(proving.settings, sent[run.id])
        with proving.database.write() as session:
            _judge(session, run, sight, proving.settings.escalation, at=at)


def erase_old(proving: Proving, *, at: datetime) -> None:
    """Shred the made-up inquiries of yesterday, and the files their confirmations became."""
    with proving.database.read() as session:
        old = session.scalars(
            select(SyntheticRun)
            .where(SyntheticRun.erased_at.is_(None), SyntheticRun.started_at <= at - ERASED_AFTER)
            .order_by(SyntheticRun.id)
            .limit(BATCH)
        ).all()
    for run in old:
        with proving.database.write() as session:
            messages = _messages_of(session, run.inquiry_public_id)
            _shred(session, run.inquiry_public_id, at=at)
            _set(session, run.id, erased_at=at)
        for message in messages:
            for file in proving.settings.mailbox_dir.glob(f"*-{message.public_id}-*.eml"):
                file.unlink(missing_ok=True)


def _begin(proving: Proving, *, at: datetime) -> int | None:
    """Write down that a run begins, if one is due; of two workers only one gets it."""
    every = timedelta(minutes=proving.settings.synthetic.every_minutes)
    if not every:
        return None
    last = select(SyntheticRun.started_at).order_by(SyntheticRun.id.desc()).limit(1)
    with proving.database.read() as session:
        if not _is_due(session.scalar(last), every, at):
            return None
    with proving.database.write() as session:
        # The row that every installation has is the lock between workers on PostgreSQL.
        session.execute(select(Channel.id).where(Channel.name == "email").with_for_update())
        if not _is_due(session.scalar(last), every, at):
            return None
        run = SyntheticRun(started_at=at)
        session.add(run)
        session.flush()
        return run.id


def _is_due(last: datetime | None, every: timedelta, at: datetime) -> bool:
    return last is None or at - last >= every or last > at + every


def _send(proving: Proving, run: int, *, at: datetime) -> None:
    public_id = reason = None
    try:
        if proving.settings.production:
            public_id = _submit(proving, at=at)
        else:
            public_id = _by_form(proving, at=at)
    except FormFailed as failed:
        reason = failed.reason
    except IntakeError as failed:
        reason = failed.code
    with proving.database.write() as session:
        _set(session, run, inquiry_public_id=public_id, failed_reason=reason)
        if reason is not None:
            _alarm(session, reason, proving.settings.escalation, started_at=at, at=at)


def _by_form(proving: Proving, *, at: datetime) -> str:
    mark = own_mark(proving.keyring.secret(PURPOSE), at=at)
    token = send_form(proving.settings.base_url, _answers(proving), {HEADER: mark})
    with proving.database.read() as session:
        found = session.scalar(
            select(Inquiry.public_id).where(Inquiry.receipt_hash == hash_secret(token))
        )
    if found is None:
        raise NotFound("not_stored")
    return found


def _submit(proving: Proving, *, at: datetime) -> str:
    """Take the path from the draft on: a name on the open network may lead to another machine."""
    offer = proving.settings.form
    sealed = seal_inquiry(
        InquiryDraft.parse(_answers(proving), offer=offer),
        Circumstances(
            submission_key=new_secret(),
            page_language="en",
            source="one_page",
            form_version=form_version("en", offer),
            is_synthetic=True,
        ),
        keyring=proving.keyring,
        tokens=proving.tokens,
        clinic=proving.settings.clinic,
        offer=offer,
        at=at,
    )
    with proving.database.write() as session:
        submit_inquiry(session, sealed, actor=SYSTEM, at=at)
    return sealed.public_id


def _answers(proving: Proving) -> dict[str, str | list[str]]:
    """Return answers that nobody gave; the number is one of those kept for fiction."""
    answers: dict[str, str | list[str]] = {
        "safety": "none",
        "asking_for": "me",
        "full_name": "Made-up Inquiry",
        "age_band": "not_said",
        "conditions": ["by_phone"],
        "diagnosed": "not_sure",
        "contact_by": ["email"] if proving.address else ["call"],
        "country": "US",
        "state": proving.settings.clinic.state or "FL",
        "language": "en",
        "interpreter": "no",
        "perm_contact": "yes",
        "perm_health": "yes",
    }
    if proving.address:
        return {**answers, "email": proving.address}
    return {**answers, "phone": "(305) 555-0199", "voicemail": "no"}


def _delivered(session: Session, run: SyntheticRun) -> list[OutboxMessage]:
    """Return the messages of a run when all have been delivered, else none."""
    messages = _messages_of(session, run.inquiry_public_id)
    is_done = all(one.state == State.DELIVERED.value for one in messages)
    return messages if is_done else []


def _judge(
    session: Session,
    run: SyntheticRun,
    sight: Sight,
    contacts: EscalationSettings,
    *,
    at: datetime,
) -> None:
    is_late = at - run.started_at > ARRIVES_WITHIN
    if run.inquiry_public_id is None:
        if is_late:
            _set(session, run.id, failed_reason=NO_ANSWER)
        return
    messages = _messages_of(session, run.inquiry_public_id)
    waiting = [one for one in messages if one.state != State.DELIVERED.value]
    is_seen = sight in SEEN or (is_late and sight is not Sight.TOO_EARLY)
    if not waiting and (is_seen or not messages):
        keep_sight(session, sight, messages, at=at)
        _end(session, run, sight, contacts, at=at)
    elif not waiting:
        return  # it is on its way from the mail server to the mailbox
    elif is_late or any(one.due_at is None for one in waiting):
        reason = waiting[0].last_error or "not_delivered"
        _set(session, run.id, failed_reason=reason)
        if waiting[0].inquiry_id is not None:
            cancel_all_for_inquiry(session, waiting[0].inquiry_id, reason="made_up", at=at)
        _alarm(session, reason, contacts, started_at=run.started_at, at=at)


def _end(
    session: Session,
    run: SyntheticRun,
    sight: Sight,
    contacts: EscalationSettings,
    *,
    at: datetime,
) -> None:
    """End a run whose mail was taken; a mailbox that cannot be read says nothing against it."""
    if sight is Sight.NOT_THERE:
        _set(session, run.id, failed_reason=NOT_IN_MAILBOX)
        _alarm(session, NOT_IN_MAILBOX, contacts, started_at=run.started_at, at=at)
        return
    _set(session, run.id, arrived_at=at)
    clear_alarm(session, SYNTHETIC_FAILED, at=at)


def _messages_of(session: Session, public_id: str | None) -> list[OutboxMessage]:
    inquiry = select(Inquiry.id).where(Inquiry.public_id == public_id).scalar_subquery()
    return list(
        session.scalars(
            select(OutboxMessage).where(
                OutboxMessage.inquiry_id == inquiry, OutboxMessage.recipient == SYNTHETIC
            )
        )
    )


def _shred(session: Session, public_id: str | None, *, at: datetime) -> None:
    if public_id is None:
        return
    try:
        shred(session, public_id, reason="made_up", actor=SYSTEM, at=at)
    except NotFound:
        log.warning("synthetic_inquiry_gone")


def _set(session: Session, run: int, **values: object) -> None:
    session.execute(update(SyntheticRun).where(SyntheticRun.id == run).values(**values))


def _alarm(
    session: Session,
    reason: str,
    contacts: EscalationSettings,
    *,
    started_at: datetime,
    at: datetime,
) -> None:
    detail: dict[str, JSON] = {"reason": reason, "started_at": started_at.isoformat()}
    raise_and_tell(session, SYNTHETIC_FAILED, contacts, detail=detail, at=at)
