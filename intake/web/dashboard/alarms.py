"""The band of open alarms on every staff page, and putting one away by hand.

An alarm that the worker clears when it is over has no button: putting it away would hide trouble.
One about dead letters that were dealt with by telephone, or about an urgent inquiry, has one.
"""

from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from intake.desk.worklist.views import View
from intake.notifications.alarms import (
    GLASS,
    URGENT,
    OpenAlarm,
    dismiss_alarm,
    ends_by_itself,
    is_about_queue,
    open_alarms,
    sentence_of,
)
from intake.notifications.ways import NO_SECOND_CHANNEL, has_second_channel
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.list_rows import glass_url
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.sent import number_in

SHOWN_MAX = 1  # more would fill the first screen of a phone; the rest is folded
NOTED = "Told only here"


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm as ``dashboard/base.html`` draws it; an empty address shows no link or button."""

    sentence: str
    url: str
    dismiss_action: str


@dataclass(frozen=True, slots=True)
class Band:
    """The open alarms, those folded beneath them, and what staff should know about telling."""

    lines: tuple[AlarmLine, ...]
    folded: tuple[AlarmLine, ...]
    note: str
    folded_words: str = ""


NO_BAND = Band((), (), "")


def band(member: Member) -> Band:
    """Return what is wrong now, for those who see work list or deliveries."""
    if not (member.may(Permission.SEE_WORK_LIST) or member.may(Permission.SEE_DELIVERIES)):
        return NO_BAND
    with current().database.read() as session:
        found = open_alarms(session)
        note = NO_SECOND_CHANNEL if found and not has_second_channel(session) else ""
    urgent = tuple(_line(one, member) for one in found if one.kind == URGENT)
    others = tuple(_line(one, member) for one in found if one.kind != URGENT)
    if len(urgent) < 2:
        lines = tuple(_line(one, member) for one in found)
        folded = lines[SHOWN_MAX:]
        more = f"And {len(folded)} more"
        return Band(lines[:SHOWN_MAX], folded, note, more if folded else NOTED if note else "")
    lines = (_all_urgent(len(urgent)), *others)
    more = f"Show each, and {len(others)} more" if others else "Show each of them"
    return Band(lines[:SHOWN_MAX], (*lines[SHOWN_MAX:], *urgent), note, more)


@dashboard.post("/alarms/<int:number>/dismissal")
@needs(Permission.REPLAY_DELIVERIES)
def alarm_dismissal(number: int) -> ResponseReturnValue:
    """Put an alarm away; two who do it at once are told the same."""
    with current().database.write() as session:
        dismiss_alarm(session, number_in(str(number)), actor=member_here().actor, at=now())
    return redirect(url_for("dashboard.deliveries"), 303)


def _all_urgent(count: int) -> AlarmLine:
    """Return one line for several, that leads to all of them; each is folded beneath it."""
    sentence = f"{count} inquiries are urgent, and nobody has opened them yet."
    url = url_for("dashboard.work_list", view=View.OPEN.value, urgent=1)
    return AlarmLine(sentence, url, "")


def _line(alarm: OpenAlarm, member: Member) -> AlarmLine:
    may_dismiss = member.may(Permission.REPLAY_DELIVERIES) and not ends_by_itself(alarm)
    return AlarmLine(
        sentence=sentence_of(alarm, clinic().zone),
        url=_url_of(alarm, member),
        dismiss_action=(
            url_for("dashboard.alarm_dismissal", number=alarm.id) if may_dismiss else ""
        ),
    )


def _url_of(alarm: OpenAlarm, member: Member) -> str:
    """Return where to look into an alarm; empty for who may not."""
    reference = str(alarm.detail.get("reference", ""))
    if alarm.kind == URGENT and reference:
        if member.may(Permission.READ_INQUIRY):
            return url_for("dashboard.inquiry", reference=reference, view=View.OPEN.value)
        if exception := glass_url(reference, member):
            return exception
    endpoint, needed = _page_of(alarm)
    return url_for(endpoint) if member.may(needed) else ""


def _page_of(alarm: OpenAlarm) -> tuple[str, Permission]:
    """Return where to look into an alarm, and who may."""
    if alarm.kind == GLASS:
        return "dashboard.openings", Permission.REVIEW_OPENINGS
    if is_about_queue(alarm):
        return "dashboard.work_list", Permission.SEE_WORK_LIST
    return "dashboard.deliveries", Permission.SEE_DELIVERIES
