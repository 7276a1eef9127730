"""Writing to us on the private page: what was asked for, or anything else."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import new_public_id
from intake.desk.replies import information_came
from intake.errors import Conflict, InvalidInput
from intake.i18n import N_, words
from intake.inquiries.text import showable
from intake.patient.messages import FIELD, write_message
from intake.web.context import clinic, current, here, language, now
from intake.web.status import gate
from intake.web.status.blueprint import status
from intake.web.status.drawing import status_page
from intake.web.status.told import done_and_back

STAYS_CLOSED = N_(
    "Your message was not sent, because this inquiry stays closed. "
    "Send a new one, or call %(phone)s."
)


@status.get("/s/<token>/messages")
@gate.revealed
def read_messages(token: str) -> ResponseReturnValue:
    """Lead to where the messages stand: this address is one of a form."""
    return redirect(here("status.show", token=token) + "#messages", 303)


@status.post("/s/<token>/messages")
@gate.revealed
def write(token: str) -> ResponseReturnValue:
    """Keep a message; the inquiry follows it in the same transaction."""
    service, at = current(), now()
    text = request.form.get(FIELD, "").replace("\r\n", "\n")
    try:
        with service.database.write() as session:
            wrote = write_message(
                session,
                service.keyring,
                token,
                text=text,
                form_key=request.form.get("form_key") or new_public_id(),
                at=at,
            )
            if wrote.is_new:
                information_came(session, service.office, wrote.reference, by=wrote.actor, at=at)
    except InvalidInput as wrong:
        page = status_page(token, typed=showable(text), problem=wrong.problems[0])
        return page, 422
    except Conflict:
        told = words(language()).gettext(STAYS_CLOSED, phone=clinic().phone)
        return status_page(token, typed=showable(text), refused=told), 409
    return done_and_back("status.show", token, "written")
