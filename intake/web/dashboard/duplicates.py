"""Two inquiries side by side, and the buttons that link, join, tell apart and take apart again."""

from collections.abc import Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.consent.models import Purpose
from intake.consent.queries import taken_back
from intake.crypto.tokens import parse_reference, show_reference
from intake.desk.duplicates import candidates
from intake.desk.joining import Seen, link, merge, not_same_person, undo
from intake.errors import Conflict, NotFound
from intake.inquiries.likeness import likeness_of
from intake.inquiries.link_models import Relation
from intake.inquiries.links import Linked, joined_ids, links_of
from intake.inquiries.queries import OpenedInquiry, inquiry_by_reference, read_inquiry
from intake.staff.permissions import Permission
from intake.web.context import current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.comparing import comparison, facts
from intake.web.dashboard.desk_words import REFUSALS, refusal_words
from intake.web.dashboard.likeness_rows import RELATIONS, UNDO, Beside, address
from intake.web.dashboard.policies import acting, member_here, needs
from intake.web.dashboard.sent import number_in

PAIR = "/inquiries/<reference>/duplicates/<other>"
# Where two inquiries are concerned, these say it better than the words for one.
REFUSED: Mapping[str, str] = {
    "inquiry_changed": "Somebody changed one of the two meanwhile. Look again, then decide.",
    "withdrawn_by_person": "The person withdrew that one. It stays as it is; link it instead.",
    "changed_since": "Something has happened on the joined inquiry since. Reopen it there instead.",
}
DONE: Mapping[Relation, str] = {
    Relation.RELATED: "The link is taken away.",
    Relation.MERGED: "The two are apart again, each with its own status, owner and clocks.",
    Relation.DISTINCT: "They may be proposed as alike again.",
}
NOTHING_TO_UNDO = "There is nothing to take back between these two."
UNKNOWN = "No inquiry has this reference."


def beside_of(opened: OpenedInquiry, at: datetime) -> Beside:
    """Return what stands beside an inquiry that somebody has opened."""
    service, one = current(), opened.summary
    with service.database.read() as session:
        joined = joined_ids(session, one.id)
        links = links_of(session, service.keyring, one.id)
        withdrawn = taken_back(session, joined, Purpose.CONTACT)
        found = candidates(
            session,
            service.keyring,
            one,
            likeness_of(opened.answers, service.tokens),
            at=at,
        )
    names = {linked.other.id: show_reference(linked.other.reference) for linked in links}
    return Beside(
        candidates=found,
        links=links,
        withdrawn={names.get(one_id, "another"): when for one_id, when in withdrawn.items()},
    )


@dashboard.get("/inquiries/<reference>/duplicates")
@needs(Permission.READ_INQUIRY)
def compare_with(reference: str) -> ResponseReturnValue:
    """Lead to the comparison with any other inquiry, named by its reference."""
    typed = parse_reference(request.args.get("other", ""))
    service = current()
    try:
        with service.database.read() as session:
            other = inquiry_by_reference(session, service.keyring, typed or "")
    except NotFound:
        flash(UNKNOWN, "error")
        return redirect(url_for("dashboard.inquiry", reference=reference), 303)
    return redirect(address(reference, show_reference(other.reference)), 303)


@dashboard.get(PAIR)
@needs(Permission.READ_INQUIRY)
def compare(reference: str, other: str) -> ResponseReturnValue:
    """Record that both are read, and show them side by side."""
    service, member, at = current(), member_here(), now()
    if parse_reference(reference) == parse_reference(other):
        flash(REFUSALS["same_inquiry"], "error")
        return redirect(url_for("dashboard.inquiry", reference=reference), 303)
    one, two = (
        read_inquiry(service.database, service.keyring, name, actor=member.actor, at=at)
        for name in (reference, other)
    )
    with service.database.read() as session:
        links = links_of(session, service.keyring, one.summary.id)
    holds = next((linked for linked in links if linked.other.id == two.summary.id), None)
    own, theirs = (show_reference(opened.summary.reference) for opened in (one, two))
    may_join = member.may(Permission.COORDINATE_INQUIRIES)
    return render_template(
        "dashboard/duplicates.html",
        title=f"Compare {own} and {theirs}",
        section="inquiries",
        back_url=url_for("dashboard.inquiry", reference=own),
        references=(own, theirs),
        urls=[url_for("dashboard.inquiry", reference=name) for name in (own, theirs)],
        facts=facts(one.summary, two.summary),
        groups=comparison(one, two, service.settings.form),
        holds=f"{RELATIONS[holds.relation, holds.other_is_kept]}." if holds else "",
        undo_words=UNDO[holds.relation] if holds else "",
        actions={
            noun: address(own, theirs, noun)
            for noun in ("link_inquiries", "tell_apart", "merge_inquiries", "take_apart")
        },
        merges=_merges(one, two, holds) if may_join else [],
        may_join=may_join,
    )


@dashboard.post(f"{PAIR}/link")
@needs(Permission.COORDINATE_INQUIRIES)
def link_inquiries(reference: str, other: str) -> ResponseReturnValue:
    """Note that the two belong together."""
    try:
        with current().database.write() as session:
            link(session, reference, other, by=acting(), at=now())
    except Conflict as refused:
        return _refused(refused, reference, other)
    return _back(reference, "The two are linked.")


@dashboard.post(f"{PAIR}/distinction")
@needs(Permission.COORDINATE_INQUIRIES)
def tell_apart(reference: str, other: str) -> ResponseReturnValue:
    """Remember that they are two persons."""
    try:
        with current().database.write() as session:
            not_same_person(session, reference, other, by=acting(), at=now())
    except Conflict as refused:
        return _refused(refused, reference, other)
    return _back(reference, "Remembered: not the same person.")


@dashboard.post(f"{PAIR}/merge")
@needs(Permission.COORDINATE_INQUIRIES)
def merge_inquiries(reference: str, other: str) -> ResponseReturnValue:
    """Close one of the two as the duplicate of the other, as both stood on the page."""
    names = {parse_reference(reference): other, parse_reference(other): reference}
    kept = request.form.get("kept", "")
    ended = names.get(parse_reference(kept))
    versions = [number_in(request.form.get(name, "")) for name in ("kept_version", "ended_version")]
    if ended is None or parse_reference(kept) is None:
        raise NotFound("inquiry_unknown")
    try:
        with current().database.write() as session:
            merge(
                session,
                current().office,
                Seen(kept, versions[0]),
                Seen(ended, versions[1]),
                by=acting(),
                at=now(),
            )
    except Conflict as refused:
        return _refused(refused, reference, other)
    return _back(kept, f"{ended} is joined into this inquiry. You can take them apart again below.")


@dashboard.post(f"{PAIR}/separation")
@needs(Permission.COORDINATE_INQUIRIES)
def take_apart(reference: str, other: str) -> ResponseReturnValue:
    """Take back what was decided about the two."""
    try:
        with current().database.write() as session:
            relation = undo(session, current().office, reference, other, by=acting(), at=now())
    except Conflict as refused:
        return _refused(refused, reference, other)
    except NotFound as missing:
        if missing.code != "link_unknown":
            raise
        return _back(reference, NOTHING_TO_UNDO, "error")
    return _back(reference, DONE[relation])


def _merges(
    one: OpenedInquiry, two: OpenedInquiry, holds: Linked | None
) -> list[dict[str, str | int]]:
    """Return both ways to join, the one that keeps the older inquiry first."""
    if holds is not None and holds.relation is Relation.MERGED:
        return []
    pair = sorted((one.summary, two.summary), key=lambda summary: summary.received_at)
    return [
        {
            "kept": show_reference(kept.reference),
            "ended": show_reference(ended.reference),
            "kept_version": kept.version,
            "ended_version": ended.version,
        }
        for kept, ended in (pair, pair[::-1])
        if kept.closed_at is None
    ]


def _back(reference: str, words: str, kind: str = "message") -> ResponseReturnValue:
    flash(words, kind)
    return redirect(url_for("dashboard.inquiry", reference=reference, _anchor="duplicates"), 303)


def _refused(refused: Conflict, reference: str, other: str) -> ResponseReturnValue:
    flash(REFUSED.get(refused.code) or refusal_words(refused), "error")
    return redirect(address(reference, other), 303)
