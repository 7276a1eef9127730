"""Everything that ever happened to an inquiry, as one list: the trail, what was written, the mail.

The audit trail gives the order and who did it; the desk's own texts stand with the act they were
written in, and each message with how its delivery went. Nothing is left out: a filter shows less
and says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from flask import url_for

from intake.audit.models import ActorKind
from intake.audit.trail import AuditEntry
from intake.crypto.sealed import JSON
from intake.desk.queries import Move
from intake.desk.reading import DeskText
from intake.desk.reasons import NO_MESSAGE, REASONS, REOPENING
from intake.inquiries.models import Outcome
from intake.notifications.queries import Delivery
from intake.storage.types import from_millis
from intake.web.dashboard.act_words import CHANNELS, CLOSINGS, DISPOSITIONS, RESULTS
from intake.web.dashboard.message_rows import last_moment, message_state, message_words
from intake.web.dashboard.sentences import EVENTS, STATUSES, plain
from intake.web.dashboard.times import day_and_time
from intake.web.dashboard.writings import through_words

FILTERS = (
    ("", "All"),
    ("note", "Notes"),
    ("attempt", "Calls"),
    ("message", "Messages"),
    ("consent", "Permissions"),
    ("access", "Access"),
)
KINDS: Mapping[str, str] = {
    "inquiry.read": "access",
    "inquiry.glass_broken": "access",
    "inquiry.glass_reviewed": "access",
    "receipt.read": "access",
    "status.read": "access",
    "status.opened": "access",
    "status.code_locked": "access",
    "status.code_renewed": "access",
    "status.code_requested": "access",
    "message.received": "message",
    "message.passed_on": "message",
    "message.sent": "message",
    "answers.corrected": "message",
    "inquiry.note_added": "note",
    "inquiry.attempted": "attempt",
    "inquiry.callback_booked": "attempt",
    "inquiry.callback_cancelled": "attempt",
    "inquiry.information_requested": "message",
    "inquiry.reminded": "message",
    "inquiry.promised_again": "message",
    "message.bounced": "message",
    "delivery.replayed": "message",
    "delivery.cancelled": "message",
    "texts.stopped": "consent",
    "inquiry.withdrawn": "consent",
    "inquiry.withdrawal_taken_back": "consent",
    "inquiry.deceased": "consent",
    "permission.given": "consent",
    "permission.withdrawn": "consent",
    "inquiry.contact_stopped": "consent",
    "inquiry.erasure_asked": "consent",
    "inquiry.erasure_taken_back": "consent",
    "inquiry.hold_set": "access",
    "inquiry.hold_lifted": "access",
    "inquiry.copied": "access",
    "inquiry.submitted": "consent",
}
# Texts of the desk, the acts they are written in, and what stands before each.
TEXTS: Mapping[str, tuple[frozenset[str], str]] = {
    "note": (frozenset({"inquiry.note_added"}), ""),
    "attempt": (frozenset({"inquiry.attempted", "inquiry.withdrawn"}), ""),
    "request": (
        frozenset({"inquiry.information_requested", "inquiry.disposition_recorded"}),
        "Asked: ",
    ),
    "summary": (frozenset({"inquiry.handed_to_clinician"}), "Summary: "),
    "question": (frozenset({"inquiry.handed_to_clinician"}), "Question: "),
    "wrote": (frozenset({"message.received"}), ""),
    "sent": (frozenset({"message.sent"}), ""),
    "corrected": (frozenset({"answers.corrected"}), ""),
    "disposition": (frozenset({"inquiry.disposition_recorded", "inquiry.closed"}), ""),
}
ROUTED_NAMES = ("given_to", "instead_of")
# What the person wrote or reads.
THEIRS = frozenset({"request", "wrote", "sent", "corrected"})
TOLD_BY = {
    "email": "they are told by email",
    "texts": "they are told by text",
    "": "they permit no written way, so nobody tells them",
}
ACTORS = {
    ActorKind.VISITOR: "the person",
    ActorKind.PERSON: "the person",
    ActorKind.SYSTEM: "this program",
    ActorKind.OPERATOR: "the operator",
    ActorKind.STAFF: "a member of staff",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    when: str
    at: str
    who: str
    words: str
    kind: str
    notes: tuple[str, ...] = ()
    state: Mapping[str, str] | None = None
    is_undone: bool = False
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a timeline is made of."""

    history: Sequence[AuditEntry]
    texts: Sequence[DeskText]
    deliveries: Sequence[Delivery]
    moves: Sequence[Move]
    names: Mapping[str, str]
    zone: str
    reasons: Mapping[str, str] = field(default_factory=dict)  # of break-glass openings


def timeline(told: Told, *, shown: str = "") -> list[Entry]:
    """Return the entries of a filter, the newest first."""
    left = list(told.texts)
    undone = {move.at for move in told.moves if move.undone}
    rows = [(entry.at, _event(entry, told, left, undone)) for entry in told.history]
    rows += [(text.at, _loose(text, told.zone)) for text in left]
    rows += [(one.created_at, _message(one, told.zone)) for one in told.deliveries]
    rows.sort(key=lambda row: row[0], reverse=True)
    return list(_gathered(entry for _, entry in rows if not shown or entry.kind == shown))


def _gathered(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Give the entries, openings by one person that follow each other as one."""
    for _, group in groupby(entries, key=lambda one: (one.kind, one.who, one.words, one.notes)):
        same = list(group)
        if same[0].kind == "access" and len(same) > 1:
            yield replace(same[0], words=f"{same[0].words} {len(same)} times")
        else:
            yield from same


def named_in(history: Iterable[AuditEntry]) -> Iterator[str]:
    """Give the public ids of everybody whose name the timeline needs."""
    for entry in history:
        yield entry.actor.id
        yield from (str(entry.detail[key]) for key in ROUTED_NAMES if key in entry.detail)


def filters(reference: str, shown: str) -> list[tuple[str, str, bool]]:
    """Return the filters as links, and which one is on."""
    return [
        (
            url_for(
                "dashboard.inquiry", reference=reference, show=kind or None, _anchor="timeline"
            ),
            words,
            kind == shown,
        )
        for kind, words in FILTERS
    ]


def filter_asked(asked: str) -> str:
    """Return the filter that is asked for; an unknown one shows everything."""
    return asked if asked in {kind for kind, _ in FILTERS} else ""


def _event(
    entry: AuditEntry, told: Told, left: list[DeskText], undone: Iterable[datetime]
) -> Entry:
    mine = [
        text
        for text in left
        if text.at == entry.at and entry.action in TEXTS.get(text.kind, (frozenset(), ""))[0]
    ]
    for text in mine:
        left.remove(text)
    kind = KINDS.get(entry.action, "event")
    reason = told.reasons.get(str(entry.detail.get("opening", "")), "")
    extra = (
        _detail(entry.detail)
        or _moved(entry.detail, told.zone)
        or _routed(entry.detail, told.names)
        or through_words(entry.detail)
    )
    words = EVENTS.get(entry.action, plain(entry.action))
    return Entry(
        when=day_and_time(entry.at, told.zone),
        at=entry.at.isoformat(timespec="seconds"),
        who=told.names.get(entry.actor.id, ACTORS[entry.actor.kind]),
        words=f"{words}: {extra}" if extra else words,
        kind=kind,
        notes=(
            *(TEXTS[text.kind][1] + text.text for text in mine),
            *((reason,) if reason else ()),
        ),
        is_undone=entry.at in set(undone) and "verb" in entry.detail,
        is_internal=any(text.kind not in THEIRS for text in mine),
    )


def _loose(text: DeskText, zone: str) -> Entry:
    """Return a text whose act was written at another moment: a call that was noted later."""
    words = {"attempt": "Note on a call"}.get(text.kind, plain(text.kind))
    return Entry(
        when=day_and_time(text.at, zone),
        at=text.at.isoformat(timespec="seconds"),
        who="",
        words=words,
        kind="note",
        notes=(text.text,),
        is_internal=True,
    )


def _message(one: Delivery, zone: str) -> Entry:
    return Entry(
        when=day_and_time(one.created_at, zone),
        at=last_moment(one).isoformat(timespec="seconds"),
        who="",
        words=f"{message_words(one)}, {plain(one.channel).lower()}",
        kind="message",
        state=message_state(one),
    )


def _moved(detail: Mapping[str, JSON], zone: str) -> str:
    """Return from when to when a promise was moved."""
    was, due = detail.get("was_due_at"), detail.get("due_at")
    if not isinstance(was, int) or not isinstance(due, int):
        return ""
    return " to ".join(day_and_time(from_millis(one), zone) for one in (was, due))


def _routed(detail: Mapping[str, JSON], names: Mapping[str, str]) -> str:
    """Return by which rule an inquiry was given to whom, and why."""
    if "rule" not in detail:
        return ""
    matched = detail.get("matched")
    why = ", ".join(str(one) for one in matched) if isinstance(matched, list) else ""
    parts = [f"by rule {detail['rule']}" + (f" ({why})" if why else "")]
    given_to, among = str(detail.get("given_to", "")), detail.get("among")
    if given_to:
        parts.insert(0, f"to {names.get(given_to, 'a member')}")
    if isinstance(among, int) and among > 1:
        parts.append(f"the fewest open of {among}")
    if "instead_of" in detail:
        parts.append(f"{names.get(str(detail['instead_of']), 'a member')} is away")
    return "; ".join(parts)


def _detail(detail: Mapping[str, JSON]) -> str:
    """Return the codes of an act in words: results, reasons, where it went."""
    parts = []
    if "result" in detail:
        way = CHANNELS.get(str(detail.get("channel")), plain(str(detail.get("channel"))))
        incoming = "they called us" if detail.get("incoming") else way.lower()
        result = str(detail["result"])
        parts.append(f"{incoming}, {RESULTS.get(result, plain(result)).lower()}")
    if "disposition" in detail:
        decided = str(detail["disposition"])
        parts.append(DISPOSITIONS.get(decided, plain(decided)).lower())
    outcome = str(detail.get("outcome", ""))
    if outcome:
        parts.append(CLOSINGS.get(outcome, (plain(outcome), ""))[0].lower())
    if detail.get("reason"):
        parts.append(_reason(outcome, str(detail["reason"])))
    if detail.get("no_message_because"):
        why = NO_MESSAGE.get(str(detail["no_message_because"]), "")
        parts.append(f"no letter: {why[:1].lower()}{why[1:]}")
    if "told" in detail:
        parts.append(TOLD_BY.get(str(detail["told"]), plain(str(detail["told"]))))
    went = str(detail.get("to", ""))
    if went and went != detail.get("from") and not outcome:
        parts.append(f"now {STATUSES.get(went, plain(went)).lower()}")
    return "; ".join(parts)


def _reason(outcome: str, reason: str) -> str:
    words = REOPENING.get(reason, "")
    if outcome in set(Outcome):
        words = REASONS.get(Outcome(outcome), {}).get(reason, words)
    found = words or plain(reason)
    return f"{found[:1].lower()}{found[1:]}"
