"""One inquiry as the screen shows it, made from what the queries gave.

Nothing here fetches: the reading was recorded and committed before any of this existed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import url_for

from intake.audit.models import ActorKind
from intake.audit.trail import AuditEntry
from intake.consent.models import Purpose
from intake.consent.queries import Consent, in_force
from intake.crypto.sealed import JSON
from intake.crypto.tokens import show_reference
from intake.inquiries.asking import text_of
from intake.inquiries.models import Status
from intake.inquiries.queries import OpenedInquiry
from intake.inquiries.summaries import InquirySummary
from intake.notifications.queries import Delivery
from intake.staff.accounts import Member
from intake.staff.permissions import Permission
from intake.web.context import clinic, current
from intake.web.dashboard.answers import answer_groups
from intake.web.dashboard.doubt_words import why_held
from intake.web.dashboard.list_place import about, list_url
from intake.web.dashboard.message_rows import message_on_inquiry
from intake.web.dashboard.sentences import (
    PURPOSES,
    language_words,
    plain,
    status_words,
)
from intake.web.dashboard.timeline import ACTORS
from intake.web.dashboard.times import Due, clock_time, day_and_time, due_label

MAIL_COMES_BACK = "Mail to them comes back, so they have not read it. Ask for another address"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the page is made of; ``opened`` came out only after the reading was recorded."""

    opened: OpenedInquiry
    consents: Sequence[Consent]
    history: Sequence[AuditEntry]
    deliveries: Sequence[Delivery]
    actors: Mapping[str, str]
    assignees: Mapping[int, str]
    reasons: Mapping[str, str]  # of break-glass openings, by opening
    mail_comes_back: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The heading and the contact card of ``dashboard/inquiry.html``."""

    url: str
    notes_action: str
    reference: str
    name: str
    is_urgent: bool
    status: str
    due: Due
    language: str
    assignee: str
    received: str
    phone: str
    phone_href: str
    email: str
    email_href: str
    clocks: str
    place: str
    stops: list[str]
    doubt: str
    duplicates: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One permission word for word, with what proves it."""

    purpose: str
    answer: str
    text: str
    sha256: str
    version: str
    language: str
    when: str
    is_in_force: bool


def screen_of(reading: Reading, member: Member, *, at: datetime) -> dict[str, object]:
    """Return what the template needs."""
    zone = clinic().zone
    answers = reading.opened.answers
    return {
        "title": show_reference(reading.opened.summary.reference),
        "section": "inquiries",
        "back_url": list_url(),
        "inquiry": _head(reading, zone, at=at),
        "permissions": _badges(answers, reading),
        "consents": [_consent(one, zone, reading.actors) for one in reading.consents],
        "groups": answer_groups(
            answers, current().settings.form, language=reading.opened.summary.language
        ),
        "deliveries": [
            message_on_inquiry(one, zone, may_open=member.may(Permission.SEE_DELIVERIES))
            for one in reading.deliveries
        ],
        "printed": f"Printed by {member.full_name}, {day_and_time(at, zone)}",
    }


def _head(reading: Reading, zone: str, *, at: datetime) -> Head:
    summary, answers = reading.opened.summary, reading.opened.answers
    label = summary.label
    may_contact = in_force(reading.consents, Purpose.CONTACT)
    ways = label.ways if label and may_contact else ()
    phone, e164 = text_of(answers, "phone"), text_of(answers, "phone_e164")
    extension = text_of(answers, "phone_extension")
    email = text_of(answers, "email")
    return Head(
        url=url_for("dashboard.inquiry", reference=summary.reference),
        notes_action=about(summary.reference, "notes"),
        reference=show_reference(summary.reference),
        name=label.name if label else "",
        is_urgent=summary.urgent,
        status=status_words(summary.status, summary.outcome),
        due=_due(summary, zone, at),
        language=language_words(
            label.language if label else summary.language,
            interpreter=label is not None and label.interpreter,
        ),
        assignee=reading.assignees.get(summary.assignee_id or 0, "nobody"),
        received=day_and_time(summary.received_at, zone),
        phone=f"{phone} ext. {extension}" if phone and extension else phone,
        phone_href=f"tel:{e164}" if e164 and "call" in ways else "",
        email=email,
        email_href=f"mailto:{quote(email, safe='@')}" if email and "email" in ways else "",
        clocks=_clocks(label.zone, at, is_certain=label.zone_is_certain) if label else "",
        place=", ".join(part for part in (label.state, label.country) if part) if label else "",
        stops=_stops(reading, zone),
        doubt=why_held(summary.spam_reasons) if summary.status is Status.QUARANTINED else "",
        duplicates=[],
    )


def _due(summary: InquirySummary, zone: str, at: datetime) -> Due:
    if summary.status is Status.WAITING_ON_PATIENT and summary.due_at > at:
        return Due("Paused: waiting on person", "paused", day_and_time(summary.due_at, zone))
    return due_label(summary.due_at, zone, now=at, is_over=summary.closed_at is not None)


def _clocks(zone: str, at: datetime, *, is_certain: bool) -> str:
    if not zone:
        return ""
    doubt = "" if is_certain else " Their state or country has several time zones: ask."
    return f"It is {clock_time(at, zone)} where they are.{doubt}"


def _stops(reading: Reading, zone: str) -> list[str]:
    """Return what forbids a contact, loudest first."""
    stops = [
        f"Do not contact: withdrawn {day_and_time(one.withdrawn_at, zone)}"
        for one in reading.consents
        if one.purpose is Purpose.CONTACT and one.withdrawn_at is not None
    ]
    if in_force(reading.consents, Purpose.CONTACT):
        stops = []  # given again since
    if not in_force(reading.consents, Purpose.HEALTH) and reading.opened.answers:
        stops.append("They no longer let us use what they sent: give it to no clinician")
    if text_of(reading.opened.answers, "person_knows") in {"no", "cannot_decide"}:
        stops.append("Speak only with the one who asked, not with the person it is about")
    if reading.mail_comes_back and reading.opened.summary.closed_at is None:
        stops.append(MAIL_COMES_BACK)
    if text_of(reading.opened.answers, "voicemail") == "no":
        stops.append("No voicemail")
    return stops


def _badges(answers: Mapping[str, JSON], reading: Reading) -> list[tuple[str, bool]]:
    consents, label = reading.consents, reading.opened.summary.label
    may_contact = in_force(consents, Purpose.CONTACT)
    ways = label.ways if label else ()
    voicemail = {"yes": "Voicemail", "name_only": "Voicemail (name and number only)"}
    left = text_of(answers, "voicemail")
    return [
        ("Call", may_contact and "call" in ways),
        (voicemail.get(left, "Voicemail"), may_contact and left in voicemail),
        ("Email", may_contact and "email" in ways),
        ("Texts", may_contact and in_force(consents, Purpose.TEXT)),
        ("News", in_force(consents, Purpose.NEWS)),
    ]


def _consent(one: Consent, zone: str, names: Mapping[str, str]) -> ConsentRow:
    answer = str(one.answer)
    if one.heard_by is not None:
        answer = f"{answer}, read aloud by {names.get(one.heard_by, ACTORS[ActorKind.STAFF])}"
    if one.withdrawn_at is not None:
        answer = f"{answer}, withdrawn {day_and_time(one.withdrawn_at, zone)}"
    return ConsentRow(
        purpose=PURPOSES.get(one.purpose, plain(one.purpose)),
        answer=answer,
        text=one.text,
        sha256=one.sha256,
        version=one.version,
        language=one.language,
        when=day_and_time(one.given_at, zone),
        is_in_force=one.is_in_force,
    )
