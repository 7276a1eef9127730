"""The private page as it is drawn: with its link a sentence and dates, with its code all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from intake.crypto.tokens import new_public_id, show_reference
from intake.desk.queries import Booked, booked_for
from intake.desk.reading import Requested, requests_of
from intake.errors import Problem, Unavailable
from intake.i18n import N_, moment, words
from intake.inquiries.conversation import MESSAGE_MAX_CHARACTERS
from intake.inquiries.models import Outcome
from intake.inquiries.references import inquiry_named
from intake.patient.opened import OpenedPage, read_page
from intake.patient.status_page import Standing, StatusView, status_by_link
from intake.web.context import clinic, current, here, language, now
from intake.web.fields import FieldView
from intake.web.messages import sentence as problem_sentence
from intake.web.review import groups
from intake.web.status import gate
from intake.web.status.actions import ACTIONS, ONLY_WHILE_OPEN
from intake.web.status.detail_words import (
    booked_words,
    outcome_words,
    permission_rows,
    role_words,
)
from intake.web.status.erasing import has_certificate
from intake.web.status.sentences import late, sentence, track
from intake.web.status.told import done_words

TITLE = N_("Your inquiry")
WRITE = N_("Write to us")
ANSWER = N_("Your answer")
WRITE_HINT = N_("We read it at the clinic and answer here")
REOPEN_HINT = N_("If you write to us, we open your inquiry again")
PERMISSIONS_GROUP = N_("Your permissions")
CERTIFICATE = N_("See the certificate of deletion")
US, YOU = N_("The clinic"), N_("You")
ELSEWHERE = N_(
    "Our messages stand on the page of that one: open it with its own link and code, or call us."
)
NOT_NOW = N_("We could not open the rest of this page just now. Try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class Details:
    """What the code opens, as ``status/_talk.html`` and ``status/_record.html`` draw it."""

    outcome: str
    is_over: bool
    elsewhere: str
    needs: str
    booked: str
    permissions: list[tuple[str, bool]]
    messages: list[tuple[str, bool, str, str]]
    opened: list[tuple[str, str]]
    groups: list[tuple[str, object]]
    write: FieldView | None
    write_action: str
    form_key: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the desk keeps for the person beside the conversation."""

    requests: Sequence[Requested]
    booked: Booked | None


def status_page(
    token: str, *, typed: str = "", problem: Problem | None = None, refused: str = ""
) -> str:
    """Return the page of a private link.

    Args:
        token: Of the link.
        typed: A message that was not kept, to stand in its field again.
        problem: What is wrong with it.
        refused: Why nothing can be written here, as a sentence.

    Raises:
        NotFound: ``link_unknown``.
    """
    service, tongue = current(), language()
    with service.database.read() as session:
        view = status_by_link(session, service.keyring, token, at=now())
    zone = view.zone or service.settings.clinic.zone
    phone = clinic().phone
    is_open, is_erased = gate.is_open(token), view.standing is Standing.ERASED
    details, told = None, refused
    if is_open and not is_erased:
        try:
            details = _details(token, view, typed, problem)
        except Unavailable:
            told = words(tongue).gettext(NOT_NOW)
    write = details.write if details else None
    return render_template(
        "status/status.html",
        title=words(tongue).gettext(TITLE),
        done="" if refused or problem else done_words(but="closed" if is_open else ""),
        problems=[(f"#{write.id}", write.error)] if write and write.error else [],
        reference=show_reference(view.reference),
        sentence=sentence(view, tongue, zone=zone, phone=phone),
        late=late(view, tongue, zone=zone, phone=phone),
        track=track(view, tongue, zone=zone),
        is_open=is_open,
        told=told,
        refusal=refused,
        code=None if is_open or is_erased else gate.code_field(),
        code_action=here("status.open_page", token=token),
        send_action=here("status.send_a_code", token=token),
        close_action=here("status.shut_page", token=token),
        hidden={},
        details=details,
        actions=_actions(token, view, details) if is_open or is_erased else [],
        withdraw_url="" if is_erased else _withdraw_url(token, is_open=is_open),
    )


def _details(token: str, view: StatusView, typed: str, problem: Problem | None) -> Details:
    service, tongue, say = current(), language(), words(language()).gettext
    page = read_page(service.database, service.keyring, token, at=now())
    shown = _shown(page)
    ended = Outcome.DUPLICATE if page.is_joined else page.outcome
    zone = view.zone or service.settings.clinic.zone
    phone = clinic().phone
    asked = next((one.text for one in reversed(shown.requests) if one.is_open), "")
    permissions = say(PERMISSIONS_GROUP)
    return Details(
        outcome=outcome_words(ended, tongue, phone=phone),
        is_over=not page.takes_messages,
        elsewhere=say(ELSEWHERE) if page.is_joined else "",
        needs=asked,
        booked=booked_words(shown.booked, tongue, zone=view.zone),
        permissions=permission_rows(tuple(page.consents), tongue),
        messages=_messages(page, shown.requests, zone),
        opened=[(moment(one.at, zone, tongue), role_words(one, tongue)) for one in page.openings],
        groups=[
            (heading, rows)
            for heading, rows in groups(page.answers, tongue, service.settings.form)
            if page.answers and heading != permissions
        ],
        write=_write_field(page, typed, problem, is_asked=bool(asked)),
        write_action=here("status.write", token=token),
        form_key=new_public_id(),
    )


def _shown(page: OpenedPage) -> Shown:
    if page.is_joined:
        return Shown((), None)
    service = current()
    with service.database.read() as session:
        inquiry = inquiry_named(session, page.reference)
        return Shown(
            requests_of(session, service.keyring, inquiry),
            booked_for(session, [page.inquiry_id]).get(page.inquiry_id),
        )


def _messages(
    page: OpenedPage, requests: Sequence[Requested], zone: str
) -> list[tuple[str, bool, str, str]]:
    """Return who, whether it is us, when, and the text; what is still asked stands above."""
    say = words(language()).gettext
    rows = [(one.at, not one.from_person, one.text) for one in page.said]
    rows += [(one.at, True, one.text) for one in requests if not one.is_open]
    rows.sort(key=lambda row: row[0])
    return [
        (say(US if is_us else YOU), is_us, moment(at, zone, language()), text)
        for at, is_us, text in rows
    ]


def _write_field(
    page: OpenedPage, typed: str, problem: Problem | None, *, is_asked: bool
) -> FieldView | None:
    if not (page.takes_messages or typed):
        return None
    say = words(language()).gettext
    return FieldView(
        name="text",
        kind="area",
        label=say(ANSWER if is_asked else WRITE),
        hint=say(REOPEN_HINT if page.outcome else WRITE_HINT),
        value=typed,
        error=problem_sentence(problem, language()) if problem else "",
        max_length=MESSAGE_MAX_CHARACTERS,
        counter=True,
    )


def _actions(token: str, view: StatusView, details: Details | None) -> list[tuple[str, str]]:
    """Return what can be done here: nothing that a closed or a joined inquiry would refuse."""
    say = words(language()).gettext
    if view.standing is Standing.ERASED:
        proof = here("status.certificate", token=token)
        return [(proof, say(CERTIFICATE))] if has_certificate(token) else []
    is_joined = details is not None and bool(details.elsewhere)
    is_over = view.standing is Standing.CLOSED or is_joined
    return [
        (here(endpoint, token=token), say(name))
        for endpoint, name in ACTIONS
        if not (is_over and endpoint in ONLY_WHILE_OPEN)
    ]


def _withdraw_url(token: str, *, is_open: bool) -> str:
    return here("status.withdrawal", token=token) if is_open else here("status.withdraw")
