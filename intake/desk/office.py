"""What every verb of the desk is given: who acts, the keys, the clinic's hours and its rules.

Built once by ``bootstrap``; an act itself (:class:`Case`) is one inquiry, held under its row lock,
with everything the caller said about it. Guards look at the case and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from intake.audit.models import Actor, ActorKind
from intake.clinic.closures import Closure, stretches
from intake.clinic.hours import BusinessHours, business_hours
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import seal
from intake.desk.models import Channel, DispositionCode, Result
from intake.inquiries.links import kept_id_of
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.references import inquiry_named
from intake.inquiries.unsealing import Cells, Label, data_key, label_or_none
from intake.settings import ClinicSettings, DeskSettings
from intake.staff.permissions import Permission, allows


@dataclass(frozen=True, slots=True)
class DeskMember:
    """A member of staff who acts at the desk."""

    id: int
    public_id: str
    roles: tuple[str, ...]

    @property
    def actor(self) -> Actor:
        """The member as the audit trail names them."""
        return Actor(ActorKind.STAFF, self.public_id)

    def may(self, permission: Permission) -> bool:
        """Say whether one of the roles allows this."""
        return allows(self.roles, permission)


By: TypeAlias = DeskMember | Actor  # a member; or SYSTEM, or a person by their private link


def actor_of(by: By) -> Actor:
    """Return who acts, for the trail."""
    return by.actor if isinstance(by, DeskMember) else by


def member_id(by: By) -> int | None:
    """Return the row id of a member, and None for everybody else."""
    return by.id if isinstance(by, DeskMember) else None


@dataclass(frozen=True, slots=True)
class Office:
    """The clinic at work; make it with :func:`office`."""

    keyring: Keyring = field(repr=False)
    clinic: ClinicSettings
    rules: DeskSettings
    hours: BusinessHours


def office(
    keyring: Keyring,
    clinic: ClinicSettings,
    rules: DeskSettings,
    closures: Iterable[Closure] = (),
) -> Office:
    """Return the office that these settings describe, shut in the time of the closures."""
    return Office(keyring, clinic, rules, business_hours(clinic, stretches(closures)))


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller said; each verb fills in its own part."""

    reason: str = ""
    message: str = ""
    no_message_because: str = ""
    text: str = ""
    summary: str = ""
    question: str = ""
    words: str = ""
    channel: Channel | None = None
    result: Result | None = None
    incoming: bool = False
    disposition: DispositionCode | None = None
    starts_at: datetime | None = None
    kept: str = ""
    fresh_sign_in: bool = False


@dataclass(slots=True)
class Case:
    """One act on one inquiry; ``inquiry`` is locked until the transaction ends."""

    session: Session
    office: Office
    inquiry: Inquiry
    by: By
    at: datetime
    given: Given = field(default_factory=Given)

    @property
    def status(self) -> Status:
        """Where the inquiry stands."""
        return Status(self.inquiry.status)

    @property
    def label(self) -> Label | None:
        """What a list shows of the person; None where it does not open."""
        one = self.inquiry
        return label_or_none(
            Cells(one.public_id, one.data_key, label=one.label), self.office.keyring
        )

    @property
    def zone(self) -> str:
        """The zone of the person's home, or the clinic's."""
        label = self.label
        return label.zone if label is not None else self.office.clinic.zone

    def sealed(self, text: str, *, table: str, column: str, record: str) -> bytes:
        """Seal a text under the inquiry's own key.

        Raises:
            NotFound: ``inquiry_unknown``: it is erased.
        """
        key = data_key(self.office.keyring, self.inquiry)
        return seal(key, text.encode(), table=table, column=column, record=record)


def that_goes_on(session: Session, reference: str, by: By) -> tuple[str, By]:
    """Return the inquiry that goes on for this one, and its person: they hold both private links.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    one = inquiry_named(session, reference)
    kept = session.get_one(Inquiry, kept_id_of(session, one.id))
    is_theirs = isinstance(by, Actor) and by == Actor(ActorKind.PERSON, one.public_id)
    return kept.reference, Actor(ActorKind.PERSON, kept.public_id) if is_theirs else by
