"""Whether messages go out, and which of them need a person."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.audit import trail
from intake.crypto.tokens import show_reference
from intake.desk.letters import references_of
from intake.notifications.queries import (
    ChannelHealth,
    Delivery,
    channel_health,
    dead_letters,
    workers_seen,
)
from intake.notifications.replay import replay
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.sentences import MESSAGES, plain
from intake.web.dashboard.times import ago, day_and_time


@dashboard.get("/deliveries")
@needs(Permission.SEE_DELIVERIES)
def deliveries() -> ResponseReturnValue:
    """Show the health of each channel and the messages that were given up."""
    intake, member, at, zone = current(), member_here(), now(), clinic().zone
    with intake.database.read() as session:
        channels = channel_health(session, day_start=_day_start(at, zone))
        dead = dead_letters(session)
        references = references_of(session, (one.public_id for one in dead))
    workers = workers_seen(intake.database, at=at)
    is_worked = any(worker.is_alive for worker in workers)
    summary, kind = _summary(channels, len(dead), is_worked=is_worked)
    return render_template(
        "dashboard/deliveries.html",
        title="Notification health",
        section="deliveries",
        summary=summary,
        summary_kind=kind,
        checked="just now",
        channels=[_channel(one, zone, at) for one in channels],
        needs_person=[_letter(one, references, member) for one in dead],
    )


@dashboard.post("/deliveries/<public_id>/replay")
@needs(Permission.REPLAY_DELIVERIES)
def delivery_replay(public_id: str) -> ResponseReturnValue:
    """Send a message that was given up on its way again."""
    at = now()
    with current().database.write() as session:
        replay(session, public_id, at=at)
        trail.record(
            session, "delivery.replayed", actor=member_here().actor, subject=public_id, at=at
        )
    flash("The message is on its way again.")
    return redirect(url_for("dashboard.deliveries"), 303)


def _day_start(at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(0), tzinfo=local.tzinfo).astimezone(UTC)


def _summary(channels: tuple[ChannelHealth, ...], dead: int, *, is_worked: bool) -> tuple[str, str]:
    if not is_worked:
        return "No worker is running: messages are stored and wait. Start one.", "caution"
    if dead:
        which = "1 message needs" if dead == 1 else f"{dead} messages need"
        return f"{which} a person. Every inquiry is stored; none was lost.", "caution"
    if any(one.failing_since for one in channels):
        return "A channel does not work just now. Its messages wait and go out later.", "caution"
    return "Messages are going out.", "done"


def _channel(one: ChannelHealth, zone: str, at: datetime) -> list[object]:
    if not one.enabled:
        state = {"words": "Off", "state": "idle"}
    elif one.failing_since is not None:
        since = day_and_time(one.failing_since, zone)
        state = {"words": f"Not working since {since}: {one.failing_reason}", "state": "bad"}
    else:
        words = "Ready" if one.last_success_at is None else "Working"
        state = {"words": words, "state": "ok"}
    oldest = "none" if one.oldest_at is None else ago(one.oldest_at, now=at)
    return [
        plain(one.name),
        state,
        one.waiting,
        one.delivered_since,
        one.dead,
        oldest,
        ago(one.last_success_at, now=at),
    ]


def _letter(one: Delivery, references: Mapping[str, str], member: Member) -> list[object]:
    reference = references.get(one.public_id)
    words = show_reference(reference) if reference else "none"
    may_open = reference is not None and member.may(Permission.READ_INQUIRY)
    head: object = (
        {"url": url_for("dashboard.inquiry", reference=reference), "words": words}
        if may_open
        else words
    )
    again: object = ""
    if member.may(Permission.REPLAY_DELIVERIES):
        again = {
            "action": url_for("dashboard.delivery_replay", public_id=one.public_id),
            "words": "Try again",
            "hidden": {"csrf_token": generate_csrf()},
        }
    return [head, MESSAGES.get(one.event, plain(one.event)), one.reason or "", again]
