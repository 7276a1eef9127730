"""Webhooks: systems of the clinic's that are told of events, for administrators.

A secret is shown once, in the answer to the request that made it: it is never in a cookie, an
address or a later page.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.errors import InvalidInput
from intake.notifications.endpoint_trial import send_test
from intake.notifications.endpoints import (
    EVENTS,
    NAME_MAX_CHARACTERS,
    WEBHOOK,
    EndpointSight,
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    list_endpoints,
    retire_old_secret,
    rotate_secret,
)
from intake.notifications.reasons import in_words
from intake.staff.permissions import Permission
from intake.web.context import clinic, current, now
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import member_here, needs
from intake.web.dashboard.proving import FRESH_MINUTES
from intake.web.dashboard.times import ago, day_and_time
from intake.web.fields import FieldView

EVENT_WORDS = {
    "inquiry.submitted": ("An inquiry arrived", "inquiry.submitted"),
    "inquiry.not_me": ("Somebody said: this was not me", "inquiry.not_me"),
}
KINDS = {"webhook": "Webhook", "chat": "Chat", "sms": "Text messages"}
OFF = {
    "by_staff": "Switched off",
    "gone": "Switched off: the receiving system answered 410 and wants no more messages",
}
KIND_HINTS = {
    "webhook": "An address that begins with https://",
    "chat": "An Apprise address, such as slack://TokenA/TokenB/TokenC",
    "sms": "An Apprise address, such as twilio://AccountSID:AuthToken@FromPhone/ToPhone",
}
FAULTS = {
    "service_unknown": "Enter an Apprise address of a service that is offered, such as slack:// or"
    " tgram:// for a chat, twilio:// or vonage:// for text messages. For a server of your own use"
    " a webhook.",
    "service_incomplete": "Enter the whole Apprise address; a token, key or number is missing.",
    "service_other_host": "Enter the address as Microsoft gave it: it leads to another host.",
    "service_option": "Take the options after the ? out of the address; one is not allowed.",
    "address_characters": "Enter the address without spaces and accents.",
    "notify_missing": "Chat and text messages need the extra [notify]. Ask the operator to run:"
    " pip install 'clinic-intake[notify]'",
    "name_missing": "Enter a name, such as the system that receives the events.",
    "name_unusable": f"Enter a name of {NAME_MAX_CHARACTERS} characters at most, on one line.",
    "events_missing": "Choose at least one event.",
    "url_missing": "Enter the address that the receiving system gave you.",
    "url_too_long": "Enter a shorter address: 2,000 characters at most.",
    "url_characters": "Enter the address without spaces and accents. Write a name with accents"
    " in its xn-- form.",
    "url_not_https": "Enter an address that begins with https://. Nothing is sent unencrypted.",
    "url_sign_in": "Take the user name and password out of the address. Our signature tells the"
    " receiving system who we are.",
    "url_port": "Take the port out of the address. Webhooks go to port 443 only.",
    "url_fragment": "Take the # and what follows it out of the address.",
    "url_number": "Enter a name such as hooks.example.org. Addresses in numbers are refused.",
    "url_local": "Enter a name that the Internet knows. Names of this machine or of a private"
    " network are refused.",
    "url_host": "Enter a whole address, such as https://hooks.example.org/intake.",
}


@dashboard.get("/endpoints")
@needs(Permission.MANAGE_ENDPOINTS)
def endpoints() -> ResponseReturnValue:
    """Show every endpoint and the form to add one."""
    return _page()


@dashboard.post("/endpoints")
@needs(Permission.MANAGE_ENDPOINTS)
def endpoint_create() -> ResponseReturnValue:
    """Add a webhook and show its secret, or the form again with what is wrong."""
    intake, form = current(), request.form
    events = [event for event in form.getlist("events") if event in EVENTS]
    try:
        with intake.database.write() as session:
            made = create_endpoint(
                session,
                kind=_kind(),
                name=form.get("name", ""),
                address=form.get("address", ""),
                events=events,
                at=now(),
                actor=member_here().actor,
                keyring=intake.keyring,
            )
    except InvalidInput as wrong:
        return _page(wrong), 422
    return _page(secret=made.secret, secret_of=form.get("name", "").strip())


@dashboard.post("/endpoints/<public_id>/secret")
@needs(Permission.MANAGE_ENDPOINTS, fresh_minutes=FRESH_MINUTES)
def endpoint_secret(public_id: str) -> ResponseReturnValue:
    """Make a new secret and show it; the one before signs too until it is retired."""
    intake = current()
    with intake.database.write() as session:
        secret = rotate_secret(
            session, public_id, at=now(), actor=member_here().actor, keyring=intake.keyring
        )
    return _page(secret=secret, secret_of=_name_of(public_id), rotated=True)


@dashboard.post("/endpoints/<public_id>/old-secret/ending")
@needs(Permission.MANAGE_ENDPOINTS, fresh_minutes=FRESH_MINUTES)
def endpoint_old_secret(public_id: str) -> ResponseReturnValue:
    """Sign with the newest secret only."""
    intake = current()
    with intake.database.write() as session:
        retire_old_secret(
            session, public_id, at=now(), actor=member_here().actor, keyring=intake.keyring
        )
    return _done("The old secret signs no more.")


@dashboard.post("/endpoints/<public_id>/disabling")
@needs(Permission.MANAGE_ENDPOINTS)
def endpoint_disable(public_id: str) -> ResponseReturnValue:
    """Send it nothing more."""
    with current().database.write() as session:
        disable_endpoint(session, public_id, at=now(), actor=member_here().actor)
    return _done("It is off. What was waiting for it is cancelled.")


@dashboard.post("/endpoints/<public_id>/enabling")
@needs(Permission.MANAGE_ENDPOINTS)
def endpoint_enable(public_id: str) -> ResponseReturnValue:
    """Send to it again."""
    with current().database.write() as session:
        enable_endpoint(session, public_id, at=now(), actor=member_here().actor)
    return _done("It is on. Send a test to see whether it works.")


@dashboard.post("/endpoints/<public_id>/tests")
@needs(Permission.MANAGE_ENDPOINTS)
def endpoint_test(public_id: str) -> ResponseReturnValue:
    """Put a test on its way."""
    with current().database.write() as session:
        send_test(session, public_id, at=now(), actor=member_here().actor)
    return _done("A test is on its way. Reload this page in a few seconds to see how it went.")


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("dashboard.endpoints"), 303)


def _kind() -> str:
    kind = request.form.get("kind", WEBHOOK)
    return kind if kind in KINDS else WEBHOOK


def _name_of(public_id: str) -> str:
    return next((one.name for one in _listed() if one.public_id == public_id), "")


def _listed() -> tuple[EndpointSight, ...]:
    intake = current()
    with intake.database.read() as session:
        return list_endpoints(session, keyring=intake.keyring)


def _page(
    wrong: InvalidInput | None = None,
    *,
    secret: str = "",
    secret_of: str = "",
    rotated: bool = False,
) -> str:
    fields = _fields(wrong)
    return render_template(
        "dashboard/endpoints.html",
        title="Webhooks",
        section="endpoints",
        secret=secret,
        secret_of=secret_of,
        rotated=rotated,
        endpoints=[_shown(one) for one in _listed()],
        fields=fields,
        problems=[(f"#{one.id}", one.error) for one in fields if one.error],
    )


def _fields(wrong: InvalidInput | None) -> list[FieldView]:
    errors = {one.field: FAULTS[one.code] for one in wrong.problems} if wrong else {}
    chosen = request.form if wrong else None
    return [
        FieldView(
            "kind",
            "radios",
            "Kind",
            choices=tuple((kind, KINDS[kind], KIND_HINTS[kind]) for kind in KINDS),
            value=_kind() if chosen else WEBHOOK,
        ),
        FieldView(
            "name",
            "text",
            "Name",
            hint="What you call the receiving system",
            value=chosen.get("name", "") if chosen else "",
            error=errors.get("name", ""),
            autocomplete="off",
        ),
        FieldView(
            "address",
            "text",
            "Address",
            hint="It is kept sealed and shown to nobody again",
            value=chosen.get("address", "") if chosen else "",
            error=errors.get("address", ""),
            autocomplete="off",
        ),
        FieldView(
            "events",
            "boxes",
            "What it is told",
            choices=tuple((event, *EVENT_WORDS[event]) for event in EVENTS),
            value=" ".join(chosen.getlist("events") if chosen else EVENTS),
            error=errors.get("events", ""),
        ),
    ]


def _shown(one: EndpointSight) -> dict[str, object]:
    at, zone = now(), clinic().zone
    state, words = "ok", "Working" if one.last_success_at else "On, nothing delivered yet"
    if not one.enabled:
        state, words = "idle", OFF.get(one.disabled_reason or "", "Switched off")
    elif one.failing_since is not None:
        since = day_and_time(one.failing_since, zone)
        reason = in_words(one.failing_reason)
        state, words = "bad", f"Not working since {since}: {reason}"
    return {
        "id": one.public_id,
        "name": one.name,
        "kind": KINDS[one.kind],
        "host": one.host,
        "state": state,
        "state_words": words,
        "events": ", ".join(one.events) or "nothing",
        "added": day_and_time(one.created_at, zone),
        "last_success": ago(one.last_success_at, now=at),
        "is_on": one.enabled,
        "is_signed": one.secret_count > 0,
        "has_old_secret": one.secret_count > 1,
    }
