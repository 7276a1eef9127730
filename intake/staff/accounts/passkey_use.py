"""Signing in and proving oneself with a passkey, and keeping one's own.

A passkey is not guessed at, so a wrong answer is counted against nobody: whoever guesses passwords
cannot shut out a member who has a passkey (SAFETY.md T12).
"""

from collections.abc import Sequence

from flask_security.utils import login_user

from intake.audit import trail
from intake.audit.models import VISITOR
from intake.errors import Conflict, InvalidInput, Problem
from intake.staff.accounts import ceremony
from intake.staff.accounts.ceremony import NOBODY, Asked, Asking, Shown
from intake.staff.accounts.member import Member
from intake.staff.accounts.state import accounts
from intake.staff.actor import staff_actor
from intake.staff.letters import write_change
from intake.staff.passkeys import (
    Holder,
    PasskeySight,
    holder_of,
    keep_passkey,
    passkeys_of,
    remove_passkey,
    spend_challenge,
    use_passkey,
)

VIA_PASSKEY = "passkey"


def own_passkeys(member: Member) -> Sequence[PasskeySight]:
    """Return the member's passkeys, the oldest first."""
    with accounts().database.read() as session:
        return passkeys_of(session, member.id)


def asked_at_sign_in() -> Asking:
    """Ask whoever stands at the sign-in page for a passkey; nobody has to say their name."""
    return ceremony.ask_who(accounts())


def asked_for_proof(member: Member) -> Asking | None:
    """Ask a member for one of their passkeys; None where they have none that may be used."""
    usable = [one for one in own_passkeys(member) if not one.is_stopped]
    return ceremony.ask_who(accounts(), usable, whose=member.public_id) if usable else None


def asked_for_new(member: Member) -> Asking:
    """Ask a member's browser for a new passkey."""
    return ceremony.ask_for_new(
        accounts(),
        whose=member.public_id,
        email=member.email,
        full_name=member.full_name,
        known=own_passkeys(member),
    )


def add_passkey(member: Member, name: str, sealed: str, answer: str) -> None:
    """Keep the passkey that the member's device made.

    Raises:
        InvalidInput: Field ``name``: see ``keep_passkey``; ``answer_refused``: the device did not
            answer this page, or did not verify who holds it.
    """
    room = accounts()
    asked = ceremony.open_asked(room, sealed, whose=member.public_id)
    made = ceremony.made_by(room, asked, answer) if asked else None
    if asked is None or made is None:
        raise _refused()
    at = room.clock()
    try:
        with room.database.write() as session:
            spend_challenge(session, asked.challenge, until=asked.until, at=at)
            keep_passkey(session, member.id, made, name=name, actor=member.actor, at=at)
            write_change(session, member.id, "passkey_added", at=at)
    except Conflict as spent:
        raise _refused() from spent


def drop_passkey(member: Member, public_id: str) -> str:
    """Forget one of the member's passkeys; return its name."""
    room = accounts()
    with room.database.write() as session:
        return remove_passkey(session, member.id, public_id, actor=member.actor, at=room.clock())


def sign_in_with_passkey(sealed: str, answer: str) -> bool:
    """Sign in whoever's passkey answered this page; it counts as both factors."""
    holder = accepted(sealed, answer, whose=NOBODY)
    if holder is None:
        return False
    account = accounts().store.find_user(fs_uniquifier=holder.uniquifier)
    return account is not None and login_user(account, remember=False, authn_via=[VIA_PASSKEY])


def accepted(sealed: str, answer: str, *, whose: str) -> Holder | None:
    """Return whose passkey answered, once for each challenge; None, with a record, otherwise."""
    room = accounts()
    asked = ceremony.open_asked(room, sealed, whose=whose)
    credential_id = ceremony.credential_in(answer)
    if asked is None or credential_id is None:
        _note_refusal(None)
        return None
    with room.database.read() as session:
        holder = holder_of(session, credential_id)
    if holder is None or not _may_answer(holder, whose):
        _note_refusal(holder)
        return None
    shown = ceremony.shown_by(room, asked, answer, holder.public_key)
    if shown is None or shown.handle not in {None, holder.staff_public_id.encode()}:
        _note_refusal(holder)
        return None
    return _spent(holder, asked, shown)


def _may_answer(holder: Holder, whose: str) -> bool:
    is_theirs = whose in {NOBODY, holder.staff_public_id}
    return holder.is_active and not holder.is_stopped and is_theirs


def _spent(holder: Holder, asked: Asked, shown: Shown) -> Holder | None:
    room = accounts()
    at = room.clock()
    try:
        with room.database.write() as session:
            spend_challenge(session, asked.challenge, until=asked.until, at=at)
            is_used = use_passkey(session, holder.passkey_id, shown.counted, at=at)
            if not is_used:
                actor = staff_actor(holder.staff_public_id)
                trail.record(session, "staff.passkey_stopped", actor=actor, subject=actor.id, at=at)
    except Conflict:
        _note_refusal(holder)
        return None
    return holder if is_used else None


def _note_refusal(holder: Holder | None) -> None:
    room = accounts()
    actor = staff_actor(holder.staff_public_id) if holder else VISITOR
    subject = holder.staff_public_id if holder else "unknown"
    with room.database.write() as session:
        trail.record(
            session,
            "staff.sign_in_failed",
            actor=actor,
            subject=subject,
            at=room.clock(),
            detail={"what": VIA_PASSKEY, "refused": False},
        )


def _refused() -> InvalidInput:
    return InvalidInput((Problem("name", "answer_refused"),))
