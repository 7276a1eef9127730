"""A member's own views: up to five sets of filters under names of their own.

Name and filters are sealed with a key of the ring, not with an inquiry's: they say nothing about
any one person, but "lupus in Florida" on a member's list is nobody else's to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, SealBroken, seal_json, unseal_json
from intake.crypto.tokens import new_public_id
from intake.desk.refusals import refuse
from intake.desk.worklist.models import OWN_VIEWS_MAX, SavedView
from intake.errors import Conflict, NotFound

NAME_MAX_CHARACTERS = 40
PURPOSE = "saved views"


@dataclass(frozen=True, slots=True)
class OwnView:
    """One saved view; ``filters`` is what the list was asked with, as words."""

    public_id: str
    place: int
    name: str
    filters: Mapping[str, str]


def own_views(session: Session, keyring: Keyring, staff_id: int) -> Sequence[OwnView]:
    """Return a member's views in the order of their places; one that does not open is left out."""
    rows = session.scalars(
        select(SavedView).where(SavedView.staff_id == staff_id).order_by(SavedView.place)
    )
    return [view for row in rows if (view := _opened(row, keyring)) is not None]


def save_view(
    session: Session,
    keyring: Keyring,
    staff_id: int,
    *,
    name: str,
    filters: Mapping[str, str],
    at: datetime,
) -> OwnView:
    """Keep filters under a name; the name again replaces what it stood for.

    Raises:
        InvalidInput: ``name`` is ``missing`` or ``too_long``.
        Conflict: ``views_full``: five are kept already.
    """
    name = " ".join(name.split())
    if not name:
        raise refuse("name", "missing")
    if len(name) > NAME_MAX_CHARACTERS:
        raise refuse("name", "too_long")
    kept = own_views(session, keyring, staff_id)
    for view in kept:
        if view.name == name:
            end_view(session, staff_id, view.public_id)
    taken = set(
        session.scalars(select(SavedView.place).where(SavedView.staff_id == staff_id)).all()
    )
    place = next((one for one in range(1, OWN_VIEWS_MAX + 1) if one not in taken), None)
    if place is None:
        raise Conflict("views_full")
    view = OwnView(new_public_id(), place, name, dict(filters))
    row = SavedView(
        public_id=view.public_id,
        staff_id=staff_id,
        place=place,
        body=_sealed(view, keyring),
        saved_at=at,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as taken_meanwhile:  # the same member, twice at the same moment
        raise Conflict("views_full") from taken_meanwhile
    return view


def end_view(session: Session, staff_id: int, public_id: str) -> None:
    """Forget one of a member's own views.

    Raises:
        NotFound: ``view_unknown``.
    """
    session.delete(_row_of(session, staff_id, public_id))
    session.flush()


def _row_of(session: Session, staff_id: int, public_id: str) -> SavedView:
    row = session.scalars(
        select(SavedView).where(SavedView.public_id == public_id, SavedView.staff_id == staff_id)
    ).one_or_none()
    if row is None:
        raise NotFound("view_unknown")
    return row


def _sealed(view: OwnView, keyring: Keyring) -> bytes:
    body: JSON = {"name": view.name, "filters": dict(view.filters)}
    return seal_json(
        keyring.secret(PURPOSE),
        body,
        table=SavedView.__tablename__,
        column="body",
        record=view.public_id,
    )


def _opened(row: SavedView, keyring: Keyring) -> OwnView | None:
    try:
        body = cast(
            "Mapping[str, Any]",
            unseal_json(
                keyring.secret(PURPOSE),
                row.body,
                table=SavedView.__tablename__,
                column="body",
                record=row.public_id,
            ),
        )
    except SealBroken:
        return None
    filters = {str(name): str(value) for name, value in body["filters"].items()}
    return OwnView(row.public_id, row.place, str(body["name"]), filters)
