"""Everything we hold on a person, for themselves: as values for a page and as one JSON document.

Only what belongs to the inquiry of their own link; nobody else's name is in it, and staff are told
by role. Making it is a reading: recorded and committed first. Notes that staff write for each other
may speak of other people, so a privacy officer gives them on request; the document says so.

The shape of the document is described in ``intake/privacy/README.md``; a change of it raises
:data:`FORMAT`.

Source: 45 CFR 164.524; PRODUCT.md 69.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import ActorKind
from intake.audit.trail import AuditEntry
from intake.consent.queries import Consent, consents_of
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.crypto.tokens import show_reference
from intake.desk.reading import texts_of
from intake.errors import NotFound
from intake.inquiries.conversation import conversation_of
from intake.inquiries.corrections import Corrected, corrections_of
from intake.inquiries.models import Inquiry
from intake.inquiries.queries import read_inquiry
from intake.inquiries.readings import READ, with_roles
from intake.notifications.queries import Delivery, deliveries_of
from intake.notifications.recipient import PERSON
from intake.privacy.person import Person, inquiry_of
from intake.storage.database import Database

COPIED = "inquiry.copied"
FORMAT = "clinic-intake-copy/1"
REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Said:
    """Something one side wrote to the other."""

    at: datetime
    from_us: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """When somebody of the clinic opened the answers, and in which roles."""

    at: datetime
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccessCopy:
    """All of it; texts were opened after the reading was recorded."""

    reference: str
    received_at: datetime
    language: str
    status: str
    made_at: datetime
    answers: Mapping[str, JSON] = field(repr=False)
    consents: Sequence[Consent]
    said: Sequence[Said] = field(repr=False)
    corrected: Sequence[Corrected] = field(repr=False)
    sent: Sequence[Delivery]
    events: Sequence[AuditEntry]
    opened: Sequence[Opened]


def copy_of(database: Database, keyring: Keyring, person: Person, *, at: datetime) -> AccessCopy:
    """Record that the person takes a copy, and return it.

    Raises:
        NotFound: ``inquiry_unknown``: it is erased.
    """
    with database.write() as session:
        trail.record(session, COPIED, actor=person.actor, subject=person.public_id, at=at)
    opened = read_inquiry(database, keyring, person.reference, actor=person.actor, at=at)
    with database.read() as session:
        row = inquiry_of(session, person)
        if row.data_key is None:
            raise NotFound("inquiry_unknown")
        history = trail.history(session, person.public_id)
        return AccessCopy(
            reference=person.reference,
            received_at=row.received_at,
            language=row.language,
            status=row.status,
            made_at=at,
            answers=opened.answers,
            consents=consents_of(session, row.id),
            said=_said(session, keyring, row),
            corrected=corrections_of(session, keyring, row),
            sent=[one for one in deliveries_of(session, row.id) if one.recipient == PERSON],
            events=[one for one in history if one.action != READ],
            opened=_opened(session, history),
        )


def as_document(copy: AccessCopy, *, clinic: str) -> dict[str, JSON]:
    """Return the copy as the JSON document that is handed out; instants are ISO 8601 in UTC."""
    return {
        "format": FORMAT,
        "made_at": _iso(copy.made_at),
        "clinic": clinic,
        "reference": show_reference(copy.reference),
        "received_at": _iso(copy.received_at),
        "language": copy.language,
        "status": copy.status,
        "answers": dict(copy.answers),
        "permissions": [_permission(one) for one in copy.consents],
        "conversation": [
            {"at": _iso(one.at), "from": "clinic" if one.from_us else "person", "text": one.text}
            for one in copy.said
        ],
        "corrections": [
            {"at": _iso(one.at), "answer": change.name, "was": change.was, "now": change.now}
            for one in copy.corrected
            for change in one.changes
        ],
        "sent_to_you": [
            {
                "at": _iso(one.created_at),
                "what": one.event,
                "by": one.channel,
                "state": one.state,
                "ended_at": _iso(one.finished_at),
            }
            for one in copy.sent
        ],
        "timeline": [
            {"at": _iso(one.at), "what": one.action, "by": one.actor.kind.value}
            for one in copy.events
        ],
        "opened_by_staff": [
            {"at": _iso(one.at), "roles": cast("list[JSON]", sorted(one.roles))}
            for one in copy.opened
        ],
        "not_in_this_file": [
            "Notes of the staff for each other: ask the clinic's privacy officer for them.",
        ],
    }


def _permission(one: Consent) -> dict[str, JSON]:
    return {
        "purpose": one.purpose.value,
        "answer": one.answer.value,
        "how": one.how,
        "given_at": _iso(one.given_at),
        "withdrawn_at": _iso(one.withdrawn_at),
        "language": one.language,
        "version": one.version,
        "sha256": one.sha256,
        "text": one.text,
    }


def _said(session: Session, keyring: Keyring, row: Inquiry) -> list[Said]:
    found = [
        Said(one.at, not one.from_person, one.text)
        for one in conversation_of(session, keyring, row)
    ]
    asked = texts_of(session, keyring, row.reference)
    found += [Said(one.at, True, one.text) for one in asked if one.kind == REQUEST]
    return sorted(found, key=lambda one: one.at)


def _opened(session: Session, history: Sequence[AuditEntry]) -> list[Opened]:
    readings = [one for one in history if one.action == READ and one.actor.kind is ActorKind.STAFF]
    found: list[Opened] = []
    for one, held in with_roles(session, readings):
        # One visit reads in several places within the same moment.
        if not found or found[-1] != Opened(one.at, held):
            found.append(Opened(one.at, held))
    return found


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
