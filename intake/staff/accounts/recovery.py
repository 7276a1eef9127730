"""Recovery codes: kept encrypted, each spent in the moment it is checked.

The library checks a code, and deletes it later without asking whether it was still there: eight at
once all got in. So the check itself takes the code off the stored list by compare-and-set.

Source: RECIPES.md 2; STACK.md section 3.
"""

from cryptography.fernet import InvalidToken
from flask_security import MfRecoveryCodesUtil, UserMixin
from sqlalchemy import select, update

from intake.audit import trail
from intake.staff.accounts.guesses import counted, note_failure
from intake.staff.accounts.models import Account, account_of
from intake.staff.accounts.state import Accounts, accounts
from intake.staff.accounts.totp import rows_of
from intake.staff.actor import staff_actor
from intake.staff.lockout import Guess, give_back
from intake.staff.models import Staff

TRIES = 3


class OnceOnlyRecoveryCodes(MfRecoveryCodesUtil):
    """The library's codes, true for exactly one of many that come at the same time."""

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Spend the code; false when it is not on the list or somebody was faster."""
        room, member = accounts(), account_of(user)
        guess = counted(room, member.id)
        typed = code.strip().lower()
        if (
            guess is not None
            and member.active
            and any(self._spend(room, member, typed, guess) for _ in range(TRIES))
        ):
            return True
        note_failure(room, member, guess, what="recovery_code")
        return False

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:  # noqa: ARG002 - the hook's signature
        """Say it is gone: the check spent it."""
        return True

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make new codes; the old ones stop working."""
        codes: list[str] = super().create_recovery_codes(user)
        room, member = accounts(), account_of(user)
        with room.database.write() as session:
            trail.record(
                session,
                "staff.recovery_codes_made",
                actor=staff_actor(member.public_id),
                subject=member.public_id,
                at=room.clock(),
            )
        return codes

    def _spend(self, room: Accounts, user: Account, typed: str, guess: Guess) -> bool:
        with room.database.read() as session:
            stored = session.scalar(select(Staff.mf_recovery_codes).where(Staff.id == user.id))
        left = [sealed for sealed in stored or () if self._opened(sealed) != typed]
        if len(left) == len(stored or ()):
            return False
        with room.database.write() as session:
            changed = session.execute(
                update(Staff)
                .where(Staff.id == user.id, Staff.mf_recovery_codes == stored)
                .values(mf_recovery_codes=left)
            )
            if rows_of(changed) != 1:
                return False
            give_back(session, user.id, guess)
            trail.record(
                session,
                "staff.recovery_code_used",
                actor=staff_actor(user.public_id),
                subject=user.public_id,
                at=room.clock(),
                detail={"left": len(left)},
            )
        return True

    def _opened(self, sealed: str) -> str | None:
        """Open one stored code; the library's own reader leaves out what it cannot open."""
        if self.cryptor is None:
            return None
        try:
            return str(self.cryptor.decrypt(sealed.encode()).decode())
        except InvalidToken:
            return None
