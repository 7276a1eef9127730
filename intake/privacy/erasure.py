"""Erases an inquiry for ever: closes it, issues the certificate, destroys all, in one commit.

Who asks here was judged before: the holder of the short code, or a privacy officer who has just
proved who they are. A legal hold stops it. A code destroys what it was given with and nothing else:
anybody can send a form with another's name and number, and staff join what looks alike. What was
joined waits for its own code, or for the privacy officer, who erases it along where phone or e-mail
agree.

Source: PRODUCT.md 3 and 68; SAFETY.md 2.12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.models import Actor, ActorKind
from intake.desk import acts
from intake.desk.closing import BY_LINK, last_closing, withdraw
from intake.desk.lifecycle import OPEN, Verb, may_ever
from intake.desk.office import By, DeskMember, Office, actor_of
from intake.errors import Conflict, NotPermitted
from intake.inquiries.links import joined_ids, kept_id_of
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.inquiries.queries import Contact, read_contact
from intake.inquiries.references import inquiry_named
from intake.privacy.belongings import destroy
from intake.privacy.certificate import Certificate, issue
from intake.privacy.do_not_contact import remember
from intake.privacy.holds import is_held
from intake.privacy.ledger import enter
from intake.privacy.models import AskedHow, EndedHow
from intake.privacy.requests import ask_for_erasure, end_request, open_request
from intake.storage.database import Database, scrub_after_commit


class AskedBy(StrEnum):
    """Who wanted an erasure, as the certificate says it."""

    PERSON = "person"
    STAFF = "staff"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class _How:
    """Who wanted it, which member does it, None for the person, and why, as a class."""

    asked_by: AskedBy
    member: DeskMember | None = None
    reason: str = ""

    def by(self, one: Inquiry) -> By:
        """Return who acts on one inquiry."""
        return self.member or Actor(ActorKind.PERSON, one.public_id)


@dataclass(frozen=True, slots=True)
class Erased:
    """What one erasure came to.

    Attributes:
        certificate: Of the inquiry that was named.
        references: All that were erased with it, itself first.
        left: Those joined with it that stay: held, with another phone and address, or with a code
            of their own.
    """

    certificate: Certificate
    references: tuple[str, ...]
    left: tuple[str, ...]


def erase_for_person(database: Database, office: Office, reference: str, *, at: datetime) -> Erased:
    """Erase what the holder of link and short code sent; what was joined with it is asked about.

    Raises:
        Conflict: ``legal_hold``; ``inquiry_erased``. Then nothing was changed.
        NotFound: ``inquiry_unknown``.
    """
    return _erase_all(database, office, reference, _How(AskedBy.PERSON), at=at)


def erase_for_staff(
    database: Database,
    office: Office,
    reference: str,
    *,
    member: DeskMember,
    asked_by: AskedBy,
    reason: str,
    at: datetime,
) -> Erased:
    """Erase as a privacy officer, who has just proved who they are; ``reason`` is a class.

    Raises:
        NotPermitted: ``role``.
        Conflict: ``legal_hold``; ``inquiry_erased``. Then nothing was changed.
        NotFound: ``inquiry_unknown``.
    """
    how = _How(asked_by, member, reason)
    return _erase_all(database, office, reference, how, at=at)


def erase(
    session: Session,
    office: Office,
    reference: str,
    *,
    contact: Contact,
    asked_by: AskedBy,
    why: str = "",
    by: By,
    at: datetime,
) -> Certificate:
    """Erase exactly one inquiry in the caller's transaction; an open one is withdrawn first.

    Args:
        session: A session of ``Database.write()``.
        office: Keys and clinic.
        reference: As stored or typed.
        contact: Its phone and address, read before with a record, to be left alone from now on.
        asked_by: Who wanted it.
        why: A class, for the trail.
        by: Who acts: the person, a privacy officer, or the system for retention.
        at: Now.

    Raises:
        NotPermitted: ``role``.
        Conflict: ``legal_hold``; ``inquiry_erased``.
        NotFound: ``inquiry_unknown``.
    """
    if not may_ever(Verb.ERASE, by):  # before the withdrawal, which more may do
        raise NotPermitted(acts.ROLE)
    one = inquiry_named(session, reference, lock=True)
    if one.status == Status.ERASED.value:
        raise Conflict("inquiry_erased")
    if is_held(session, one.id):
        raise Conflict("legal_hold")
    if Status(one.status) in OPEN:
        reason = "in_writing" if isinstance(by, DeskMember) else BY_LINK
        withdraw(session, office, one.reference, None, reason=reason, by=by, at=at)
    case = acts.begin(session, office, one.reference, None, verb=Verb.ERASE, by=by, at=at)
    acts.step(case, Verb.ERASE)
    closing = last_closing(session, case.inquiry.id)
    request = open_request(session, case.inquiry.id)
    acts.write(
        case,
        Verb.ERASE,
        target=Status.ERASED,
        outcome=Outcome(case.inquiry.outcome) if case.inquiry.outcome else None,
        reason=(closing.reason if closing else None) or "",
        detail={"asked_by": asked_by.value, **({"why": why} if why else {})},
    )
    entry = enter(session, office.keyring, case.inquiry.public_id, at=at)
    end_request(session, case.inquiry.id, EndedHow.ERASED, at=at)
    certificate = issue(
        session,
        office.keyring,
        case.inquiry,
        clinic=office.clinic.name,
        asked_at=request.asked_at if request else None,
        asked_by=asked_by.value,
        entry=entry,
        at=at,
    )
    if contact.phone_e164 or contact.email:
        remember(session, office.keyring, contact, at=at)
    destroy(session, case.inquiry.id, case.inquiry.public_id, at=at)
    scrub_after_commit(session)
    return certificate


def _erase_all(
    database: Database, office: Office, reference: str, how: _How, *, at: datetime
) -> Erased:
    with database.read() as session:
        family = family_of(session, reference)
    first, *others = family
    going = family if how.member else [first]
    contacts = {
        one.id: read_contact(
            database, office.keyring, one.reference, actor=actor_of(how.by(one)), at=at
        )
        for one in going
    }
    done, left = [first.reference], []
    with database.write() as session:

        def go(one: Inquiry) -> Certificate:
            return erase(
                session,
                office,
                one.reference,
                contact=contacts[one.id],
                asked_by=how.asked_by,
                why=how.reason,
                by=how.by(one),
                at=at,
            )

        certificate = go(first)
        for one in others:
            if one in going and _may_go_along(session, one, contacts[first.id], contacts[one.id]):
                go(one)
                done.append(one.reference)
            else:
                _leave_for_staff(session, one, how, first, at)
                left.append(one.reference)
    return Erased(certificate, tuple(done), tuple(left))


def _leave_for_staff(
    session: Session, one: Inquiry, how: _How, first: Inquiry, at: datetime
) -> None:
    """Ask a privacy officer to look at what was joined and does not surely belong together.

    The code of another inquiry proves no more than its reference does, and is told as that.
    """
    asked = AskedHow.IN_WRITING if how.member else AskedHow.WITHDRAW_PAGE
    ask_for_erasure(session, one, how=asked, actor=actor_of(how.by(first)), at=at)


def family_of(session: Session, reference: str) -> Sequence[Inquiry]:
    """Return an inquiry, and then those that staff joined with it, none of them erased but it."""
    one = inquiry_named(session, reference)
    kept = kept_id_of(session, one.id)
    others = {kept, *joined_ids(session, kept)} - {one.id}
    rows = session.scalars(
        select(Inquiry)
        .where(Inquiry.id.in_(others), Inquiry.status != Status.ERASED.value)
        .order_by(Inquiry.id)
    )
    return [one, *rows]


def _may_go_along(session: Session, one: Inquiry, mine: Contact, theirs: Contact) -> bool:
    """Whether a joined inquiry is surely of the same person, and nothing holds it."""
    is_theirs = bool(mine.phone_e164 and mine.phone_e164 == theirs.phone_e164) or bool(
        mine.email and mine.email.casefold() == theirs.email.casefold()
    )
    return is_theirs and not is_held(session, one.id)
