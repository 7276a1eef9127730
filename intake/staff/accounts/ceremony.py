"""What a browser asks a passkey, and whether its answer is good.

Flask-Security's own ceremony is not used: its challenge stays good for as long as its token, its
pages need inline scripts, it asks for roaming keys only, and it believes the ``Host`` header.
Here the address comes from the settings, a challenge travels sealed beside its form and is spent
by the answer, and the device must verify who holds it: then a passkey is both factors.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    options_to_json,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from intake.crypto.sealed import open_cookie, seal_cookie
from intake.crypto.tokens import new_secret
from intake.staff.accounts.state import Accounts
from intake.staff.passkeys import NewPasskey, PasskeySight

PURPOSE = "passkey"
# A sign-in page is left open over night; what protects is that an answer counts once.
ASKED_LASTS = timedelta(hours=12)
TIMEOUT_MS = 5 * 60 * 1000
# What a made-up answer may raise inside the library.
BROKEN = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)
NOBODY = ""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a page carries: ``options`` for the browser, ``sealed`` to come back with the answer.

    ``elsewhere`` is the address to use instead, where a browser keeps passkeys from this one.
    """

    options: str
    sealed: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge of ours that came back."""

    challenge: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A good answer: which passkey, whom it says it belongs to, and its counter."""

    credential_id: bytes
    handle: bytes | None
    counted: int


def site_of(base_url: str) -> tuple[str, str]:
    """Return the name passkeys belong to, and the origin they are used at.

    A passkey belongs to a name: an address in numbers, loopback here, goes by ``localhost``.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        return host, f"{parts.scheme}://{parts.netloc}"
    port = f":{parts.port}" if parts.port else ""
    return "localhost", f"{parts.scheme}://localhost{port}"


def ask_who(room: Accounts, known: Sequence[PasskeySight] = (), *, whose: str = NOBODY) -> Asking:
    """Ask for any passkey of this site, or for one of those that are known."""
    challenge = _challenge()
    options = webauthn.generate_authentication_options(
        rp_id=site_of(room.base_url)[0],
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=[_described(one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _asking(room, options_to_json(options), challenge, whose)


def ask_for_new(
    room: Accounts, *, whose: str, email: str, full_name: str, known: Sequence[PasskeySight]
) -> Asking:
    """Ask for a new passkey: of this device or of a key that is plugged in or held to it."""
    challenge = _challenge()
    options = webauthn.generate_registration_options(
        rp_id=site_of(room.base_url)[0],
        rp_name=room.name,
        user_id=whose.encode(),
        user_name=email,
        user_display_name=full_name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        exclude_credentials=[_described(one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _asking(room, options_to_json(options), challenge, whose)


def open_asked(room: Accounts, sealed: str, *, whose: str = NOBODY) -> Asked | None:
    """Return the challenge that a form brought back; None where it is late, or another's."""
    opened = open_cookie(room.challenge_key, PURPOSE, sealed)
    if not isinstance(opened, dict) or opened.get("whose") != whose:
        return None
    until = datetime.fromtimestamp(float(str(opened.get("until", 0))), UTC)
    if until <= room.clock():
        return None
    return Asked(base64.b64decode(str(opened.get("challenge", ""))), until)


def made_by(room: Accounts, asked: Asked, answer: str) -> NewPasskey | None:
    """Return what a device made, if it answers this challenge and verified its holder."""
    rp_id, origin = site_of(room.base_url)

    def judged() -> NewPasskey:
        credential = parse_registration_credential_json(answer)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=asked.challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=True,
        )
        return NewPasskey(
            made.credential_id,
            made.credential_public_key,
            made.sign_count,
            tuple(one.value for one in credential.response.transports or ()),
            made.credential_backed_up,
        )

    return _unless_broken(judged)


def credential_in(answer: str) -> bytes | None:
    """Return which passkey an answer claims to be from."""
    return _unless_broken(lambda: parse_authentication_credential_json(answer).raw_id)


def shown_by(room: Accounts, asked: Asked, answer: str, public_key: bytes) -> Shown | None:
    """Return a good answer of the passkey with this public key, or None.

    The counter is judged by ``use_passkey``: only after the signature does a low one mean a copy.
    """
    rp_id, origin = site_of(room.base_url)

    def judged() -> Shown:
        credential = parse_authentication_credential_json(answer)
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=asked.challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        return Shown(found.credential_id, credential.response.user_handle, found.new_sign_count)

    return _unless_broken(judged)


def _unless_broken(judged: Callable[[], Answer]) -> Answer | None:
    try:
        return judged()
    except BROKEN:
        return None


def _challenge() -> bytes:
    return new_secret().encode()


def _asking(room: Accounts, options: str, challenge: bytes, whose: str) -> Asking:
    sealed = seal_cookie(
        room.challenge_key,
        PURPOSE,
        {
            "challenge": base64.b64encode(challenge).decode(),
            "until": (room.clock() + ASKED_LASTS).timestamp(),
            "whose": whose,
        },
    )
    return Asking(options, sealed, site_of(room.base_url)[1])


def _described(one: PasskeySight) -> PublicKeyCredentialDescriptor:
    known = {transport.value for transport in AuthenticatorTransport}
    transports = [AuthenticatorTransport(name) for name in one.transports if name in known]
    return PublicKeyCredentialDescriptor(id=one.credential_id, transports=transports or None)
