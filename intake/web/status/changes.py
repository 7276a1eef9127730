"""Correcting what was sent, and how and when we reach the person.

What was joined with another inquiry is not changed here, as its answers are no longer what counts:
the changes stand in a message to us, which goes to the one that goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import new_public_id
from intake.errors import Conflict, InvalidInput, Problem
from intake.i18n import N_, words
from intake.inquiries.form import by_name
from intake.inquiries.rules import notices
from intake.patient.corrections import JOINED, WAYS, WORDS, Mending, as_typed, correct
from intake.patient.opened import read_answers
from intake.web.context import clinic, current, here, language, now, path
from intake.web.fields import Drawing, FieldView
from intake.web.review import shown
from intake.web.status import gate
from intake.web.status.blueprint import status
from intake.web.status.copying import EMPTY
from intake.web.status.drawing import status_page
from intake.web.status.told import done_and_back

CORRECT_TITLE = N_("Correct what you sent")
CORRECT_INTRO = N_("Change what is wrong or add what is missing. We keep what you wrote before.")
CONTACT_TITLE = N_("Change your phone, email or good times")
CONTACT_INTRO = N_("We use your new choices from now on.")
SAVE = N_("Save")
NOT_CHANGED = N_("Nothing was changed here. Call %(phone)s, and we change it for you.")
IN_A_MESSAGE = N_(
    "We joined this with another inquiry of yours, so nothing is changed yet. Your changes stand in"
    " the message below: send it to us, or call %(phone)s."
)
Typed = dict[str, list[str]]


@status.get("/s/<token>/corrections")
@gate.revealed
def corrections(token: str) -> ResponseReturnValue:
    """Show the answers in fields, to be changed."""
    return _page(token, WORDS, CORRECT_TITLE, CORRECT_INTRO)


@status.post("/s/<token>/corrections")
@gate.revealed
def correct_answers(token: str) -> ResponseReturnValue:
    """Put the new answers in place."""
    return _change(token, WORDS, CORRECT_TITLE, CORRECT_INTRO)


@status.get("/s/<token>/contact-times")
@gate.revealed
def contact_times(token: str) -> ResponseReturnValue:
    """Show the ways and times we may use."""
    return _page(token, WAYS, CONTACT_TITLE, CONTACT_INTRO)


@status.post("/s/<token>/contact-times")
@gate.revealed
def change_contact_times(token: str) -> ResponseReturnValue:
    """Put the new ways and times in place."""
    return _change(token, WAYS, CONTACT_TITLE, CONTACT_INTRO)


def _change(token: str, fields: Sequence[str], title: str, intro: str) -> ResponseReturnValue:
    service, at = current(), now()
    typed = {name: request.form.getlist(name) for name in fields}
    mending = Mending(
        service.keyring, service.tokens, service.settings.clinic, service.settings.form
    )
    try:
        with service.database.write() as session:
            correct(
                session,
                mending,
                token,
                typed,
                fields=fields,
                form_key=request.form.get("form_key") or new_public_id(),
                at=at,
            )
    except InvalidInput as wrong:
        return _page(token, fields, title, intro, typed=typed, problems=wrong.problems), 422
    except Conflict as refused:
        message = _as_message(token, fields, typed) if refused.code == JOINED else ""
        sentence = IN_A_MESSAGE if message else NOT_CHANGED
        told = words(language()).gettext(sentence, phone=clinic().phone)
        return status_page(token, typed=message, refused=told), 409
    return done_and_back("status.show", token, "corrected")


def _as_message(token: str, fields: Sequence[str], typed: Typed) -> str:
    """Return what they changed as lines of a message to us; empty where nothing differs."""
    service, say = current(), words(language()).gettext
    stored = as_typed(read_answers(service.database, service.keyring, token, at=now()))
    known = by_name(service.settings.form)
    lines = []
    for name in fields:
        new = [part for part in typed[name] if part]
        if name not in known or new == [part for part in stored.get(name, ()) if part]:
            continue
        told = shown(known[name], {name: new}, language())
        words_of_it = told if isinstance(told, str) else ", ".join(told)
        lines.append(f"{say(known[name].short)}: {words_of_it or say(EMPTY)}")
    return "\n".join(lines)


def _page(
    token: str,
    fields: Sequence[str],
    title: str,
    intro: str,
    *,
    typed: Mapping[str, list[str]] | None = None,
    problems: Sequence[Problem] = (),
) -> str:
    service, say = current(), words(language()).gettext
    stored = as_typed(read_answers(service.database, service.keyring, token, at=now()))
    answers: Typed = {**stored, **(typed or {})}
    drawn = _fields(fields, answers, problems)
    return render_template(
        "status/change.html",
        title=say(title),
        intro=say(intro),
        problems=[(f"#{one.id}", one.error) for one in drawn if one.error],
        back_url=here("status.show", token=token),
        fields=drawn,
        hidden={"form_key": new_public_id()},
        button=say(SAVE),
    )


def _fields(names: Sequence[str], answers: Typed, problems: Sequence[Problem]) -> list[FieldView]:
    offer = current().settings.form
    drawing = Drawing(
        language=language(),
        answers=answers,
        wordings={},
        privacy_url=path("/privacy"),
        problems={one.field: one for one in problems},
        notices=notices(answers),
        is_one_page=True,
    )
    known = by_name(offer)
    found = [
        known[name]
        for name in names
        if name in known and (name != "requester_name" or known[name].is_asked(answers))
    ]
    return [replace(drawing.field(question), link=None) for question in found]
