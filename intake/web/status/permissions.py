"""Permissions on the private page: each purpose and channel by itself, at once, with its words.

The form carries the hash of the words that stood above the button: what is recorded is what was on
the screen, or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from intake.consent.models import Purpose
from intake.errors import Conflict, InvalidInput
from intake.i18n import N_, words
from intake.privacy.permissions import Standing, change, chosen, hold, standings
from intake.privacy.person import Person
from intake.web.context import current, here, language, now
from intake.web.status.blueprint import status
from intake.web.status.gate import revealed
from intake.web.status.holder import holder, page, to_status, told_at
from intake.web.status.told import NAME, done_and_back

TITLE = N_("Your permissions")
NAMES = {
    Purpose.CONTACT: N_("Contact about this inquiry"),
    Purpose.CALL: N_("Phone calls"),
    Purpose.TEXT: N_("Text messages"),
    Purpose.EMAIL: N_("Email"),
    Purpose.HEALTH: N_("Use of what you sent us"),
    Purpose.NEWS: N_("News by email"),
}
HINTS = {
    Purpose.CONTACT: N_("Turning this off withdraws your inquiry: we stop all contact at once."),
    Purpose.HEALTH: N_(
        "If you turn this off, no clinician reads your request any more. To have what you sent "
        "deleted, ask us to delete it."
    ),
}
ON, OFF = N_("On"), N_("Off")
SAVED = N_("Saved. %(name)s: %(state)s.")
WORDS_CHANGED = N_("The words have changed meanwhile. Read them again, then choose.")


@dataclass(frozen=True, slots=True)
class Switch:
    """One permission as the page draws it."""

    purpose: str
    name: str
    is_on: bool
    text: tuple[str, ...]
    hint: str
    since: str
    sha256: str


@status.get("/s/<token>/permissions")
@revealed
def permissions(token: str) -> ResponseReturnValue:
    """Show what they permit, word for word."""
    person = holder(token)
    return to_status(token) if person.is_erased else _page(token, person)


@status.post("/s/<token>/permissions")
@revealed
def permissions_sent(token: str) -> ResponseReturnValue:
    """Give one permission, or take it back, with the words that were shown."""
    service, person = current(), holder(token)
    if person.is_erased:
        return to_status(token)
    offer, office = service.settings.form, service.office
    wants_on = request.form.get("state") == "on"
    try:
        with service.database.write() as session:
            hold(session, person)
            shown = standings(session, office, person, offer, language=language())
            one = chosen(shown, request.form.get("purpose", ""), request.form.get("words", ""))
            change(session, office, person, one, on=wants_on, at=now())
    except (InvalidInput, Conflict):
        return _page(token, holder(token), words(language()).gettext(WORDS_CHANGED)), 409
    return done_and_back("status.permissions", token, one.purpose.value)


def _page(token: str, person: Person, refusal: str = "") -> str:
    service = current()
    with service.database.read() as session:
        found = standings(
            session, service.office, person, service.settings.form, language=language()
        )
    switches = [_switch(one, person) for one in found]
    return page(
        "status/permissions.html",
        token,
        person,
        TITLE,
        done="" if refusal else _saved(switches),
        action=here("status.permissions", token=token),
        refusal=refusal,
        switches=switches,
        is_withdrawn=person.is_withdrawn,
        undo_url=here("status.withdrawal", token=token) if person.undo_until else "",
        erasure_url=here("status.erasure", token=token),
    )


def _saved(switches: Sequence[Switch]) -> str:
    """Return which one was switched a moment ago, and how it stands now."""
    say = words(language()).gettext
    for one in switches:
        if one.purpose == request.args.get(NAME):
            return say(SAVED, name=one.name, state=say(ON if one.is_on else OFF))
    return ""


def _switch(one: Standing, person: Person) -> Switch:
    say = words(language()).gettext
    return Switch(
        purpose=one.purpose.value,
        name=say(NAMES[one.purpose]),
        is_on=one.is_on,
        text=tuple(one.wording.text.split("\n\n")),
        hint=say(HINTS[one.purpose]) if one.purpose in HINTS and one.is_on else "",
        since=told_at(one.since, person),
        sha256=one.wording.sha256,
    )
