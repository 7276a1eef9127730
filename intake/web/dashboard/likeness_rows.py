"""The panel of duplicates, and what a joined inquiry forbids on the one that goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import url_for

from intake.crypto.tokens import show_reference
from intake.desk.duplicates import Candidate, Reason
from intake.inquiries.link_models import Relation
from intake.inquiries.links import Linked
from intake.inquiries.summaries import InquirySummary
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.context import clinic
from intake.web.dashboard.reading import Head
from intake.web.dashboard.sentences import status_words
from intake.web.dashboard.times import day_and_time

REASONS: Mapping[Reason, str] = {
    Reason.SAME_PHONE: "same phone",
    Reason.SAME_EMAIL: "same e-mail",
    Reason.SAME_NAME_AND_AGE: "same name and age band",
    Reason.SAME_NAME: "same name",
    Reason.SAME_FIRST_NAME: "same first name",
    Reason.MAY_BE_HOUSEHOLD: "another name: may be a household",
}
LEVELS = ((80, "Very likely", "bad"), (55, "Likely", "soon"), (40, "Possible", "soon"))
WEAK = ("Weak", "idle")
WORTH_A_BANNER = 40
RELATIONS: Mapping[tuple[Relation, bool], str] = {
    (Relation.MERGED, True): "This inquiry was joined into",
    (Relation.MERGED, False): "Joined into this one",
    (Relation.RELATED, True): "Linked",
    (Relation.RELATED, False): "Linked",
    (Relation.DISTINCT, True): "Not the same person",
    (Relation.DISTINCT, False): "Not the same person",
}
UNDO: Mapping[Relation, str] = {
    Relation.MERGED: "Take apart again",
    Relation.RELATED: "Take the link away",
    Relation.DISTINCT: "May be the same person after all",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an inquiry: what looks like it, what it is joined with, what that forbids.

    ``withdrawn`` names joined inquiries whose person took back the permission to be contacted.
    """

    candidates: tuple[Candidate, ...] = ()
    links: tuple[Linked, ...] = ()
    withdrawn: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    """One button of a row: where it posts, and its words."""

    action: str
    words: str


@dataclass(frozen=True, slots=True)
class LikeRow:
    """One other inquiry in the panel; ``level`` is empty for those that were judged."""

    reference: str
    name: str
    url: str
    status: str
    received: str
    heading: str
    state: str
    reasons: str
    compare_url: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class LikePanel:
    """The panel: what is joined or judged first, then what only looks alike."""

    judged: tuple[LikeRow, ...]
    alike: tuple[LikeRow, ...]
    compare_action: str


def like_panel(beside: Beside, one: InquirySummary, member: Member) -> LikePanel:
    """Return the panel of one inquiry for this member."""
    own = show_reference(one.reference)
    may_join = member.may(Permission.COORDINATE_INQUIRIES)
    return LikePanel(
        judged=tuple(_judged(linked, own, may_join=may_join) for linked in beside.links),
        alike=tuple(_alike(found, own, may_join=may_join) for found in beside.candidates),
        compare_action=url_for("dashboard.compare_with", reference=own),
    )


def banner(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """Return the line at the top of the page where others look much alike."""
    count = sum(found.score >= WORTH_A_BANNER for found in candidates)
    if not count:
        return []
    others = "1 other inquiry" if count == 1 else f"{count} other inquiries"
    return [("#duplicates", f"Looks like {others}.")]


def with_joined(screen: dict[str, object], beside: Beside) -> dict[str, object]:
    """Return the screen with the banner, and what joined inquiries forbid: either withdrawal."""
    head = screen["inquiry"]
    if not isinstance(head, Head):
        return screen
    head = replace(head, duplicates=banner(beside.candidates))
    screen = {**screen, "inquiry": head}
    if not beside.withdrawn:
        return screen
    zone = clinic().zone
    stops = [
        f"Do not contact: withdrawn {day_and_time(at, zone)} on {reference}, joined with this one"
        for reference, at in beside.withdrawn.items()
    ]
    quiet = replace(head, phone_href="", email_href="", stops=[*stops, *head.stops])
    badges = screen["permissions"]
    refused = [(words, False) for words, _ in badges] if isinstance(badges, list) else []
    return {**screen, "inquiry": quiet, "permissions": refused}


def level(score: int) -> tuple[str, str]:
    """Return how likely a score makes it, in words, and the shape of the label."""
    return next(((words, state) for least, words, state in LEVELS if score >= least), WEAK)


def address(own: str, other: str, noun: str = "") -> str:
    """Return the address of a pair's page, or of one of its buttons."""
    endpoint = f"dashboard.{noun}" if noun else "dashboard.compare"
    return url_for(endpoint, reference=own, other=other)


def _alike(found: Candidate, own: str, *, may_join: bool) -> LikeRow:
    words, state = level(found.score)
    other = show_reference(found.other.reference)
    buttons = (
        Button(address(own, other, "link_inquiries"), "Link"),
        Button(address(own, other, "tell_apart"), "Not the same person"),
    )
    return _row(
        found.other,
        own,
        heading=f"{words}: {found.score} of 100",
        state=state,
        reasons=", ".join(REASONS[reason] for reason in found.reasons),
        buttons=buttons if may_join else (),
    )


def _judged(linked: Linked, own: str, *, may_join: bool) -> LikeRow:
    other = show_reference(linked.other.reference)
    undo = Button(address(own, other, "take_apart"), UNDO[linked.relation])
    return _row(
        linked.other,
        own,
        heading=RELATIONS[linked.relation, linked.other_is_kept],
        state="",
        reasons=f"since {day_and_time(linked.made_at, clinic().zone)}",
        buttons=(undo,) if may_join else (),
    )


def _row(
    other: InquirySummary,
    own: str,
    *,
    heading: str,
    state: str,
    reasons: str,
    buttons: tuple[Button, ...],
) -> LikeRow:
    reference = show_reference(other.reference)
    return LikeRow(
        reference=reference,
        name=other.label.name if other.label else "",
        url=url_for("dashboard.inquiry", reference=reference),
        status=status_words(other.status, other.outcome),
        received=day_and_time(other.received_at, clinic().zone),
        heading=heading,
        state=state,
        reasons=reasons,
        compare_url=address(own, reference),
        buttons=buttons,
    )
