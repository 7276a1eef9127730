"""The picture of a set-up that is not finished, so that a wrong code leads back to it."""

from datetime import timedelta

from flask import session
from flask_login import current_user
from flask_security import UserMixin
from flask_security.proxies import _datastore, _security

from intake.staff.accounts.freshness import is_fresh

WITHIN = timedelta(minutes=30)


def unfinished_set_up() -> dict[str, object]:
    """Return what draws the picture and the key again; nothing outside a set-up.

    Whoever is signed in sees them only as long as they have lately proved who they are: an open
    desk must not show the key of a set-up that somebody left half done.
    """
    sealed = session.get("tf_totp_secret")
    if session.get("tf_state") != "validating_profile" or not sealed:
        return {}
    member = _member()
    if member is None:
        return {}
    values = _security.totp_factory.fetch_setup_values(sealed, member)
    return {
        "authr_qrcode": values["image"],
        "authr_key": values["key"],
        "authr_username": values["username"],
        "authr_issuer": values["issuer"],
    }


def _member() -> UserMixin | None:
    if current_user.is_authenticated:
        return current_user if is_fresh(WITHIN) else None
    return _datastore.find_user(fs_uniquifier=session.get("tf_user_id", ""))
