"""Keep what an editor wrote: every save is a revision, faults or none, so that nothing is lost."""

import hashlib
import re
import unicodedata
from datetime import datetime

from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.errors import Conflict, InvalidInput, Problem
from intake.publishing.models import SHIPPED, PageRevision
from intake.publishing.queries import PageKey, newest_number, revision_of
from intake.storage.upsert import insert_into

TEXT_MAX_CHARACTERS = 60_000
TEXT_MAX_LINES = 2_000

_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def subject_of(key: PageKey) -> str:
    """Return how the audit trail calls a page."""
    return f"page:{key[0]}/{key[1]}"


def tidy(typed: str) -> str:
    """Return a text as it is kept: one kind of line end, no control characters, one last line.

    Browsers send ``CR LF``; a hash over that would void a sign-off that nobody meant to void.
    """
    rows = _NEW_LINES.sub("\n", typed).split("\n")
    kept = (
        "".join(c for c in row if c == "\t" or unicodedata.category(c) not in {"Cc", "Cs"})
        for row in rows
    )
    return unicodedata.normalize("NFC", "\n".join(kept)).strip("\n") + "\n"


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text, in hex: what a sign-off belongs to."""
    return hashlib.sha256(text.encode()).hexdigest()


def keep_revision(
    session: Session,
    key: PageKey,
    typed: str,
    *,
    based_on: int,
    faults: int,
    member_id: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Keep a text as the page's newest revision and return its number.

    The same text as the newest revision is not kept twice. The text that shipped may be kept as
    revision 1 word for word: a file cannot be signed off, a revision can.

    Args:
        session: of the write door.
        key: language and slug of a page that exists.
        typed: as it came from the form.
        based_on: the number of the text the editor began with.
        faults: how many the check found; the trail keeps the count.
        member_id: the editor.
        actor: the same, for the trail.
        at: now.

    Raises:
        InvalidInput: the text is empty or too long.
        Conflict: ``revised_meanwhile`` when somebody else kept a newer one.
    """
    text = tidy(typed)
    if not text.strip():
        raise InvalidInput((Problem("text", "missing"),))
    if len(text) > TEXT_MAX_CHARACTERS or text.count("\n") > TEXT_MAX_LINES:
        raise InvalidInput((Problem("text", "too_long"),))
    newest = newest_number(session, key)
    if newest != SHIPPED and revision_of(session, key, newest).text == text:
        return newest
    if newest != based_on:
        raise Conflict("revised_meanwhile")
    values = {
        "language": key[0],
        "slug": key[1],
        "number": newest + 1,
        "text": text,
        "text_sha256": hash_of(text),
        "made_by": member_id,
        "made_at": at,
    }
    if not _is_kept(session, values):
        raise Conflict("revised_meanwhile")
    trail.record(
        session,
        "page.revised",
        actor=actor,
        subject=subject_of(key),
        at=at,
        detail={"number": newest + 1, "sha256": hash_of(text), "faults": faults},
    )
    return newest + 1


def _is_kept(session: Session, values: dict[str, object]) -> bool:
    """Insert unless somebody took the number in the same moment."""
    connection = session.connection()
    row = insert_into(connection.dialect.name, PageRevision)
    kept = row.on_conflict_do_nothing(index_elements=["language", "slug", "number"])
    return connection.execute(kept.returning(PageRevision.id), values).scalar() is not None
