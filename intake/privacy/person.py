"""The person behind a private link: which inquiry the link is of, and which one goes on for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import hash_secret
from intake.inquiries.links import joined_ids, kept_id_of
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.patient.status_page import status_by_link
from intake.privacy.holds import is_held
from intake.privacy.requests import open_request
from intake.privacy.withdrawing import undo_until


@dataclass(frozen=True, slots=True)
class Person:
    """How things stand for the holder of one link, without a word of what they wrote.

    Attributes:
        inquiry_id: Of the link's own inquiry.
        public_id: Of the same.
        reference: Of the same, as stored.
        received_at: When it came in.
        zone: Of the person, empty where it is not certain.
        status: Of the one that goes on.
        is_withdrawn: Whether that one is closed because they withdrew.
        undo_until: Until when they can take that back; None where they cannot.
        is_held: Whether the law makes us keep it.
        asked_at: When they asked us to erase, None where no request waits.
        family: Row ids of all that were joined with it, itself first.
        is_joined: Whether another goes on for it.
    """

    inquiry_id: int
    public_id: str
    reference: str
    received_at: datetime
    zone: str
    status: Status
    is_withdrawn: bool
    undo_until: datetime | None
    is_held: bool
    asked_at: datetime | None
    family: tuple[int, ...]
    is_joined: bool = False

    @property
    def is_erased(self) -> bool:
        """Whether nothing is left to show."""
        return self.status is Status.ERASED

    @property
    def is_open(self) -> bool:
        """Whether we are still going to be in touch."""
        return self.status not in {Status.CLOSED, Status.ERASED}

    @property
    def actor(self) -> Actor:
        """The person as the audit trail names them."""
        return Actor(ActorKind.PERSON, self.public_id)


def person_by_link(session: Session, keyring: Keyring, token: str, *, at: datetime) -> Person:
    """Return who holds a private link.

    Raises:
        NotFound: ``link_unknown``, whatever is wrong with the link.
    """
    view = status_by_link(session, keyring, token, at=at)
    own = session.scalars(select(Inquiry).where(Inquiry.link_hash == hash_secret(token))).one()
    is_gone = own.status == Status.ERASED.value
    kept = own if is_gone else session.get_one(Inquiry, kept_id_of(session, own.id))
    if kept.status == Status.ERASED.value:
        kept = own
    is_withdrawn = kept.status == Status.CLOSED.value and kept.outcome == Outcome.WITHDRAWN.value
    request = open_request(session, own.id)
    family = {own.id: None, kept.id: None, **dict.fromkeys(joined_ids(session, kept.id))}
    return Person(
        inquiry_id=own.id,
        public_id=own.public_id,
        reference=own.reference,
        received_at=own.received_at,
        zone=view.zone,
        status=Status(kept.status),
        is_withdrawn=is_withdrawn,
        undo_until=undo_until(session, own, kept, at),
        is_held=is_held(session, own.id),
        asked_at=request.asked_at if request else None,
        family=tuple(family),
        is_joined=kept.id != own.id,
    )


def inquiry_of(session: Session, person: Person, *, lock: bool = False) -> Inquiry:
    """Return the row of the link's own inquiry, held until the transaction ends where asked."""
    statement = select(Inquiry).where(Inquiry.id == person.inquiry_id)
    if lock:
        statement = statement.with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()
