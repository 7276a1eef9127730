"""The person corrects what they sent, or how we reach them; what it was is kept beside it.

The whole draft is judged anew, so every rule of the form holds here too, and everything made of the
answers follows in one transaction: label, addresses, and the words the inquiry is found by. An
address that is new gets one confirmation; the old one gets nothing any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import cast

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, seal_json, unseal_json
from intake.crypto.tokens import SearchTokens
from intake.errors import Conflict, InvalidInput
from intake.inquiries.corrections import CORRECTED, changes_between, count_since, keep_changes
from intake.inquiries.draft import DERIVED, EVERYTHING, InquiryDraft
from intake.inquiries.finding import found_by
from intake.inquiries.form import by_name
from intake.inquiries.models import TABLE, Inquiry, SearchToken
from intake.inquiries.news import ACKNOWLEDGED
from intake.inquiries.queries import answers_to_change
from intake.inquiries.sealing import addresses_of, label_of
from intake.inquiries.unsealing import data_key
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.recipient import PERSON
from intake.patient.messages import (
    FORM_KEY_MAX_CHARACTERS,
    Wrote,
    check_pace,
    going_on,
    tell_staff,
)
from intake.patient.status_page import by_link
from intake.settings import ClinicSettings, FormSettings
from intake.storage.upsert import table_of

WORDS = ("full_name", "called", "requester_name", "phone", "email", "story")
WAYS = ("contact_by", "phone", "voicemail", "email", "best_times")
# A box that is not ticked is no answer; these are questions with two answers.
TWO_ANSWERS = frozenset({"interpreter"})
JOINED = "joined"

Typed = Mapping[str, Sequence[str]]
_tokens = table_of(SearchToken)


@dataclass(frozen=True, slots=True)
class Mending:
    """What a correction is made with."""

    keyring: Keyring = field(repr=False)
    tokens: SearchTokens = field(repr=False)
    clinic: ClinicSettings
    offer: FormSettings


def as_typed(answers: Mapping[str, JSON]) -> dict[str, list[str]]:
    """Return stored answers as a form would send them."""
    typed: dict[str, list[str]] = {}
    for name, answer in answers.items():
        if name in DERIVED:
            continue
        if isinstance(answer, bool):
            if answer or name in TWO_ANSWERS:
                typed[name] = ["yes" if answer else "no"]
        elif isinstance(answer, str):
            typed[name] = [answer]
        elif isinstance(answer, Sequence):
            typed[name] = [str(part) for part in answer]
    return typed


def correct(
    session: Session,
    mending: Mending,
    token: str,
    typed: Typed,
    *,
    fields: Sequence[str],
    form_key: str,
    at: datetime,
) -> Wrote:
    """Put new answers in place of old ones, and tell staff; nothing changed is nothing written.

    Args:
        session: A session of ``Database.write()``.
        mending: Keys, tokens and settings.
        token: Of the private link; the caller has checked the code.
        typed: What the form sent; only ``fields`` of it count.
        fields: ``WORDS`` or ``WAYS``.
        form_key: Drawn with the form.
        at: Now.

    Raises:
        InvalidInput: Every problem, of these fields; of others as ``other_answers``; ``too_many``
            for now, on the first of them.
        Conflict: ``joined``: it was joined with another; ``closed``: it is closed.
        NotFound: ``link_unknown``.
    """
    inquiry = going_on(session, token, at=at)
    if inquiry.id != by_link(session, token, at=at).id:
        raise Conflict(JOINED)
    if inquiry.closed_at is not None:
        raise Conflict("closed")
    actor = Actor(ActorKind.PERSON, inquiry.public_id)
    before = answers_to_change(mending.keyring, inquiry)
    draft = _judged(before, typed, fields, mending.offer)
    changes = changes_between(before, draft.answers())
    key = data_key(mending.keyring, inquiry)
    public_id = None
    if changes:
        check_pace(partial(count_since, session, inquiry.id), fields[0], at)
        named = form_key[:FORM_KEY_MAX_CHARACTERS]
        public_id = keep_changes(session, key, inquiry, changes, form_key=named, at=at)
    if public_id is None:
        return Wrote(inquiry.reference, actor, is_new=False)
    taken_back = _taken_back(inquiry, key, before)
    is_readdressed = _put_in_place(session, mending, inquiry, draft, key, taken_back=taken_back)
    names: list[JSON] = [one.name for one in changes if one.name not in DERIVED]
    detail: dict[str, JSON] = {"correction": public_id, "fields": names}
    trail.record(session, CORRECTED, actor=actor, subject=inquiry.public_id, at=at, detail=detail)
    tell_staff(session, inquiry, public_id, at=at)
    if is_readdressed:
        _confirm(session, inquiry, public_id, at)
    return Wrote(inquiry.reference, actor, is_new=True)


def _judged(
    before: Mapping[str, JSON], typed: Typed, fields: Sequence[str], offer: FormSettings
) -> InquiryDraft:
    """Judge the whole draft by everything that was ever offered, the new choices by today's."""
    raw: dict[str, Sequence[str]] = dict(as_typed(before))
    known = by_name(offer)
    for name in fields:
        if name not in known:
            continue
        given = [part for part in typed.get(name, ()) if part]
        allowed = {choice.value for choice in known[name].choices} | set(raw.get(name, ()))
        if known[name].choices:
            given = [part for part in given if part in allowed]
        raw[name] = given
    try:
        return InquiryDraft.parse(raw, offer=EVERYTHING)
    except InvalidInput as wrong:
        if any(problem.field in fields for problem in wrong.problems):
            problems = tuple(one for one in wrong.problems if one.field in fields)
            raise InvalidInput(problems) from None
        raise Conflict("other_answers") from None


def _taken_back(inquiry: Inquiry, key: bytes, before: Mapping[str, JSON]) -> frozenset[str]:
    """Return the ways that were turned off on the permissions page: a correction keeps them off."""
    cell = {"table": TABLE, "column": "label", "record": inquiry.public_id}
    label = unseal_json(key, cast(bytes, inquiry.label), **cell)
    ways = label.get("ways") if isinstance(label, dict) else None
    chosen, left = (one if isinstance(one, list) else [] for one in (before["contact_by"], ways))
    return frozenset(str(way) for way in chosen if way not in left)


def _put_in_place(
    session: Session,
    mending: Mending,
    inquiry: Inquiry,
    draft: InquiryDraft,
    key: bytes,
    *,
    taken_back: frozenset[str],
) -> bool:
    """Seal the new answers and what is made of them; say whether mail goes elsewhere now."""
    cell = {"table": TABLE, "record": inquiry.public_id}
    opened = unseal_json(key, cast(bytes, inquiry.access), column="access", **cell)
    access = dict(opened) if isinstance(opened, Mapping) else {}
    addresses = addresses_of(draft, mending.offer)
    is_readdressed = bool(addresses["email"]) and addresses["email"] != access.get("email")
    label = label_of(draft, mending.clinic)
    label["ways"] = [way for way in draft.contact_by if way not in taken_back]
    inquiry.answers = seal_json(key, draft.answers(), column="answers", **cell)
    inquiry.label = seal_json(key, label, column="label", **cell)
    inquiry.access = seal_json(key, {**access, **addresses}, column="access", **cell)
    found = found_by(draft, inquiry.reference, mending.tokens)
    for column, word in found.columns.items():
        setattr(inquiry, column, word)
    session.flush()
    session.execute(delete(_tokens).where(_tokens.c.inquiry_id == inquiry.id))
    session.execute(
        insert(_tokens),
        [{"token": token, "inquiry_id": inquiry.id} for token in sorted(found.tokens)],
    )
    return is_readdressed


def _confirm(session: Session, inquiry: Inquiry, public_id: str, at: datetime) -> None:
    message = NewMessage(
        inquiry_id=inquiry.id,
        recipient=PERSON,
        channel="email",
        event=ACKNOWLEDGED,
        subject_id=f"{inquiry.public_id}:{public_id}",
    )
    enqueue(session, [message], at=at)
