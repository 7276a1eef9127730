"""What the private page shows once its code was entered: answers, messages, and who read them.

The person's own reading is recorded like anybody's, and committed before anything is opened.

Where staff joined the inquiry with another, the link shows its own answers and what was written
through it, and of the other neither a message nor an appointment. Staff join what looks alike, and
whoever knows a name and a number can send a form that looks like somebody else's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import ActorKind
from intake.audit.trail import AuditEntry
from intake.consent.queries import Consent, consents_of
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.inquiries.alerts import GLASS_BROKEN
from intake.inquiries.conversation import Said, conversation_of, mark_seen, unseen
from intake.inquiries.links import kept_id_of
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.inquiries.queries import read_as_person
from intake.inquiries.readings import READ, with_roles
from intake.patient.messages import PASSED_ON
from intake.patient.status_page import by_link
from intake.storage.database import Database

READINGS = frozenset({READ, GLASS_BROKEN})
# One look at a page is several readings on the trail.
ONE_LOOK = timedelta(minutes=30)
OPENINGS_MAX = 50


@dataclass(frozen=True, slots=True)
class Opening:
    """When staff opened the inquiry, and in which roles; never who."""

    at: datetime
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """Everything the page shows; ``answers`` and ``said`` are health text.

    Attributes:
        inquiry_id: Of the inquiry that goes on.
        public_id: Of the same.
        reference: Of the same, for the desk's verbs.
        is_joined: Whether that is another than the link's own; then ``said`` is what was written on
            this link.
        outcome: How it ended, where it has.
        received_at: When the link's own came in.
    """

    inquiry_id: int
    public_id: str
    reference: str
    is_joined: bool
    status: Status
    outcome: Outcome | None
    received_at: datetime
    answers: Mapping[str, JSON] = field(repr=False)
    consents: Sequence[Consent] = field(repr=False)
    said: Sequence[Said] = field(repr=False)
    openings: Sequence[Opening]

    @property
    def takes_messages(self) -> bool:
        """Whether what they write would reach us here."""
        is_over = self.outcome in {Outcome.WITHDRAWN, Outcome.DUPLICATE}
        return self.status is not Status.ERASED and not is_over


def read_page(database: Database, keyring: Keyring, token: str, *, at: datetime) -> OpenedPage:
    """Record that the person reads their page, note what they have seen, and return it.

    Args:
        database: Both doors.
        keyring: Opens what is sealed.
        token: Of the private link; the caller has checked the code.
        at: Now.

    Raises:
        NotFound: ``link_unknown``.
    """
    with database.read() as session:
        row = by_link(session, token, at=at)
        kept_id = kept_id_of(session, row.id)
        is_news = kept_id == row.id and unseen(session, kept_id, from_person=False)
    answers = read_as_person(database, keyring, row.id, row.public_id, at=at)
    if is_news:
        with database.write() as session:
            mark_seen(session, kept_id, from_person=False, at=at)
    with database.read() as session:
        kept = session.get_one(Inquiry, kept_id)
        history = trail.history(session, row.public_id)
        is_joined = kept.id != row.id
        return OpenedPage(
            inquiry_id=kept.id,
            public_id=kept.public_id,
            reference=kept.reference,
            is_joined=is_joined,
            status=Status(kept.status),
            outcome=Outcome(kept.outcome) if kept.outcome else None,
            received_at=row.received_at,
            answers=answers,
            consents=consents_of(session, row.id),
            said=_through_link(session, keyring, row.id, kept, history)
            if is_joined
            else conversation_of(session, keyring, kept),
            openings=_openings(session, history),
        )


def read_answers(
    database: Database, keyring: Keyring, token: str, *, at: datetime
) -> Mapping[str, JSON]:
    """Record that the person reads their answers, and return them, to be changed.

    Raises:
        NotFound: ``link_unknown``.
    """
    with database.read() as session:
        row = by_link(session, token, at=at)
    return read_as_person(database, keyring, row.id, row.public_id, at=at)


def _through_link(
    session: Session, keyring: Keyring, own_id: int, kept: Inquiry, history: Sequence[AuditEntry]
) -> tuple[Said, ...]:
    """Return the conversation of a joined inquiry, and what its person wrote to the other since."""
    own = conversation_of(session, keyring, session.get_one(Inquiry, own_id))
    passed_on = {one.detail.get("message") for one in history if one.action == PASSED_ON}
    if not passed_on:
        return own
    theirs = conversation_of(session, keyring, kept)
    return (*own, *(one for one in theirs if one.public_id in passed_on))


def _openings(session: Session, history: Sequence[AuditEntry]) -> tuple[Opening, ...]:
    readings = (
        entry
        for entry in history
        if entry.action in READINGS and entry.actor.kind is ActorKind.STAFF
    )
    looks = list(_looks(with_roles(session, readings)))[-OPENINGS_MAX:]
    return tuple(reversed(looks))


def _looks(readings: Sequence[tuple[AuditEntry, frozenset[str]]]) -> Iterator[Opening]:
    last: dict[tuple[str, frozenset[str]], datetime] = {}
    for entry, roles in readings:
        before = last.get((entry.actor.id, roles))
        last[entry.actor.id, roles] = entry.at
        if before is None or entry.at - before > ONE_LOOK:
            yield Opening(entry.at, roles)
