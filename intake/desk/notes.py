"""Notes for colleagues, sealed under the inquiry's own key, and the half-written ones.

A note is added and never changed, so two people writing at once both keep what they wrote: it asks
for no version and counts none.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.crypto.sealed import unseal_text
from intake.crypto.tokens import new_public_id
from intake.desk.guards import TEXT_MAX_CHARACTERS, text_problems
from intake.desk.models import Note, NoteDraft
from intake.desk.office import By, Case, DeskMember, Office, actor_of
from intake.desk.refusals import refuse
from intake.errors import InvalidInput, NotPermitted
from intake.inquiries.models import Inquiry
from intake.inquiries.references import inquiry_named
from intake.inquiries.unsealing import data_key
from intake.staff.permissions import Permission
from intake.storage.upsert import insert_into

NOTE_ADDED = "inquiry.note_added"
TABLE = Note.__tablename__
DRAFTS = NoteDraft.__tablename__


def add_note(
    session: Session, office: Office, reference: str, *, text: str, by: By, at: datetime
) -> str:
    """Keep a note and return its public id; the member's draft is dropped.

    Raises:
        InvalidInput: ``note`` missing or too long.
        NotPermitted: ``role``.
        NotFound: ``inquiry_unknown``, or erased.
    """
    member = _member(by)
    problems = text_problems("note", text)
    if problems:
        raise InvalidInput(tuple(problems))
    inquiry = inquiry_named(session, reference)
    case = Case(session, office, inquiry, by, at)
    public_id = new_public_id()
    session.add(
        Note(
            public_id=public_id,
            inquiry_id=inquiry.id,
            body=case.sealed(text, table=TABLE, column="body", record=public_id),
            staff_id=member.id,
            at=at,
        )
    )
    _drop_draft(session, inquiry, member)
    trail.record(
        session,
        NOTE_ADDED,
        actor=actor_of(by),
        subject=inquiry.public_id,
        at=at,
        detail={"note": public_id},
    )
    session.flush()
    return public_id


def keep_draft(
    session: Session, office: Office, reference: str, *, text: str, by: By, at: datetime
) -> None:
    """Keep what a member has typed so far; an empty text drops it.

    Raises:
        InvalidInput: ``note`` too long.
    """
    member = _member(by)
    if len(text) > TEXT_MAX_CHARACTERS:
        raise refuse("note", "too_long")
    inquiry = inquiry_named(session, reference)
    if not text.strip():
        _drop_draft(session, inquiry, member)
        return
    case = Case(session, office, inquiry, by, at)
    record = _draft_record(inquiry, member)
    row = insert_into(session.connection().dialect.name, NoteDraft).values(
        inquiry_id=inquiry.id,
        staff_id=member.id,
        body=case.sealed(text, table=DRAFTS, column="body", record=record),
        saved_at=at,
    )
    kept = {"body": row.excluded.body, "saved_at": row.excluded.saved_at}
    session.execute(row.on_conflict_do_update(index_elements=["inquiry_id", "staff_id"], set_=kept))


def draft_of(session: Session, office: Office, reference: str, *, by: By) -> str:
    """Return a member's own half-written note, or an empty text."""
    member = _member(by)
    inquiry = inquiry_named(session, reference)
    row = session.get(NoteDraft, (inquiry.id, member.id))
    if row is None or inquiry.data_key is None:
        return ""
    key = data_key(office.keyring, inquiry)
    record = _draft_record(inquiry, member)
    return unseal_text(key, row.body, table=DRAFTS, column="body", record=record)


def _draft_record(inquiry: Inquiry, member: DeskMember) -> str:
    return f"{inquiry.public_id}:{member.public_id}"


def _drop_draft(session: Session, inquiry: Inquiry, member: DeskMember) -> None:
    session.execute(
        delete(NoteDraft).where(NoteDraft.inquiry_id == inquiry.id, NoteDraft.staff_id == member.id)
    )


def _member(by: By) -> DeskMember:
    if not isinstance(by, DeskMember) or not by.may(Permission.ACT_ON_INQUIRIES):
        raise NotPermitted("role")
    return by
