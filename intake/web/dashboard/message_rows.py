"""Messages, their tries and what can be done to them, as rows of a table."""

from collections.abc import Mapping
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from intake.crypto.tokens import show_reference
from intake.notifications.models import Endpoint, State
from intake.notifications.queries import Delivery, Try
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.staff.queries import names_by_id
from intake.web.dashboard.sentences import MESSAGES, STATES, plain
from intake.web.dashboard.times import day_and_time

BOUNCED = ("Came back", "bad")
ENDS: Mapping[str, tuple[str, str]] = {
    "delivered": ("Delivered", "ok"),
    "retryable": ("Failed for now", "soon"),
    "permanent": ("Refused for good", "bad"),
    "channel": ("The way out failed", "soon"),
    "lease_lost": ("The worker was lost", "soon"),
    "cancelled": ("Taken back", "idle"),
}
READERS = {"person": "The person who asked", "synthetic": "The mailbox for test inquiries"}
GONE = "Somebody who is not here any more"
REPLAYABLE = frozenset({State.DEAD.value})
CANCELLABLE = frozenset({State.DEAD.value, State.PENDING.value, State.RETRY.value})


def reader_words(session: Session, recipient: str) -> str:
    """Return who a message is for, by the name that staff know."""
    kind, _, number = recipient.partition(":")
    if kind == "staff" and number.isdigit():
        return names_by_id(session, [int(number)]).get(int(number), GONE)
    if kind == "endpoint" and number.isdigit():
        found = session.get(Endpoint, int(number))
        return GONE if found is None else found.name
    return READERS.get(recipient, plain(recipient))


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


def last_moment(one: Delivery) -> datetime:
    """Return when something last happened to a message."""
    return one.finished_at or (one.tries[-1].ended_at if one.tries else one.created_at)


def message_on_inquiry(one: Delivery, zone: str, *, may_open: bool) -> list[object]:
    """Return a message as the page of its inquiry lists it."""
    return [
        message_link(one) if may_open else message_words(one),
        one.channel_title,
        message_state(one),
        one.attempts,
        one.reason or "",
        day_and_time(last_moment(one), zone),
    ]


def dead_row(
    one: Delivery, references: Mapping[str, str], member: Member, zone: str
) -> list[object]:
    """Return a dead letter: whose it is, what, why, since when, what to do."""
    return [
        inquiry_cell(references.get(one.public_id), member),
        message_link(one),
        one.channel_title,
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
        one.channel_title,
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
