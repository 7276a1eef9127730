"""Flask-Security in our application: its settings, our corrections, and what it must not do.

Not offered: registration, recovery by e-mail, "remember me", tokens, JSON answers, and any second
factor but the authenticator and its recovery codes.
"""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Request
from flask_login.utils import _user_context_processor
from flask_principal import identity_changed
from flask_security import Security, hash_password
from flask_wtf.csrf import generate_csrf

from intake.crypto.keyring import Keyring
from intake.settings import Settings
from intake.staff.accounts import signing
from intake.staff.accounts.forms import (
    NewPasswordForm,
    OtherWayForm,
    SignInAgainForm,
    SignInForm,
    StaffPasswordUtil,
)
from intake.staff.accounts.recovery import OnceOnlyRecoveryCodes
from intake.staff.accounts.set_up import unfinished_set_up
from intake.staff.accounts.state import EXTENSION, Accounts
from intake.staff.accounts.store import StaffStore
from intake.staff.accounts.totp import WINDOW_SECONDS, totp_on
from intake.storage.database import Database

PREFIX = "/staff"
FRESH = timedelta(minutes=10)
RECOVERY_CODES = 10
WORDS = {
    "GENERIC_AUTHN_FAILED": (
        "This e-mail and password cannot sign in. Check both."
        " After many tries in a row, sign-in pauses for a while."
    ),
    "INVALID_PASSWORD": "This is not your password, or there were too many tries.",
    "PASSWORD_NOT_PROVIDED": "Enter your password.",
    "PASSWORD_IS_THE_SAME": "Choose a password that is different from the present one.",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords are not the same.",
    "PASSWORD_CHANGE": "Your password is changed. All other devices are signed out.",
    "TWO_FACTOR_INVALID_TOKEN": (
        "This code cannot be used. Wait for the next one in your app and enter that."
        " Each code works once."
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
    "TWO_FACTOR_PERMISSION_DENIED": "Begin with your e-mail and password.",
    "TWO_FACTOR_SETUP_EXPIRED": "The set-up took too long. Begin again.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "Your authenticator app is changed.",
    "INVALID_RECOVERY_CODE": "This recovery code cannot be used. Each code works once.",
    "NO_RECOVERY_CODES_SETUP": "You have no recovery codes yet.",
    "REAUTHENTICATION_REQUIRED": "Enter your password again to go on.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. Go on.",
    "UNAUTHENTICATED": "Sign in to see this page.",
    "INVALID_REDIRECT": "This address leads elsewhere and was left out.",
}


def install_accounts(
    app: Flask,
    *,
    database: Database,
    keyring: Keyring,
    clock: Callable[[], datetime],
    settings: Settings,
) -> Security:
    """Give the application staff accounts under ``/staff``; call it once, after the fork.

    The application must have its ``SECRET_KEY`` and cookie settings already.
    """
    app.config.update(_configuration(keyring, settings))
    store = StaffStore(database, clock)
    security = Security(
        app,
        store,
        login_form=SignInForm,
        verify_form=SignInAgainForm,
        change_password_form=NewPasswordForm,
        two_factor_rescue_form=OtherWayForm,
        totp_cls=totp_on(clock),
        mf_recovery_codes_util_cls=OnceOnlyRecoveryCodes,
        password_util_cls=StaffPasswordUtil,
    )
    security.want_json(_never_json)
    security.tf_token_validation_context_processor(unfinished_set_up)
    with app.app_context():
        dummy = hash_password(keyring.secret("dummy password").hex())
    app.extensions[EXTENSION] = Accounts(
        database=database,
        store=store,
        clock=clock,
        limits=settings.staff,
        own_words=(settings.clinic.name, settings.clinic.message_name, settings.host),
        dummy_hash=dummy,
        base_url=settings.base_url,
        name=settings.clinic.message_name,
        challenge_key=keyring.secret("passkeys"),
    )
    manager = security.login_manager
    manager.user_loader(signing.loader(manager._user_callback))  # noqa: SLF001 - the only way to its loader
    manager.request_loader(_nobody)
    app.jinja_env.globals["csrf_token"] = generate_csrf
    signing.connect(app)
    app.teardown_appcontext(store.forget)
    _keep_to_staff_pages(app, security)
    return security


def _configuration(keyring: Keyring, settings: Settings) -> dict[str, object]:
    words = {f"SECURITY_MSG_{name}": (text, "info") for name, text in WORDS.items()}
    options = {
        "URL_PREFIX": PREFIX,
        "STATIC_FOLDER": None,
        "POST_LOGIN_VIEW": PREFIX + "/",
        "POST_LOGOUT_VIEW": PREFIX + "/login",
        "POST_VERIFY_VIEW": PREFIX + "/account",
        "POST_CHANGE_VIEW": PREFIX + "/account",
        "TWO_FACTOR_POST_SETUP_VIEW": PREFIX + "/account",
        "LOGOUT_METHODS": ["POST"],
        "LOGOUT_CSRF": True,
        "RETURN_GENERIC_RESPONSES": True,
        "API_ENABLED_METHODS": ["session"],
        "JOIN_USER_ROLES": True,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "DEPRECATED_PASSWORD_SCHEMES": [],
        "PASSWORD_SALT": keyring.secret("password").hex(),
        "PASSWORD_CONFIRM_REQUIRED": False,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": FRESH,
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": True,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": WINDOW_SECONDS,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TOTP_SECRETS": {"1": keyring.secret("totp").hex()},
        "TOTP_ISSUER": settings.clinic.message_name.replace(":", " "),
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(keyring.secret("recovery codes"))
        ],
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
    }
    return {
        **{f"SECURITY_{name}": value for name, value in options.items()},
        **words,
        "WTF_CSRF_TIME_LIMIT": None,  # a form lives as long as its session
    }


def _never_json(_request: Request) -> bool:
    return False


def _nobody(_request: Request) -> None:
    """Sign nobody in by a header: only a session row counts."""


def _keep_to_staff_pages(app: Flask, security: Security) -> None:
    """Take away what would read the session cookie on every public page.

    Reading it makes an answer vary by cookie, and costs a look-up of the member on pages that know
    no member. Roles are judged by our own policies, never by Flask-Principal's identities.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)  # noqa: SLF001
    identity_changed.disconnect(security.principal._on_identity_changed, app)  # noqa: SLF001
    app.template_context_processors[None].remove(_user_context_processor)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)  # noqa: SLF001
