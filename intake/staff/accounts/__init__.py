"""Staff sign-in: Flask-Security behind our doors, with the corrections it needs.

The one room below the edge that knows Flask, and the only one that opens transactions of its own:
the library commits after its views, a guess is counted before it is checked, a code is spent in the
moment it counts, and a session row is written when both factors were right. Everything a member is
allowed to do stands in ``intake.staff.permissions``; what they do is no business of this room.
"""

from intake.staff.accounts.forms import PASSWORD_FAULTS
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

__all__ = [
    "PASSWORD_FAULTS",
    "Member",
    "accept_link",
    "current_member",
    "end_every_session",
    "end_one_session",
    "install_accounts",
    "note_refusal",
    "own_sessions",
    "password_fault",
]
