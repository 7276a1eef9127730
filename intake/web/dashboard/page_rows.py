"""The rows of the information pages' screens: points, names, texts, and what was shown when."""

from collections.abc import Mapping

from intake.publishing.checklist import Checked
from intake.publishing.models import SHIPPED
from intake.publishing.queries import PageKey, Publication, Revision, Signoff
from intake.staff.permissions import Permission
from intake.web.context import now
from intake.web.dashboard.page_parts import at, moment
from intake.web.dashboard.page_words import KINDS, name_of, point_words, signed_words
from intake.web.dashboard.policies import member_here
from intake.web.live_pages import live

REVISION_HEADS = [("Text", ""), ("State", ""), ("Saved", "when"), ("By", ""), ("See", "")]
HISTORY_HEADS = [("Text", ""), ("From", "when"), ("Decided by", ""), ("On", "when")]
SOMEBODY = "somebody"


def point_row(one: Checked) -> dict[str, str]:
    """Return one point of the checklist with its state."""
    state = "ok" if one.is_met else ("bad" if one.blocks else "soon")
    words = point_words(one)
    if one.by:
        words += f": {one.by.full_name}, {one.by.credentials}"
    return {"words": words, "state": state, "about": "" if one.blocks else "does not block"}


def signoff_row(key: PageKey, one: Signoff, names: Mapping[int, str]) -> dict[str, str]:
    """Return a name, and where it can be taken back."""
    member = member_here()
    may_take_back = one.withdrawn_at is None and (
        member.may(Permission.EDIT_PAGES)
        or (member.may(Permission.SIGN_PAGES) and one.recorded_by == member.id)
    )
    return {
        "kind": KINDS[one.kind][0],
        "words": signed_words(one, names.get(one.recorded_by, SOMEBODY)),
        "withdrawn": f"Taken back {moment(one.withdrawn_at)}" if one.withdrawn_at else "",
        "action": at("page_signoff_withdrawal", key, public_id=one.public_id)
        if may_take_back
        else "",
    }


def revision_rows(
    key: PageKey,
    revisions: tuple[Revision, ...],
    history: tuple[Publication, ...],
    names: Mapping[int, str],
) -> list[list[object]]:
    """Return every text of a page, the one that shipped last."""
    shown = live().number(key)
    was_shown = {
        one.number for one in history if one.publish_at <= now() and one.withdrawn_at is None
    }
    rows: list[list[object]] = [
        [
            _revision_link(key, one.number),
            _revision_state(one.number, shown, was_shown),
            moment(one.made_at),
            names.get(one.made_by, SOMEBODY),
            _looks(key, one.number, shown, was_shown),
        ]
        for one in revisions
    ]
    rows.append(
        [
            _revision_link(key, SHIPPED),
            _revision_state(SHIPPED, shown, {SHIPPED}),
            "With the software",
            "",
            _looks(key, SHIPPED, shown, {SHIPPED}),
        ]
    )
    return rows


def _revision_link(key: PageKey, number: int) -> dict[str, str]:
    return {"url": at("page_revision", key, number=number), "words": name_of(number).capitalize()}


def _revision_state(number: int, shown: int, was_shown: set[int]) -> dict[str, str]:
    if number == shown:
        return {"words": "Readers see it", "state": "ok"}
    if number in was_shown:
        return {"words": "Was shown", "state": "idle"}
    return {"words": "Not published", "state": "soon"}


def _looks(key: PageKey, number: int, shown: int, was_shown: set[int]) -> dict[str, object]:
    links = [{"url": at("page_preview", key, number=number), "words": "Preview"}]
    if number != shown:
        links.append({"url": at("page_difference", key, number=number), "words": "What differs"})
    if number in was_shown - {shown} and member_here().may(Permission.PUBLISH_PAGES):
        url = at("page_revision", key, number=number, _anchor="publish")
        links.append({"url": url, "words": "Go back to it"})
    return {"several": links}


def history_row(key: PageKey, one: Publication, names: Mapping[int, str]) -> list[object]:
    """Return from when a text was or will be shown, and who decided it."""
    began = moment(one.publish_at)
    when = f"{began}, called off" if one.withdrawn_at else began
    return [
        _revision_link(key, one.number),
        when,
        names.get(one.made_by, SOMEBODY),
        moment(one.made_at),
    ]
