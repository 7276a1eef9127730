"""Withdrawing on the private page, behind the code, and taking it back for two weeks."""

from flask import request
from flask.typing import ResponseReturnValue

from intake.errors import Conflict
from intake.i18n import N_, words
from intake.privacy.person import Person, inquiry_of
from intake.privacy.withdrawing import stop_contact, take_back
from intake.web.context import current, here, language, now
from intake.web.status.blueprint import status
from intake.web.status.gate import revealed
from intake.web.status.holder import holder, page, to_status, told_at
from intake.web.status.told import done_and_back, done_words

TITLE = N_("Withdraw your inquiry")
NOT_NOW = N_("That is no longer possible. See below how it stands now.")


@status.get("/s/<token>/withdrawal")
@revealed
def withdrawal(token: str) -> ResponseReturnValue:
    """Say whether we are still in touch, and offer the other."""
    person = holder(token)
    return to_status(token) if person.is_erased else _page(token, person)


@status.post("/s/<token>/withdrawal")
@revealed
def withdrawal_sent(token: str) -> ResponseReturnValue:
    """Withdraw, or take the withdrawal back."""
    service, person = current(), holder(token)
    if person.is_erased:
        return to_status(token)
    try:
        with service.database.write() as session:
            inquiry = inquiry_of(session, person, lock=True)
            if request.form.get("act") == "undo":
                take_back(session, service.office, inquiry, at=now())
                done = "undone"
            else:
                stop_contact(session, service.office, inquiry, at=now())
                done = "withdrawn" if person.is_open else "stopped"
    except Conflict:
        return _page(token, holder(token), words(language()).gettext(NOT_NOW)), 409
    return done_and_back("status.withdrawal", token, done)


def _page(token: str, person: Person, refusal: str = "") -> str:
    return page(
        "status/withdrawal.html",
        token,
        person,
        TITLE,
        done="" if refusal else done_words(but="undone" if person.is_withdrawn else "withdrawn"),
        action=here("status.withdrawal", token=token),
        refusal=refusal,
        is_open=person.is_open,
        is_withdrawn=person.is_withdrawn,
        undo_until=told_at(person.undo_until, person),
        asked_at=told_at(person.asked_at, person),
        erasure_url=here("status.erasure", token=token),
    )
