"""The rows of ``staff`` with the behaviour Flask-Security and Flask-Login ask for.

The table is described in ``intake.staff.models``, which must stay free of Flask; this class maps
the same rows and adds no column. Only the accounts session loads it, so one session never holds
both kinds of object for one row.
"""

from flask_security import UserMixin

from intake.staff.models import Staff


class Account(UserMixin, Staff):  # type: ignore[misc] # the mixin names looser types
    """A member as Flask-Security signs them in; roles are given by ``members``, never here."""


def account_of(user: UserMixin) -> Account:
    """Return the library's user as what our store loaded; also through ``current_user``."""
    if not isinstance(user, Account):
        raise TypeError(type(user).__name__)
    return user
