"""Publish a text at a time, go back to an earlier one, or call off what was planned.

Nothing is switched at that time: every process reads which text has begun, so a worker that is
down delays nothing. A page has one plan at most; publishing anything calls the plan off, because
two people who decide about one page should not find a third text on it the next morning.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.errors import Conflict, InvalidInput, Problem
from intake.publishing.drafting import subject_of
from intake.publishing.models import PagePublication
from intake.publishing.queries import PageKey, publications_of
from intake.publishing.sight import Sight
from intake.storage.turns import one_at_a_time

AHEAD_MAX = timedelta(days=366)


def publish(
    session: Session,
    sight: Sight,
    *,
    publish_at: datetime | None,
    seen: int,
    member_id: int,
    actor: Actor,
    at: datetime,
) -> datetime:
    """Show a text from a time on; return that time.

    Going back is the same act with an earlier revision, whose names still stand under it, or with
    number 0, the file that shipped. That one asks for no names: it says itself what it lacks.

    Args:
        session: of the write door.
        sight: the text, looked at in this same session.
        publish_at: when; None for now.
        seen: the newest publication the editor knew of.
        member_id: the editor.
        actor: the same, for the trail.
        at: now.

    Raises:
        InvalidInput: the time is past or too far away.
        Conflict: ``not_ready`` for a text that lacks something, ``published_meanwhile`` where
            somebody else published since.
    """
    if not sight.is_ready:
        raise Conflict("not_ready")
    key, revision = sight.key, sight.revision
    if publish_at is not None and publish_at <= at:
        raise InvalidInput((Problem("publish_at", "past"),))
    if publish_at is not None and publish_at - at > AHEAD_MAX:
        raise InvalidInput((Problem("publish_at", "too_far"),))
    one_at_a_time(session, subject_of(key))
    if last_publication(session, key) != seen:
        raise Conflict("published_meanwhile")
    _call_off(session, key, member_id=member_id, actor=actor, at=at)
    begins = publish_at or at
    session.execute(
        insert(PagePublication).values(
            language=key[0],
            slug=key[1],
            revision_id=revision.id if revision else None,
            publish_at=begins,
            made_by=member_id,
            made_at=at,
        )
    )
    trail.record(
        session,
        "page.published",
        actor=actor,
        subject=subject_of(key),
        at=at,
        detail={
            "number": sight.number,
            "sha256": revision.text_sha256 if revision else "",
            "publish_at": begins.isoformat(),
        },
    )
    return begins


def withdraw_plan(
    session: Session, key: PageKey, *, member_id: int, actor: Actor, at: datetime
) -> None:
    """Call off what was to be published later.

    Raises:
        Conflict: ``nothing_planned``: it has begun, or was called off.
    """
    if not _call_off(session, key, member_id=member_id, actor=actor, at=at):
        raise Conflict("nothing_planned")


def last_publication(session: Session, key: PageKey) -> int:
    """Return the row id of the page's newest publication, 0 where there is none."""
    return max((one.id for one in publications_of(session, key)), default=0)


def _call_off(
    session: Session, key: PageKey, *, member_id: int, actor: Actor, at: datetime
) -> bool:
    waiting = session.scalars(
        select(PagePublication.id).where(
            PagePublication.language == key[0],
            PagePublication.slug == key[1],
            PagePublication.publish_at > at,
            PagePublication.withdrawn_at.is_(None),
        )
    ).all()
    if not waiting:
        return False
    session.execute(
        update(PagePublication)
        .where(PagePublication.id.in_(waiting))
        .values(withdrawn_at=at, withdrawn_by=member_id)
    )
    trail.record(
        session,
        "page.publication_withdrawn",
        actor=actor,
        subject=subject_of(key),
        at=at,
        detail={"publications": len(waiting)},
    )
    return True
