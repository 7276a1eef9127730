"""Whoever opened a private page with the code: who they are here, and what their pages share."""

from datetime import datetime

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import show_reference
from intake.i18n import dated_moment, moment, words
from intake.privacy.person import Person, person_by_link
from intake.web.context import current, here, language, now


def holder(token: str) -> Person:
    """Return who holds this link.

    Raises:
        NotFound: ``link_unknown``, whatever is wrong with it.
    """
    service = current()
    with service.database.read() as session:
        return person_by_link(session, service.keyring, token, at=now())


def page(template: str, token: str, person: Person, title: str, **values: object) -> str:
    """Return a page behind the code, with its way back.

    Args:
        template: the file.
        token: of the private link.
        person: who holds it.
        title: the heading, a message key.
        values: what the template names besides.
    """
    return render_template(
        template,
        title=words(language()).gettext(title),
        reference=show_reference(person.reference),
        back_url=here("status.show", token=token),
        problems=values.pop("problems", []),
        done=values.pop("done", ""),
        **values,
    )


def to_status(token: str) -> ResponseReturnValue:
    """Lead back to where the inquiry stands: nothing else is left to see."""
    return redirect(here("status.show", token=token), 303)


def told_at(instant: datetime | None, person: Person) -> str:
    """Return an instant in the person's time, empty where there is none."""
    if instant is None:
        return ""
    return moment(instant, _zone(person), language())


def dated(instant: datetime | None, person: Person) -> str:
    """Return an instant with its year, for what is kept on paper; empty where there is none."""
    if instant is None:
        return ""
    return dated_moment(instant, _zone(person), language())


def _zone(person: Person) -> str:
    return person.zone or current().settings.clinic.zone
