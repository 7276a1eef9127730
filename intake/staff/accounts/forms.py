"""Flask-Security's forms where ours must judge differently.

Sign-in and re-authentication go through :func:`password_is_right`, which counts guesses and answers
alike for everybody. New passwords are judged by ``passwords.fault_of``. "Remember me" does not
exist: a session lasts as long as its row.
"""

from typing import Any

from flask import session
from flask_login import current_user
from flask_security import PasswordUtil
from flask_security.forms import (
    ChangePasswordForm,
    Form,
    LoginForm,
    TwoFactorRescueForm,
    VerifyForm,
)
from flask_security.proxies import _security
from flask_security.utils import get_message
from wtforms import RadioField

from intake.staff.accounts.guesses import password_is_right
from intake.staff.accounts.models import account_of
from intake.staff.accounts.state import accounts
from intake.staff.passwords import fault_of, normal

HOME = "/staff/"
HALF_AT = "half_at"  # when the password was right, in the cookie until the code is too
PASSWORD_FAULTS = {
    "password_short": "The password must have at least 15 characters.",
    "password_long": "The password must have at most 256 characters.",
    "password_common": "This password is on a list of common ones. Choose another.",
    "password_repeated": "This password repeats itself. Choose another.",
    "password_walk": "This password follows the keyboard or the alphabet. Choose another.",
    "password_own": "This password is mostly your name, your e-mail or the clinic. Choose another.",
}


class SignInForm(LoginForm):
    """E-mail and password; one message for every reason to refuse."""

    remember = None

    def validate(self, **options: Any) -> bool:  # noqa: ANN401 - WTForms' own
        """Look the member up and check the password, in the same steps for everybody."""
        if not Form.validate(self, **options):
            return False
        room = accounts()
        member = room.store.find_user(email=str(self.email.data).strip().lower())
        if not password_is_right(room, member, self.password.data):
            self.password.errors = [get_message("GENERIC_AUTHN_FAILED")[0]]
            return False
        self.user = member
        self.user_authenticated = True
        session[HALF_AT] = room.clock().timestamp()
        # Without a place to go on to, the library would lead back to this page first.
        self.next.data = self.next.data or HOME
        return True


class SignInAgainForm(VerifyForm):
    """The password once more, before something sensitive."""

    def validate(self, **options: Any) -> bool:  # noqa: ANN401 - WTForms' own
        """Check the password of the member who is signed in."""
        if not Form.validate(self, **options):
            return False
        if not password_is_right(accounts(), account_of(self.user), self.password.data):
            self.password.errors = [get_message("INVALID_PASSWORD")[0]]
            return False
        return True


class NewPasswordForm(ChangePasswordForm):
    """The present password, counted as a guess, and a new one that our rules judge."""

    def validate(self, **options: Any) -> bool:  # noqa: ANN401 - WTForms' own
        """Check the present password of the member who is signed in, then judge the new one."""
        if not Form.validate(self, **options):
            return False
        member = current_user._get_current_object()  # noqa: SLF001 - werkzeug's own way
        if not password_is_right(accounts(), member, self.password.data or ""):
            self.password.errors = [get_message("INVALID_PASSWORD")[0]]
            return False
        faults, self.new_password.data = _security.password_util.validate(
            self.new_password.data, is_register=False, user=member
        )
        if normal(self.password.data) == self.new_password.data:
            faults = [get_message("PASSWORD_IS_THE_SAME")[0]]
        self.new_password.errors = faults or []
        return not faults


class OtherWayForm(TwoFactorRescueForm):
    """Another second factor: a recovery code only, never mail to an administrator."""

    help_setup = RadioField("Another way to sign in", choices=[])


class StaffPasswordUtil(PasswordUtil):
    """What a new password must be, wherever the library takes one."""

    def normalize(self, password: str) -> str:
        """Return the password as it is hashed."""
        return normal(password)

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: ARG002 - the hook's signature
        **kwargs: Any,  # noqa: ANN401 - the hook's signature
    ) -> tuple[list[str] | None, str]:
        """Return our sentences about a password, or None, and the password normalised."""
        member = kwargs.get("user")
        own = (member.email, member.full_name) if member else ()
        fault = fault_of(password, own_words=(*accounts().own_words, *own))
        return ([PASSWORD_FAULTS[fault]] if fault else None), normal(password)
