"""What a person permits, by purpose and by channel, taken back and given again on their page.

Each change is a consent record with the words that were on the screen. A channel also leaves the
label, which is what everybody asks before calling or writing, so it holds at once. Contact as a
whole is the inquiry itself: who takes it back withdraws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.consent.grant import Grant, grant_consents, withdraw_consents
from intake.consent.models import Answer, Purpose
from intake.consent.queries import Consent, consents_of, in_force
from intake.consent.wordings import Wording, channel_wordings, wordings_for
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, seal_json, unseal_json
from intake.desk.office import Office
from intake.desk.reasons import ASKED_TO_STOP
from intake.errors import Conflict, InvalidInput, Problem
from intake.inquiries.models import TABLE, Inquiry
from intake.inquiries.unsealing import Cells, data_key, label_or_none, open_access
from intake.privacy.person import Person
from intake.privacy.withdrawing import stop_contact
from intake.settings import FormSettings

GIVEN = "permission.given"
WITHDRAWN = "permission.withdrawn"
HOW = "private_page"
WAY_OF: Mapping[Purpose, str] = MappingProxyType(
    {Purpose.CALL: "call", Purpose.TEXT: "text", Purpose.EMAIL: "email"}
)
ORDER = (
    Purpose.CONTACT,
    Purpose.CALL,
    Purpose.TEXT,
    Purpose.EMAIL,
    Purpose.HEALTH,
    Purpose.NEWS,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One permission as it stands now, and the words to give or take it back with."""

    purpose: Purpose
    is_on: bool
    wording: Wording
    since: datetime | None


def hold(session: Session, person: Person) -> None:
    """Hold what a change touches until the transaction ends; before :func:`standings` is asked.

    Else two changes at once would both begin with the label as it was, and the later would bring
    back the way that the earlier turned off.
    """
    rows = select(Inquiry).where(Inquiry.id.in_(person.family)).order_by(Inquiry.id)
    session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()


def standings(
    session: Session, office: Office, person: Person, offer: FormSettings, *, language: str
) -> tuple[Standing, ...]:
    """Return what the person permits, with the words of today in the language of the page.

    A channel is among them if they chose it when they asked, or changed it since; a number or an
    address that we do not have is no channel.
    """
    row = session.get_one(Inquiry, person.inquiry_id)
    consents = consents_of(session, person.inquiry_id)
    ways, possible = _ways(row, office.keyring, consents)
    words = wordings_of(office, offer, language=language)
    found = []
    for purpose in ORDER:
        if purpose not in words or (purpose in WAY_OF and WAY_OF[purpose] not in possible):
            continue
        is_on = in_force(consents, purpose)
        if purpose in WAY_OF:
            is_on = WAY_OF[purpose] in ways and (purpose is not Purpose.TEXT or is_on)
        found.append(Standing(purpose, is_on, words[purpose], _since(consents, purpose)))
    return tuple(found)


def wordings_of(office: Office, offer: FormSettings, *, language: str) -> Mapping[Purpose, Wording]:
    """Return the words of today for each purpose."""
    shown = (
        *wordings_for(office.clinic, language, offer),
        *channel_wordings(office.clinic, language),
    )
    return {one.purpose: one for one in shown}


def change(
    session: Session,
    office: Office,
    person: Person,
    standing: Standing,
    *,
    on: bool,
    at: datetime,
) -> None:
    """Give one permission, or take it back for all that staff joined as this person's.

    Through the link of an inquiry that was joined into another, a permission is given for its own
    alone: what looks alike need not be of the same person. Taking back contact as a whole withdraws
    an open inquiry. Nothing happens where it stands so already, so pressing twice is once.

    Args:
        session: A session of ``Database.write()``.
        office: The keys.
        person: Who holds the link, and the short code was checked; held by :func:`hold`.
        standing: As :func:`standings` gave it in this session, with the words that were shown.
        on: Whether it is permitted from now on.
        at: Now.

    Raises:
        Conflict: ``inquiry_erased``.
    """
    if person.is_erased:
        raise Conflict("inquiry_erased")
    if standing.is_on is on:
        return
    if standing.purpose is Purpose.CONTACT and not on:
        own = session.get_one(Inquiry, person.inquiry_id)
        stop_contact(session, office, own, reason=ASKED_TO_STOP, at=at)
    mine = (person.inquiry_id,)
    for number in mine if on and person.is_joined else person.family:
        row = session.get_one(Inquiry, number)
        if row.data_key is None:
            continue
        _write(session, row, standing, on=on, at=at)
        if standing.purpose in WAY_OF:
            _relabel(row, office.keyring, WAY_OF[standing.purpose], on=on)
    session.flush()
    detail: dict[str, JSON] = {"purpose": standing.purpose.value}
    action = GIVEN if on else WITHDRAWN
    trail.record(
        session, action, actor=person.actor, subject=person.public_id, at=at, detail=detail
    )


def chosen(shown: Sequence[Standing], name: str, sha256: str) -> Standing:
    """Return the permission that a form names, if its words are still those that were shown.

    Raises:
        InvalidInput: ``purpose``: none of those that can be changed.
        Conflict: ``words_changed``: other words stand there now.
    """
    found = next((one for one in shown if one.purpose.value == name), None)
    if found is None:
        raise InvalidInput((Problem("purpose", "choice"),))
    if found.wording.sha256 != sha256:
        raise Conflict("words_changed")
    return found


def _write(session: Session, row: Inquiry, standing: Standing, *, on: bool, at: datetime) -> None:
    if not on:
        withdraw_consents(session, row.id, [standing.purpose], how=HOW, at=at)
    answer = Answer.YES if on else Answer.NO
    grant_consents(session, row.id, [Grant(standing.wording, answer)], how=HOW, at=at)


def _relabel(row: Inquiry, keyring: Keyring, way: str, *, on: bool) -> None:
    """Put a way into the label, or take it out; the label is what everybody asks."""
    if row.label is None:
        return
    key, record = data_key(keyring, row), row.public_id
    label = cast(
        "dict[str, JSON]",
        unseal_json(key, row.label, table=TABLE, column="label", record=record),
    )
    ways = [one for one in cast("list[str]", label["ways"]) if one != way]
    label["ways"] = [*ways, way] if on else cast("list[JSON]", ways)
    row.label = seal_json(key, label, table=TABLE, column="label", record=record)


def _ways(
    row: Inquiry, keyring: Keyring, consents: Sequence[Consent]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ways that are on, and those that can be."""
    cells = Cells(row.public_id, row.data_key, label=row.label, access=row.access)
    label, access = label_or_none(cells, keyring), open_access(cells, keyring)
    if label is None or access is None:
        return frozenset(), frozenset()
    changed = {one.purpose for one in consents if one.how == HOW}
    known = {way for purpose, way in WAY_OF.items() if purpose in changed} | set(label.ways)
    there = {"call", *(["email"] if access.email else []), *(["text"] if access.phone else [])}
    return frozenset(label.ways), frozenset(known & there)


def _since(consents: Sequence[Consent], purpose: Purpose) -> datetime | None:
    times = [
        when
        for one in consents
        if one.purpose is purpose
        for when in (one.given_at, one.withdrawn_at)
        if when is not None
    ]
    return max(times, default=None)
