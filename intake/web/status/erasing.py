"""Erasure on the private page: asking stops contact at once, confirming destroys; the proof.

The certificate holds nothing of the person, so the link alone shows it for its 30 days: the code of
an erased inquiry opens nothing any more.
"""

import json

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from intake.errors import Conflict, NotFound
from intake.i18n import N_, words
from intake.privacy.certificate import Certificate, certificate_by_link, public_key_hex
from intake.privacy.erasure import erase_for_person, family_of
from intake.privacy.models import AskedHow
from intake.privacy.person import Person, inquiry_of
from intake.privacy.requests import ask_for_erasure
from intake.privacy.withdrawing import stop_contact
from intake.web.context import current, here, language, now
from intake.web.fields import FieldView
from intake.web.status.blueprint import status
from intake.web.status.gate import revealed
from intake.web.status.holder import dated, holder, page, told_at
from intake.web.status.told import done_and_back, done_words

TITLE = N_("Delete my information")
CERTIFICATE_TITLE = N_("Certificate of deletion")
SURE = N_("I understand that this cannot be undone, and that nobody can bring my information back")
JOINED = N_(
    "We joined this with another inquiry. That one is deleted only with its own code, or after a "
    "call to us: anybody could send a form in your name."
)
NOT_SURE = N_("Tick the box to say that you are sure")


@status.get("/s/<token>/erasure")
@revealed
def erasure(token: str) -> ResponseReturnValue:
    """Say what is deleted and what stays; where they have asked already, ask them to confirm."""
    person = holder(token)
    if person.is_erased:
        return _to_certificate(token)
    return _page(token, person)


@status.post("/s/<token>/erasure")
@revealed
def erasure_sent(token: str) -> ResponseReturnValue:
    """Ask: contact stops at once. Confirm: everything is destroyed, unless the law holds it."""
    person = holder(token)
    if person.is_erased:
        return _to_certificate(token)
    if request.form.get("step") != "confirm":
        _ask(person)
        return done_and_back("status.erasure", token, "asked")
    if person.is_held or person.asked_at is None:
        return redirect(here("status.erasure", token=token), 303)
    if request.form.get("sure") != "yes":
        return _page(token, person, error=words(language()).gettext(NOT_SURE)), 422
    service = current()
    try:
        erase_for_person(service.database, service.office, person.reference, at=now())
    except Conflict:  # held this very moment, or erased by the other tab
        return redirect(here("status.erasure", token=token), 303)
    return _to_certificate(token)


@status.get("/s/<token>/certificate")
def certificate(token: str) -> ResponseReturnValue:
    """Show the certificate, to be printed."""
    person, proof = holder(token), _certificate(token)
    return page(
        "status/certificate.html",
        token,
        person,
        CERTIFICATE_TITLE,
        erased_at=dated(proof.erased_at, person),
        received_at=dated(person.received_at, person),
        number=proof.public_id,
        wordings=proof.facts["wordings"],
        signature=proof.signature.hex(),
        key=public_key_hex(current().keyring),
        json_url=here("status.certificate_json", token=token),
        joined=_joined(person),
    )


@status.get("/s/<token>/certificate.json")
def certificate_json(token: str) -> ResponseReturnValue:
    """Hand out the certificate with what proves it."""
    holder(token)
    proof = _certificate(token)
    body = {
        "document": proof.document,
        "signature": proof.signature.hex(),
        "public_key": public_key_hex(current().keyring),
    }
    answer = Response(json.dumps(body, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{proof.public_id}.json"'
    return answer


def has_certificate(token: str) -> bool:
    """Say whether there is a certificate to show: what nobody wrote has none."""
    try:
        _certificate(token)
    except NotFound:
        return False
    return True


def _joined(person: Person) -> str:
    """Say that another inquiry stays, where staff joined one with this and it is not erased."""
    with current().database.read() as session:
        _, *others = family_of(session, person.reference)
    return words(language()).gettext(JOINED) if others else ""


def _certificate(token: str) -> Certificate:
    with current().database.read() as session:
        return certificate_by_link(session, token)


def _ask(person: Person) -> None:
    service = current()
    with service.database.write() as session:
        inquiry = inquiry_of(session, person, lock=True)
        stop_contact(session, service.office, inquiry, at=now())
        how = AskedHow.PRIVATE_PAGE
        ask_for_erasure(session, inquiry, how=how, actor=person.actor, at=now())


def _page(token: str, person: Person, *, error: str = "") -> str:
    say = words(language()).gettext
    box = FieldView("sure", "box", say(SURE), error=error)
    return page(
        "status/erasure.html",
        token,
        person,
        TITLE,
        problems=[(f"#{box.id}", error)] if error else [],
        action=here("status.erasure", token=token),
        done=done_words() if person.asked_at and not person.is_held else "",
        is_held=person.is_held,
        asked_at=told_at(person.asked_at, person),
        box=box,
        copy_url=here("status.copy", token=token),
        joined=_joined(person),
        undo_url=here("status.withdrawal", token=token) if person.undo_until else "",
    )


def _to_certificate(token: str) -> ResponseReturnValue:
    return redirect(here("status.certificate", token=token), 303)
