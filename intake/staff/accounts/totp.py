"""Codes of the authenticator, each good for one sign-in.

Flask-Security leaves replay to its users. Reading the last step and storing it later would be a
race (eight at once all pass), so the step is spent by compare-and-set before the code counts.

Source: RECIPES.md 2; ASVS 5.0.0 6.5.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import qrcode
from flask import g
from flask_login import current_user
from flask_security import Totp, UserMixin
from passlib.totp import TOTP, TotpMatch
from sqlalchemy import CursorResult, or_, update

from intake.staff.accounts.guesses import counted, note_failure
from intake.staff.accounts.models import account_of
from intake.staff.accounts.state import accounts
from intake.staff.lockout import give_back
from intake.staff.models import Staff

QUIET_MODULES = 4  # the margin a scanner needs on each side
WINDOW_SECONDS = 30  # one step early or late


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as one SVG path, so that a page draws it inline with no script and no data URL."""

    size: int  # modules on each side, margin included
    path: str


class OnceOnlyTotp(Totp):
    """The library's codes on the injected clock, counted as guesses and spent when right."""

    def tells(self) -> datetime:
        """Return the present; :func:`totp_on` puts the application's clock here."""
        raise NotImplementedError

    def __init__(self, secrets: dict[str, str] | dict[int, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        now = self.tells
        self._totp = TOTP.using(issuer=issuer, secrets=secrets, now=lambda: now().timestamp())

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the last time step this member has used."""
        return account_of(user).totp_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:  # noqa: ARG002 - the hook's signature
        """Remember the step until ``verify_totp`` spends it."""
        g.totp_counter = tmatch.counter

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Accept a code once: true for exactly one of many that come at the same time.

        The library keeps the key of a set-up in the browser and never asks whether the account
        got another one meanwhile: who had only the password before the first set-up could come
        back with that old cookie and replace the member's own. So a key that is not the account's
        counts only before the first set-up, and for a member who is signed in.
        """
        room, member = accounts(), account_of(user)
        stored = member.tf_totp_secret
        if stored and stored != totp_secret and not current_user.is_authenticated:
            return False
        guess = counted(room, member.id)
        if (
            guess is None
            or not member.active
            or not super().verify_totp(token, totp_secret, user, window)
        ):
            note_failure(room, member, guess, what="code")
            return False
        with room.database.write() as session:
            spent = session.execute(
                update(Staff)
                .where(
                    Staff.id == member.id,
                    or_(
                        Staff.totp_last_counter.is_(None),
                        Staff.totp_last_counter < g.totp_counter,
                    ),
                )
                .values(totp_last_counter=g.totp_counter)
            )
            if rows_of(spent) != 1:
                return False
            give_back(session, member.id, guess)
        return True

    def generate_qrcode(  # type: ignore[override] # the library hands it to our template only
        self, username: str, totp: str
    ) -> QrCode:
        """Return the drawing of the code that an authenticator scans."""
        code = qrcode.QRCode(border=QUIET_MODULES)
        code.add_data(self.get_totp_uri(username, totp))
        code.make(fit=True)
        matrix = code.get_matrix()
        path = "".join(
            f"M{column} {row}h1v1h-1z"
            for row, modules in enumerate(matrix)
            for column, dark in enumerate(modules)
            if dark
        )
        return QrCode(len(matrix), path)


def totp_on(clock: Callable[[], datetime]) -> type[OnceOnlyTotp]:
    """Return the class that Flask-Security builds, on this clock."""

    class ClockedTotp(OnceOnlyTotp):
        """The library calls it with secrets and issuer only."""

        def tells(self) -> datetime:
            """Return the present."""
            return clock()

    return ClockedTotp


def rows_of(result: Any) -> int:  # noqa: ANN401 - Session.execute promises less than it returns
    """Return how many rows an UPDATE changed."""
    if not isinstance(result, CursorResult):
        raise TypeError(type(result).__name__)
    return int(result.rowcount)
