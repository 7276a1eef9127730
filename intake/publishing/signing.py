"""Write down that a named person answers for one exact text, and take that back.

The name stands under the SHA-256 of the text, so an edited text has no names. A member signs in
their own name, and clinically only as a clinician; for somebody outside the desk, such as a lawyer
or a doctor without an account, an editor records it, and both names are kept.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.tokens import new_public_id
from intake.errors import Conflict, InvalidInput, NotFound, Problem
from intake.publishing.drafting import subject_of
from intake.publishing.models import PageRevision, PageSignoff, SignoffKind
from intake.publishing.queries import PageKey, Revision
from intake.publishing.sight import Sight

NAME_MAX_CHARACTERS = 120
CREDENTIALS_MAX_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Signer:
    """The member at the form, and what their roles let them do here."""

    id: int
    full_name: str
    is_clinician: bool
    may_record_for_others: bool
    actor: Actor


@dataclass(frozen=True, slots=True)
class Yes:
    """What the form says: who answers for what, and since when."""

    kind: str
    is_own: bool
    full_name: str
    credentials: str
    signed_on: date | None
    has_written_word: bool  # the recorder holds the person's own words


def sign_off(
    session: Session,
    seen: Sight,
    yes: Yes,
    *,
    signer: Signer,
    today: date,
    at: datetime,
) -> str:
    """Put a name under a text and return the sign-off's public id.

    Args:
        session: of the write door.
        seen: the text that was read, looked at in this same session.
        yes: what the form says.
        signer: the member at the form.
        today: the day at the clinic.
        at: now.

    Raises:
        InvalidInput: with every problem of the form.
        Conflict: ``has_faults``: nobody is asked to sign what cannot go out, nor a file.
    """
    key, revision = seen.key, seen.revision
    if revision is None or seen.judged.faults:
        raise Conflict("has_faults")
    notices = tuple(notice.version for notice in seen.notices)
    name = signer.full_name if yes.is_own else _line(yes.full_name)
    credentials = _line(yes.credentials)
    problems = [
        *_kind_problems(key, yes, notices, signer),
        *_person_problems(yes, name, credentials, signer),
        *_day_problems(yes, revision, today),
    ]
    about = ", ".join(notices) if yes.kind == SignoffKind.NOTICE else ""
    if any(
        one.kind == yes.kind and one.full_name == name and one.withdrawn_at is None
        for one in seen.signoffs
    ):
        problems.append(Problem("kind", "signed_already"))
    if problems or yes.signed_on is None:
        raise InvalidInput(tuple(problems))
    public_id = new_public_id()
    session.execute(
        insert(PageSignoff).values(
            public_id=public_id,
            revision_id=revision.id,
            text_sha256=revision.text_sha256,
            kind=yes.kind,
            about=about,
            full_name=name,
            credentials=credentials,
            signed_on=yes.signed_on.isoformat(),
            is_own=yes.is_own,
            recorded_by=signer.id,
            recorded_at=at,
        )
    )
    trail.record(
        session,
        "page.signed_off",
        actor=signer.actor,
        subject=subject_of(key),
        at=at,
        detail={
            "number": revision.number,
            "sha256": revision.text_sha256,
            "kind": yes.kind,
            "is_own": yes.is_own,
            "signoff": public_id,
        },
    )
    return public_id


def withdraw_signoff(
    session: Session, key: PageKey, public_id: str, *, signer: Signer, at: datetime
) -> None:
    """Take a name from under a text; a page that is shown without it says so from then on.

    Raises:
        NotFound: there is no such sign-off on this page.
        Conflict: ``withdrawn_already``, or ``not_yours`` for who may only take back their own.
    """
    row = session.execute(
        select(PageSignoff.id, PageSignoff.recorded_by, PageSignoff.withdrawn_at, PageSignoff.kind)
        .join(PageRevision, PageRevision.id == PageSignoff.revision_id)
        .where(
            PageSignoff.public_id == public_id,
            PageRevision.language == key[0],
            PageRevision.slug == key[1],
        )
    ).one_or_none()
    if row is None:
        raise NotFound("signoff_unknown")
    if row.withdrawn_at is not None:
        raise Conflict("withdrawn_already")
    if row.recorded_by != signer.id and not signer.may_record_for_others:
        raise Conflict("not_yours")
    session.execute(
        update(PageSignoff)
        .where(PageSignoff.id == row.id)
        .values(withdrawn_at=at, withdrawn_by=signer.id)
    )
    trail.record(
        session,
        "page.signoff_withdrawn",
        actor=signer.actor,
        subject=subject_of(key),
        at=at,
        detail={"signoff": public_id, "kind": row.kind},
    )


def _line(typed: str) -> str:
    """Return one line of printable characters: no database takes every character there is."""
    return "".join(c for c in " ".join(typed.split()) if c.isprintable())


def _kind_problems(
    key: PageKey, yes: Yes, notices: tuple[str, ...], signer: Signer
) -> list[Problem]:
    found = {
        "missing": yes.kind not in set(SignoffKind),
        "not_clinician": yes.kind == SignoffKind.CLINICAL
        and yes.is_own
        and not signer.is_clinician,
        "not_spanish": yes.kind == SignoffKind.SPANISH and key[0] != "es",
        "no_notice": yes.kind == SignoffKind.NOTICE and not notices,
    }
    return [Problem("kind", code) for code, is_so in found.items() if is_so]


def _person_problems(yes: Yes, name: str, credentials: str, signer: Signer) -> list[Problem]:
    found: list[tuple[str, str, bool]] = [
        ("who", "own_only", not yes.is_own and not signer.may_record_for_others),
        ("full_name", "missing", not name),
        ("full_name", "too_long", len(name) > NAME_MAX_CHARACTERS),
        (
            "full_name",
            "own_name",
            not yes.is_own and name.casefold() == signer.full_name.casefold(),
        ),
        ("credentials", "missing", not credentials),
        ("credentials", "too_long", len(credentials) > CREDENTIALS_MAX_CHARACTERS),
        ("written_word", "missing", not yes.is_own and not yes.has_written_word),
    ]
    return [Problem(field, code) for field, code, is_so in found if is_so]


def _day_problems(yes: Yes, revision: Revision, today: date) -> list[Problem]:
    if yes.signed_on is None:
        return [Problem("signed_on", "format")]
    if yes.signed_on > today:
        return [Problem("signed_on", "future")]
    # A day of slack: "made" is told in UTC and the day on paper by the clinic's clock.
    if (revision.made_at.date() - yes.signed_on).days > 1:
        return [Problem("signed_on", "before_text")]
    return []
