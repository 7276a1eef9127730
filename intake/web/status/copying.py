"""The copy of everything we hold, behind the code: as a page to print and as JSON to take along."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response
from flask.typing import ResponseReturnValue

from intake.audit.models import ActorKind
from intake.crypto.sealed import JSON
from intake.crypto.tokens import show_reference
from intake.i18n import N_, words
from intake.inquiries.asking import Question, texts_of
from intake.inquiries.corrections import Corrected
from intake.inquiries.form import by_name
from intake.privacy.access_copy import AccessCopy, as_document, copy_of
from intake.privacy.person import Person
from intake.web.context import clinic, current, here, language, now
from intake.web.review import Row, groups, shown
from intake.web.status.blueprint import status
from intake.web.status.copy_words import ANSWERS, EVENTS, MESSAGES, PURPOSES, ROLES, STATES
from intake.web.status.gate import revealed
from intake.web.status.holder import dated, holder, page, to_status

TITLE = N_("A copy of my information")
STAFF = N_("The clinic's staff")
PROGRAM = N_("This program")
YOU = N_("You")
BY = {
    ActorKind.STAFF: STAFF,
    ActorKind.OPERATOR: STAFF,
    ActorKind.SYSTEM: PROGRAM,
    ActorKind.PERSON: YOU,
    ActorKind.VISITOR: YOU,
}
PERMISSIONS = N_("Your permissions")
EMPTY = N_("Not provided")


@dataclass(frozen=True, slots=True)
class Permission:
    """One answer to one wording."""

    name: str
    answer: str
    text: tuple[str, ...]
    given_at: str
    withdrawn_at: str
    version: str
    sha256: str
    language: str


@status.get("/s/<token>/copy")
@revealed
def copy(token: str) -> ResponseReturnValue:
    """Show everything we hold; that it was taken is on the record."""
    person = holder(token)
    if person.is_erased:
        return to_status(token)
    found = _copy(person)
    return page(
        "status/copy.html",
        token,
        person,
        TITLE,
        groups=_answers(found),
        permissions=_permissions(found, person),
        said=[(one.from_us, dated(one.at, person), one.text) for one in found.said],
        corrected=_corrections(found.corrected, person),
        sent=_sent(found, person),
        events=_events(found, person),
        opened=[(dated(one.at, person), _roles(one.roles)) for one in found.opened],
        made_at=dated(found.made_at, person),
        json_url=here("status.copy_json", token=token),
    )


@status.get("/s/<token>/copy.json")
@revealed
def copy_json(token: str) -> ResponseReturnValue:
    """Hand out the same as one JSON document."""
    person = holder(token)
    if person.is_erased:
        return to_status(token)
    document = as_document(_copy(person), clinic=clinic().name)
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    answer = Response(text, mimetype="application/json")
    name = f"{show_reference(person.reference)}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _copy(person: Person) -> AccessCopy:
    service = current()
    return copy_of(service.database, service.keyring, person, at=now())


def _answers(found: AccessCopy) -> list[tuple[str, list[Row]]]:
    """Return what they answered; their permissions stand below, with their words and dates."""
    own = words(language()).gettext(PERMISSIONS)
    told = groups(found.answers, language(), current().settings.form)
    return [(heading, rows) for heading, rows in told if heading != own]


def _permissions(found: AccessCopy, person: Person) -> list[Permission]:
    say = words(language()).gettext
    return [
        Permission(
            name=say(PURPOSES[one.purpose]),
            answer=say(ANSWERS[one.answer]),
            text=tuple(one.text.split("\n\n")),
            given_at=dated(one.given_at, person),
            withdrawn_at=dated(one.withdrawn_at, person),
            version=one.version,
            sha256=one.sha256,
            language=one.language,
        )
        for one in found.consents
    ]


def _corrections(found: Sequence[Corrected], person: Person) -> list[tuple[str, str, str, str]]:
    say = words(language()).gettext
    questions = by_name(current().settings.form)
    rows = []
    for when, change in ((one.at, change) for one in found for change in one.changes):
        question = questions.get(change.name)
        if question is None:
            continue
        was, new = (_shown(question, value) or say(EMPTY) for value in (change.was, change.now))
        rows.append((say(question.short), dated(when, person), was, new))
    return rows


def _shown(question: Question, value: JSON) -> str:
    told = shown(question, {question.name: texts_of(value)}, language())
    return told if isinstance(told, str) else ", ".join(told)


def _sent(found: AccessCopy, person: Person) -> list[tuple[str, str, str]]:
    say = words(language()).gettext
    return [
        (
            say(MESSAGES.get(one.event, MESSAGES[""])),
            say(STATES.get(one.state, STATES[""])),
            dated(one.finished_at or one.created_at, person),
        )
        for one in found.sent
    ]


def _events(found: AccessCopy, person: Person) -> list[tuple[str, str, str]]:
    """Return what happened, in plain words; what is only our bookkeeping stands in the JSON."""
    say = words(language()).gettext
    return [
        (dated(one.at, person), say(EVENTS[one.action]), say(BY[one.actor.kind]))
        for one in found.events
        if one.action in EVENTS
    ]


def _roles(roles: frozenset[str]) -> str:
    say = words(language()).gettext
    named = [say(ROLES[one]) for one in sorted(roles) if one in ROLES]
    return ", ".join(named) or say(STAFF)
