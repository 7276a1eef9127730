"""Messages, their tries and what can be done to them, as rows of a table."""

from collections.abc import Mapping
from datetime import datetime

from flask import url_for

from intake.crypto.tokens import show_reference
from intake.notifications.models import State
from intake.notifications.queries import ChannelHealth, Delivery, Try
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.dashboard.sentences import MESSAGES, STATES, plain
from intake.web.dashboard.times import day_and_time

BOUNCED = ("Came back", "bad")
RETURNED = "the mail system sent it back: the address does not take mail"
READERS: Mapping[str, str] = {
    "person": "The person",
    "staff": "A member of staff",
    "endpoint": "An endpoint",
    "contact": "Contact of the settings",
    "desk": "The terminal",
    "synthetic": "Our own mailbox",
}
ENDS: Mapping[str, tuple[str, str]] = {
    "delivered": ("Delivered", "ok"),
    "retryable": ("Failed for now", "soon"),
    "permanent": ("Refused for good", "bad"),
    "channel": ("The way out failed", "soon"),
    "lease_lost": ("The worker was lost", "soon"),
    "cancelled": ("Taken back", "idle"),
}
REPLAYABLE = frozenset({State.DEAD.value})
WAITING = frozenset({State.PENDING.value, State.RETRY.value})
CANCELLABLE = frozenset({State.DEAD.value, State.PENDING.value, State.RETRY.value})


def message_words(one: Delivery) -> str:
    """Return what a message is, in words."""
    return MESSAGES.get(one.event, plain(one.event))


def message_state(one: Delivery) -> dict[str, str]:
    """Return where a message stands; one that came back was delivered only at first."""
    words, kind = STATES.get(one.state, (plain(one.state), "idle"))
    if one.bounced_at is not None:
        words, kind = BOUNCED
    return {"words": words, "state": kind}


def message_link(one: Delivery) -> dict[str, str]:
    """Return the way to the message's own page, where each try stands."""
    address = url_for("dashboard.delivery", public_id=one.public_id)
    return {"url": address, "words": message_words(one)}


def channel_words(one: Delivery | ChannelHealth) -> str:
    """Return what staff call a channel: an endpoint has a name of its own."""
    if one.endpoint is not None:
        return one.endpoint
    return plain(one.channel if isinstance(one, Delivery) else one.name)


def reader_words(recipient: str, names: Mapping[str, str]) -> str:
    """Return who a message is for; ``names`` are those of members and endpoints."""
    kind, _, number = recipient.partition(":")
    if recipient in names:
        return names[recipient]
    return READERS.get(kind, plain(kind)) + (f": {plain(number)}" if kind == "contact" else "")


def last_moment(one: Delivery) -> datetime:
    """Return when something last happened to a message."""
    return (
        one.bounced_at
        or one.finished_at
        or (one.tries[-1].ended_at if one.tries else one.created_at)
    )


def message_on_inquiry(one: Delivery, zone: str, *, may_open: bool) -> list[object]:
    """Return a message as the page of its inquiry lists it."""
    return [
        message_link(one) if may_open else message_words(one),
        channel_words(one),
        message_state(one),
        one.attempts,
        _last_word(one, zone),
        day_and_time(last_moment(one), zone),
    ]


def _last_word(one: Delivery, zone: str) -> str:
    """Return why it went no further, and until when it waits."""
    why = one.reason or (RETURNED if one.bounced_at is not None else "")
    if one.due_at is None or one.state not in WAITING:
        return why
    if not why and one.due_at <= one.created_at:
        return why  # it goes out at once
    until = f"not before {day_and_time(one.due_at, zone)}"
    return f"{why}; {until}" if why else until


def returned_row(
    one: Delivery,
    references: Mapping[str, str],
    member: Member,
    names: Mapping[str, str],
    zone: str,
) -> list[object]:
    """Return a message that came back: whose, what, to whom, when it went out and returned."""
    return [
        inquiry_cell(references.get(one.public_id), member),
        message_link(one),
        reader_words(one.recipient, names),
        day_and_time(one.finished_at, zone) if one.finished_at else "",
        day_and_time(one.bounced_at, zone) if one.bounced_at else "",
    ]


def dead_row(
    one: Delivery, references: Mapping[str, str], member: Member, zone: str
) -> list[object]:
    """Return a dead letter: whose it is, what, why, since when, what to do."""
    return [
        inquiry_cell(references.get(one.public_id), member),
        message_link(one),
        channel_words(one),
        one.reason or "",
        day_and_time(last_moment(one), zone),
        {"several": actions(one, references.get(one.public_id), member)},
    ]


def waiting_row(
    one: Delivery, references: Mapping[str, str], member: Member, zone: str
) -> list[object]:
    """Return a message that waits: whose it is, what, how often tried, when it is tried next."""
    due = day_and_time(one.due_at, zone) if one.due_at else ""
    return [
        inquiry_cell(references.get(one.public_id), member),
        message_link(one),
        channel_words(one),
        message_state(one),
        one.attempts,
        one.reason or "",
        due,
    ]


def inquiry_cell(reference: str | None, member: Member) -> object:
    """Return the inquiry a message is about, as a link for those who may read it."""
    if reference is None:
        return "none"
    words = show_reference(reference)
    if not member.may(Permission.READ_INQUIRY):
        return words
    return {"url": url_for("dashboard.inquiry", reference=reference), "words": words}


def actions(one: Delivery, reference: str | None, member: Member) -> list[object]:
    """Return the buttons that this member may press for this message; tokens are put in later."""
    if not member.may(Permission.REPLAY_DELIVERIES):
        return []
    about = show_reference(reference) if reference else message_words(one)
    found: list[object] = []
    if one.state in REPLAYABLE:
        found.append(_button("dashboard.delivery_replay", one, "Try again", about))
    if one.state in CANCELLABLE:
        words = "Mark done" if one.state in REPLAYABLE else "Cancel"
        found.append(_button("dashboard.delivery_cancel", one, words, about))
    return found


def try_row(one: Try, zone: str) -> list[object]:
    """Return one try: when, how it ended, what was said."""
    words, kind = ENDS.get(one.outcome, (plain(one.outcome), "idle"))
    seconds = (one.ended_at - one.started_at).total_seconds()
    return [
        str(one.number),
        day_and_time(one.started_at, zone),
        f"{seconds:.1f} s",
        {"words": words, "state": kind},
        one.reason or "",
        "" if one.status_code is None else str(one.status_code),
    ]


def _button(endpoint: str, one: Delivery, words: str, about: str) -> dict[str, object]:
    return {
        "action": url_for(endpoint, public_id=one.public_id),
        "words": words,
        "about": about,
        "hidden": {},
    }
