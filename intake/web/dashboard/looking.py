"""One look at the work list as pages draw it: alone, and beside the inquiry that was opened.

Both are the same lines of the same board, so a list is asked for, tagged and looked at again in one
way. What may change while somebody looks at it is in ``shown``; the tag is made of that.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from intake.desk.worklist.board import Board, look, page_wanted
from intake.desk.worklist.listing import Looker
from intake.desk.worklist.saved import OwnView, own_views
from intake.desk.worklist.views import View
from intake.notifications.sightings import note_sighting
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.staff.queries import Colleague, colleagues
from intake.web.context import clinic, current
from intake.web.dashboard import list_screen as screen
from intake.web.dashboard.asked import Asked, Words, asked, filters_of, view_of
from intake.web.dashboard.list_place import place_of, words_here
from intake.web.dashboard.list_rows import Around, Row, rows_of

# Whoever looks at one of these has seen what comes in.
SEEN = frozenset({View.FIRST_REPLY, View.OPEN, View.UNASSIGNED})


@dataclass(frozen=True, slots=True)
class Look:
    """A list that was asked for, what it shows, and who can own what is in it."""

    asked: Asked
    known: Sequence[Colleague]
    shown: Mapping[str, object]

    @property
    def tag(self) -> str:
        """Return what changes with anything that is shown."""
        return hashlib.sha256(json.dumps(self.shown, sort_keys=True).encode()).hexdigest()[:24]


def is_seen(asked: Asked) -> bool:
    """Say whether this is a list in which a new inquiry would be seen."""
    return asked.view in SEEN and not asked.searched


def look_at(words: Words, member: Member, at: datetime) -> Look | None:
    """Return what the words of an address ask for; None where they name an expired search."""
    intake = current()
    wanted, own, known = _asked(words, member)
    if wanted.is_expired:
        return None
    filters = [(one, filters_of(one.filters, member, known)) for one in own]
    counted = {one.public_id: (view_of(one.filters, chosen), chosen) for one, chosen in filters}
    with intake.database.read() as session:
        board = look(
            session,
            intake.office,
            intake.tokens,
            replace(wanted.for_board, own=counted),
            Looker(member.id, at),
        )
    return Look(wanted, known, _shown(board, wanted, own, member, at))


def next_in_list(reference: str, member: Member, at: datetime) -> str | None:
    """Return the inquiry below this one in the list that the address names, else the topmost.

    Without a list it is the one of all open ones that has the least time left.
    """
    intake = current()
    wanted, _, _ = _asked(words_here() or {"view": View.OPEN.value}, member)
    with intake.database.read() as session:
        page = page_wanted(
            session, intake.office, intake.tokens, wanted.for_board, Looker(member.id, at)
        )
    listed = [one.reference for one in page.rows]
    place = listed.index(reference) if reference in listed else -1
    below = listed[place + 1 :] + listed[: max(place, 0)]
    return below[0] if below else None


def beside(reference: str, member: Member, at: datetime) -> dict[str, object]:
    """Return the list that an inquiry was opened out of; empty where the address names none."""
    words = words_here()
    if not words or not member.may(Permission.SEE_WORK_LIST):
        return {}
    found = look_at(words, member, at)
    if found is None:
        return {}
    if is_seen(found.asked):
        note_sighting(current().database, at)
    return {
        **found.shown,
        "tag": found.tag,
        "selected": reference,
        "list_url": found.asked.url(),
    }


def _asked(words: Words, member: Member) -> tuple[Asked, Sequence[OwnView], Sequence[Colleague]]:
    intake = current()
    with intake.database.read() as session:
        own, known = own_views(session, intake.keyring, member.id), colleagues(session)
    saved = next((one.filters for one in own if one.public_id == words.get("saved")), None)
    return asked(words, saved, member, known), own, known


def _shown(
    board: Board, wanted: Asked, own: Sequence[OwnView], member: Member, at: datetime
) -> dict[str, object]:
    """Return everything that may change while the list is looked at."""
    around = Around(
        member=member,
        names=board.names,
        actions=board.actions,
        alike=board.alike,
        place=place_of(wanted),
        zone=clinic().zone,
        at=at,
    )
    rows = rows_of(board.page.rows, around)
    after = board.page.next_cursor
    return {
        "heading": screen.heading_of(wanted, own),
        "views": screen.view_links(board, wanted, own),
        "rows": [asdict(row) for row in rows],
        "empty": "" if rows else screen.empty_words(wanted, board.last, at),
        "newer_url": wanted.url(after=None) if wanted.after else "",
        "older_url": wanted.url(after=after) if after else "",
        "found": _found(rows, has_more=after is not None) if wanted.searched else "",
        "result_of": wanted.searched,
    }


def _found(rows: Sequence[Row], *, has_more: bool) -> str:
    if has_more:
        return f"{len(rows)} inquiries on this page, and more"
    return "1 inquiry" if len(rows) == 1 else f"{len(rows)} inquiries"
