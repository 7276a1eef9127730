"""Puts the staff side into the application, and stops the build where a route has no guard."""

from flask import Flask

from intake.bootstrap import Intake
from intake.staff.accounts import install_accounts
from intake.web.dashboard import (  # noqa: F401 - for their routes
    account,
    alarms,
    bulk,
    callers,
    closing_acts,
    closures,
    code_acts,
    contact_acts,
    deliveries,
    duplicates,
    endpoints,
    frame,
    inquiries,
    keys,
    letters,
    members,
    message_acts,
    move_acts,
    note_acts,
    numbers,
    openings,
    page_acts,
    page_editing,
    page_list,
    page_screens,
    passkeys,
    phone,
    privacy,
    routing,
    style,
    subscriptions,
    welcome,
    worklist,
)
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.policies import guard, unguarded


def install(app: Flask, intake: Intake) -> None:
    """Add sign-in, the desk and their guard; cookie flags and limits must be set already.

    Raises:
        RuntimeError: A staff route says nothing about who may open it.
    """
    security = install_accounts(
        app,
        database=intake.database,
        keyring=intake.keyring,
        clock=intake.clock,
        settings=intake.settings,
    )
    security.login_context_processor(passkeys.at_sign_in)
    security.reauthn_handler(passkeys.to_proof)
    app.register_blueprint(dashboard)
    app.before_request(guard)
    frame.install(app)
    if open_routes := unguarded(app):
        raise RuntimeError(f"staff routes without a policy: {', '.join(open_routes)}")
