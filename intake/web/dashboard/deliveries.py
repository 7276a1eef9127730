"""Whether messages go out, which of them need a person, and what can be done about it.

The page looks again by itself: a script asks with the tag of what it shows and mostly hears 304.
Such a look is no sign that somebody is at work, so it does not keep a sign-in alive.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from intake.desk.letters import reader_names, references_of
from intake.desk.mending import cancel_one, replay_one, replay_range
from intake.desk.trial_mail import send_trial_mail
from intake.errors import Conflict, NotFound
from intake.notifications.listing import LIVE, Wanted, came_back, message, messages
from intake.notifications.models import State
from intake.notifications.queries import Delivery, channel_health, dead_letters, workers_seen
from intake.operations.health import ledger_health, mail_health, path_health
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, now
from intake.web.dashboard import health_rows as health
from intake.web.dashboard import message_rows as rows
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.times import clock_time, day_and_time

WAITING_SHOWN = 20
RETURNED_SHOWN_DAYS = 14
NOTHING_WRONG = "nothing went wrong"
LATE = {
    "already_replayed": "Somebody was faster: this message is not stopped any more.",
    "too_late": "Too late: this message is being sent, or has ended.",
}
UNREADABLE = "The times could not be read, so nothing was sent again. Choose them from the fields."


@dashboard.get("/deliveries")
@needs(Permission.SEE_DELIVERIES)
def deliveries() -> ResponseReturnValue:
    """Show channels, workers, checks, what waits and what was given up; 304 if nothing changed."""
    shown = _shown()
    tag = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:24]
    if request.if_none_match.contains(tag):
        return _tagged(make_response("", 304), tag)
    zone, at = clinic().zone, now()
    page = render_template(
        "dashboard/deliveries.html",
        title="Notification health",
        section="deliveries",
        tag=tag,
        zone=zone,
        checked=clock_time(at, zone),
        **{**shown, "needs_person": _with_tokens(shown["needs_person"])},
    )
    return _tagged(make_response(page), tag)


@dashboard.post("/deliveries/tests")
@needs(Permission.SEE_DELIVERIES)
def delivery_test() -> ResponseReturnValue:
    """Send a test mail to whoever asks, and lead to the page that tells how it fares."""
    member = member_here()
    with current().database.write() as session:
        public_id = send_trial_mail(session, member.id, actor=member.actor, at=now())
    flash("A test is on its way to your mailbox. Reload this page to see how it fares.")
    return redirect(url_for("dashboard.delivery", public_id=public_id), 303)


@dashboard.get("/deliveries/<public_id>")
@needs(Permission.SEE_DELIVERIES)
def delivery(public_id: str) -> ResponseReturnValue:
    """Show one message with each try."""
    member, zone = member_here(), clinic().zone
    with current().database.read() as session:
        found = message(session, public_id)
        reference = references_of(session, [public_id]).get(public_id)
        names = reader_names(session, (found.recipient,) if found else ())
    if found is None:
        raise NotFound("message_unknown")
    finished = day_and_time(found.finished_at, zone) if found.finished_at else ""
    return render_template(
        "dashboard/delivery.html",
        title=f"Message: {rows.message_words(found)}",
        section="deliveries",
        back_url=url_for("dashboard.deliveries"),
        words=rows.message_words(found),
        state=rows.message_state(found),
        inquiry=rows.inquiry_cell(reference, member),
        facts=[
            ("Channel", rows.channel_words(found)),
            ("Reader", rows.reader_words(found.recipient, names)),
            ("Written", day_and_time(found.created_at, zone)),
            ("Next try", day_and_time(found.due_at, zone) if found.due_at else "none"),
            ("Ended", finished or "not yet"),
            *_returned(found, zone),
            ("Why", found.reason or (rows.RETURNED if found.bounced_at else NOTHING_WRONG)),
        ],
        buttons=rows.actions(found, reference, member),
        tries=[rows.try_row(one, zone) for one in found.tries],
    )


@dashboard.post("/deliveries/<public_id>/replay")
@needs(Permission.REPLAY_DELIVERIES)
def delivery_replay(public_id: str) -> ResponseReturnValue:
    """Send a message that was given up on its way again."""
    try:
        with current().database.write() as session:
            replay_one(session, public_id, actor=member_here().actor, at=now())
    except Conflict as late:
        return _somebody_was_faster(public_id, late)
    flash("The message is on its way again.")
    return redirect(url_for("dashboard.deliveries"), 303)


@dashboard.post("/deliveries/<public_id>/cancel")
@needs(Permission.REPLAY_DELIVERIES)
def delivery_cancel(public_id: str) -> ResponseReturnValue:
    """Take a message back, or mark as done what was given up."""
    try:
        with current().database.write() as session:
            cancel_one(session, public_id, actor=member_here().actor, at=now())
    except Conflict as late:
        return _somebody_was_faster(public_id, late)
    flash("The message will not be sent.")
    return redirect(url_for("dashboard.deliveries"), 303)


@dashboard.post("/deliveries/replay-many")
@needs(Permission.REPLAY_DELIVERIES)
def deliveries_replay() -> ResponseReturnValue:
    """Send a channel's dead letters of a span on their way again, spread over time."""
    try:
        since, before = _instant("since"), _instant("before")
    except ValueError:
        flash(UNREADABLE, "error")
        return redirect(url_for("dashboard.deliveries"), 303)
    with current().database.write() as session:
        count = replay_range(
            session,
            request.form.get("channel", ""),
            since=since,
            before=before,
            actor=member_here().actor,
            at=now(),
        )
    which = "1 message is" if count == 1 else f"{count} messages are"
    flash(f"{which} on the way again, a hundred in a minute.")
    return redirect(url_for("dashboard.deliveries"), 303)


def _shown() -> dict[str, object]:
    """Return everything the page tells; the tag is made of it, so no token stands in here."""
    intake, member, at, zone = current(), member_here(), now(), clinic().zone
    with intake.database.read() as session:
        channels = channel_health(session, day_start=health.day_start(at, zone))
        dead = dead_letters(session)
        waiting = messages(session, Wanted(LIVE), limit=WAITING_SHOWN)
        retrying = messages(session, Wanted((State.RETRY,)), limit=WAITING_SHOWN)
        returned = came_back(session, since=at - timedelta(days=RETURNED_SHOWN_DAYS))
        known = references_of(session, (one.public_id for one in (*dead, *waiting, *returned)))
        names = reader_names(session, (one.recipient for one in returned))
        checks = health.Checks(
            path_health(session, intake.settings),
            ledger_health(session, at=at),
            mail_health(session, intake.settings, at=at),
        )
    workers = workers_seen(intake.database, at=at)
    is_worked = any(worker.is_alive for worker in workers)
    sentence, kind = health.summary(channels, checks, len(dead), is_worked=is_worked)
    checked = checks.mail.checked_at
    may_mend = member.may(Permission.REPLAY_DELIVERIES)
    return {
        "summary": sentence,
        "summary_kind": kind,
        "outbox": health.outbox_line(channels, retrying, zone),
        "channels": [health.channel_row(one, zone, at) for one in channels],
        "needs_person": [rows.dead_row(one, known, member, zone) for one in dead],
        "waiting": [rows.waiting_row(one, known, member, zone) for one in waiting],
        "returned": [rows.returned_row(one, known, member, names, zone) for one in returned],
        "workers": [health.worker_row(one, zone, at) for one in workers],
        "checks": health.check_rows(checks, zone, at),
        "mail": health.mail_rows(checks.mail),
        "mail_checked": day_and_time(checked, zone) if checked else "",
        "replayable": [
            (one.name, rows.channel_words(one)) for one in channels if one.dead and may_mend
        ],
    }


def _returned(one: Delivery, zone: str) -> list[tuple[str, str]]:
    return [("Came back", day_and_time(one.bounced_at, zone))] if one.bounced_at else []


def _with_tokens(table: object) -> list[list[object]]:
    """Put the session's token into each button."""
    hidden = {"csrf_token": generate_csrf()}

    def filled(cell: object) -> object:
        if not isinstance(cell, dict) or "several" not in cell:
            return cell
        return {"several": [{**one, "hidden": hidden} for one in cell["several"]]}

    lines = table if isinstance(table, Iterable) else ()
    return [[filled(cell) for cell in line] for line in lines]


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    return response


def _somebody_was_faster(public_id: str, late: Conflict) -> ResponseReturnValue:
    """Say what happened to a message that exists; one that does not is a plain conflict."""
    with current().database.read() as session:
        found = message(session, public_id)
    if found is None:
        raise late
    flash(LATE[late.code], "error")
    return redirect(url_for("dashboard.delivery", public_id=public_id), 303)


def _instant(name: str) -> datetime | None:
    """Return a moment that was chosen on the clinic's clock; None where nothing was."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    chosen = datetime.fromisoformat(typed)
    if chosen.tzinfo is not None:
        raise ValueError(name)
    return chosen.replace(tzinfo=ZoneInfo(clinic().zone)).astimezone(UTC)
