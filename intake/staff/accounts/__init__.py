"""Staff sign-in: Flask-Security behind our doors, with the corrections it needs.

The one room below the edge that knows Flask, and the only one that opens transactions of its own:
the library commits after its views, a guess is counted before it is checked, a code is spent in the
moment it counts, and a session row is written when both factors were right. Everything a member is
allowed to do stands in ``intake.staff.permissions``; what they do is no business of this room.
"""

from intake.staff.accounts.ceremony import Asking
from intake.staff.accounts.forms import PASSWORD_FAULTS
from intake.staff.accounts.freshness import is_fresh, prove_with_passkey, prove_with_password
from intake.staff.accounts.install import install_accounts
from intake.staff.accounts.member import (
    Member,
    accept_link,
    current_member,
    end_every_session,
    end_one_session,
    note_refusal,
    own_sessions,
    password_fault,
)
from intake.staff.accounts.passkey_use import (
    add_passkey,
    asked_at_sign_in,
    asked_for_new,
    asked_for_proof,
    drop_passkey,
    own_passkeys,
    sign_in_with_passkey,
)

__all__ = [
    "PASSWORD_FAULTS",
    "Asking",
    "Member",
    "accept_link",
    "add_passkey",
    "asked_at_sign_in",
    "asked_for_new",
    "asked_for_proof",
    "current_member",
    "drop_passkey",
    "end_every_session",
    "end_one_session",
    "install_accounts",
    "is_fresh",
    "note_refusal",
    "own_passkeys",
    "own_sessions",
    "password_fault",
    "prove_with_passkey",
    "prove_with_password",
    "sign_in_with_passkey",
]
